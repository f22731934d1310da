import Foundation
import Logging
import Records
import Spool
import TestSupport
import Testing

@testable import Appliance

/// A box with one lamp, made of files, and the board service upon it.
private struct Box {
    let folder: TemporaryFolder
    let places: BoardPlaces
    let service: BoardService

    var configuration: URL { folder.file("etc/outpost.yaml") }
    /// Where a box without a configuration keeps its things.
    var unprovisioned: String { folder.file("var").path }
    var data: String { folder.file("data").path }

    init() throws {
        folder = try TemporaryFolder()
        for name in ["etc", "leds/lamp", "boards"] {
            try FileManager.default.createDirectory(at: folder.file(name), withIntermediateDirectories: true)
        }
        for (name, text) in [
            ("leds/lamp/max_brightness", "1\n"), ("leds/lamp/brightness", "1\n"), ("leds/lamp/trigger", "[none]\n"),
            ("boards/test.yaml", "title: Test\ncompatible: [\"test,box\"]\nlamps: {health: {led: lamp}}\n"),
            ("compatible", "test,box\0"),
        ] {
            try Data(text.utf8).write(to: folder.file(name))
        }
        places = BoardPlaces(
            dataFolder: folder.file("var").path, boards: folder.file("boards").path,
            devices: folder.file("dev").path, leds: folder.file("leds").path,
            compatible: folder.file("compatible").path)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        service = BoardService(
            .file(folder.file("etc/outpost.yaml").path), places: places, supervision: StageSupervision(.board),
            logger: logger)
    }

    func provision(_ text: String? = nil) throws {
        let settings = "station: {name: TEST}\ndata_folder: \(data)\nintake: {ae_title: OUTPOST}\n"
        try Data((text ?? settings).utf8).write(to: configuration, options: .atomic)
    }

    func report(in dataFolder: String) async -> LampReport? {
        let client = ControlClient(dataFolder: dataFolder, stage: .board)
        guard case .lamps(let report) = try? await client.ask(.lamps) else { return nil }
        return report
    }

    /// Waits until the board says that these states hold.
    func showing(_ states: [BoardState], in dataFolder: String) async throws {
        try await eventually("\(states)") { await report(in: dataFolder)?.states == states }
    }

    func lampFile() throws -> String { try String(contentsOf: folder.file("leds/lamp/brightness"), encoding: .utf8) }

    func running(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }
}

@Suite("The board service")
struct BoardServiceTests {
    @Test("Without a configuration it says so; it takes notice of one that comes, breaks and goes")
    func provisioning() async throws {
        let box = try Box()
        try await box.running {
            try await box.showing([.notProvisioned], in: box.unprovisioned)
            #expect(await box.report(in: box.unprovisioned)?.lamps.map(\.pattern) == [.doubleFlash])
            try box.provision()
            try await box.showing([.booting], in: box.data)
            try box.provision("station: {name: TEST}\n")
            try await box.showing([.fault], in: box.unprovisioned)
            try FileManager.default.removeItem(at: box.configuration)
            try await box.showing([.notProvisioned], in: box.unprovisioned)
        }
        #expect(try box.lampFile() == "0", "dark, for nobody looks after it any more")
    }

    @Test("The lamp blinks, and nothing else of the kernel does it")
    func blinks() async throws {
        let box = try Box()
        try await box.running {
            for expected in ["1", "0", "1", "0"] {
                try await eventually("a lamp that is \(expected)") { try box.lampFile() == expected }
            }
            let trigger = try String(contentsOf: box.folder.file("leds/lamp/trigger"), encoding: .utf8)
            #expect(trigger == "none")
        }
    }

    @Test("A lamp that is lost is reported, and disturbs nothing")
    func lostLamp() async throws {
        let box = try Box()
        try box.provision()
        try await box.running {
            try await box.showing([.booting], in: box.data)
            try FileManager.default.removeItem(at: box.folder.file("leds/lamp"))
            try await eventually("a lost lamp") { await box.report(in: box.data)?.lamps.first?.isLost == true }
            #expect(await box.report(in: box.data)?.states == [.booting])
        }
    }

    @Test("A shown state comes first, and identifying before that; both are asked for over the socket")
    func asked() async throws {
        let box = try Box()
        try await box.running {
            try await box.showing([.notProvisioned], in: box.unprovisioned)
            let client = ControlClient(dataFolder: box.unprovisioned, stage: .board)
            _ = try await client.ask(.showState(.updating, seconds: 3600))
            var report = await box.report(in: box.unprovisioned)
            #expect(report?.shown == .updating)
            #expect(report?.states == [.notProvisioned])
            #expect(report?.lamps.map(\.pattern) == [.tripleFlash])
            _ = try await client.ask(.identify)
            report = await box.report(in: box.unprovisioned)
            #expect(report?.isIdentifying == true)
            #expect(report?.lamps.map(\.pattern) == [.longAndShort])
            for seconds in [0, -1, 3601, .max] {
                await #expect(throws: ControlError.self) {
                    _ = try await client.ask(.showState(.updating, seconds: seconds))
                }
            }
            await #expect(throws: ControlError.self) { _ = try await client.ask(.holdQueue(destination: "pacs")) }
            guard case .condition(let condition) = try await client.ask(.condition) else {
                Issue.record("the board does not say how it is")
                return
            }
            #expect(condition.stage == .board && condition.summary.contains("notProvisioned"))
        }
    }

    @Test("A second board on the same folder gives way, for two would fight over the lamps")
    func alone() async throws {
        let box = try Box()
        try await box.running {
            try await box.showing([.notProvisioned], in: box.unprovisioned)
            let second = BoardService(
                .file(box.configuration.path), places: box.places, supervision: StageSupervision(.board),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            await #expect(throws: SpoolError.self) { try await second.run() }
        }
    }

    @Test("A folder that cannot be written takes the log and the socket away, and not the lamps")
    func noDisk() async throws {
        let box = try Box()
        try Data("a file where the folder should be".utf8).write(to: URL(fileURLWithPath: box.unprovisioned))
        try await box.running {
            for expected in ["1", "0", "1"] {
                try await eventually("a lamp that is \(expected)") { try box.lampFile() == expected }
            }
        }
    }
}

@Suite("Back to provisioning")
struct ConfigurationResetTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("The configuration behind a link gets another name; link, data and earlier ones stay")
    func setAside() throws {
        try FileManager.default.createDirectory(at: folder.file("var"), withIntermediateDirectories: true)
        let link = folder.file("outpost.yaml").path
        #expect(symlink(folder.file("var/outpost.yaml").path, link) == 0)
        let reset = ConfigurationReset(disk: SystemDisk())
        #expect(try reset.setAside(link) == nil, "there is none yet")
        for number in 1...3 {
            try Data("settings \(number)".utf8).write(to: folder.file("var/outpost.yaml"))
            let (name, sha256) = try #require(try reset.setAside(link))
            #expect(name == "outpost.yaml.set-aside-\(number)")
            #expect(sha256 == Digest(ofData: "settings \(number)".utf8))
        }
        for number in 1...3 {
            let kept = try Data(contentsOf: folder.file("var/outpost.yaml.set-aside-\(number)"))
            #expect(kept == Data("settings \(number)".utf8))
        }
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == folder.file("var/outpost.yaml").path)
        #expect(try reset.setAside(link) == nil)
    }

    @Test("Whoever held the button is in the audit log with what the configuration is called now")
    func audited() async throws {
        let box = try Box()
        try box.provision()
        let bytes = try Data(contentsOf: box.configuration)
        let loaded = try ConfigurationFile.load(box.configuration.path)
        let monitor = BoardMonitor(clock: .system)
        let session = try BoardSession(
            .usable(loaded), places: box.places, monitor: monitor, supervision: StageSupervision(.board),
            wallClock: .system, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        session.begin()
        session.reset(.file(box.configuration.path))
        // A second time there is nothing to set aside.
        session.reset(.file(box.configuration.path))
        session.end()
        #expect(try Data(contentsOf: box.folder.file("etc/outpost.yaml.set-aside-1")) == bytes)
        let rows = try AuditedRow.all(of: .board, in: StageFiles.folder(.board, in: box.data))
        #expect(rows.compactMap { $0["kind"] } == [
            "auditStarted", "stageStarted", "configurationLoaded", "configurationSetAside", "stageStopped",
        ])
        let row = try #require(rows.first { $0["kind"] == "configurationSetAside" })
        #expect(row["file"] == "outpost.yaml.set-aside-1")
        #expect(row["sha256"] == loaded.sha256.description)
    }

    @Test("What the button wants is done by the service, and the lamps say that there is no configuration")
    func whole() async throws {
        let box = try Box()
        try box.provision()
        try await box.running {
            try await box.showing([.booting], in: box.data)
            box.service.monitor.requestReset()
            try await box.showing([.notProvisioned], in: box.unprovisioned)
        }
        #expect(FileManager.default.fileExists(atPath: box.folder.file("etc/outpost.yaml.set-aside-1").path))
        #expect(!FileManager.default.fileExists(atPath: box.configuration.path))
        #expect(FileManager.default.fileExists(atPath: "\(box.data)/board/stage.sqlite"), "data stays")
    }
}
