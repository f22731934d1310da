import CKernels

/// One scale and zero point for a whole tensor: real = (value - zeroPoint) * scale.
struct Quantisation: Sendable, Equatable {
    let scale: Float
    /// In signed form: of a uint8 tensor the file's zero point minus 128. -128...127.
    let zeroPoint: Int32

    /// The requantisation's ends, narrowed to the values that lie within `clamp` once they are quantised. Quantising is
    /// monotonic, so clamping afterwards is the same as clamping before.
    func range(clamp: ClosedRange<Float>) -> ck_output_range {
        ck_output_range(
            zero_point: zeroPoint, minimum: Int32(quantised(clamp.lowerBound)),
            maximum: Int32(quantised(clamp.upperBound)))
    }

    /// What a clamp before QuantizeLinear has to leave so that values in signed form lie within these ends; open where
    /// an end is none. Nil where the scale leaves no such number.
    func reals(from low: Int, through high: Int) -> ClosedRange<Float>? {
        guard low <= high else { return nil }
        func real(_ end: Int) -> Float { Float(end - Int(zeroPoint)) * scale }
        let ends = (low <= -128 ? -Float.infinity : real(low), high >= 127 ? Float.infinity : real(high))
        guard ends.0 <= ends.1, quantised(ends.0) == max(low, -128), quantised(ends.1) == min(high, 127) else {
            return nil
        }
        return ends.0...ends.1
    }

    /// QuantizeLinear of one number, in signed form.
    func quantised(_ value: Float) -> Int8 {
        let steps = (value / scale).rounded(.toNearestOrEven)
        let low = Float(-128 - zeroPoint), high = Float(127 - zeroPoint)
        return Int8(Int32(min(max(steps, low), high)) + zeroPoint)
    }

    static let everything: ClosedRange<Float> = -Float.infinity...Float.infinity
}

/// Scales and zero points of a QuantizeLinear or DequantizeLinear node, per tensor or along an axis.
struct QuantisationParameters: Sendable, Equatable {
    let scales: [Float]
    /// As the file has them, one per scale.
    let zeroPoints: [Int]
    /// Meaningful where there is more than one scale.
    var axis: Int
    let elementType: ElementType

    /// The tensor's single scale and zero point, or nil where it has several or is not 8-bit.
    var perTensor: Quantisation? {
        guard scales.count == 1, elementType.isQuantised else { return nil }
        return Quantisation(scale: scales[0], zeroPoint: Int32(signedZeroPoint(0)))
    }

    /// Which scale and zero point an element of a row-major tensor has.
    func entry(of element: Int, shape: [Int]) -> Int {
        scales.count == 1 ? 0 : element / shape[(axis + 1)...].reduce(1, *) % scales.count
    }

    /// A zero point in signed form: of uint8 the file's minus 128.
    func signedZeroPoint(_ entry: Int) -> Int { zeroPoints[entry] - (elementType == .uint8 ? 128 : 0) }
}

/// An integer constant and what its values mean.
struct QuantisedConstant: Sendable {
    let tensor: Tensor
    let parameters: QuantisationParameters

    /// What DequantizeLinear makes of it.
    var type: ValueType { ValueType(elementType: .float32, shape: tensor.shape) }

    /// The real values: DequantizeLinear, computed as ONNX says.
    func dequantised() -> Tensor {
        let values = tensor.integers ?? []
        let floats = values.indices.map { index in
            let entry = parameters.entry(of: index, shape: tensor.shape)
            return Float(values[index] - parameters.zeroPoints[entry]) * parameters.scales[entry]
        }
        return Tensor(shape: tensor.shape, floats)
    }

    /// The scale of each of `count` entries along `axis`, or nil when the scales run along another axis.
    func scales(along axis: Int, count: Int) -> [Float]? {
        if parameters.scales.count == 1 { return Array(repeating: parameters.scales[0], count: count) }
        return parameters.axis == axis && parameters.scales.count == count ? parameters.scales : nil
    }

    /// The values in signed form where all zero points are 0 there, as the kernels' weights must be; nil otherwise.
    var symmetricBytes: [Int8]? {
        guard parameters.zeroPoints.indices.allSatisfy({ parameters.signedZeroPoint($0) == 0 }) else { return nil }
        return tensor.elements(as: Int8.self)
            ?? tensor.elements(as: UInt8.self)?.map { Int8(bitPattern: $0 ^ 0x80) }
    }
}
