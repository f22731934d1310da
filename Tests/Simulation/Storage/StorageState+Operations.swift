import Foundation
import Spool

/// What processes ask of the storage. `file` is the number of an open file; `path` is for errors and for plans.
extension StorageState {
    mutating func createFolder(_ path: String, by process: Int) throws(DiskError) {
        try pass(.createFolder, path, by: process)
        let (folder, name) = try place(path, for: .createFolder)
        guard folders[folder]?.names[name] == nil else { throw DiskError("create the folder", path, EEXIST) }
        try requireNode(for: .createFolder, path)
        change([name: .folder(addFolder())], in: folder)
    }

    /// Makes an empty file and gives its number.
    mutating func createFile(_ path: String, by process: Int) throws(DiskError) -> Int {
        try pass(.createFile, path, by: process)
        let (folder, name) = try place(path, for: .createFile)
        guard folders[folder]?.names[name] == nil else { throw DiskError("create", path, EEXIST) }
        try requireNode(for: .createFile, path)
        let file = addFile()
        change([name: .file(file)], in: folder)
        return file
    }

    mutating func remove(_ path: String, by process: Int) throws(DiskError) {
        try pass(.remove, path, by: process)
        guard case .file = node(path) else {
            throw DiskError("remove", path, node(path) == nil ? ENOENT : EISDIR)
        }
        let (folder, name) = try place(path, for: .remove)
        change([name: nil], in: folder)
    }

    /// Renames a file within its folder, over another one where there is one (rename(2): "atomically replaced").
    mutating func rename(_ path: String, to other: String, by process: Int) throws(DiskError) {
        try pass(.rename, path, by: process)
        let (folder, name) = try place(path, for: .rename)
        let (otherFolder, newName) = try place(other, for: .rename)
        guard folder == otherFolder else { throw DiskError("rename", path, EXDEV) }
        guard case .file(let file) = node(path) else { throw DiskError("rename", path, ENOENT) }
        change([name: nil, newName: .file(file)], in: folder)
    }

    mutating func names(in path: String, by process: Int) throws(DiskError) -> [String] {
        try pass(.read, path, by: process)
        guard case .folder(let folder) = node(path) else { throw DiskError("list", path, ENOENT) }
        return (folders[folder]?.names.keys.sorted() ?? []).shuffled(using: &chance)
    }

    mutating func exists(_ path: String, by process: Int) throws(DiskError) -> Bool {
        try pass(.read, path, by: process)
        return node(path) != nil
    }

    mutating func open(_ path: String, by process: Int) throws(DiskError) -> Int {
        try begin(.read, path, by: process)
        switch node(path) {
        case .file(let file): return file
        case .folder: throw DiskError("open", path, EISDIR)
        case nil: throw DiskError("open", path, ENOENT)
        }
    }

    mutating func size(_ file: Int, _ path: String, by process: Int) throws(DiskError) -> Int {
        try begin(.read, path, by: process)
        return files[file]?.cached.count ?? 0
    }

    mutating func read(
        _ file: Int, at offset: Int, into buffer: UnsafeMutableRawBufferPointer, _ path: String, by process: Int
    ) throws(DiskError) -> Int {
        try pass(.read, path, by: process)
        return files[file]?.read(at: offset, into: buffer) ?? 0
    }

    /// On a full disk writes what fits and then fails, as pwrite(2) does when it is called again for the rest.
    mutating func write(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, to file: Int, _ path: String, by process: Int
    ) throws(DiskError) {
        try pass(.write, path, by: process)
        let size = files[file]?.cached.count ?? 0
        let growth = max(0, offset + bytes.count - size)
        let lacking = growth - room(for: growth)
        let fitting = max(0, bytes.count - lacking)
        if fitting > 0 { files[file]?.write(UnsafeRawBufferPointer(rebasing: bytes[..<fitting]), at: offset) }
        if lacking > 0 { throw DiskError("write to", path, ENOSPC) }
    }

    mutating func truncate(_ file: Int, to size: Int, _ path: String, by process: Int) throws(DiskError) {
        try pass(.truncate, path, by: process)
        files[file]?.truncate(to: size)
    }

    mutating func synchronizeFile(_ file: Int, _ path: String, by process: Int) throws(DiskError) {
        try begin(.synchronizeFile, path, by: process)
        if let failure = plannedFailure(of: .synchronizeFile, path) {
            files[file]?.failToSynchronize(using: &chance)
            throw failure
        }
        if ignoresSynchronize?(path) != true { files[file]?.synchronize() }
    }

    mutating func synchronizeFolder(_ path: String, by process: Int) throws(DiskError) {
        // Names that could not be made durable stay as they are: unlike data they are not forgotten, because a file
        // system whose journal fails stops altogether.
        try pass(.synchronizeFolder, path, by: process)
        guard case .folder(let folder) = node(path) else { throw DiskError("synchronise the folder", path, ENOENT) }
        if ignoresSynchronize?(path) != true { folders[folder]?.synchronize() }
    }
}
