import Foundation

/// Why the box's configuration could not be looked at or put in force.
public enum ConfigurationApplicationError: Error, Sendable, Equatable, CustomStringConvertible {
    case noDataFolder(path: String, reason: String)
    case cannotRead(path: String, reason: String)
    case cannotWrite(path: String, reason: String)

    public var description: String {
        switch self {
        case .noDataFolder(let path, let reason):
            "the data folder \(path) cannot be used: \(reason); look whether the data partition was opened and mounted"
        case .cannotRead(let path, let reason):
            "\(path) cannot be read: \(reason); run this as root, and look at the disk if it is"
        case .cannotWrite(let path, let reason):
            "\(path) cannot be written: \(reason); run this as root, and look at the disk and its free space if it is"
        }
    }
}

/// The folder with the configuration in force.
///
/// It belongs to the account of the stages, while the one who works here is root: so everything goes through a
/// descriptor of the folder itself, and no link that a stage could have put there is followed.
final class ConfigurationFolder {
    static let current = BoxPlaces.configurationName
    static let previous = "\(BoxPlaces.configurationName).previous"
    /// What a configuration that was set aside begins with; a number follows.
    static let setAside = "\(BoxPlaces.configurationName).set-aside-"

    private let path: String
    private let descriptor: Int32
    /// Of the data folder: the stages' account.
    private let owner: (user: uid_t, group: gid_t)

    /// Opens the folder; makes it where there is none.
    ///
    /// - Parameter dataFolder: the folder above, which must be there.
    init(path: String, dataFolder: String) throws(ConfigurationApplicationError) {
        var above = stat()
        guard stat(dataFolder, &above) == 0 else { throw .noDataFolder(path: dataFolder, reason: Self.lastReason) }
        owner = (above.st_uid, above.st_gid)
        let isNew = mkdir(path, 0o750) == 0
        guard isNew || errno == EEXIST else { throw .cannotWrite(path: path, reason: Self.lastReason) }
        let descriptor = Foundation.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path: path, reason: Self.lastReason) }
        (self.path, self.descriptor) = (path, descriptor)
        if isNew { try own(descriptor, path) }
    }

    deinit { close(descriptor) }

    /// Whether a person has set a configuration aside.
    func holdsSetAside() throws(ConfigurationApplicationError) -> Bool {
        // Another open of the same folder: the stream takes its descriptor with it.
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            throw .cannotRead(path: path, reason: Self.lastReason)
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(Self.setAside) { return true }
        }
        return false
    }

    /// The bytes of a file, at most one more than `limit`; nil where there is no such file.
    func read(_ name: String, limit: Int) throws(ConfigurationApplicationError) -> [UInt8]? {
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .cannotRead(path: "\(path)/\(name)", reason: Self.lastReason)
        }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        do {
            return try BoundedFile.read(handle, limit: limit)
        } catch {
            throw .cannotRead(path: "\(path)/\(name)", reason: "\(error.localizedDescription)")
        }
    }

    /// Puts `bytes` in the place of `name` so that after a power cut either the old or the new file is there, whole.
    ///
    /// - Parameter kept: what the old file is called from then on; nil where it is not kept.
    func replace(
        _ name: String, with bytes: [UInt8], keeping kept: String? = nil
    ) throws(ConfigurationApplicationError) {
        let new = ".\(name).new"
        try write(bytes, to: new)
        if let kept {
            let link = ".\(kept).new"
            try remove(link)
            // A second name first, so that there is no moment without a configuration in force.
            if linkat(descriptor, name, descriptor, link, 0) == 0 {
                try rename(link, to: kept)
            } else if errno != ENOENT {
                throw failure(name)
            }
        }
        try rename(new, to: name)
        guard fsync(descriptor) == 0 else { throw failure(name) }
    }

    private func write(_ bytes: [UInt8], to name: String) throws(ConfigurationApplicationError) {
        try remove(name)
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw failure(name) }
        defer { close(file) }
        try own(file, name)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { throw failure(name) }
            written += max(count, 0)
        }
        guard fsync(file) == 0 else { throw failure(name) }
    }

    /// Gives what root made to the account that works with it. Anybody else made it as that account.
    private func own(_ file: Int32, _ name: String) throws(ConfigurationApplicationError) {
        guard geteuid() == 0 else { return }
        guard fchown(file, owner.user, owner.group) == 0 else { throw failure(name) }
    }

    private func rename(_ name: String, to other: String) throws(ConfigurationApplicationError) {
        guard renameat(descriptor, name, descriptor, other) == 0 else { throw failure(other) }
    }

    private func remove(_ name: String) throws(ConfigurationApplicationError) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else { throw failure(name) }
    }

    private func failure(_ name: String) -> ConfigurationApplicationError {
        .cannotWrite(path: "\(path)/\(name)", reason: Self.lastReason)
    }

    private static var lastReason: String { String(cString: strerror(errno)) }
}
