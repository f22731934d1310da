/// A file that systemd hands to a unit, and to it alone (systemd.exec(5), "Credentials"): in a configuration
/// `credential:NAME` in the place of a path.
struct Credential: Equatable {
    private static let prefix = "credential:"
    static let longestName = 64

    let name: String

    /// Nil where `setting` does not name one.
    init?(_ setting: String) {
        guard setting.hasPrefix(Self.prefix) else { return nil }
        name = String(setting.dropFirst(Self.prefix.count))
    }

    /// Names no other file than one in the folder of credentials.
    var isNameValid: Bool {
        (1...Self.longestName).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Where it is.
    ///
    /// - Parameter folder: of this process' credentials. Without one the setting stays as it is: the configuration is
    ///   also read by those that have no secrets.
    func path(in folder: String?) -> String { folder.map { "\($0)/\(name)" } ?? Self.prefix + name }
}
