import Crypto
import Records

extension Records.Digest {
    /// The SHA-256 of `data`.
    public init(ofData data: some Collection<UInt8>) {
        guard let digest = Records.Digest(SHA256.hash(data: Array(data))) else {
            preconditionFailure("SHA-256 has 32 bytes")
        }
        self = digest
    }
}
