/// How a window moves along one axis.
struct WindowAxis: Sendable {
    let input: Int
    let taps: Int
    let stride: Int
    let dilation: Int
    /// Places before and behind the image.
    let pad: Int
    let endPad: Int
    let output: Int

    /// The axis that is not there.
    static let single = WindowAxis(input: 1, taps: 1, stride: 1, dilation: 1, pad: 0, endPad: 0, output: 1)

    /// Sizes that an attribute may name; above, only hostile files go.
    static let largest = 1 << 16

    /// Places from a window's first tap to behind its last.
    var span: Int { (taps - 1) * dilation + 1 }

    /// The taps of one window that lie in `-before ..< input + behind`.
    func taps(of window: Int, before: Int = 0, behind: Int = 0) -> Range<Int> {
        let start = window * stride - pad
        func tap(atOrAfter place: Int) -> Int { place <= start ? 0 : (place - start + dilation - 1) / dilation }
        let end = min(taps, tap(atOrAfter: input + behind))
        return min(tap(atOrAfter: -before), end)..<end
    }

    var alwaysTouches: Bool { (0..<output).allSatisfy { !taps(of: $0).isEmpty } }

    /// The axes of a node's window, from its attributes.
    static func all(
        _ context: NodeContext, input: ValueType, kernelShape: [Int]?, roundsUp: Bool
    ) throws(InferenceError) -> [WindowAxis] {
        let rank = input.shape.count - 2
        guard rank == 1 || rank == 2 else {
            throw context.unsupported("a value of \(input.shape.count) axes; only [N, C, L] and [N, C, H, W]")
        }
        let stated = try context.integers("kernel_shape")
        guard let size = kernelShape ?? stated, stated == nil || stated == size else {
            throw context.invalid("no kernel shape, or not that of the weights")
        }
        let ones = [Int](repeating: 1, count: rank)
        let strides = try context.integers("strides") ?? ones, dilations = try context.integers("dilations") ?? ones
        let padding = try Padding(context, rank: rank)
        let counts = [size, strides, dilations]
        guard counts.allSatisfy({ $0.count == rank && $0.allSatisfy { (1...largest).contains($0) } }) else {
            throw context.invalid("an impossible kernel, stride or dilation")
        }
        var axes: [WindowAxis] = []
        for axis in 0..<rank {
            let extent = input.shape[2 + axis], span = (size[axis] - 1) * dilations[axis] + 1
            let pads = padding.pads(axis: axis, extent: extent, stride: strides[axis], span: span)
            let room = extent + pads.before + pads.behind - span
            guard room >= 0 else { throw context.invalid("a window larger than the padded image") }
            var output = room / strides[axis] + 1
            // A last window that begins in the padding behind the image does not count.
            if roundsUp, room % strides[axis] != 0, output * strides[axis] < extent + pads.before { output += 1 }
            axes.append(
                WindowAxis(
                    input: extent, taps: size[axis], stride: strides[axis], dilation: dilations[axis],
                    pad: pads.before, endPad: pads.behind, output: output))
        }
        return axes
    }
}

/// The attributes `pads` and `auto_pad`.
enum Padding {
    case explicit([Int])
    /// As many output places as strides into the image; an odd place goes behind it (`SAME_UPPER`) or before.
    case same(oddBefore: Bool)

    init(_ context: NodeContext, rank: Int) throws(InferenceError) {
        let pads = try context.integers("pads")
        switch try context.text("auto_pad", default: "NOTSET") {
        case "NOTSET", "":
            let pads = pads ?? Array(repeating: 0, count: 2 * rank)
            guard pads.count == 2 * rank, pads.allSatisfy({ (0...WindowAxis.largest).contains($0) }) else {
                throw context.invalid("impossible pads")
            }
            self = .explicit(pads)
        case "VALID": self = .explicit(Array(repeating: 0, count: 2 * rank))
        case "SAME_UPPER": self = .same(oddBefore: false)
        case "SAME_LOWER": self = .same(oddBefore: true)
        case let other: throw context.invalid("auto_pad \(other)")
        }
    }

    func pads(axis: Int, extent: Int, stride: Int, span: Int) -> (before: Int, behind: Int) {
        switch self {
        case .explicit(let pads): return (pads[axis], pads[axis + pads.count / 2])
        case .same(let oddBefore):
            let output = (extent + stride - 1) / stride
            let total = max(0, (output - 1) * stride + span - extent)
            return oddBefore ? (total - total / 2, total / 2) : (total / 2, total - total / 2)
        }
    }
}
