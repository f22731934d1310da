import ArgumentParser
import Foundation
import Inference

extension ModelCommand {
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a network once, on tensors from files of numpy.",
            discussion: "Outputs are written as output-0.npy and so on, in the network's order.")
        @Argument(help: "An ONNX file.", completion: .file(extensions: ["onnx"])) var file: String
        @Option(
            name: .shortAndLong,
            help: "An input, FILE.npy or NAME=FILE.npy; without a name, inputs are taken in the network's order.",
            completion: .file(extensions: ["npy"])) var input: [String] = []
        @Option(name: .shortAndLong, help: "The folder for the outputs.", completion: .directory) var output = "."

        func run() throws {
            let plan = try ExecutionPlan(Model(contentsOfFile: file, readsExternalData: true))
            let outputs = try plan.run(inputs(of: plan))
            for (index, value) in plan.outputs.enumerated() {
                guard let tensor = outputs[value.name] else { continue }
                let name = "output-\(index).npy"
                try Data(NumpyFile.bytes(tensor)).write(to: URL(fileURLWithPath: output).appendingPathComponent(name))
                print("\(name)  \(value.description)")
            }
        }

        private func inputs(of plan: ExecutionPlan) throws -> [String: Tensor] {
            var tensors: [String: Tensor] = [:], unnamed: [String] = []
            for argument in input {
                // A name may hold anything, also the sign: the longest that the network has counts.
                let named = plan.inputs.map(\.name).filter { argument.hasPrefix($0 + "=") }.max { $0.count < $1.count }
                guard let named else {
                    unnamed.append(argument)
                    continue
                }
                tensors[named] = try NumpyFile.tensor(fromFile: String(argument.dropFirst(named.count + 1)))
            }
            let rest = plan.inputs.map(\.name).filter { tensors[$0] == nil }
            guard unnamed.count <= rest.count else {
                throw ValidationError("The network has \(plan.inputs.count) inputs; \(input.count) were given.")
            }
            for (name, path) in zip(rest, unnamed) { tensors[name] = try NumpyFile.tensor(fromFile: path) }
            return tensors
        }
    }
}
