import Appliance
import ArgumentParser
import Foundation
import Logging

/// Where the settings are.
struct ConfigurationOption: ParsableArguments {
    @Option(name: .customLong("config"), help: "The configuration file.", completion: .file(extensions: ["yaml"]))
    var path = "/etc/outpost/outpost.yaml"

    /// The settings, or the sentences that say what is wrong with them on standard error.
    func load() throws -> ApplianceConfiguration { try loadFile().settings }

    /// The same, with what the audit log says of the file.
    func loadFile() throws -> LoadedConfiguration {
        do {
            return try ConfigurationFile.load(path)
        } catch {
            for issue in error.issues { Console.complain(issue.description(file: error.file)) }
            throw ExitCode(78)  // EX_CONFIG of sysexits.h
        }
    }
}

/// What goes to the terminal.
enum Console {
    static func complain(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    static func print(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Swift.print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// An entry with fields for each event where the journal listens, and otherwise a line on standard error.
    static func logger() -> Logger {
        guard JournalLogHandler.standardErrorIsJournal else {
            return Logger(label: "outpost") { ConsoleLogHandler(label: $0) }
        }
        return Logger(label: "outpost") { _ in JournalLogHandler() }
    }
}
