/// The type of a tensor's elements; the raw value is ONNX's `TensorProto.DataType`.
public enum ElementType: Int, Sendable, Codable, CaseIterable {
    case float32 = 1
    case uint8 = 2
    case int8 = 3
    case int32 = 6
    case int64 = 7
    case bool = 9
    case float16 = 10
    case float64 = 11

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .float16: 2
        case .float32, .int32: 4
        case .int64, .float64: 8
        }
    }

    /// The name people read: `float32`.
    public var name: String { String(describing: self) }

    /// Types of 8-bit numbers with a scale, in which kernels compute.
    var isQuantised: Bool { self == .int8 || self == .uint8 }

    /// Whether a run can have values of this type. The others occur in constants, which Cast turns into float32.
    var existsAtRunTime: Bool { self != .float16 && self != .float64 }
}
