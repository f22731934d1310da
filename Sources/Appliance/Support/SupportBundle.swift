import Foundation
import Records
import Spool

/// What the central team needs to help from afar, and nothing of any patient: no image, no name, no finding, no UID.
///
/// Every part is made for the bundle by a list of what may be shown, and bounded. What is not known to be harmless
/// stays inside.
public struct SupportBundle: Sendable {
    /// A file of the bundle.
    public struct File: Sendable {
        public var name: String
        public var bytes: [UInt8]
    }

    /// Entries of the units' log that are asked for, the newest; as many of the kernel's complaints.
    static let journalEntries = 5000
    /// Of one file, in bytes; more is cut off.
    static let longestFile = 8 << 20

    private let configurationFile: String
    private let places: BoxPlaces
    private let journalFile: String?

    /// - Parameters:
    ///   - configurationFile: as for every command; that there is none, or a bad one, is told in the bundle.
    ///   - journalFile: lines of `journalctl --output=json` to take instead of asking for them.
    public init(configurationFile: String, places: BoxPlaces = BoxPlaces(), journalFile: String? = nil) {
        (self.configurationFile, self.places, self.journalFile) = (configurationFile, places, journalFile)
    }

    /// Gathers all of it. What cannot be had is said in its file's place.
    ///
    /// - Parameter progress: called with what is looked at next.
    public func files(_ progress: (String) -> Void = { _ in }) async -> [File] {
        var random = SystemRandomNumberGenerator()
        let pseudonyms = Pseudonyms(generator: &random)
        let bytes = try? BoundedFile.read(configurationFile, limit: YAMLDocument.maximumBytes)
        let loaded = try? ConfigurationFile.load(configurationFile)
        var files = [File(name: "README.txt", bytes: Array(Self.readme.utf8))]
        progress("versions")
        files.append(json("box.json") { BoxDescription(loaded?.settings, places) })
        progress("configuration")
        files.append(text("configuration.txt", configuration(bytes, loaded)))
        progress("status")
        files.append(json("status.json") { () throws in
            guard let loaded else { throw SupportBundleError.noConfiguration }
            return try StatusDisclosure(loaded.settings, pseudonyms)
        })
        progress("units")
        files.append(text("units.txt", await units()))
        progress("selftest")
        let report = await SelfTest.ofBox(file: configurationFile, language: .english).run()
        files.append(json("selftest.json") { report })
        progress("journal")
        files += await journal(pseudonyms)
        return files.map { File(name: $0.name, bytes: Array($0.bytes.prefix(Self.longestFile))) }
    }

    private func configuration(_ bytes: [UInt8]?, _ loaded: LoadedConfiguration?) -> String {
        guard let bytes else { return "there is no configuration, or it cannot be read\n" }
        let usable = loaded == nil ? "this version cannot use it" : "this version can use it"
        let lines = ["sha256 \(Digest(ofData: bytes)): \(usable)"] + ConfigurationDisclosure.lines(bytes)
        return lines.joined(separator: "\n") + "\n"
    }

    private func units() async -> String {
        let properties = [
            "Id", "LoadState", "ActiveState", "SubState", "Result", "NRestarts", "ExecMainStatus", "StatusText",
            "ActiveEnterTimestamp", "MemoryCurrent", "MemoryPeak", "CPUUsageNSec", "TasksCurrent",
        ]
        // Of a unit's status text only that there is one: it may name what is under way.
        let shown = properties.filter { $0 != "StatusText" }.joined(separator: ",")
        let answer = await SystemProgram(
            "systemctl", ["show", "outpost*", "--all", "--no-pager", "--property=\(shown)"]).run()
        guard let answer, !answer.output.isEmpty else { return "this system has no systemd that could be asked\n" }
        return String(decoding: answer.output, as: UTF8.self)
    }

    private func journal(_ pseudonyms: Pseudonyms) async -> [File] {
        var disclosure = JournalDisclosure(pseudonyms: pseudonyms)
        if let journalFile {
            disclosure.add(Data((try? BoundedFile.read(journalFile, limit: Self.longestFile)) ?? []))
        } else {
            let arguments = ["--no-pager", "--quiet", "--output=json", "--lines=\(Self.journalEntries)"]
            let units = ["--unit=outpost*"]
            guard let answer = await SystemProgram("journalctl", arguments + units).run() else {
                return [text("journal.jsonl", ""), text("journal.txt", "this system has no journal\n")]
            }
            disclosure.add(answer.output)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = disclosure.entries.compactMap { try? encoder.encode($0) + [0x0A] }
        let note = "\(lines.count) entries; \(disclosure.withheld) lines are withheld: nobody knows what they hold\n"
        return [File(name: "journal.jsonl", bytes: lines.flatMap { Array($0) }), text("journal.txt", note)]
    }

    private func text(_ name: String, _ text: String) -> File { File(name: name, bytes: Array(text.utf8)) }

    private func json(_ name: String, _ value: () throws -> some Encodable) -> File {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return File(name: name, bytes: Array(try encoder.encode(try value())) + [0x0A])
        } catch {
            return text(name, "\(error)\n")
        }
    }

    private static let readme = """
        What the central team needs to help with this box. It holds no image, no name or number of a patient, no \
        finding and no UID; identifiers that begin with "id-" mean the same thing within this bundle and nothing \
        outside of it.

        box.json           program, system, networks, memory, encryption, the configuration's last application
        configuration.txt  the settings; what may be secret is withheld
        status.json        units, counts, queues, disk, heads of the audit logs
        units.txt          what systemd says of the units
        selftest.json      a self-test of this moment
        journal.jsonl      the units' log: events with the details that are about the box; journal.txt counts them

        """
}

/// Why something is not in a bundle, or there is none.
public enum SupportBundleError: Error, Sendable, Equatable, CustomStringConvertible {
    case noConfiguration
    case exists(path: String)
    case cannotWrite(path: String, reason: String)
    /// The system's tar ended with an error or is not there.
    case noArchive(path: String)

    public var description: String {
        switch self {
        case .noConfiguration: "without a configuration that can be used nobody knows where the data is"
        case .exists(let path): "`\(path)` exists already; name another file"
        case .cannotWrite(let path, let reason): "`\(path)` cannot be written: \(reason); name a file elsewhere"
        case .noArchive(let path): "the system's tar did not make `\(path)`; look for room on the disk"
        }
    }
}
