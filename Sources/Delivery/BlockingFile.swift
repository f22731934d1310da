import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file that is open for reading. Every call may wait for the disk.
final class BlockingFile: Sendable {
    private let descriptor: CInt

    /// - Parameter length: bytes that the file must have at least.
    init(_ path: String, holding length: Int64) throws(SpooledDataSetError) {
        descriptor = systemOpen(path)
        guard descriptor >= 0 else { throw .cannotOpen(errno: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .cannotRead(errno: errno) }
        guard Int64(status.st_size) >= length else { throw .tooShort(bytes: Int64(status.st_size), expected: length) }
    }

    deinit {
        // Opened for reading only: closing has nothing to lose.
        if descriptor >= 0 { close(descriptor) }
    }

    /// Adds exactly `count` bytes from `offset` to `buffer`.
    func append(_ count: Int, at offset: Int, to buffer: inout ByteBuffer) throws(SpooledDataSetError) {
        var done = 0
        while done < count {
            var result = 0
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count - done) { space in
                result = pread(descriptor, space.baseAddress, count - done, off_t(offset + done))
                return max(0, result)
            }
            guard result >= 0 else { throw .cannotRead(errno: errno) }
            guard result > 0 else { throw .tooShort(bytes: Int64(offset + done), expected: Int64(offset + count)) }
            done += result
        }
    }
}

private func systemOpen(_ path: String) -> CInt { open(path, O_RDONLY | O_CLOEXEC) }
