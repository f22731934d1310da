/// The type of a tensor's elements; the raw value is ONNX's `TensorProto.DataType`.
public enum ElementType: Int, Sendable, Codable, CaseIterable {
    case float32 = 1
    case uint8 = 2
    case int8 = 3
    case int32 = 6
    case int64 = 7

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .uint8, .int8: 1
        case .float32, .int32: 4
        case .int64: 8
        }
    }

    /// The name people read: `float32`.
    public var name: String {
        switch self {
        case .float32: "float32"
        case .uint8: "uint8"
        case .int8: "int8"
        case .int32: "int32"
        case .int64: "int64"
        }
    }

    var isQuantised: Bool { self == .int8 || self == .uint8 }
}
