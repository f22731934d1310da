#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The bytes of a regular file of at most `maximumBytes`.
func readFile(_ path: String, maximumBytes: Int) throws(InferenceError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
    // A pipe or device would have no size to check.
    guard status.st_mode & S_IFMT == S_IFREG else {
        throw .unreadableFile(path: path, reason: "not a regular file")
    }
    let size = Int(status.st_size)
    guard size <= maximumBytes else {
        throw .limitExceeded(limit: "bytes", value: size, maximum: maximumBytes, path: path)
    }
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        while count < size {
            let found = read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
            if found < 0 && errno == EINTR { continue }
            if found < 0 { failed = true }
            if found <= 0 { break }
            count += found
        }
    }
    if failed { throw unreadable(path) }
    return bytes
}

private func unreadable(_ path: String) -> InferenceError {
    .unreadableFile(path: path, reason: String(cString: strerror(errno)))
}
