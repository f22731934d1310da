import Foundation
import Records
import Spool

/// A configuration and the file that it came from, as the audit log names it.
public struct LoadedConfiguration: Sendable, Equatable {
    public var settings: ApplianceConfiguration
    /// Of the file's bytes.
    public var sha256: Digest
}

/// The configuration file: bytes in, ``ApplianceConfiguration`` or everything that is wrong with it out.
public enum ConfigurationFile {
    /// Parses without touching the disk.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8 YAML, at most 256 KiB.
    ///   - file: what errors call the file.
    ///   - folder: where relative paths start from; empty leaves them relative.
    ///   - credentialsFolder: where a file named as `credential:NAME` is; nil leaves it so named.
    public static func parse(
        _ bytes: [UInt8], file: String, folder: String, credentialsFolder: String? = nil
    ) throws(ConfigurationError) -> ApplianceConfiguration {
        let collector = IssueCollector()
        let configuration = read(bytes, folder: folder, credentialsFolder: credentialsFolder, collector)
        guard let configuration, collector.issues.isEmpty else {
            var issues = collector.sorted
            if issues.isEmpty {
                // The schema reports whatever it refuses; this is our bug, and still no reason to start.
                issues = [.init(line: nil, column: nil, path: "", message: "the file cannot be used")]
            }
            throw ConfigurationError(file: file, issues: issues)
        }
        return configuration
    }

    /// Reads and parses the file at `path`; relative paths in it start from its folder.
    ///
    /// - Parameter credentialsFolder: as in ``parse(_:file:folder:credentialsFolder:)``; by itself that of this process
    ///   (systemd.exec(5)).
    public static func load(
        _ path: String,
        credentialsFolder: String? = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
    ) throws(ConfigurationError) -> LoadedConfiguration {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        let bytes = try bytes(of: path)
        let settings = try parse(
            bytes, file: path, folder: url.deletingLastPathComponent().path, credentialsFolder: credentialsFolder)
        return LoadedConfiguration(settings: settings, sha256: Digest(ofData: bytes))
    }

    /// What the file at `path` holds, as far as the parser needs it to refuse what is too long.
    static func bytes(of path: String) throws(ConfigurationError) -> [UInt8] {
        do {
            return try boundedContents(of: URL(fileURLWithPath: path).standardizedFileURL)
        } catch {
            let reason = (error as? CocoaError)?.underlyingReason ?? "\(error.localizedDescription)"
            throw ConfigurationError(
                file: path,
                issues: [.init(line: nil, column: nil, path: "", message: "the file cannot be read: \(reason)")])
        }
    }

    static func read(
        _ bytes: [UInt8], folder: String, credentialsFolder: String? = nil, _ collector: IssueCollector
    ) -> ApplianceConfiguration? {
        guard let node = YAMLDocument.read(bytes, collector) else { return nil }
        return ConfigurationSchema.root.read(SettingContext(
            node: node, path: "", folder: folder, credentialsFolder: credentialsFolder, collector: collector))
    }

    /// One byte more than allowed at most, which the parser then refuses.
    private static func boundedContents(of url: URL) throws -> [UInt8] {
        let handle = try FileHandle(forReadingFrom: url)
        defer { try? handle.close() }  // Opened for reading: nothing can be lost.
        var bytes: [UInt8] = []
        while bytes.count <= YAMLDocument.maximumBytes,
            let part = try handle.read(upToCount: YAMLDocument.maximumBytes + 1 - bytes.count), !part.isEmpty {
            bytes.append(contentsOf: part)
        }
        return bytes
    }
}

extension CocoaError {
    /// The system's words, which are shorter than Foundation's.
    fileprivate var underlyingReason: String? {
        switch code {
        case .fileReadNoSuchFile, .fileNoSuchFile: "there is no such file"
        case .fileReadNoPermission: "this user may not read it"
        default: nil
        }
    }
}
