/// A dense array with a shape, row-major (the last axis varies fastest), as ONNX lays tensors out.
public struct Tensor: Sendable, Equatable {
    /// Sizes, outermost first; `[]` is a scalar.
    public let shape: [Int]
    public let elementType: ElementType
    /// The elements as they lie in memory, which is little-endian as in the file.
    let bytes: TensorBytes

    /// A tensor of as many elements as the shape says; anything else is a mistake of the caller.
    public init<Element: TensorElement>(shape: [Int], _ elements: [Element]) {
        self.init(shape: shape, elementType: Element.elementType, bytes: elements.withUnsafeBytes { Array($0) })
    }

    /// A tensor from its elements' bytes; a bool's byte is 0 or 1.
    init(shape: [Int], elementType: ElementType, bytes: [UInt8]) {
        self.init(shape: shape, elementType: elementType, bytes: TensorBytes(bytes))
    }

    /// A tensor from its elements' bytes, which may stay in a model file.
    init(shape: [Int], elementType: ElementType, bytes: TensorBytes) {
        let (byteCount, overflow) = (Inference.elementCount(of: shape) ?? -1)
            .multipliedReportingOverflow(by: elementType.byteCount)
        precondition(!overflow && byteCount == bytes.count, "elements do not fill the shape")
        self.shape = shape
        self.elementType = elementType
        self.bytes = bytes
    }

    public var count: Int { bytes.count / elementType.byteCount }

    /// The elements, or nil when they are of another type.
    public func elements<Element: TensorElement>(as _: Element.Type) -> [Element]? {
        guard elementType == Element.elementType else { return nil }
        return [Element](unsafeUninitializedCapacity: count) { buffer, filled in
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
            filled = count
        }
    }

    /// The elements of a float32 tensor, else nil.
    public var floats: [Float]? { elements(as: Float.self) }

    /// The elements of a tensor of integers, widened; nil for other types.
    public var integers: [Int]? {
        switch elementType {
        case .uint8: elements(as: UInt8.self)?.map(Int.init)
        case .int8: elements(as: Int8.self)?.map(Int.init)
        case .int32: elements(as: Int32.self)?.map(Int.init)
        case .int64: elements(as: Int64.self)?.map(Int.init)
        case .float32, .float16, .float64, .bool: nil
        }
    }
}
