import CSystemd
import Foundation

/// A TCP port that the service manager opened and handed over to this process (sd_listen_fds(3)): so it needs no right
/// for a port below 1024, and nobody is refused while the process starts anew.
public struct ListeningSocket: Sendable, Equatable {
    public var descriptor: CInt
    public var port: Int

    public init(descriptor: CInt, port: Int) { (self.descriptor, self.port) = (descriptor, port) }

    /// Those that were handed over to this process. What else was handed over is left alone.
    static func handedOver() -> [ListeningSocket] {
        let count = sd_listen_fds(0)
        guard count > 0 else { return [] }
        return (0..<count).compactMap { index in
            let descriptor = SD_LISTEN_FDS_START + index
            guard sd_is_socket(descriptor, AF_UNSPEC, streamType, 1) > 0 else { return nil }
            return port(of: descriptor).map { ListeningSocket(descriptor: descriptor, port: $0) }
        }
    }

    private static let streamType = Int32(SOCK_STREAM.rawValue)

    /// Of a socket for IPv4 or IPv6; both have their port at the same place.
    private static func port(of descriptor: CInt) -> Int? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0, [AF_INET, AF_INET6].contains(Int32(storage.ss_family)) else { return nil }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { Int(UInt16(bigEndian: $0.pointee.sin_port)) }
        }
    }

    /// Lets go of the port.
    func close() { _ = Foundation.close(descriptor) }
}
