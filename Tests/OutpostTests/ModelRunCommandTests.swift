import ArgumentParser
import Foundation
import Inference
@testable import outpost
import TestSupport
import Testing

/// `outpost model run` on the demonstration's network.
@Suite("Running a network by hand")
struct ModelRunCommandTests {
    private static let model = Repository.root
        .appendingPathComponent("provisioning/models/chest-nodule/chest-nodule.onnx").path

    /// Runs the command in a folder of its own, which holds an input in x.npy, and hands over what it wrote.
    private func outputs(_ options: (_ folder: URL) -> [String]) throws -> [Tensor] {
        let folder = try TemporaryFolder()
        try Data(NumpyFile.bytes(Self.image)).write(to: folder.file("x.npy"))
        let arguments = [Self.model] + options(folder.url) + ["--output", folder.url.path]
        let command = try ModelCommand.Run.parse(arguments)
        try command.run()
        return try (0..<2).map { try NumpyFile.tensor(fromFile: folder.file("output-\($0).npy").path) }
    }

    private static let image = Tensor(shape: [1, 1, 128, 128], (0..<(128 * 128)).map { Float($0 % 251) / 251 })

    @Test("outputs are those of the plan, in the network's order, whether the input is named or not")
    func run() throws {
        let plan = try ExecutionPlan(Model(contentsOfFile: Self.model))
        let expected = try plan.run([plan.inputs[0].name: Self.image])
        let tensors = plan.outputs.compactMap { expected[$0.name] }
        #expect(tensors.count == 2)
        #expect(try outputs { ["--input", $0.appendingPathComponent("x.npy").path] } == tensors)
        let name = plan.inputs[0].name
        #expect(try outputs { ["--input", "\(name)=\($0.appendingPathComponent("x.npy").path)"] } == tensors)
    }

    @Test("too few inputs, too many, and files that are not there")
    func refusals() {
        #expect(throws: InferenceError.self) { try outputs { _ in [] } }
        #expect(throws: InferenceError.self) { try outputs { ["-i", $0.appendingPathComponent("nothing.npy").path] } }
        #expect(throws: ValidationError.self) {
            try outputs { folder in
                let path = folder.appendingPathComponent("x.npy").path
                return ["--input", path, "--input", path]
            }
        }
    }
}
