import ArgumentParser
import Foundation
import Records
import Spool
import Testing
import TestSupport

@testable import outpost

@Suite("outpost queue")
struct QueueCommandTests {
    @Test("A change without a selection, or with one that it can do nothing for, is refused", arguments: [
        ["retry"], ["hold"], ["release"], ["drop"], ["drop", "--yes"], ["retry", "1", "--all"],
        ["retry", "--state", "delivered"], ["hold", "--state", "refused"], ["drop", "--state", "sending"],
        ["release", "0"], ["hold", "one"], ["retry", "--state", "lost"], ["show", "--limit", "0"],
    ])
    func refused(arguments: [String]) {
        #expect(throws: (any Error).self) { _ = try QueueCommand.parseAsRoot(arguments) }
    }

    @Test("Numbers, a destination, states or --all say which", arguments: [
        ["retry", "1", "2"], ["retry", "--destination", "pacs"], ["retry", "--state", "refused", "--state", "expired"],
        ["drop", "--all"], ["hold", "--destination", "pacs", "--state", "queued"], ["show"],
    ])
    func taken(arguments: [String]) throws {
        _ = try QueueCommand.parseAsRoot(arguments)
    }

    @Test("More parcels than one request may name are refused before anybody is asked")
    func tooMany() {
        #expect(throws: (any Error).self) {
            _ = try QueueCommand.parseAsRoot(["retry"] + (1...1001).map(String.init))
        }
    }

    @Test("A destination alone is the whole queue for hold and release only")
    func wholeQueue() throws {
        let alone = try #require(try QueueCommand.parseAsRoot(["hold", "--destination", "pacs"]) as? QueueCommand.Hold)
        #expect(alone.options.wholeQueue == "pacs")
        for more in [["--all"], ["--state", "queued"], ["7"]] {
            let command = try QueueCommand.parseAsRoot(["hold", "--destination", "pacs"] + more)
            #expect(try #require(command as? QueueCommand.Hold).options.wholeQueue == nil)
        }
        #expect(QueueCommand.Hold.stopsQueues && QueueCommand.Release.stopsQueues)
        #expect(!QueueCommand.Retry.stopsQueues && !QueueCommand.Drop.stopsQueues)
    }

    @Test("Looking works where nothing has ever run, and names what is configured; nobody is there to be asked")
    func nothingYet() async throws {
        let folder = try TemporaryFolder()
        let configuration = folder.file("outpost.yaml")
        try """
            station: {name: OUTPOST-TEST, language: en}
            data_folder: \(folder.file("data").path)
            intake: {ae_title: OUTPOST}
            analysis: {models: []}
            destinations: [{name: pacs, kind: dicom, host: 127.0.0.1, port: 104, ae_title: PACS, send: [images]}]
            """.write(to: configuration, atomically: true, encoding: .utf8)
        func run(_ arguments: [String]) async throws {
            let command = try QueueCommand.parseAsRoot(arguments + ["--config", configuration.path])
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                var command = command
                try command.run()
            }
        }
        try await run(["list"])
        try await run(["list", "--json"])
        try await run(["list", "--follow"])
        try await run(["show"])
        try await run(["show", "--destination", "pacs", "--json"])
        await #expect(throws: ValidationError.self) { try await run(["show", "--destination", "nowhere"]) }
        await #expect(throws: ValidationError.self) { try await run(["list", "--destination", "nowhere"]) }
        await #expect(throws: ExitCode(69)) { try await run(["retry", "--all"]) }
        #expect(!FileManager.default.fileExists(atPath: folder.file("data").path), "looking leaves no trace")
    }

    @Test("Columns stand where they are; what a peer said cannot move the cursor")
    func columns() {
        let columns = Columns(widths: [(6, .left), (4, .right)])
        #expect(columns.line(["pacs", "12", "rest"]) == "pacs      12  rest")
        #expect(columns.line(["longer than six", "12", "rest"]) == "longer than six    12  rest")
        #expect(columns.line(["pacs", "12", "a\u{1B}[2Jb\nc\u{9B}"]) == "pacs      12  a [2Jb c ")
    }

    @Test("A queue's line has a cell for every column, and says whether it is held or paused")
    func report() {
        var queue = QueueSummary(destination: "pacs")
        #expect(QueueReport(queue: queue, pauseSeconds: nil).cells.count == QueueReport.header.count)
        #expect(QueueReport(queue: queue, pauseSeconds: 1.2).cells.last == "asked again in 2 s")
        queue.isHeld = true
        #expect(QueueReport(queue: queue, pauseSeconds: 1.2).cells.last == "HELD")
    }
}
