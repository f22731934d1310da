import Foundation

/// What checking a configuration asks of a disk.
public protocol ConfigurationDisk: Sendable {
    /// nil where nothing is, or nothing can be seen. Links are followed.
    func entry(at path: String) -> DiskEntry?
    /// By the user that asks.
    func isReadable(_ path: String) -> Bool
    func isWritable(_ path: String) -> Bool
    /// The first 64 KiB as text; empty where the file cannot be read.
    func beginning(of path: String) -> String
}

public struct DiskEntry: Sendable, Equatable {
    public enum Kind: Sendable { case file, folder, other }

    public var kind: Kind
    public var lengthBytes: Int
    /// The nine permission bits.
    public var permissions: Int

    public init(kind: Kind, lengthBytes: Int, permissions: Int) {
        self.kind = kind
        self.lengthBytes = lengthBytes
        self.permissions = permissions
    }
}

/// This machine's disk.
public struct LocalDisk: ConfigurationDisk {
    private static let beginningBytes = 64 * 1024

    public init() {}

    public func entry(at path: String) -> DiskEntry? {
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved) else { return nil }
        let kind: DiskEntry.Kind = switch attributes[.type] as? FileAttributeType {
        case .typeRegular: .file
        case .typeDirectory: .folder
        default: .other
        }
        return DiskEntry(
            kind: kind, lengthBytes: (attributes[.size] as? NSNumber)?.intValue ?? 0,
            permissions: (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0)
    }

    public func isReadable(_ path: String) -> Bool { FileManager.default.isReadableFile(atPath: path) }

    public func isWritable(_ path: String) -> Bool { FileManager.default.isWritableFile(atPath: path) }

    public func beginning(of path: String) -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? handle.close() }  // Opened for reading: nothing can be lost.
        return (try? handle.read(upToCount: Self.beginningBytes)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
