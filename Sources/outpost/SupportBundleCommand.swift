import Appliance
import ArgumentParser
import Foundation

struct SupportBundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "support-bundle", abstract: "Gather what the central team needs to help from afar, in one file.",
        discussion: """
            Versions, settings, counts, queues, the units' state and log, and a self-test. No image, no name or number \
            of a patient, no finding and no UID is in it. Run it as root, or the units' log is missing.
            """)
    @OptionGroup var options: ConfigurationOption
    @Argument(help: "The file to write, such as bundle.tar.gz. It must not exist.") var file: String
    @Option(help: "Lines of `journalctl --output=json` to take instead of asking for them.", completion: .file())
    var journal: String?
    @Flag(help: "Print JSON for a machine.") var json = false

    func run() async throws {
        let line = StatusLine()
        let bundle = SupportBundle(configurationFile: options.path, journalFile: journal)
        let files = await bundle.files { line.show("gathering: \($0)") }
        line.show("packing")
        do {
            try await SupportArchive().write(files, to: file)
        } catch {
            line.clear()
            Console.complain("outpost support-bundle: \(error)")
            throw ExitCode.failure
        }
        line.clear()
        if json {
            let contents = files.map { Made.Content(name: $0.name, bytes: $0.bytes.count) }
            try Console.print(json: Made(file: file, contents: contents))
        } else {
            for file in files { print("\(file.name): \(file.bytes.count) bytes") }
            print("\(file) is ready to be sent to the central team")
        }
    }

    private struct Made: Encodable {
        struct Content: Encodable {
            var name: String
            var bytes: Int
        }
        var file: String
        var contents: [Content]
    }
}
