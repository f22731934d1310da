import Crypto
import Records

/// An instance on its way in: its bytes go straight to a prepared file and through SHA-256.
///
/// Unchecked because it is used by one thread at a time: the association's, then that of the commit.
public final class InstanceWriter: @unchecked Sendable {
    let number: Int64
    let file: any DiskFile
    private var hash = SHA256()
    private var buffer: [UInt8] = []
    private var flushed: Int64 = 0

    /// Bytes collected before each write to the file: few system calls, little memory an association.
    private static let bufferLength = 256 * 1024

    /// Bytes of the data set so far.
    public var length: Int64 { flushed + Int64(buffer.count) }

    init(number: Int64, file: any DiskFile) {
        self.number = number
        self.file = file
    }

    public func append(_ bytes: some Collection<UInt8>) throws(SpoolError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferLength { try flush() }
    }

    /// The digest of all bytes, after writing out the last ones.
    func finish() throws(SpoolError) -> Records.Digest {
        try flush()
        guard let digest = Records.Digest(hash.finalize()) else { preconditionFailure("SHA-256 has 32 bytes") }
        return digest
    }

    private func flush() throws(SpoolError) {
        do throws(DiskError) {
            try file.write(buffer, at: flushed)
            // The disk works while the rest still comes in: at the end its sync has little left to wait for.
            file.beginWriteback(from: flushed, count: Int64(buffer.count))
            buffer.withUnsafeBytes { hash.update(bufferPointer: $0) }
        } catch {
            throw .disk(error)
        }
        flushed += Int64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
    }
}
