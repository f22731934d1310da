import Foundation
import Inference
import TestSupport
import Testing

/// Whole float graphs as exporters write them, against onnxruntime: shapes that are computed, normalisations in parts,
/// attention, in each form that the operator sets have had.
@Suite("Exported graphs", .enabled(if: Python.hasRuntime, "needs OUTPOST_PYTHON with onnxruntime"))
struct ExportedGraphTests {
    @Test("outputs of whole runs agree with onnxruntime's, in every operator set")
    func exported() throws {
        try Python.withTemporaryFolder { folder in
            let script = Repository.root.appendingPathComponent("Tests/InferenceTests/make_exported.py")
            try Python.run([script.path, "--out", folder.path])
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(names.count >= 6)
            for name in names {
                let folder = folder.appendingPathComponent(name)
                let reference = try Reference(folder: folder)
                let plan = try ExecutionPlan(
                    Model(contentsOfFile: folder.appendingPathComponent(reference.model).path))
                var agreement = Agreement(floatStep: 1e-4)
                for index in reference.cases.indices {
                    let tensors = try reference.tensors(index, folder: folder)
                    let outputs = try plan.run(["image": #require(tensors["image"])])
                    for output in reference.outputs {
                        agreement.compare(
                            try #require(outputs[output]), try #require(tensors[output]), at: "\(name) \(output)")
                    }
                }
                print("\(name): \(agreement)")
                #expect(agreement.values > 0)
                #expect(agreement.largestSteps <= 1)
            }
        }
    }
}
