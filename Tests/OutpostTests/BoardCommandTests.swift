import Appliance
import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import outpost

@Suite("outpost board")
struct BoardCommandTests {
    @Test("Without a subcommand it is the unit", arguments: [[], ["--config", "/etc/outpost/outpost.yaml"], ["run"]])
    func unit(arguments: [String]) throws {
        #expect(try Outpost.parseAsRoot(["board"] + arguments) is BoardCommand.Run)
    }

    @Test("A state and its time are checked", arguments: [
        ["show"], ["show", "broken"], ["show", "fault", "--for", "0"], ["show", "fault", "--for", "3601"],
        ["card", "--lamp", "hub"], ["card", "--language", "de"], ["lamps", "--language", "fr"],
    ])
    func refused(arguments: [String]) {
        #expect(throws: (any Error).self) { _ = try BoardCommand.parseAsRoot(arguments) }
    }

    @Test("Every state can be shown")
    func shown() throws {
        for state in BoardState.allCases {
            let command = try BoardCommand.parseAsRoot(["show", state.rawValue, "--for", "5"])
            #expect(try #require(command as? BoardCommand.Show).state == state)
        }
    }

    @Test("Where no board runs, the commands say so; a configuration that is broken is another matter")
    func nobody() async throws {
        let folder = try TemporaryFolder()
        let file = folder.file("outpost.yaml")
        func run(_ arguments: [String]) async throws {
            let command = try BoardCommand.parseAsRoot(arguments + ["--config", file.path])
            var asynchronous = try #require(command as? any AsyncParsableCommand)
            try await asynchronous.run()
        }
        try "station: {name: T}\ndata_folder: \(folder.file("data").path)\nintake: {ae_title: OUTPOST}\n"
            .write(to: file, atomically: true, encoding: .utf8)
        for arguments in [["lamps"], ["lamps", "--json"], ["show", "fault"], ["identify"]] {
            await #expect(throws: ExitCode(69)) { try await run(arguments) }
        }
        try "station: {}\n".write(to: file, atomically: true, encoding: .utf8)
        await #expect(throws: ExitCode(78)) { try await run(["lamps"]) }
    }

    @Test("What lamps show is told with their rhythm, what is lost as lost, and why")
    func lines() {
        let report = LampReport(
            board: "test", title: "Test board",
            lamps: [
                .init(lamp: .health, pattern: .fastBlink, isLost: false),
                .init(lamp: .attention, pattern: .off, isLost: true),
            ],
            states: [.fault], shown: .updating, shownSeconds: 7, isIdentifying: false,
            reasons: ["intake: no process runs as this stage"])
        let text = BoardCommand.Lamps.lines(report, .english).joined(separator: "\n")
        for part in [
            "board: Test board (test)", "states: Fault", "for 7 s: Updating", "●●○○●●○○●●○○●●○○  Health: blinks fast",
            "○○○○○○○○○○○○○○○○  Attention: dark (CANNOT BE LIT NOW", "intake: no process runs", "Receiving: not shown",
        ] {
            #expect(text.contains(part), "\(part) in:\n\(text)")
        }
        let dark = LampReport(
            board: nil, title: nil, lamps: [], states: [.ready], shown: nil, shownSeconds: 0, isIdentifying: false,
            reasons: [])
        #expect(BoardCommand.Lamps.lines(dark, .ukrainian).last == "states: Готовність")
    }
}
