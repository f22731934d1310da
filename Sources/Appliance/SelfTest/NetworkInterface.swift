import Foundation

/// A network interface that is connected, with its addresses.
struct NetworkInterface: Sendable, Equatable {
    var name: String
    /// IPv4 and IPv6, without those of the link alone.
    var addresses: [String]

    /// Those of this box that are up, have a carrier and an address; the loopback interface is none of them. Sorted by
    /// name (getifaddrs(3)).
    static func connected() -> [NetworkInterface] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var addresses: [String: [String]] = [:]
        var next = first
        while let entry = next?.pointee {
            next = entry.ifa_next
            let flags = Int32(bitPattern: entry.ifa_flags)
            // Running means that the driver sees the other end.
            guard flags & interfaceUp != 0, flags & interfaceRunning != 0, flags & interfaceLoopback == 0,
                let address = entry.ifa_addr.flatMap({ text($0) })
            else { continue }
            addresses[String(cString: entry.ifa_name), default: []].append(address)
        }
        return addresses.map { NetworkInterface(name: $0.key, addresses: $0.value) }.sorted { $0.name < $1.name }
    }

    // netdevice(7); in C they are members of an enumeration that not every C library shows in the same way.
    private static let interfaceUp: Int32 = 0x1
    private static let interfaceLoopback: Int32 = 0x8
    private static let interfaceRunning: Int32 = 0x40

    /// The address as text; nil for other families and for addresses that reach no further than the link.
    private static func text(_ address: UnsafeMutablePointer<sockaddr>) -> String? {
        let length: socklen_t
        switch Int32(address.pointee.sa_family) {
        case AF_INET: length = socklen_t(MemoryLayout<sockaddr_in>.size)
        case AF_INET6: length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        default: return nil
        }
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(address, length, &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        let text = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.hasPrefix("169.254.") || text.lowercased().hasPrefix("fe80:") ? nil : text
    }
}

/// Whether a TCP port can be listened on.
enum PortState: Sendable, Equatable {
    case free
    case taken
    /// The address is none of this box.
    case addressNotHere
    /// This account may not find out (ports below 1024).
    case unknown

    /// Binds a socket to it and lets go at once; it never listens, so nobody who is about to is disturbed.
    init(address: String, port: Int) {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address, "\(port)", &hints, &found) == 0, let info = found?.pointee else {
            self = .unknown
            return
        }
        defer { freeaddrinfo(found) }
        // SOCK_STREAM is 1 on every Linux; its type differs between C libraries.
        let socket = Foundation.socket(info.ai_family, 1, 0)
        guard socket >= 0 else {
            self = .unknown
            return
        }
        defer { close(socket) }
        // As intake does it: connections that are just ending are not in the way.
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        if bind(socket, info.ai_addr, info.ai_addrlen) == 0 {
            self = .free
        } else {
            switch errno {
            case EADDRINUSE: self = .taken
            case EADDRNOTAVAIL: self = .addressNotHere
            default: self = .unknown
            }
        }
    }
}
