import Foundation
import Records
import Spool

/// Takes the configuration out of force without losing it: the box is to be provisioned anew.
struct ConfigurationReset: Sendable {
    let disk: any Disk

    /// Renames the file behind `path` to `NAME.set-aside-N`, durably, in its own folder.
    ///
    /// - Parameter path: may be a link, which stays.
    /// - Returns: the new name, and the digest of what it holds; nil where there was no file.
    func setAside(_ path: String) throws(DiskError) -> (name: String, sha256: Digest?)? {
        guard let real = realpath(path, nil) else {
            if errno == ENOENT { return nil }
            throw DiskError(
                operation: "find", path: path, errorNumber: errno, reason: String(cString: strerror(errno)))
        }
        defer { free(real) }
        let file = String(cString: real)
        // What cannot be read can still be set aside.
        let sha256 = (try? ConfigurationFile.bytes(of: file)).map { Digest(ofData: $0) }
        let slash = file.lastIndex(of: "/") ?? file.startIndex
        let folder = slash == file.startIndex ? "/" : String(file[..<slash])
        let prefix = file[file.index(after: slash)...] + ".set-aside-"
        let last = try disk.names(in: folder).filter { $0.hasPrefix(prefix) }
            .compactMap { Int64($0.dropFirst(prefix.count)) }.max() ?? 0
        let name = "\(prefix)\(last + 1)"
        try disk.rename(file, to: "\(folder == "/" ? "" : folder)/\(name)")
        try disk.synchronizeFolder(folder)
        return (name, sha256)
    }
}
