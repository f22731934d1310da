#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Inference

/// Computes what a script compares with onnxruntime's values. Tensors lie in files of numpy.
struct Comparison {
    let plan: ExecutionPlan
    let folder: String

    init(_ model: String, folder: String) throws(InferenceError) {
        plan = try ExecutionPlan(contentsOfFile: model)
        self.folder = folder
    }

    /// Every step alone, on given inputs: `values.json` names the file of each value (name → number, for `number.npy`);
    /// result i of step k goes to `step-k-i.npy`. A value that the plan alone knows, between the parts of one operator,
    /// is what the step before made of it.
    func runSteps() throws {
        guard let index = FileManager.default.contents(atPath: "\(folder)/values.json") else {
            throw RunnerError("cannot read \(folder)/values.json")
        }
        let numbers = try JSONDecoder().decode([String: Int].self, from: index)
        var own: [String: Tensor] = [:]
        for (step, node) in plan.nodes.enumerated() {
            let inputs = try node.inputs.map { value in
                if let number = numbers[value.name] {
                    return try NumpyFile.tensor(fromFile: "\(folder)/\(number).npy")
                }
                guard let tensor = own[value.name] else { throw RunnerError("no file for \(value.name)") }
                return tensor
            }
            for (index, result) in try plan.run(step: step, with: inputs).enumerated() {
                let name = node.outputs[index].name
                if numbers[name] == nil { own[name] = result }
                try write(result, "step-\(step)-\(index).npy")
            }
        }
    }

    /// Whole runs on `input-k.npy`, for k below `count`; the first output goes to `output-k.npy`.
    func runWhole(count: Int) throws {
        let input = try plan.onlyInput
        for index in 0..<count {
            let results = try plan.run([input.name: NumpyFile.tensor(fromFile: "\(folder)/input-\(index).npy")])
            guard let output = plan.outputs.first, let result = results[output.name] else {
                throw RunnerError("a network without outputs")
            }
            try write(result, "output-\(index).npy")
        }
    }

    private func write(_ tensor: Tensor, _ name: String) throws {
        try Data(NumpyFile.bytes(tensor)).write(to: URL(filePath: "\(folder)/\(name)"))
    }
}
