import ArgumentParser
import Inference

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Look at networks.", subcommands: [Inspect.self, Run.self, Bench.self])

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

    struct Bench: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure how fast a network runs here, and where the time goes.",
            discussion: "The network runs on made-up inputs, once to warm up and then as often as asked.")
        @Argument(help: "An ONNX file.", completion: .file(extensions: ["onnx"])) var file: String
        @Option(help: "How many threads compute, 1 to 64; as many as the appliance would use when left out.")
        var threads: Int?
        @Option(help: "Kernels of this processor variant alone, as listed by an unknown name; the best when left out.")
        var cpu: String?
        @Option(help: "Runs to measure, 1 to 100000.") var repetitions = 20
        @Flag(help: "Print JSON for a machine.") var json = false

        func validate() throws {
            guard (1...64).contains(threads ?? 1) else { throw ValidationError("--threads is a number from 1 to 64.") }
            guard (1...100_000).contains(repetitions) else {
                throw ValidationError("--repetitions is a number from 1 to 100000.")
            }
        }

        func run() throws {
            let kernels = try cpu.map { name in try KernelSet.named(name) } ?? .best
            let threads = threads ?? ProcessorCores.ofThisSystem.defaultThreads
            let plan = try ExecutionPlan(
                try Model(contentsOfFile: file), options: .init(kernels: kernels, threads: threads))
            let benchmark = try ModelBenchmark(plan, kernels: kernels, threads: threads, repetitions: repetitions)
            if json { try Console.print(json: benchmark) } else { print(benchmark.description) }
        }
    }
}
