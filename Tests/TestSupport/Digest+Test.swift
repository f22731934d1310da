import Records
import Spool

extension Digest {
    /// The SHA-256 of `bytes`, as the spool takes it on receipt.
    public static func of(_ bytes: [UInt8]) -> Digest { Digest(ofData: bytes) }
}
