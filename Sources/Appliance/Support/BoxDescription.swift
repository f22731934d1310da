import DICOM
import Foundation
import Inference
import Records
import Spool

/// What runs where: versions of program, system and networks, and how the machine is.
struct BoxDescription: Encodable {
    struct Network: Encodable {
        var file: String
        var sha256: Digest?
        var name: String?
        var version: String?
        /// Why it could not be read.
        var problem: String?
    }

    var program: String
    /// os-release(5), the lines that name system and image.
    var system: [String: String]
    /// uname(2): release, version, machine.
    var kernel: [String]
    var networks: [Network]
    /// /proc/meminfo, in kilobytes.
    var memoryKilobytes: [String: Int]
    /// /proc/loadavg.
    var load: String
    var uptimeSeconds: Double?
    var encryption: DataEncryption?
    var configuration: ConfigurationOutcome?
    /// Thousandths of a degree Celsius, by the kernel's thermal zone.
    var temperatures: [String: Int]

    private static let systemKeys: Set<String> = [
        "ID", "VERSION_ID", "VERSION_CODENAME", "PRETTY_NAME", "IMAGE_ID", "IMAGE_VERSION", "BUILD_ID",
    ]
    private static let memoryKeys: Set<String> = [
        "MemTotal", "MemFree", "MemAvailable", "SwapTotal", "SwapFree", "Dirty", "Writeback", "Slab",
    ]

    init(_ configuration: ApplianceConfiguration?, _ places: BoxPlaces) {
        program = Implementation.version
        system = Self.pairs("/etc/os-release", "=", keys: Self.systemKeys)
            .mapValues { $0.trimmingCharacters(in: CharacterSet(charactersIn: "\"")) }
        kernel = ["osrelease", "version", "ostype"].map { Self.text("/proc/sys/kernel/\($0)") }
        networks = configuration?.analysis.models.map { Self.network($0.file) } ?? []
        memoryKilobytes = Self.pairs("/proc/meminfo", ":", keys: Self.memoryKeys).compactMapValues { value in
            value.split(separator: " ").first.flatMap { Int($0) }
        }
        load = Self.text("/proc/loadavg")
        uptimeSeconds = Self.text("/proc/uptime").split(separator: " ").first.flatMap { Double($0) }
        encryption = DataEncryption(in: places)
        self.configuration = ConfigurationOutcome.last(in: places)
        temperatures = [:]
        let zones = (try? FileManager.default.contentsOfDirectory(atPath: "/sys/class/thermal")) ?? []
        for zone in zones where zone.hasPrefix("thermal_zone") {
            temperatures[zone] = Int(Self.text("/sys/class/thermal/\(zone)/temp"))
        }
    }

    private static func network(_ file: String) -> Network {
        var network = Network(file: file)
        do throws(InferenceError) {
            let model = try Model(contentsOfFile: file)
            network.sha256 = model.withFile { Digest(ofData: $0) }
            (network.name, network.version) = (model.metadata["name"], model.metadata["version"])
        } catch {
            network.problem = "\(error)"
        }
        return network
    }

    /// A short file of the kernel's or the system's; empty where there is none.
    private static func text(_ path: String) -> String {
        guard let bytes = try? BoundedFile.read(path, limit: 64 * 1024) else { return "" }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func pairs(_ path: String, _ separator: Character, keys: Set<String>) -> [String: String] {
        var pairs: [String: String] = [:]
        for line in text(path).split(separator: "\n") {
            let parts = line.split(separator: separator, maxSplits: 1)
            guard parts.count == 2, keys.contains(String(parts[0])) else { continue }
            pairs[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return pairs
    }
}
