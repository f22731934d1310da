import Foundation

/// A bundle as one compressed file.
///
/// The system's own tar and gzip make it: every Debian has them, the image too, and what reads the bundle elsewhere is
/// the same program. Until it is whole it has another name, and only its owner may read it.
public struct SupportArchive: Sendable {
    /// The folder within the archive.
    static let folderName = "outpost-support"

    public init() {}

    /// Writes `files` to a new file at `path`.
    public func write(_ files: [SupportBundle.File], to path: String) async throws(SupportBundleError) {
        let target = URL(fileURLWithPath: path).standardizedFileURL
        let manager = FileManager.default
        if manager.fileExists(atPath: target.path) { throw .exists(path: path) }
        // Beside the target, so that one rename brings it there.
        var name = Array("\(target.deletingLastPathComponent().path)/.outpost-support-XXXXXX".utf8CString)
        guard let made = mkdtemp(&name) else {
            throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
        let work = String(cString: made)
        defer { try? manager.removeItem(atPath: work) }
        do {
            let folder = "\(work)/\(Self.folderName)"
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: false)
            for file in files {
                try Data(file.bytes).write(to: URL(fileURLWithPath: "\(folder)/\(file.name)"))
            }
        } catch {
            throw .cannotWrite(path: path, reason: error.localizedDescription)
        }
        let archive = "\(work)/bundle.tar.gz"
        let tar = SystemProgram("tar", [
            "--create", "--gzip", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=",
            "--file", archive, "--directory", work, Self.folderName,
        ])
        guard await tar.succeeds() else { throw .noArchive(path: path) }
        chmod(archive, 0o600)  // A file system of a memory stick knows no owners.
        guard link(archive, target.path) != 0 else { return }
        if errno == EEXIST { throw .exists(path: path) }
        // Nor second names; there a file that somebody made in this moment is replaced.
        guard rename(archive, target.path) == 0 else {
            throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
    }
}
