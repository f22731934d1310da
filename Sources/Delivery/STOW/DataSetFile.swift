import NIOCore
import NIOPosix

/// An open file whose first bytes are a data set. Reads on NIO's thread pool: a slow disk must not hold up other tasks.
final class DataSetFile: Sendable {
    /// Bytes of one read: large enough for the disk, small enough for several destinations at once.
    static let chunkBytes = 256 << 10

    let length: Int64
    private let handle: NIOFileHandle

    /// - Throws: `DataSetFileError` where the file cannot be opened or is shorter than `length`.
    static func open(path: String, length: Int64) async throws -> DataSetFile {
        let handle: NIOFileHandle
        do {
            handle = try await NIOThreadPool.singleton.runIfActive { try NIOFileHandle(_deprecatedPath: path) }
        } catch let error as IOError {
            throw DataSetFileError.cannotOpen(errno: error.errnoCode)
        }
        let file = DataSetFile(handle: handle, length: length)
        let size = try await NonBlockingFileIO(threadPool: .singleton).readFileSize(fileHandle: handle)
        guard size >= length else { throw DataSetFileError.tooShort(bytes: size, expected: length) }
        return file
    }

    private init(handle: NIOFileHandle, length: Int64) {
        self.handle = handle
        self.length = length
    }

    deinit {
        // Opened for reading only: closing has nothing to lose.
        try? handle.close()
    }

    /// The bytes from `offset`: a chunk, or what is left before `length`.
    func chunk(at offset: Int64) async throws -> ByteBuffer {
        let count = Int(min(Int64(Self.chunkBytes), length - offset))
        let bytes: ByteBuffer
        do {
            bytes = try await NonBlockingFileIO(threadPool: .singleton).read(
                fileHandle: handle, fromOffset: offset, byteCount: count, allocator: ByteBufferAllocator())
        } catch let error as IOError {
            throw DataSetFileError.cannotRead(errno: error.errnoCode)
        }
        guard bytes.readableBytes == count else {
            throw DataSetFileError.tooShort(bytes: offset + Int64(bytes.readableBytes), expected: length)
        }
        return bytes
    }
}

/// Why an object of ours cannot be read. The destination has nothing to do with it.
enum DataSetFileError: Error, Equatable, CustomStringConvertible {
    case cannotOpen(errno: CInt)
    case cannotRead(errno: CInt)
    case tooShort(bytes: Int64, expected: Int64)

    var description: String {
        switch self {
        case .cannotOpen(let errno):
            "its file in the spool cannot be opened (errno \(errno)); check the data folder and its disk"
        case .cannotRead(let errno):
            "its file in the spool cannot be read (errno \(errno)); check the disk"
        case .tooShort(let bytes, let expected):
            "its file in the spool has \(bytes) bytes where \(expected) were stored; check the disk"
        }
    }
}
