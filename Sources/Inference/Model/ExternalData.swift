#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Files beside a model that hold elements of its tensors, as exporters write large models.
///
/// Source: ONNX documentation, "External Data". A location is a path relative to the model's folder. It must not leave
/// that folder, not even by a symbolic link; all files together are as bounded as the model's own.
final class ExternalData {
    private let folder: String
    private let limits: ModelLimits
    private var files: [String: ModelBytes] = [:]
    private var byteCount: Int

    /// - Parameter modelBytes: of the model's own file, which count towards the limit.
    init(besideModel path: String, modelBytes: Int, limits: ModelLimits) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        folder = parts.isEmpty ? "." : parts.joined(separator: "/") + "/"
        self.limits = limits
        byteCount = modelBytes
    }

    /// The bytes of a tensor.
    ///
    /// - Parameters:
    ///   - entries: `location`, `offset` and `length` as the file has them; a checksum is not looked at.
    ///   - byteCount: what the tensor's shape and type need.
    func bytes(_ entries: [String: String], byteCount: Int, label: String) throws(InferenceError) -> TensorBytes {
        func invalid(_ problem: String) -> InferenceError { .invalidGraph(node: label, problem: problem) }
        guard let location = entries["location"] else { throw invalid("data outside the file without a location") }
        let offset = entries["offset"].map { Int($0) } ?? 0, length = entries["length"].map { Int($0) } ?? byteCount
        guard let offset, let length, offset >= 0, length == byteCount else {
            throw invalid("an offset or length that does not fit \(byteCount) bytes")
        }
        let file = try file(location, label)
        guard offset <= file.count, length <= file.count - offset else {
            throw invalid("\(length) bytes from \(offset) on are not all in \(location)")
        }
        return TensorBytes(file, offset..<(offset + length))
    }

    private func file(_ location: String, _ label: String) throws(InferenceError) -> ModelBytes {
        if let file = files[location] { return file }
        let parts = location.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.allSatisfy({ !["", ".", ".."].contains($0) && !$0.utf8.contains(0) }) else {
            throw .invalidGraph(node: label, problem: "data outside the model's folder, \(location)")
        }
        guard files.count < limits.externalFiles else {
            throw .limitExceeded(
                limit: "external files", value: files.count + 1, maximum: limits.externalFiles, path: label)
        }
        let descriptor = try Self.openFile(parts, below: folder, location)
        defer { close(descriptor) }
        let file = try ModelBytes(descriptor: descriptor, path: location, maximumBytes: limits.fileBytes - byteCount)
        byteCount += file.count
        files[location] = file
        return file
    }

    /// Opens one folder after the other, following no link, so that nothing outside can be meant.
    private static func openFile(
        _ parts: [String], below folder: String, _ location: String
    ) throws(InferenceError) -> Int32 {
        var current = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for (index, part) in parts.enumerated() where current >= 0 {
            let kind = index == parts.count - 1 ? 0 : O_DIRECTORY
            let next = openat(current, part, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | kind)
            let reason = errno
            close(current)
            errno = reason
            current = next
        }
        guard current >= 0 else { throw .unreadableFile(path: location, reason: String(cString: strerror(errno))) }
        return current
    }
}
