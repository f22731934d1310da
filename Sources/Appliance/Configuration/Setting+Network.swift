import DICOMNetwork
import Foundation
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension Setting where Value == String {
    /// An address of this machine.
    static var address: Setting {
        scalar("an IPv4 or IPv6 address of this device, or `0.0.0.0` for all") { text, _ throws(Misfit) in
            guard NetworkName.isAddress(text) else { throw Misfit() }
            return text
        }
    }

    /// One machine or a network of them.
    static var addressRange: Setting {
        scalar("an IPv4 or IPv6 address, or a network such as `10.20.0.0/16`") { text, _ throws(Misfit) in
            guard AddressRange(text) != nil else {
                throw Misfit(hint: text.contains("/") ? "the bits behind the prefix must be 0" : nil)
            }
            return text
        }
    }

    /// Another machine.
    static var host: Setting {
        scalar("a host name or an IPv4 or IPv6 address, without port") { text, _ throws(Misfit) in
            if text.contains("://") { throw Misfit(hint: "a host, not a URL") }
            guard NetworkName.isAddress(text) || NetworkName.isHostName(text) else { throw Misfit() }
            return text
        }
    }

    /// What STOW-RS may be asked of: images never travel unencrypted over HTTP.
    static var secureURL: Setting {
        scalar("a URL such as `https://hub.example.org/dicom-web`") { text, _ throws(Misfit) in
            guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let url = URLComponents(string: text),
                let scheme = url.scheme
            else { throw Misfit() }
            guard scheme.lowercased() == "https" else { throw Misfit(hint: "only https is allowed") }
            guard url.user == nil, url.password == nil else {
                throw Misfit(hint: "without user and password; certificates say who calls")
            }
            guard url.query == nil, url.fragment == nil else { throw Misfit(hint: "without `?` and `#`") }
            let host = (url.host ?? "").trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
            guard NetworkName.isAddress(host) || NetworkName.isHostName(host) else { throw Misfit() }
            if let port = url.port, !(1...65535).contains(port) { throw Misfit(hint: "the port is 1 to 65535") }
            return text
        }
    }
}

/// The shapes of names and addresses; nothing is looked up.
enum NetworkName {
    static func isAddress(_ text: String) -> Bool {
        var ipv4 = in_addr()
        var ipv6 = in6_addr()
        return inet_pton(AF_INET, text, &ipv4) == 1 || inet_pton(AF_INET6, text, &ipv6) == 1
    }

    /// RFC 1123 2.1: labels of 1 to 63 letters, digits and hyphens, 253 characters in all. A name whose last label
    /// is a number is a mistyped address.
    static func isHostName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...253).contains(text.utf8.count), let last = labels.last, Int(last) == nil else { return false }
        return labels.allSatisfy { label in
            label.wholeMatch(of: /[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?/) != nil
        }
    }
}
