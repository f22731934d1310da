/// A Swift type that lies in memory as the elements of a tensor do.
public protocol TensorElement: BitwiseCopyable, Sendable {
    static var elementType: ElementType { get }
}

extension Float: TensorElement { public static var elementType: ElementType { .float32 } }
extension UInt8: TensorElement { public static var elementType: ElementType { .uint8 } }
extension Int8: TensorElement { public static var elementType: ElementType { .int8 } }
extension Int32: TensorElement { public static var elementType: ElementType { .int32 } }
extension Int64: TensorElement { public static var elementType: ElementType { .int64 } }
extension Bool: TensorElement { public static var elementType: ElementType { .bool } }
extension Float16: TensorElement { public static var elementType: ElementType { .float16 } }
extension Double: TensorElement { public static var elementType: ElementType { .float64 } }
