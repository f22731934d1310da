import Appliance
import ArgumentParser
import Records
import Spool

struct ClockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Look at what the appliance knows of the time.",
        subcommands: [Show.self, Reset.self])
}

extension ClockCommand {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether the clock can be trusted, and since when times count as past.")
        @OptionGroup var options: ConfigurationOption
        @Flag(help: "Print JSON for a machine.") var json = false

        func run() throws {
            let folder = StageFiles.folder(.intake, in: try options.load().dataFolder)
            let trust = ClockTrust(kept: try ClockFloor.read(folder: folder))
            let now = WallClock.system.now()
            let report = Report(
                time: "\(now)", isTrusted: trust.isTrusted(now), floor: "\(trust.floor)",
                latest: "\(trust.ceiling)")
            if json { return try Console.print(json: report) }
            print("the clock shows \(report.time) and is \(report.isTrusted ? "" : "NOT ")trusted")
            print("trusted from \(report.floor) to \(report.latest)")
        }

        private struct Report: Encodable {
            var time: String
            var isTrusted: Bool
            var floor: String
            var latest: String
        }
    }

    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget the newest time that was written down, after a clock that was ahead. Stop intake first.")
        @OptionGroup var options: ConfigurationOption

        func run() throws {
            let folder = StageFiles.folder(.intake, in: try options.load().dataFolder)
            let now = WallClock.system.now()
            let trust = ClockTrust(kept: nil)
            try ClockFloor.reset(
                folder: folder, by: Account.current.auditActor,
                at: RecordedTime(now, isTrusted: trust.isTrusted(now)))
            print("the clock is trusted from \(trust.floor) on")
        }
    }
}
