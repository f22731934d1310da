/// A dense array with a shape, row-major (the last axis varies fastest), as ONNX lays tensors out.
public struct Tensor: Sendable, Equatable {
    /// The elements, by type.
    public enum Storage: Sendable, Equatable {
        case float32([Float])
        case uint8([UInt8])
        case int8([Int8])
        case int32([Int32])
        case int64([Int64])

        /// The number of elements.
        public var count: Int {
            switch self {
            case .float32(let values): values.count
            case .uint8(let values): values.count
            case .int8(let values): values.count
            case .int32(let values): values.count
            case .int64(let values): values.count
            }
        }

        /// The elements' type.
        public var elementType: ElementType {
            switch self {
            case .float32: .float32
            case .uint8: .uint8
            case .int8: .int8
            case .int32: .int32
            case .int64: .int64
            }
        }
    }

    /// Sizes, outermost first; `[]` is a scalar.
    public let shape: [Int]
    public let storage: Storage

    /// A tensor of as many elements as the shape says; anything else is a mistake of the caller.
    public init(shape: [Int], storage: Storage) {
        precondition(Inference.elementCount(of: shape) == storage.count, "elements do not fill the shape")
        self.shape = shape
        self.storage = storage
    }

    public init(shape: [Int], _ values: [Float]) { self.init(shape: shape, storage: .float32(values)) }
    public init(shape: [Int], _ values: [UInt8]) { self.init(shape: shape, storage: .uint8(values)) }
    public init(shape: [Int], _ values: [Int8]) { self.init(shape: shape, storage: .int8(values)) }

    public var elementType: ElementType { storage.elementType }
    public var count: Int { storage.count }

    /// The elements of a float32 tensor, else nil.
    public var floats: [Float]? {
        if case .float32(let values) = storage { values } else { nil }
    }

    /// The elements of an integer tensor, widened; nil for float32.
    public var integers: [Int]? {
        switch storage {
        case .float32: nil
        case .uint8(let values): values.map(Int.init)
        case .int8(let values): values.map(Int.init)
        case .int32(let values): values.map(Int.init)
        case .int64(let values): values.map(Int.init)
        }
    }

    func reshaped(to shape: [Int]) -> Tensor { Tensor(shape: shape, storage: storage) }
}
