import CKernels

/// What a value is at run time, and how its bytes lie in the arena.
///
/// All 8-bit values are held signed: a uint8 value as itself minus 128. Images of 8-bit values with enough channels lie
/// in blocks of 8 channels, `[N][C / 8, rounded up][H][W][8]`, as the kernels want them: what the surplus channels of
/// the last block hold means nothing. All else is row-major as ONNX has it. Both are undone where tensors enter and
/// leave a plan, and for bodies that ask for it (``BufferForm``).
struct ValueType: Sendable, Equatable {
    let elementType: ElementType
    /// ONNX's order of axes: `[N, C, H, W]`, whatever the layout.
    let shape: [Int]
    let layout: Layout

    enum Layout: Sendable {
        case rowMajor
        case blocked
    }

    /// A value in the layout that its type has everywhere in a plan.
    init(elementType: ElementType, shape: [Int]) {
        let isImage = elementType.isQuantised && shape.count == 4 && shape[1] >= Int(CK_BLOCK_CHANNELS)
        self.init(elementType: elementType, shape: shape, layout: isImage ? .blocked : .rowMajor)
    }

    /// A value between two steps that agree about its layout.
    init(elementType: ElementType, shape: [Int], layout: Layout) {
        self.elementType = elementType
        self.shape = shape
        self.layout = layout
    }

    /// The number of elements, surplus channels not among them.
    var count: Int { shape.reduce(1, *) }
    var isBlocked: Bool { layout == .blocked }

    var byteCount: Int {
        guard isBlocked else { return count * elementType.byteCount }
        return shape[0] * Int(ck_packed_columns(shape[1])) * shape[2] * shape[3]
    }

    /// Whether its bytes are in ONNX's order: blocks of one pixel each are.
    var liesRowMajor: Bool {
        !isBlocked || shape[2] * shape[3] == 1 && shape[1] % Int(CK_BLOCK_CHANNELS) == 0
    }

    var description: String { "\(elementType.name) \(describe(shape: shape))" }

    func with(shape: [Int]) -> ValueType { ValueType(elementType: elementType, shape: shape) }
    func with(elementType: ElementType) -> ValueType { ValueType(elementType: elementType, shape: shape) }

    /// Copies 8-bit elements from ONNX's order into the arena's. Surplus channels become 0.
    func toArenaOrder(_ source: UnsafePointer<UInt8>, _ destination: UnsafeMutablePointer<UInt8>) {
        guard isBlocked else {
            destination.update(from: source, count: count)
            return
        }
        let pixels = shape[2] * shape[3]
        for image in 0..<shape[0] {
            ck_block_x8(
                shape[1], pixels, source + image * shape[1] * pixels,
                destination + image * ck_packed_columns(shape[1]) * pixels)
        }
    }

    /// Copies 8-bit elements from the arena's order into ONNX's.
    func toModelOrder(_ source: UnsafePointer<UInt8>, _ destination: UnsafeMutablePointer<UInt8>) {
        guard isBlocked else {
            destination.update(from: source, count: count)
            return
        }
        let pixels = shape[2] * shape[3]
        for image in 0..<shape[0] {
            ck_unblock_x8(
                shape[1], pixels, source + image * ck_packed_columns(shape[1]) * pixels,
                destination + image * shape[1] * pixels)
        }
    }
}

// MARK: - Tensors in and out

extension ValueType {
    init(_ tensor: Tensor) { self.init(elementType: tensor.elementType, shape: tensor.shape) }

    /// Brings a tensor of this type into the arena's order and signed form.
    func load(_ tensor: Tensor, to address: UnsafeMutableRawPointer) {
        tensor.bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            guard elementType.isQuantised else {
                address.copyMemory(from: start, byteCount: byteCount)
                return
            }
            let bytes = address.assumingMemoryBound(to: UInt8.self)
            toArenaOrder(start.assumingMemoryBound(to: UInt8.self), bytes)
            if elementType == .uint8 { ck_flip_sign_x8(byteCount, bytes, bytes) }
        }
    }

    /// The tensor that lies at an address, in ONNX's order and form.
    func tensor(at address: UnsafeRawPointer) -> Tensor {
        let size = count * elementType.byteCount
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            filled = size
            guard let start = buffer.baseAddress else { return }
            guard elementType.isQuantised else {
                UnsafeMutableRawPointer(start).copyMemory(from: address, byteCount: size)
                return
            }
            toModelOrder(address.assumingMemoryBound(to: UInt8.self), start)
            if elementType == .uint8 { ck_flip_sign_x8(count, start, start) }
        }
        return Tensor(shape: shape, elementType: elementType, bytes: bytes)
    }
}
