import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file whose first bytes are a data set, read in pieces on NIO's threads for blocking calls.
final class DataSetFile: Sendable {
    enum Failure: Error, CustomStringConvertible {
        case system(operation: String, errno: CInt)
        /// The file is shorter than the data set that it should hold.
        case ended

        var description: String {
            switch self {
            case .system(let operation, let number): "\(operation) failed with error number \(number)"
            case .ended: "the file ends before its data set"
            }
        }
    }

    private let descriptor: CInt

    private init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Opens the file, which must have at least `length` bytes.
    static func open(_ path: String, length: Int64) async throws -> DataSetFile {
        try await NIOThreadPool.singleton.runIfActive {
            let descriptor = systemOpen(path)
            guard descriptor >= 0 else { throw Failure.system(operation: "open", errno: errno) }
            let file = DataSetFile(descriptor: descriptor)
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw Failure.system(operation: "fstat", errno: errno) }
            guard Int64(status.st_size) >= length else { throw Failure.ended }
            return file
        }
    }

    /// Exactly `count` bytes from `offset`.
    func read(offset: Int, count: Int) async throws -> ByteBuffer {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            var bytes = ByteBufferAllocator().buffer(capacity: count)
            while bytes.readableBytes < count {
                let done = bytes.readableBytes
                let got = try bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: count - done) { space in
                    let got = pread(descriptor, space.baseAddress, count - done, off_t(offset + done))
                    guard got >= 0 else { throw Failure.system(operation: "read", errno: errno) }
                    return got
                }
                guard got > 0 else { throw Failure.ended }
            }
            return bytes
        }
    }
}

private func systemOpen(_ path: String) -> CInt { open(path, O_RDONLY | O_CLOEXEC) }
