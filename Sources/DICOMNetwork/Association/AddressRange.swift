import NIOCore

/// A range of IP addresses: one address, or a prefix as in `10.20.0.0/16` (RFC 4632) and `2001:db8::/32` (RFC 4291).
public struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    private let bytes: [UInt8]
    private let prefixBits: Int
    public let description: String

    /// Nil for what is no address, has no such prefix, or has bits set behind its prefix.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let bytes = Self.bytes(ofAddress: String(first)) else { return nil }
        var prefixBits = bytes.count * 8
        if parts.count == 2 {
            guard let number = Int(parts[1]), (0...prefixBits).contains(number), "\(number)" == parts[1] else {
                return nil
            }
            prefixBits = number
        }
        guard (prefixBits..<bytes.count * 8).allSatisfy({ bytes[$0 / 8] >> UInt8(7 - $0 % 8) & 1 == 0 }) else {
            return nil
        }
        self.bytes = bytes
        self.prefixBits = prefixBits
        description = text
    }

    /// Whether `address`, an IPv4 or IPv6 address as text, lies in the range.
    public func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(ofAddress: address), other.count == bytes.count else { return false }
        let whole = prefixBits / 8
        guard other[..<whole] == bytes[..<whole] else { return false }
        let rest = prefixBits % 8
        return rest == 0 || (other[whole] ^ bytes[whole]) >> UInt8(8 - rest) == 0
    }

    /// 4 or 16 bytes; 4 also for an IPv4 address in IPv6's clothes, as a socket for both kinds shows it.
    private static func bytes(ofAddress text: String) -> [UInt8]? {
        guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        switch address {
        case .v4(let v4): return withUnsafeBytes(of: v4.address.sin_addr) { Array($0) }
        case .v6(let v6):
            let bytes = withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return isMapped ? Array(bytes[12...]) : bytes
        case .unixDomainSocket: return nil
        }
    }
}
