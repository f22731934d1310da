/// A transfer syntax (PS3.5 chapter 10 and annex A). The standard's own have names (``all``).
public struct TransferSyntax: Hashable, Sendable, Codable, CustomStringConvertible {
    public let uid: UID

    public init(_ uid: UID) { self.uid = uid }

    /// The name in PS3.6 table A-1; nil for a private or unknown one.
    public var name: String? { entry?.name }

    /// Whether the standard no longer recommends it. Senders still use some, so all are read.
    public var isRetired: Bool { entry?.has("R") ?? false }

    public var isExplicit: Bool { self != .implicitVRLittleEndian }
    public var isLittleEndian: Bool { self != .explicitVRBigEndian }
    var byteOrder: ByteOrder { isLittleEndian ? .littleEndian : .bigEndian }

    /// Whether the whole data set is one deflated stream (PS3.5 A.5).
    public var isDeflated: Bool { entry?.has("D") ?? false }

    /// Whether pixel data is a sequence of fragments (PS3.5 A.4). One that the standard does not name counts as such:
    /// private syntaxes compress pixels and leave the data set in Explicit VR Little Endian.
    public var isEncapsulated: Bool { entry?.has("E") ?? true }

    /// Whether its data sets can be read. That needs no decoder: all but the native ones are Explicit VR Little Endian
    /// around their pixel fragments (PS3.5 A.4).
    ///
    /// False for the standard's real-time streams (PS3.22), for MIME and XML wrappers, and for Papyrus.
    public var isReadable: Bool { !(entry?.has("N") ?? false) }

    /// All of the standard, retired ones too, in the order of their UIDs.
    public static let all: [TransferSyntax] = registry.keys.sorted { left, right in
        let components = { (uid: UID) in uid.value.split(separator: ".").map { Int($0) ?? 0 } }
        return components(left).lexicographicallyPrecedes(components(right))
    }.map(TransferSyntax.init)

    /// Those of the standard whose data sets can be read, in the order in which a sender should prefer them.
    public static let readable: [TransferSyntax] = {
        let first = [explicitVRLittleEndian, implicitVRLittleEndian]
        return first + all.filter { $0.isReadable && !first.contains($0) }
    }()

    public init(from decoder: any Decoder) throws { uid = try UID(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try uid.encode(to: encoder) }
    public var description: String { uid.value }

    private var entry: RegistryRow? { Self.registry[uid] }

    private static let registry = RegistryRow.parse(rows)
}

/// A row of the generated registries.
struct RegistryRow: Sendable {
    let properties: Substring
    let name: String

    func has(_ property: Character) -> Bool { properties.contains(property) }

    /// Rows of a UID, its properties and its name, parted by vertical bars.
    static func parse(_ rows: StaticString) -> [UID: RegistryRow] {
        var parsed: [UID: RegistryRow] = [:]
        for row in rows.description.split(separator: "\n") {
            let fields = row.split(separator: "|", omittingEmptySubsequences: false)
            guard fields.count == 3, let uid = UID(String(fields[0])) else {
                preconditionFailure("not a row of the registry: \(row)")
            }
            parsed[uid] = RegistryRow(properties: fields[1], name: String(fields[2]))
        }
        return parsed
    }
}
