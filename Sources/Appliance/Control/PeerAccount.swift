import Foundation
import NIOCore

/// Who is at the other end of a Unix domain socket, as the kernel says. What a client claims is never asked.
struct PeerAccount: Sendable, Equatable {
    let userID: UInt32

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

    /// Nil where the kernel does not tell.
    static func of(_ channel: any Channel) async -> PeerAccount? {
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
        return PeerAccount(userID: user)
        #else
        return nil
        #endif
    }
}
