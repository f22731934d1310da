import Appliance
import ArgumentParser

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what was received, analysed, queued, delivered and refused.")
    @OptionGroup var options: ConfigurationOption
    @Flag(help: "Print JSON for a machine.") var json = false

    func run() async throws {
        let configuration = try options.load()
        var status = try ApplianceStatus(configuration)
        await status.ask(configuration)
        if json {
            try Console.print(json: status)
        } else {
            for line in status.lines { print(line) }
        }
    }
}

struct CheckConfiguration: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config", abstract: "Check a configuration file and say what it means.")
    @Argument(help: "The configuration file.", completion: .file(extensions: ["yaml"])) var file: String
    @Flag(help: "Print JSON for a machine.") var json = false

    func run() throws {
        let report = ConfigurationReport(checking: file, on: LocalDisk())
        if json {
            print(String(decoding: try report.json(), as: UTF8.self))
        } else {
            for line in report.lines { print(line) }
        }
        if !report.isUsable { throw ExitCode(78) }  // EX_CONFIG of sysexits.h
    }
}
