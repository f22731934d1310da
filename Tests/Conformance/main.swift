// Runs models as conformance.py asks it to: each line of standard input is the path of a folder that holds model.onnx,
// names.txt (the inputs, one a line) and input-0.npy and so on. It gets output-0.npy and so on, in the graph's order,
// or refused.txt with the reason. `--operators` prints the operators there are.

import Foundation
import Inference

func run(_ folder: URL) throws {
    do {
        let model = try Model(
            contentsOfFile: folder.appendingPathComponent("model.onnx").path, readsExternalData: true)
        let plan = try ExecutionPlan(model)
        let names = try String(contentsOf: folder.appendingPathComponent("names.txt"), encoding: .utf8)
        var inputs: [String: Tensor] = [:]
        for (index, name) in names.split(separator: "\n").enumerated() {
            let file = folder.appendingPathComponent("input-\(index).npy")
            inputs[String(name)] = try NumpyFile.tensor(fromFile: file.path)
        }
        let outputs = try plan.run(inputs)
        for (index, output) in plan.outputs.enumerated() {
            guard let tensor = outputs[output.name] else { continue }
            try Data(NumpyFile.bytes(tensor)).write(to: folder.appendingPathComponent("output-\(index).npy"))
        }
    } catch let error as InferenceError {
        try Data(error.description.utf8).write(to: folder.appendingPathComponent("refused.txt"))
    }
}

if CommandLine.arguments.contains("--operators") {
    print(ExecutionPlan.operators.joined(separator: "\n"))
} else {
    while let line = readLine() { try run(URL(fileURLWithPath: line)) }
}
