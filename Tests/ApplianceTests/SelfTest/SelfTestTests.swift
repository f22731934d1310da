import Foundation
import NIOCore
import NIOPosix
import Records
import Spool
import Testing
import TestSupport

@testable import Appliance

private func found(_ check: some SelfTestCheck) async -> [SelfTestFinding] { await check.run { _ in } }

@Suite("Self-test: what the box is")
struct SelfTestTests {
    @Test("A board without lamps works as well; a file of a board that cannot be used is to be looked at")
    func lamps() async throws {
        let folder = try TemporaryFolder()
        let boards = folder.file("boards")
        try FileManager.default.createDirectory(at: boards, withIntermediateDirectories: true)
        try Data("test,box\0".utf8).write(to: folder.file("compatible"))
        let places = BoardPlaces(
            dataFolder: folder.path, boards: boards.path, devices: folder.path, leds: folder.path,
            compatible: folder.file("compatible").path)
        let check = LampsSelfTest(dataFolder: folder.path, board: nil, places: places)
        #expect(await found(check) == [.init(.ok, .noLamps)])
        let file = boards.appendingPathComponent("test.yaml")
        try Data("title: Test\ncompatible: [\"test,box\"]\nlamps: {health: {led: lamp}}\n".utf8).write(to: file)
        #expect(await found(check) == [.init(.ok, .boardKnown(title: "Test"))])
        try Data("title: Test\ncompatible: [\"test,box\"]\nlamps: {health: {led: lamp, colour: red}}\n".utf8)
            .write(to: file)
        #expect(await found(check).map(\.verdict) == [.attention, .ok])
    }

    @Test("A configuration that this version cannot use is a failure; none, or one that does not fit, is not")
    func configuration() async throws {
        let folder = try TemporaryFolder()
        let file = folder.file("outpost.yaml").path
        func verdicts(_ text: String?) async throws -> [SelfTestVerdict] {
            if let text { try Data(text.utf8).write(to: URL(fileURLWithPath: file)) }
            let report = await SelfTest.ofBox(file: file, modelsFolder: "/nowhere").run()
            let check = try #require(report.checks.first { $0.subject == .configuration })
            return check.findings.map(\.verdict)
        }
        #expect(try await verdicts(nil) == [.attention])
        let good = "station: {name: A}\ndata_folder: \(folder.path)\nintake: {ae_title: A, port: \(try freePort())}\n"
        #expect(try await verdicts(good + "analysis: {font: \(file)}\n") == [.ok])
        #expect(try await verdicts(good + "analysis: {font: /nowhere}\n") == [.attention])
        #expect(try await verdicts(good + "of_another_version: yes\n") == [.failed])
    }

    @Test("A disk with room takes what is written; nothing of it stays")
    func disk() async throws {
        let folder = try TemporaryFolder()
        let some = ApplianceConfiguration.Storage(
            retentionDays: 0, releaseBelowPercent: 0, releaseUntilPercent: 0, refuseBelowPercent: 0)
        let findings = await found(DiskSelfTest(dataFolder: folder.path, storage: some))
        #expect(findings.count == 1)
        guard case .diskGood(let percent, _) = findings.first?.statement else {
            Issue.record("\(findings)")
            return
        }
        #expect((0...100).contains(percent))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test("No data folder, one that cannot be written to, and a disk with little room")
    func noDisk() async throws {
        let folder = try TemporaryFolder()
        let missing = folder.file("missing").path
        #expect(await found(DiskSelfTest(dataFolder: missing, storage: .init()))
            == [.init(.failed, .dataFolderMissing(folder: missing))])
        let all = ApplianceConfiguration.Storage(releaseBelowPercent: 101)
        #expect(await found(DiskSelfTest(dataFolder: folder.path, storage: all)).map(\.verdict) == [.attention, .ok])
        // Nobody makes files in the kernel's own.
        let kernels = await found(DiskSelfTest(dataFolder: "/sys", storage: .init()))
        #expect(kernels.contains { $0.verdict == .failed || $0.verdict == .attention })
        #expect(!kernels.contains { if case .diskGood = $0.statement { true } else { false } })
    }

    @Test("Errors that the file system has counted are told")
    func fileSystemErrors() async throws {
        let folder = try TemporaryFolder()
        var attributes = stat()
        #expect(stat(folder.path, &attributes) == 0)
        // As makedev(3) splits it; the test's disk has a small number.
        let number = "\(attributes.st_dev >> 8 & 0xFFF):\(attributes.st_dev & 0xFF)"
        let kernel = folder.file("sys")
        for path in ["dev/block", "devices/sda1", "fs/ext4/sda1"] {
            try FileManager.default.createDirectory(
                at: kernel.appendingPathComponent(path), withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(
            atPath: kernel.appendingPathComponent("dev/block/\(number)").path,
            withDestinationPath: kernel.appendingPathComponent("devices/sda1").path)
        let count = kernel.appendingPathComponent("fs/ext4/sda1/errors_count")
        for (text, errors) in [("0\n", 0), ("3\n", 3)] {
            try Data(text.utf8).write(to: count)
            let findings = await found(
                DiskSelfTest(dataFolder: folder.path, storage: .init(), kernelFolder: kernel.path))
            let told = findings.contains(.init(.attention, .fileSystemErrors(count: errors)))
            #expect(told == (errors > 0), "\(findings)")
        }
    }

    @Test("A clock in 1970 needs attention and is no failure", arguments: [(0, false), (1_800_000_000, true)])
    func clock(seconds: Int64, isTrusted: Bool) async throws {
        let folder = try TemporaryFolder()
        let clock = WallClock { Timestamp(microseconds: seconds * 1_000_000) }
        let findings = await found(ClockSelfTest(dataFolder: folder.path, clock: clock))
        #expect(findings.map(\.verdict) == [isTrusted ? .ok : .attention])
    }

    @Test("A port is free, another program's, or ours; an address may be none of this box")
    func ports() async throws {
        let folder = try TemporaryFolder()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let taken = try #require(listener.localAddress?.port)
        let free = try freePort()
        func states(_ port: Int, _ address: String = "127.0.0.1", socketUnit: Bool = false) async throws
            -> [SelfTestFinding] {
            let text = """
                station: {name: A}
                data_folder: \(folder.path)
                intake: {ae_title: A, address: \(address), port: \(port)}
                """
            let settings = try ConfigurationFile.parse(Array(text.utf8), file: "test", folder: "/")
            let check = NetworkSelfTest(configuration: settings, dataFolder: folder.path) { socketUnit }
            return await found(check).filter { finding in
                switch finding.statement {
                case .addressed, .noAddress, .noDestinations: false
                default: true
                }
            }
        }
        #expect(try await states(free) == [.init(.ok, .portFree(port: free))])
        #expect(try await states(taken) == [.init(.attention, .portTaken(port: taken))])
        #expect(try await states(taken, socketUnit: true) == [.init(.ok, .portOpen(port: taken))])
        // TEST-NET-3 (RFC 5737): nobody's address.
        #expect(try await states(free, "203.0.113.7") == [.init(.attention, .addressNotHere(address: "203.0.113.7"))])
        let intake = StageFiles.folder(.intake, in: folder.path)
        try FileManager.default.createDirectory(atPath: intake, withIntermediateDirectories: true)
        let lock = try StageLock(stage: .intake, folder: intake)
        #expect(try await states(taken) == [.init(.ok, .portOpen(port: taken))])
        withExtendedLifetime(lock) {}
        try await listener.close()
    }

    @Test("Units that do not run are a failure only where they were started")
    func units() async throws {
        let folder = try TemporaryFolder()
        #expect(await found(StagesSelfTest(dataFolder: folder.path, mustRun: false)) == [.init(.ok, .stagesNotStarted)])
        let down = await found(StagesSelfTest(dataFolder: folder.path, mustRun: true))
        #expect(down == [Stage.intake, .analysis, .courier].map { .init(.failed, .stageDown(stage: $0)) })
    }

    @Test("The report's verdict is the worst, in the language that was asked for",
          arguments: ApplianceConfiguration.Language.allCases)
    func report(language: ApplianceConfiguration.Language) async throws {
        struct Check: SelfTestCheck {
            let subject = SelfTestSubject.network
            let findings: [SelfTestFinding]
            func run(_ progress: @escaping @Sendable (Double) -> Void) async -> [SelfTestFinding] { findings }
        }
        let texts = language.selfTestTexts
        let test = SelfTest(
            [Check(findings: [.init(.ok, .noModels), .init(.attention, .noAddress)]), Check(findings: [])],
            language: language)
        let report = await test.run()
        #expect(report.verdict == .attention)
        #expect(report.summary == texts.summary(.attention, 1))
        #expect(report.checks[0].lines(language).last
            == "\(texts.subject(.network)): \(texts.verdict(.attention)): \(texts.sentence(.noAddress))")
        let worse = Check(findings: [.init(.failed, .noAddress), .init(.ok, .noModels)])
        let failing = SelfTest([worse], language: language)
        #expect(await failing.run().verdict == .failed)
        // A machine reads the same.
        let decoded = try JSONDecoder().decode(SelfTestReport.self, from: JSONEncoder().encode(report))
        #expect(decoded.checks[0].findings == report.checks[0].findings)
    }

    @Test("No two languages share a sentence, and what a sentence is about stands in it")
    func languages() {
        let statements: [(SelfTestStatement, String)] = [
            (.configurationUnusable(file: "/F", reason: "R-7"), "R-7"),
            (.goldenWrong(model: "M", output: "O-8", number: 2), "O-8"),
            (.objectsFaulty(stage: .intake, count: 17, looked: 1000), "17"), (.diskLow(freePercent: 4), "4"),
            (.portTaken(port: 11112), "11112"), (.destinationSilent(name: "pacs", reason: "R-9"), "pacs"),
            (.databasesSetAside(stage: .courier, count: 3), "3"), (.fileSystemErrors(count: 21), "21"),
        ]
        for (statement, part) in statements {
            let sentences = ApplianceConfiguration.Language.allCases.map { $0.selfTestTexts.sentence(statement) }
            #expect(Set(sentences).count == sentences.count)
            for sentence in sentences { #expect(sentence.contains(part), "\(sentence)") }
        }
        for subject in SelfTestSubject.allCases {
            let names = ApplianceConfiguration.Language.allCases.map { $0.selfTestTexts.subject(subject) }
            #expect(Set(names).count == names.count)
        }
    }
}
