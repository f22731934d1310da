import Foundation
import Records
import Spool

/// Where the courier takes requests: a Unix domain socket in its own folder.
struct ControlSocket: Sendable {
    /// Of `sun_path`, which is 108 bytes with its end (unix(7)).
    static let longestPathBytes = 107

    let path: String
    let folder: String

    init(dataFolder: String) {
        folder = StageFiles.folder(.courier, in: dataFolder)
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

/// Why the courier's control socket cannot be used.
public enum ControlError: Error, Sendable, Equatable, CustomStringConvertible {
    case pathTooLong(path: String, bytes: Int)
    case cannotListen(path: String, reason: String)
    case notRunning
    /// The courier runs, and its socket cannot be reached.
    case unreachable(path: String, reason: String)
    /// The connection ended or went silent before the answer was whole.
    case noAnswer
    /// What the courier itself said, after it had changed some parcels.
    case refused(reason: String, changed: Int)

    public var description: String {
        switch self {
        case .pathTooLong(let path, let bytes):
            "the control socket's path \(path) has \(bytes) bytes, and it may have "
                + "\(ControlSocket.longestPathBytes); choose a shorter data_folder, or `outpost queue` can only look"
        case .cannotListen(let path, let reason): "cannot listen on \(path): \(reason)"
        case .notRunning:
            "the courier does not run; start it with `outpost courier`, or the unit that runs it"
        case .unreachable(let path, let reason):
            "the courier runs, but \(path) cannot be used: \(reason); run this as root or as the courier's account"
        case .noAnswer: "the courier ended the connection before it had answered; look with `outpost queue list`"
        case .refused(let reason, let changed): reason + (changed > 0 ? " (\(changed) parcels were changed)" : "")
        }
    }
}
