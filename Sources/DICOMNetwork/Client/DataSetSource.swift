import NIOCore
import Synchronization

/// The bytes of an encoded data set, read once from beginning to end while they are sent.
public protocol DataSetSource: Sendable {
    /// Bytes of the whole data set.
    var length: Int { get }

    /// Exactly the next `count` bytes. Whoever knows what the bytes should be checks them before it gives the last.
    func read(_ count: Int) async throws -> ByteBuffer
}

/// A data set that is in memory as a whole.
final class DataSetInMemory: DataSetSource {
    let length: Int
    private let rest: Mutex<ByteBuffer>

    init(_ bytes: [UInt8]) {
        length = bytes.count
        rest = Mutex(ByteBuffer(bytes: bytes))
    }

    func read(_ count: Int) async throws -> ByteBuffer {
        rest.withLock { rest in
            guard let bytes = rest.readSlice(length: count) else { preconditionFailure("a data set is read once") }
            return bytes
        }
    }
}
