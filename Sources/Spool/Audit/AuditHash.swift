import Crypto
import Records

/// The hash that chains the rows of a stage's audit log.
///
/// ```
/// hash = SHA-256(domain | stage | previous | number | event)
///
/// domain    one byte, its length 15, and the ASCII text "outpost audit 1"
/// stage     one byte, its length, and the stage's name: "intake", "analysis", "courier" or "board"
/// previous  the 32 bytes of the hash of the row before; of zeros for the first row
/// number    the row's number, 8 bytes, the most significant first
/// event     its length in bytes, 4 bytes, the most significant first, and the event as it stands in the row
/// ```
///
/// Every part has its length in front or a fixed one, so no two rows can be made of the same bytes. The 1 is the
/// version of this layout. `provisioning/audit/verify_audit.py` is the same in another language.
enum AuditHash {
    static let domain = Array("outpost audit 1".utf8)
    /// What the first row's hash follows.
    static let start = AuditHead(number: 0, hash: zeros)

    private static let zeros = digest(Array(repeating: 0, count: Records.Digest.byteCount))

    /// The hash of a row.
    ///
    /// - Parameters:
    ///   - event: at most 4 GiB; those who write and read know a far smaller limit.
    ///   - previous: of the row before.
    static func of(_ event: some Collection<UInt8>, number: Int64, after previous: Records.Digest, in stage: Stage)
        -> Records.Digest
    {
        let stage = Array(stage.rawValue.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 + domain.count + stage.count + Records.Digest.byteCount + 12 + event.count)
        bytes.append(UInt8(domain.count))
        bytes += domain
        bytes.append(UInt8(stage.count))
        bytes += stage
        bytes += previous.bytes
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
        withUnsafeBytes(of: UInt32(event.count).bigEndian) { bytes += $0 }
        bytes += event
        return digest(Array(SHA256.hash(data: bytes)))
    }

    private static func digest(_ bytes: [UInt8]) -> Records.Digest {
        guard let digest = Records.Digest(bytes) else { preconditionFailure("SHA-256 has 32 bytes") }
        return digest
    }
}
