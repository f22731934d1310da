import Appliance
import ArgumentParser
import Foundation

struct ConfigurationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "configuration", abstract: "Put a configuration in force on the box, and tell which one is.",
        subcommands: [Apply.self, Show.self])
}

/// Where the box is.
struct RootOption: ParsableArguments {
    @Option(help: "Stands before every path; for tests and for images that are mounted.", completion: .directory)
    var root = ""

    var places: BoxPlaces { BoxPlaces(root: root) }
}

extension ConfigurationCommand {
    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a new configuration in force, if there is one and it is good.",
            discussion: """
                Looks at the systemd credential `outpost.yaml` and at outpost/outpost.yaml on the boot partition. The \
                one before is kept as outpost.yaml.previous; one that is not good changes nothing. Runs at each start \
                of the box, before the stages; run by hand, restart them afterwards. Ends with 0 where nothing was \
                refused, 78 where something was, 1 where nothing could be written.
                """)
        @OptionGroup var options: RootOption
        @Argument(help: "A file to take instead.", completion: .file(extensions: ["yaml"])) var file: String?
        @Flag(help: "Print JSON for a machine.") var json = false

        func run() async throws {
            let outcome: ConfigurationOutcome
            do {
                outcome = try ConfigurationApplication(in: options.places).apply(file: file)
            } catch {
                Console.complain("outpost configuration apply: \(error)")
                throw ExitCode.failure
            }
            if json { try Console.print(json: outcome) } else { for line in outcome.lines { print(line) } }
            if outcome.result == .applied, let inForce = outcome.inForce, let source = inForce.source {
                let acts = ObjectActs(dataFolder: options.places.dataFolder)
                do { try await acts.audit(.configured(sha256: inForce.sha256, from: source.auditOrigin), of: .intake) }
                catch {
                    Console.complain(
                        "outpost configuration apply: this cannot be written into the audit log: \(error)")
                }
            }
            if outcome.needsAttention { throw ExitCode(78) }  // EX_CONFIG of sysexits.h
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell which configuration is in force, and what became of the one that was given last.")
        @OptionGroup var options: RootOption
        @Flag(help: "Print JSON for a machine.") var json = false

        func run() throws {
            guard let outcome = ConfigurationOutcome.last(in: options.places) else {
                throw ValidationError(
                    "nothing was applied since this system started; `outpost configuration apply` does it")
            }
            if json { return try Console.print(json: outcome) }
            for line in outcome.lines { print(line) }
            guard let inForce = outcome.inForce else { return }
            print("in force: sha256 \(inForce.sha256)\(inForce.source.map { ", from \($0.words)" } ?? "")")
        }
    }
}
