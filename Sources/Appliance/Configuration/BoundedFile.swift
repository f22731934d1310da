import Foundation

/// Reads files of outside without being filled by them.
enum BoundedFile {
    /// The bytes of the file at `path`, at most one more than `limit`: whoever takes them sees then that they are too
    /// many.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? handle.close() }  // Opened for reading: nothing can be lost.
        return try read(handle, limit: limit)
    }

    /// The same from where `handle` stands.
    static func read(_ handle: FileHandle, limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= limit, let part = try handle.read(upToCount: limit + 1 - bytes.count), !part.isEmpty {
            bytes.append(contentsOf: part)
        }
        return bytes
    }
}
