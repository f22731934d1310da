/// A data element's tag: group and element number (PS3.5 section 7.1).
public struct Tag: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let group: UInt16
    public let element: UInt16

    public init(_ group: UInt16, _ element: UInt16) {
        self.group = group
        self.element = element
    }

    /// The tag as one number, group first, as data sets are ordered.
    public var number: UInt32 { UInt32(group) << 16 | UInt32(element) }

    /// Odd groups belong to private elements (PS3.5 section 7.8).
    public var isPrivate: Bool { group & 1 == 1 }

    /// Whether the element reserves a block of private elements by naming who defines it (PS3.5 section 7.8.1).
    public var isPrivateCreator: Bool { isPrivate && (0x10...0xFF).contains(element) }

    /// The element that names who defines this private one; nil for any other.
    public var privateCreator: Tag? { isPrivate && element >= 0x1000 ? Tag(group, element >> 8) : nil }

    public var description: String { "(\(group.hexadecimal),\(element.hexadecimal))" }

    public static func < (left: Tag, right: Tag) -> Bool { left.number < right.number }
}

extension UInt16 {
    /// Four upper-case hexadecimal digits, as the standard writes tags and statuses.
    public var hexadecimal: String {
        let digits = String(self, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
