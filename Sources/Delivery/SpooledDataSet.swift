import Crypto
import DICOMNetwork
import NIOCore
import NIOPosix
import Records
import Synchronization

/// The data set at the beginning of an instance file, on its way out: read once, on NIO's threads for blocking calls,
/// and checked against the digest that was taken when it was received.
///
/// The last bytes are given away only once all of them are known to be those that were received. So what is damaged
/// never arrives whole, and where it is small it is not even begun.
final class SpooledDataSet: DataSetSource {
    let length: Int
    private let moved: @Sendable () -> Void
    private let reading: Mutex<Reading>

    /// Why reading came to an early end; nil where it did not.
    var failure: SpooledDataSetError? { reading.withLock { $0.failure } }

    /// Opens the file and reads the first bytes, so that sending them need not wait for the disk.
    ///
    /// - Parameters:
    ///   - preparedBytes: how many, where there are so many.
    ///   - moved: called with each piece that is taken.
    static func open(
        _ consignment: Consignment, preparing preparedBytes: Int, moved: @escaping @Sendable () -> Void
    ) async throws(SpooledDataSetError) -> SpooledDataSet {
        try await onThread { () throws(SpooledDataSetError) in
            let file = try BlockingFile(consignment.path, holding: consignment.dataSetLength)
            let dataSet = SpooledDataSet(file, consignment, moved)
            try dataSet.prepare(preparedBytes)
            return dataSet
        }
    }

    private init(_ file: BlockingFile, _ consignment: Consignment, _ moved: @escaping @Sendable () -> Void) {
        self.moved = moved
        length = Int(consignment.dataSetLength)
        reading = Mutex(Reading(file, length: length, sha256: consignment.sha256))
    }

    /// Exactly the next `count` bytes.
    ///
    /// - Throws: `SpooledDataSetError`.
    func read(_ count: Int) async throws -> ByteBuffer {
        moved()
        if let bytes = reading.withLock({ $0.ahead.readSlice(length: count) }) { return bytes }
        return try await Self.onThread { () throws(SpooledDataSetError) in try self.take(count) }
    }

    /// All that has not been given away yet, in one piece. The caller bounds ``length``.
    func readRest() async throws(SpooledDataSetError) -> [UInt8] {
        try await Self.onThread { () throws(SpooledDataSetError) in
            Array(try self.take(self.reading.withLock { $0.rest }).readableBytesView)
        }
    }

    private func prepare(_ count: Int) throws(SpooledDataSetError) {
        let bytes = try take(min(count, length))
        reading.withLock { $0.ahead = bytes }
    }

    private func take(_ count: Int) throws(SpooledDataSetError) -> ByteBuffer {
        try reading.withLock { reading in
            let result = Result { () throws(SpooledDataSetError) in try reading.take(count) }
            if case .failure(let error) = result { reading.failure = error }
            return result
        }.get()
    }

    private static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws(SpooledDataSetError) -> Value
    ) async throws(SpooledDataSetError) -> Value {
        let result: Result<Value, SpooledDataSetError>
        do {
            result = try await NIOThreadPool.singleton.runIfActive {
                Result { () throws(SpooledDataSetError) in try body() }
            }
        } catch {
            // The pool lives as long as the process: only a cancelled task does not wait for it.
            throw .stopped
        }
        return try result.get()
    }
}

/// How far a file has been read.
private struct Reading {
    let file: BlockingFile
    let length: Int
    let sha256: Records.Digest
    var hash = SHA256()
    var position = 0
    /// Read and not yet given away.
    var ahead = ByteBuffer()
    var failure: SpooledDataSetError?

    init(_ file: BlockingFile, length: Int, sha256: Records.Digest) {
        self.file = file
        self.length = length
        self.sha256 = sha256
    }

    /// Bytes that have not been given away.
    var rest: Int { ahead.readableBytes + length - position }

    mutating func take(_ count: Int) throws(SpooledDataSetError) -> ByteBuffer {
        precondition(count <= rest, "a data set is read once")
        var bytes = ByteBufferAllocator().buffer(capacity: count)
        bytes.writeBuffer(&ahead)
        let known = bytes.readableBytes
        try file.append(count - known, at: position, to: &bytes)
        position += count - known
        bytes.withUnsafeReadableBytes { all in
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: all[known...]))
        }
        if position == length, Records.Digest(hash.finalize()) != sha256 { throw .damaged }
        return bytes
    }
}
