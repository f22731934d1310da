import Foundation
import Synchronization

/// The service manager's side of sd_notify(3): a datagram socket, and what was told over it.
public final class NotifySocket: Sendable {
    public let path: String
    private let descriptor: CInt
    private let received = Mutex<[String]>([])

    /// - Parameter folder: of short path, for a socket's may have 107 bytes.
    public init(in folder: TemporaryFolder) throws {
        path = folder.file("notify").path
        #if canImport(Glibc)
        let datagram = Int32(SOCK_DGRAM.rawValue)
        #else
        let datagram = SOCK_DGRAM
        #endif
        descriptor = socket(AF_UNIX, datagram, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard descriptor >= 0, path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw TestSupportError("cannot make a socket at \(path)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw TestSupportError("cannot bind \(path) (errno \(errno))") }
        // What fills the socket would make the program wait.
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// The assignments so far, such as `READY=1`, in their order.
    public var messages: [String] {
        received.withLock { received in
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { return received }
                let text = String(decoding: buffer[..<count], as: UTF8.self)
                received += text.split(separator: "\n").map(String.init)
            }
        }
    }

    /// The words of the newest `STATUS=`.
    public var status: String { messages.last { $0.hasPrefix("STATUS=") }.map { String($0.dropFirst(7)) } ?? "" }

    /// What a program has to be started with to tell its news here.
    ///
    /// - Parameter watchdogSeconds: within which it is to tell that all is well.
    public func environment(watchdogSeconds: Int) -> [String: String] {
        ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "\(watchdogSeconds * 1_000_000)"]
    }
}
