import Foundation
import Records
import Spool

/// Where the board's settings come from.
public enum BoardSite: Sendable {
    /// They were read already, and stay as they are.
    case fixed(LoadedConfiguration)
    /// A file that may come, change and go.
    case file(String)

    /// The data folder below which the board of a box is asked.
    ///
    /// - Parameter path: of the configuration file.
    /// - Throws: where there is a configuration that cannot be used.
    public static func dataFolder(configuration path: String) throws(ConfigurationError) -> String {
        let reader = BoardSiteReader(.file(path))
        guard case .present = reader.look() else { return BoardPlaces.unprovisionedDataFolder }
        return try ConfigurationFile.load(path).settings.dataFolder
    }
}

/// What the board knows of its configuration.
enum BoardSettings: Sendable, Equatable {
    case none
    case unusable(ConfigurationError)
    case usable(LoadedConfiguration)

    var provisioning: BoardSituation.Provisioning {
        switch self {
        case .none: .none
        case .unusable: .unusable
        case .usable: .usable
        }
    }

    /// Nil where they do not say.
    var dataFolder: String? {
        if case .usable(let loaded) = self { loaded.settings.dataFolder } else { nil }
    }

    /// The board that it names.
    var board: String? {
        if case .usable(let loaded) = self { loaded.settings.board } else { nil }
    }
}

/// Reads the settings, and tells when they are other ones.
struct BoardSiteReader: Sendable {
    /// What the file is, without reading it.
    enum Look: Sendable, Equatable {
        case absent
        case present(device: UInt64, inode: UInt64, size: Int64, seconds: Int, nanoseconds: Int)
        case unreadable(Int32)
    }

    let site: BoardSite

    init(_ site: BoardSite) { self.site = site }

    /// Cheap; what it gives changes whenever the file does.
    func look() -> Look {
        guard case .file(let path) = site else { return .absent }
        var entry = stat()
        // Follows links: on the box the file is one into the data partition.
        guard stat(path, &entry) == 0 else { return errno == ENOENT ? .absent : .unreadable(errno) }
        return .present(
            device: UInt64(entry.st_dev), inode: UInt64(entry.st_ino), size: Int64(entry.st_size),
            seconds: Int(entry.st_mtim.tv_sec), nanoseconds: Int(entry.st_mtim.tv_nsec))
    }

    func read() -> BoardSettings {
        switch site {
        case .fixed(let loaded): return .usable(loaded)
        case .file(let path):
            if look() == .absent { return .none }
            do throws(ConfigurationError) {
                return .usable(try ConfigurationFile.load(path))
            } catch {
                return .unusable(error)
            }
        }
    }
}
