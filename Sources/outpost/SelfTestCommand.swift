import Appliance
import ArgumentParser
import Foundation
import Synchronization

struct SelfTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest", abstract: "Look whether this box can do its work.",
        discussion: """
            Networks compute known cases, databases and the newest objects are looked at, the disk is written to, the \
            clock, the network, ports and destinations are asked. Changes nothing, and may run beside the units or \
            before them. Ends with 0 unless something FAILED: that is said only of what this version of the program \
            does wrong on this box, never of an outage, a full disk or a wrong clock, which need ATTENTION.
            """)
    @OptionGroup var options: ConfigurationOption
    @Option(help: "Of the sentences: en or uk. Otherwise the station's.") var language: ApplianceConfiguration.Language?
    @Option(help: "Where the networks lie that came with the program.", completion: .directory)
    var models = SelfTest.shippedModelsFolder
    @Flag(help: "The units were started: one that does not run is a failure.") var unitsMustRun = false
    @Flag(help: "Print JSON for a machine.") var json = false

    func run() async throws {
        let test = SelfTest.ofBox(
            file: options.path, language: language, modelsFolder: models, unitsMustRun: unitsMustRun)
        let line = StatusLine()
        let report = await test.run { subject, share in
            line.show("\(subject.rawValue) \(Int(share * 100)) %")
        } ended: { check in
            line.clear()
            if !json { for text in check.lines(test.language) { print(text) } }
        }
        if json { try Console.print(json: report) } else { print(report.summary) }
        if report.verdict == .failed { throw ExitCode.failure }
    }
}

/// One line on a terminal that tells what is going on; nothing elsewhere, where the results themselves do.
final class StatusLine: Sendable {
    private let isShown: Mutex<Bool>
    private let isTerminal: Bool

    init() {
        isTerminal = isatty(STDERR_FILENO) == 1
        isShown = Mutex(false)
    }

    func show(_ text: String) {
        guard isTerminal else { return }
        isShown.withLock { isShown in
            isShown = true
            // Back to the line's beginning, and cleared to its end.
            FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
        }
    }

    /// Takes the line away, for what follows.
    func clear() {
        isShown.withLock { isShown in
            if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
            isShown = false
        }
    }
}
