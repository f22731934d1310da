import Foundation
import Records
import Spool

/// Where a configuration can come from. In the order in which they are asked.
public enum ConfigurationSource: String, Sendable, Codable, CaseIterable {
    /// A systemd credential: from the hypervisor, the firmware, or sealed on the boot partition.
    case credential
    case bootPartition
    /// A file that a person named.
    case file

    /// How the audit log has it.
    public var auditOrigin: ObjectAct.Origin {
        switch self {
        case .credential: .credential
        case .bootPartition: .bootPartition
        case .file: .file
        }
    }

    /// In the middle of a sentence.
    public var words: String {
        switch self {
        case .credential: "the credential `\(BoxPlaces.credentialName)`"
        case .bootPartition: "the boot partition"
        case .file: "a file that was named"
        }
    }
}

/// A configuration that lies in one of the places, not judged yet.
struct ConfigurationCandidate: Sendable, Equatable {
    /// What tells a file that was put there anew from the one that was seen before.
    struct Mark: Sendable, Codable, Equatable {
        var sha256: Digest
        /// Seconds since 1970 as the file system has it; nil of a credential, which is made anew at every start.
        /// Only compared: whether the clock was right then does not matter.
        var modifiedSeconds: Int64?
    }

    var source: ConfigurationSource
    var path: String
    /// At most one more than a configuration may have, which the parser refuses then.
    var bytes: [UInt8]
    var mark: Mark

    /// Reads what lies at `path`; nil where nothing does and nobody said that something would.
    init?(_ source: ConfigurationSource, _ path: String) throws(ConfigurationApplicationError) {
        var attributes = stat()
        guard stat(path, &attributes) == 0 else {
            if source != .file, errno == ENOENT || errno == ENOTDIR { return nil }
            throw .cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        do { bytes = try BoundedFile.read(path, limit: YAMLDocument.maximumBytes) } catch {
            throw .cannotRead(path: path, reason: error.localizedDescription)
        }
        (self.source, self.path) = (source, path)
        let isMadeAnew = source == .credential
        mark = Mark(
            sha256: Digest(ofData: bytes), modifiedSeconds: isMadeAnew ? nil : Int64(attributes.st_mtim.tv_sec))
    }
}

/// Whether a candidate says something that was not heard before.
enum ConfigurationNovelty: Sendable, Equatable {
    /// It is the configuration in force, byte for byte.
    case inForce
    /// It was in force once, and something newer from elsewhere has replaced it since.
    case replaced
    /// It was in force until a person sent the box back to provisioning.
    case setAside
    case new

    /// - Parameters:
    ///   - mark: the candidate's.
    ///   - taken: what was last taken from the same source.
    ///   - inForce: the digest of the configuration in force.
    ///   - isSetAside: whether a configuration lies there that a person has set aside.
    init(_ mark: ConfigurationCandidate.Mark, taken: ConfigurationCandidate.Mark?, inForce: Digest?, isSetAside: Bool) {
        if mark.sha256 == inForce {
            self = .inForce
        } else if mark == taken, inForce != nil {
            self = .replaced
        } else if mark == taken, isSetAside {
            self = .setAside
        } else {
            self = .new
        }
    }
}
