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
    /// The disk was told to begin with everything before this.
    private var begun: Int64 = 0

    /// Pieces of at least this length go to the file as they come; smaller ones are collected up to it. Long enough
    /// for few system calls, and little memory for an association.
    private static let writeLength = 64 * 1024
    /// The disk begins each time when so much more is there. Less would cost the processor more than the final sync
    /// gains.
    private static let writebackLength: Int64 = 1024 * 1024

    /// Bytes of the data set so far.
    public var length: Int64 { flushed + Int64(buffer.count) }

    init(number: Int64, file: any DiskFile) {
        self.number = number
        self.file = file
    }

    /// Takes the next bytes of the data set.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(SpoolError) {
        if bytes.count >= Self.writeLength {
            try flush()
            return try write(bytes)
        }
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.writeLength { try flush() }
    }

    /// Takes the next bytes of the data set.
    public func append(_ bytes: [UInt8]) throws(SpoolError) {
        // The array's own method cannot pass a typed error on.
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(SpoolError) in try append(buffer) }
        }
        try result.get()
    }

    /// The digest of the data set, once all of it has been appended.
    func digest() -> Records.Digest {
        var whole = hash
        buffer.withUnsafeBytes { whole.update(bufferPointer: $0) }
        guard let digest = Records.Digest(whole.finalize()) else { preconditionFailure("SHA-256 has 32 bytes") }
        return digest
    }

    /// Writes what is left of the data set with the trailer behind it, and makes the file durable.
    func seal(_ trailer: [UInt8]) throws(SpoolError) {
        do throws(DiskError) {
            try file.write(buffer + trailer, at: flushed)
            try file.synchronizeData()
        } catch {
            throw .disk(error)
        }
    }

    private func flush() throws(SpoolError) {
        guard !buffer.isEmpty else { return }
        let result = buffer.withUnsafeBytes { bytes in
            Result { () throws(SpoolError) in try write(bytes) }
        }
        try result.get()
        buffer.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(SpoolError) {
        do throws(DiskError) {
            try file.write(bytes, at: flushed)
        } catch {
            throw .disk(error)
        }
        flushed += Int64(bytes.count)
        if flushed - begun >= Self.writebackLength {
            // The disk works while the rest still comes in: at the end its sync has little left to wait for.
            file.beginWriteback(from: begun, count: flushed - begun)
            begun = flushed
        }
        hash.update(bufferPointer: bytes)
    }
}
