/// Elements as numbers of other types: what Cast converts and reductions accumulate.
protocol NumericElement: TensorElement {
    /// Whether all its values are integers.
    static var isInteger: Bool { get }
    var asDouble: Double { get }
    /// Of a type whose values are integers.
    var asInteger: Int64 { get }
    /// Rounded towards zero where it must be, and limited to what the type holds; not-a-number is 0 among integers.
    init(saturating value: Double)
    /// The low bits, as C and numpy convert integers.
    init(wrapping value: Int64)
}

extension NumericElement where Self: FixedWidthInteger {
    static var isInteger: Bool { true }
    var asDouble: Double { Double(self) }
    var asInteger: Int64 { Int64(self) }

    init(saturating value: Double) {
        // The largest integers round up to numbers that do not fit.
        if value >= Double(Self.max) {
            self = .max
        } else if value <= Double(Self.min) {
            self = .min
        } else {
            self = value.isNaN ? 0 : Self(value)
        }
    }

    init(wrapping value: Int64) { self.init(truncatingIfNeeded: value) }
}

extension NumericElement where Self: BinaryFloatingPoint {
    static var isInteger: Bool { false }
    var asDouble: Double { Double(self) }
    var asInteger: Int64 { Int64(saturating: Double(self)) }
    init(saturating value: Double) { self.init(value) }
    init(wrapping value: Int64) { self.init(value) }
}

extension UInt8: NumericElement {}
extension Int8: NumericElement {}
extension Int32: NumericElement {}
extension Int64: NumericElement {}
extension Float16: NumericElement {}
extension Float: NumericElement {}
extension Double: NumericElement {}

extension Bool: NumericElement {
    static var isInteger: Bool { true }
    var asDouble: Double { self ? 1 : 0 }
    var asInteger: Int64 { self ? 1 : 0 }
    init(saturating value: Double) { self = value != 0 }
    init(wrapping value: Int64) { self = value != 0 }
}
