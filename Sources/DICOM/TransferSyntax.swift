/// A transfer syntax (PS3.5 chapter 10 and annex A; registry in PS3.6 table A-1).
public struct TransferSyntax: Hashable, Sendable, Codable, CustomStringConvertible {
    public let uid: UID

    public init(_ uid: UID) { self.uid = uid }

    public static let implicitVRLittleEndian = TransferSyntax(UID(known: "1.2.840.10008.1.2"))
    public static let explicitVRLittleEndian = TransferSyntax(UID(known: "1.2.840.10008.1.2.1"))
    public static let deflatedExplicitVRLittleEndian = TransferSyntax(UID(known: "1.2.840.10008.1.2.1.99"))
    public static let explicitVRBigEndian = TransferSyntax(UID(known: "1.2.840.10008.1.2.2"))
    public static let jpegBaseline = TransferSyntax(UID(known: "1.2.840.10008.1.2.4.50"))
    public static let jpegExtended = TransferSyntax(UID(known: "1.2.840.10008.1.2.4.51"))
    public static let jpegLossless = TransferSyntax(UID(known: "1.2.840.10008.1.2.4.57"))
    public static let jpegLosslessFirstOrder = TransferSyntax(UID(known: "1.2.840.10008.1.2.4.70"))
    public static let jpegLSLossless = TransferSyntax(UID(known: "1.2.840.10008.1.2.4.80"))
    public static let jpegLSNearLossless = TransferSyntax(UID(known: "1.2.840.10008.1.2.4.81"))
    public static let jpeg2000Lossless = TransferSyntax(UID(known: "1.2.840.10008.1.2.4.90"))
    public static let jpeg2000 = TransferSyntax(UID(known: "1.2.840.10008.1.2.4.91"))
    public static let rleLossless = TransferSyntax(UID(known: "1.2.840.10008.1.2.5"))

    /// The syntaxes whose data sets can be read here, in the order in which a sender should prefer them.
    ///
    /// The encapsulated ones are Explicit VR Little Endian around their pixel fragments (PS3.5 A.4), so receiving,
    /// indexing and forwarding them needs no decoder.
    public static let readable: [TransferSyntax] = [
        explicitVRLittleEndian, implicitVRLittleEndian, jpegBaseline, jpegExtended, jpegLossless,
        jpegLosslessFirstOrder, jpegLSLossless, jpegLSNearLossless, jpeg2000Lossless, jpeg2000, rleLossless,
    ]

    public var isReadable: Bool { Self.readable.contains(self) }
    public var isExplicit: Bool { self != .implicitVRLittleEndian }
    public var isLittleEndian: Bool { self != .explicitVRBigEndian }

    /// Whether pixel data is a sequence of compressed fragments (PS3.5 A.4).
    public var isEncapsulated: Bool {
        self != .implicitVRLittleEndian && self != .explicitVRLittleEndian
            && self != .explicitVRBigEndian && self != .deflatedExplicitVRLittleEndian
    }

    public init(from decoder: any Decoder) throws { uid = try UID(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try uid.encode(to: encoder) }
    public var description: String { uid.value }
}
