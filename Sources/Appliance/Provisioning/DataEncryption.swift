import Foundation

/// How the data partition is encrypted, as the image's start wrote it down.
public struct DataEncryption: Sendable, Codable, Equatable {
    /// In bytes; it has a hundred.
    private static let longest = 4096

    /// Where the key is that opens the partition.
    public enum Key: Sendable, Codable, Equatable {
        case tpm2
        case bootPartition
        /// Some other place, by its name.
        case other(String)

        public init(from decoder: any Decoder) throws {
            switch try decoder.singleValueContainer().decode(String.self) {
            case "tpm2": self = .tpm2
            case "boot-partition": self = .bootPartition
            case let name: self = .other(name)
            }
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .tpm2: try container.encode("tpm2")
            case .bootPartition: try container.encode("boot-partition")
            case .other(let name): try container.encode(name)
            }
        }
    }

    /// As dm-crypt calls it, such as `aes-xts-plain64`.
    public var cipher: String
    public var key: Key

    /// What is written down; nil on a machine that is no box, or where it cannot be read.
    public init?(in places: BoxPlaces) {
        guard let bytes = try? BoundedFile.read(places.encryption, limit: Self.longest), bytes.count <= Self.longest,
            let encryption = try? JSONDecoder().decode(Self.self, from: Data(bytes))
        else { return nil }
        self = encryption
    }

    /// What it protects from, and what it does not, for a person.
    public var sentence: String {
        let strength = switch key {
        case .tpm2:
            "the key is in this board's TPM: a disk without this board, and a board that starts another system, show "
                + "nothing"
        case .bootPartition:
            "the key lies on the boot partition: a data disk alone shows nothing, but whoever has the whole box can "
                + "read it"
        case .other(let name): "the key comes from \(name.clipped)"
        }
        return "data: encrypted with \(cipher.clipped); \(strength)"
    }
}
