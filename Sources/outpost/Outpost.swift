import Appliance
import ArgumentParser
import DICOM

@main
struct Outpost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outpost",
        abstract: "An edge appliance for medical imaging: receives studies, analyses them, forwards all of it.",
        version: Implementation.version,
        subcommands: [
            Run.self, Intake.self, AnalysisUnit.self, Courier.self, BoardCommand.self, Status.self,
            CheckConfiguration.self, ConfigurationCommand.self, SelfTestCommand.self, SupportBundleCommand.self,
            SpoolCommand.self, QueueCommand.self, AuditCommand.self, ClockCommand.self, ModelCommand.self,
        ])
}
