import Foundation
import Records
import Testing
import TestSupport

@testable import Appliance

/// A box in a folder, with its boot partition, its data partition and its credentials.
private struct Box {
    let folder: TemporaryFolder
    let places: BoxPlaces

    init() throws {
        folder = try TemporaryFolder()
        places = BoxPlaces(root: folder.path, credentialsFolder: folder.file("credentials").path)
        for path in [places.dataFolder, "\(folder.path)/boot/outpost", "\(folder.path)/credentials"] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
    }

    func configuration(station: String, dataFolder: String? = nil, intake: String = "") -> String {
        """
        station: {name: \(station)}
        data_folder: \(dataFolder ?? places.dataFolder)
        intake: {ae_title: OUTPOST\(intake)}
        analysis: {font: \(places.dataFolder)/font.ttf}

        """
    }

    /// Puts a file on the boot partition, as somebody does who has it in another computer at that second.
    func putOnBoot(_ text: String, second: Int = 0) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: places.bootConfiguration))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_800_000_000 + Double(second))],
            ofItemAtPath: places.bootConfiguration)
    }

    func putCredential(_ text: String) throws {
        try Data(text.utf8).write(to: folder.file("credentials/outpost.yaml"))
    }

    func apply(file: String? = nil) throws -> ConfigurationOutcome {
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(places.dataFolder)/font.ttf"))
        let outcome = try ConfigurationApplication(in: places).apply(file: file)
        // Every application leaves what it says for those that show it.
        #expect(ConfigurationOutcome.last(in: places) == outcome)
        return outcome
    }

    func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    var inForce: String? { text("\(places.configurationFolder)/outpost.yaml") }
    var previous: String? { text("\(places.configurationFolder)/outpost.yaml.previous") }

    /// What a long press of the button does.
    func setAside(_ number: Int = 1) throws {
        let path = "\(places.configurationFolder)/outpost.yaml"
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).set-aside-\(number)")
    }
}

@Suite("Putting a configuration in force")
struct ConfigurationApplicationTests {
    @Test("A new box without a configuration is not provisioned, and says where to put one")
    func none() throws {
        let box = try Box()
        let outcome = try box.apply()
        #expect(outcome.result == .notProvisioned)
        #expect(outcome.inForce == nil)
        #expect(!outcome.needsAttention)
        #expect(outcome.summary.contains("boot partition as outpost/outpost.yaml"))
        #expect(box.text(box.places.packetFilterPorts) == nil)
    }

    @Test("A good file is put in force byte for byte, once, and the one before is kept")
    func applied() throws {
        let box = try Box()
        let first = box.configuration(station: "FIRST"), second = box.configuration(station: "SECOND")
        try box.putOnBoot(first)
        let outcome = try box.apply()
        #expect(outcome.result == .applied)
        #expect(outcome.inForce == .init(sha256: Digest(ofData: Array(first.utf8)), source: .bootPartition))
        #expect(box.inForce == first)
        #expect(box.previous == nil)
        #expect(try box.apply().result == .unchanged)
        try box.putOnBoot(second, second: 2)
        #expect(try box.apply().result == .applied)
        #expect(box.inForce == second)
        #expect(box.previous == first)
        let left = try FileManager.default.contentsOfDirectory(atPath: box.places.configurationFolder).sorted()
        #expect(left == ["origins.json", "outpost.yaml", "outpost.yaml.previous"])
        // The settings are nobody's but the stages' account and root's.
        let mode = try FileManager.default.attributesOfItem(atPath: "\(box.places.configurationFolder)/outpost.yaml")
        #expect((mode[.posixPermissions] as? NSNumber)?.intValue == 0o640)
    }

    @Test("A bad file changes nothing, says why with its line, and is judged again when it is mended")
    func refused() throws {
        let box = try Box()
        let good = box.configuration(station: "GOOD")
        try box.putOnBoot(good)
        _ = try box.apply()
        try box.putOnBoot(good.replacing("ae_title", with: "ae_titel"), second: 2)
        let outcome = try box.apply()
        #expect(outcome.result == .refused)
        #expect(outcome.needsAttention)
        #expect(outcome.inForce?.sha256 == Digest(ofData: Array(good.utf8)))
        #expect(outcome.lines.contains { $0.contains("outpost.yaml:3:") && $0.contains("ae_title") })
        #expect(box.inForce == good)
        #expect(box.previous == nil)
        // Unlike a good one, a bad one stays a piece of news.
        #expect(try box.apply().result == .refused)
        let mended = box.configuration(station: "MENDED")
        try box.putOnBoot(mended, second: 4)
        #expect(try box.apply().result == .applied)
        #expect(box.inForce == mended)
    }

    @Test("What cannot work on this box is refused: another data folder, a file that is not there", arguments: [
        ("data_folder", "data_folder: /srv/outpost\n"), ("analysis.font", "analysis: {font: /nowhere/font.ttf}\n"),
    ])
    func unfit(key: String, line: String) throws {
        let box = try Box()
        let lines = box.configuration(station: "UNFIT").split(separator: "\n")
        let group = key.split(separator: ".")[0]
        let text = lines.map { $0.hasPrefix(group) ? line : "\($0)\n" }.joined()
        try box.putOnBoot(text)
        let outcome = try box.apply()
        #expect(outcome.result == .notProvisioned)
        #expect(outcome.needsAttention)
        #expect(outcome.refusals.first?.reasons.contains { $0.contains(key) } == true)
        #expect(box.inForce == nil)
    }

    @Test("The credential goes first; a bad one leaves the word to the boot partition", arguments: [true, false])
    func credential(isGood: Bool) throws {
        let box = try Box()
        try box.putCredential(isGood ? box.configuration(station: "CREDENTIAL") : "station: {name: ")
        try box.putOnBoot(box.configuration(station: "BOOT"))
        let outcome = try box.apply()
        #expect(outcome.result == .applied)
        #expect(outcome.inForce?.source == (isGood ? .credential : .bootPartition))
        #expect(outcome.refusals.map(\.source) == (isGood ? [] : [.credential]))
        #expect(box.inForce?.contains(isGood ? "CREDENTIAL" : "BOOT") == true)
    }

    @Test("What stays in its place is taken once: something newer from elsewhere is not undone at the next start")
    func replaced() throws {
        let box = try Box()
        try box.putOnBoot(box.configuration(station: "OLD"))
        _ = try box.apply()
        let named = box.folder.file("named.yaml")
        try Data(box.configuration(station: "NAMED").utf8).write(to: named)
        #expect(try box.apply(file: named.path).inForce?.source == .file)
        #expect(try box.apply().result == .unchanged)
        #expect(box.inForce?.contains("NAMED") == true)
        // The old one put there once more is news, and so is one from the file that was named before.
        try box.putOnBoot(box.configuration(station: "OLD"), second: 2)
        #expect(try box.apply().result == .applied)
        #expect(try box.apply(file: named.path).result == .applied)
    }

    @Test("A file that was in force already when it appeared on the boot partition is no news later either")
    func seen() throws {
        let box = try Box()
        let named = box.folder.file("named.yaml")
        try Data(box.configuration(station: "A").utf8).write(to: named)
        _ = try box.apply(file: named.path)
        try box.putOnBoot(box.configuration(station: "A"))
        #expect(try box.apply().result == .unchanged)
        try Data(box.configuration(station: "B").utf8).write(to: named)
        _ = try box.apply(file: named.path)
        #expect(try box.apply().result == .unchanged)
        #expect(box.inForce?.contains("B") == true)
    }

    @Test("What a person set aside does not come back by itself; put there once more, it does")
    func setAside() throws {
        let box = try Box()
        let text = box.configuration(station: "ASIDE")
        try box.putOnBoot(text)
        try box.putCredential(text)
        _ = try box.apply()
        #expect(try box.apply().result == .unchanged)
        try box.setAside()
        let outcome = try box.apply()
        #expect(outcome.result == .notProvisioned)
        #expect(outcome.summary.contains("set aside"))
        #expect(box.inForce == nil)
        try box.putOnBoot(text, second: 2)
        #expect(try box.apply().result == .applied)
        #expect(box.inForce == text)
    }

    @Test("Where the one in force is lost and nobody set it aside, the box takes what it took before")
    func lost() throws {
        let box = try Box()
        try box.putOnBoot(box.configuration(station: "LOST"))
        _ = try box.apply()
        try FileManager.default.removeItem(atPath: "\(box.places.configurationFolder)/outpost.yaml")
        #expect(try box.apply().result == .applied)
    }

    @Test("A memory that is damaged loses no configuration")
    func damagedMemory() throws {
        let box = try Box()
        try box.putOnBoot(box.configuration(station: "A"))
        _ = try box.apply()
        for bytes in [[], Array("{\"taken\":7}".utf8), Array(repeating: 0xFF, count: 100_000)] as [[UInt8]] {
            let path = "\(box.places.configurationFolder)/origins.json"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let outcome = try box.apply()
            #expect(outcome.result == .unchanged)
            #expect(outcome.inForce?.source == nil)
        }
        #expect(box.inForce?.contains("A") == true)
    }

    @Test("A configuration in force that this version cannot use is said, and a good one takes its place")
    func unusable() throws {
        let box = try Box()
        try box.putOnBoot(box.configuration(station: "A"))
        _ = try box.apply()
        let path = "\(box.places.configurationFolder)/outpost.yaml"
        try Data("of_another_version: yes\n".utf8).write(to: URL(fileURLWithPath: path))
        let outcome = try box.apply()
        #expect(outcome.result == .unusable)
        #expect(outcome.needsAttention)
        try box.putOnBoot(box.configuration(station: "B"), second: 2)
        #expect(try box.apply().result == .applied)
    }

    @Test("Without a data folder nothing is done, and nothing is made in its place")
    func noDataFolder() throws {
        let box = try Box()
        try box.putOnBoot(box.configuration(station: "A"))
        try FileManager.default.removeItem(atPath: box.places.dataFolder)
        #expect {
            try ConfigurationApplication(in: box.places).apply()
        } throws: { error in
            guard case ConfigurationApplicationError.noDataFolder = error else { return false }
            return true
        }
        #expect(!FileManager.default.fileExists(atPath: box.places.dataFolder))
    }

    @Test("No link that a stage could have put there leads the writer astray")
    func links() throws {
        let box = try Box()
        let victim = box.folder.file("victim")
        try Data("untouched".utf8).write(to: victim)
        let folder = box.places.configurationFolder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in [".outpost.yaml.new", "outpost.yaml.previous", ".outpost.yaml.previous.new", ".origins.json.new"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/\(name)", withDestinationPath: victim.path)
        }
        for (second, station) in ["A", "B"].enumerated() {
            try box.putOnBoot(box.configuration(station: station), second: second * 2)
            #expect(try box.apply().result == .applied)
        }
        #expect(box.text(victim.path) == "untouched")
        #expect(box.previous?.contains("name: A") == true)
        // Nor is a folder elsewhere taken for the one that belongs here.
        try FileManager.default.moveItem(atPath: folder, toPath: box.folder.file("elsewhere").path)
        try FileManager.default.createSymbolicLink(
            atPath: folder, withDestinationPath: box.folder.file("elsewhere").path)
        #expect(throws: ConfigurationApplicationError.self) {
            try ConfigurationApplication(in: box.places).apply()
        }
    }

    @Test("A file far beyond any configuration's length is refused and not read whole")
    func tooLong() throws {
        let box = try Box()
        try box.putOnBoot("")
        let handle = try #require(FileHandle(forWritingAtPath: box.places.bootConfiguration))
        try handle.truncate(atOffset: 1 << 40)  // A hole: takes no room.
        try handle.close()
        let outcome = try box.apply()
        #expect(outcome.refusals.first?.reasons.contains { $0.contains("256 KiB") } == true)
    }

    @Test("The ports of the configuration in force are told to systemd and to the packet filter at every start")
    func ports() throws {
        let box = try Box()
        try box.putOnBoot(box.configuration(station: "A", intake: ", port: 104, address: 10.20.0.1"))
        _ = try box.apply()
        #expect(box.text(box.places.socketUnitPorts)?.hasSuffix(
            "[Socket]\nListenStream=\nListenStream=10.20.0.1:104\n") == true)
        let filter = try #require(box.text(box.places.packetFilterPorts))
        #expect(filter.contains("add element inet outpost dicom_ports { 104 }\n"))
        // What was written went with the last run of the system.
        try FileManager.default.removeItem(atPath: "\(box.folder.path)/run")
        #expect(try box.apply().result == .unchanged)
        #expect(box.text(box.places.packetFilterPorts) == filter)
    }
}

@Suite("Ports for systemd and the packet filter")
struct PortFilesTests {
    @Test("Both ports, the TLS port alone, and an IPv6 address in brackets", arguments: [
        ("{ae_title: A, tls: {certificate: /c, key: /k}}", ["0.0.0.0:11112", "0.0.0.0:2762"], "11112, 2762"),
        ("{ae_title: A, port: 0, tls: {port: 4242, certificate: /c, key: /k}}", ["0.0.0.0:4242"], "4242"),
        ("{ae_title: A, address: \"::1\", port: 104}", ["[::1]:104"], "104"),
    ])
    func texts(intake: String, listeners: [String], ports: String) throws {
        let text = "station: {name: A}\ndata_folder: /d\nintake: \(intake)\n"
        let settings = try ConfigurationFile.parse(Array(text.utf8), file: "test", folder: "/")
        let files = PortFiles(settings.intake)
        let assignments = files.socketUnit.split(separator: "\n").filter { $0.hasPrefix("ListenStream=") }
        #expect(assignments == ["ListenStream="] + listeners.map { "ListenStream=\($0)" })
        #expect(files.packetFilter.contains("add element inet outpost dicom_ports { \(ports) }\n"))
        #expect(files.packetFilter.contains("flush set inet outpost dicom_ports\n"))
    }
}
