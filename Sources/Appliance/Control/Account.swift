import Foundation
import NIOCore
import Records

/// Who asks for something.
public struct Account: Sendable, Equatable {
    /// As the kernel says.
    let userID: UInt32
    /// Whom the account says it acts for: sudo's `SUDO_USER`. Nobody vouches for it, for whoever has the account can
    /// say anything here; so it decides nothing, and is only written down.
    var sudoUser: String?

    /// The account of this process.
    public static var current: Account {
        Account(userID: geteuid(), sudoUser: ProcessInfo.processInfo.environment["SUDO_USER"])
    }

    /// How the audit log calls it.
    public var auditActor: AuditActor { .account(named: name, sudoUser: sudoUser) }

    /// How log lines call it.
    var words: String { sudoUser.map { "\(name) (sudo: \($0))" } ?? name }

    /// Those who may command a service: root, and whom it runs as.
    var mayCommand: Bool { userID == 0 || userID == geteuid() }

    /// The account's name; `uid 1234` where the box knows none.
    var name: String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        // Longer than any entry of a real box; those of a directory service that are longer go by their number.
        var text = [CChar](repeating: 0, count: 16 * 1024)
        guard getpwuid_r(userID, &entry, &text, text.count, &found) == 0, let name = found?.pointee.pw_name else {
            return "uid \(userID)"
        }
        return String(cString: name)
    }

    /// Who is at the other end of a Unix domain socket; nil where the kernel does not tell.
    static func of(_ channel: any Channel) async -> Account? {
        #if os(Linux)
        /// `struct ucred` of unix(7), which not every C library declares without being asked to.
        struct Credentials {
            var process: Int32
            var user: UInt32
            var group: UInt32
        }
        guard let options = channel as? any SocketOptionProvider else { return nil }
        let credentials: EventLoopFuture<Credentials> = options.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        // A socket that is closed already has no peer any more.
        guard let user = try? await credentials.get().user else { return nil }
        return Account(userID: user)
        #else
        return nil
        #endif
    }
}
