import Appliance
import ArgumentParser
import Records

/// Runs some stages until the process is told to stop.
protocol UnitCommand: AsyncParsableCommand {
    static var stages: [Stage] { get }
    var options: ConfigurationOption { get }
}

extension UnitCommand {
    func run() async throws {
        let configuration = try options.loadFile()
        do {
            try await ApplianceUnits(configuration, logger: Console.logger()).run(Self.stages)
        } catch {
            Console.complain("outpost \(Self._commandName): \(error)")
            throw ExitCode.failure
        }
    }
}

struct Run: UnitCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run all stages in one process, for development and demonstration.")
    static let stages = Stage.allCases
    @OptionGroup var options: ConfigurationOption
}

struct Intake: UnitCommand {
    static let configuration = CommandConfiguration(abstract: "Receive instances from modalities.")
    static let stages = [Stage.intake]
    @OptionGroup var options: ConfigurationOption
}

struct AnalysisUnit: UnitCommand {
    static let configuration = CommandConfiguration(
        commandName: "analysis", abstract: "Analyse complete studies and write the results.")
    static let stages = [Stage.analysis]
    @OptionGroup var options: ConfigurationOption
}

struct Courier: UnitCommand {
    static let configuration = CommandConfiguration(abstract: "Deliver images and results to their destinations.")
    static let stages = [Stage.courier]
    @OptionGroup var options: ConfigurationOption
}
