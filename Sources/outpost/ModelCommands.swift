import ArgumentParser
import Inference

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Look at networks.", subcommands: [Inspect.self, Run.self])

    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a network's inputs, outputs, operators, work and memory.")
        @Argument(help: "An ONNX file.", completion: .file(extensions: ["onnx"])) var file: String
        @Flag(help: "Print JSON for a machine.") var json = false

        func run() throws {
            let inspection = try ModelInspection(contentsOfFile: file)
            if json { try Console.print(json: inspection) } else { print(inspection.description) }
        }
    }
}
