import CKernels

/// What a value is at run time, and how its bytes lie in the arena.
///
/// Float values are row-major as ONNX has them. 8-bit values of four axes are channels-last, `[N, H, W, C]`, which the
/// kernels want; all 8-bit values are held signed: a uint8 value as itself minus 128. Both are undone where tensors
/// enter and leave a plan, and for bodies that ask for it (``BufferForm``).
struct ValueType: Sendable, Equatable {
    let elementType: ElementType
    /// ONNX's order of axes: `[N, C, H, W]`, whatever the layout.
    let shape: [Int]

    var count: Int { shape.reduce(1, *) }
    var byteCount: Int { count * elementType.byteCount }
    var isChannelsLast: Bool { elementType.isQuantised && shape.count == 4 }

    var description: String { "\(elementType.name) \(describe(shape: shape))" }

    func with(shape: [Int]) -> ValueType { ValueType(elementType: elementType, shape: shape) }
    func with(elementType: ElementType) -> ValueType { ValueType(elementType: elementType, shape: shape) }

    /// Copies 8-bit elements from ONNX's order into the arena's.
    func toArenaOrder(_ source: UnsafePointer<UInt8>, _ destination: UnsafeMutablePointer<UInt8>) {
        reorder(source, destination) { ($0, $1) }
    }

    /// Copies 8-bit elements from the arena's order into ONNX's.
    func toModelOrder(_ source: UnsafePointer<UInt8>, _ destination: UnsafeMutablePointer<UInt8>) {
        reorder(source, destination) { ($1, $0) }
    }

    private func reorder(
        _ source: UnsafePointer<UInt8>, _ destination: UnsafeMutablePointer<UInt8>,
        _ order: (_ channels: Int, _ places: Int) -> (rows: Int, columns: Int)
    ) {
        guard isChannelsLast, shape[1] > 1, shape[2] * shape[3] > 1 else {
            destination.update(from: source, count: count)
            return
        }
        let image = shape[1] * shape[2] * shape[3]
        let (rows, columns) = order(shape[1], shape[2] * shape[3])
        for index in 0..<shape[0] {
            ck_transpose_x8(rows, columns, source + index * image, destination + index * image)
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
            if elementType == .uint8 { ck_flip_sign_x8(count, bytes, bytes) }
        }
    }

    /// The tensor that lies at an address, in ONNX's order and form.
    func tensor(at address: UnsafeRawPointer) -> Tensor {
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, filled in
            filled = byteCount
            guard let start = buffer.baseAddress else { return }
            guard elementType.isQuantised else {
                UnsafeMutableRawPointer(start).copyMemory(from: address, byteCount: byteCount)
                return
            }
            toModelOrder(address.assumingMemoryBound(to: UInt8.self), start)
            if elementType == .uint8 { ck_flip_sign_x8(count, start, start) }
        }
        return Tensor(shape: shape, elementType: elementType, bytes: bytes)
    }
}
