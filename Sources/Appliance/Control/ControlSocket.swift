import Foundation
import Records
import Spool

/// Where a stage takes requests: a Unix domain socket in its own folder.
struct ControlSocket: Sendable {
    /// Of `sun_path`, which is 108 bytes with its end (unix(7)).
    static let longestPathBytes = 107

    let stage: Stage
    let path: String
    let folder: String

    init(dataFolder: String, stage: Stage) {
        self.stage = stage
        folder = StageFiles.folder(stage, in: dataFolder)
        path = "\(folder)/control.sock"
    }

    /// - Throws: `pathTooLong`.
    func check() throws(ControlError) {
        let length = path.utf8.count
        if length > Self.longestPathBytes { throw .pathTooLong(path: path, bytes: length) }
    }

    /// Lets nobody but its owner (and root) connect. Its folder lets nobody else in either.
    func restrict() throws(ControlError) {
        guard chmod(path, 0o600) == 0 else {
            throw .cannotListen(path: path, reason: String(cString: strerror(errno)))
        }
    }

    /// Takes the socket's file away; that it is gone already is as well.
    func remove() { unlink(path) }
}

/// Why a stage's control socket cannot be used.
public enum ControlError: Error, Sendable, Equatable, CustomStringConvertible {
    case pathTooLong(path: String, bytes: Int)
    case cannotListen(path: String, reason: String)
    case notRunning(Stage)
    /// The stage runs, and its socket cannot be reached.
    case unreachable(Stage, path: String, reason: String)
    /// The connection ended or went silent before the answer was whole.
    case noAnswer(Stage)
    /// What the stage itself said, after it had changed some parcels.
    case refused(reason: String, changed: Int)

    public var description: String {
        switch self {
        case .pathTooLong(let path, let bytes):
            "the control socket's path \(path) has \(bytes) bytes, and it may have "
                + "\(ControlSocket.longestPathBytes); choose a shorter data_folder, or nobody can ask this stage"
        case .cannotListen(let path, let reason): "cannot listen on \(path): \(reason)"
        case .notRunning(let stage):
            "\(stage.name) does not run; start it with `outpost \(stage.rawValue)`, or the unit that runs it"
        case .unreachable(let stage, let path, let reason):
            "\(stage.name) runs, but \(path) cannot be used: \(reason); run this as root or as the account that runs it"
        case .noAnswer(let stage):
            "\(stage.name) ended the connection before it had answered; look with `outpost status` what became of it"
        case .refused(let reason, let changed): reason + (changed > 0 ? " (\(changed) parcels were changed)" : "")
        }
    }
}

extension Stage {
    /// In the middle of a sentence.
    fileprivate var name: String { self == .courier || self == .board ? "the \(rawValue)" : rawValue }
}
