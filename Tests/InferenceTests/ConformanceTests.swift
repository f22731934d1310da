import Foundation
@testable import Inference
import Testing

/// Where the tests find what they run on.
private enum Places {
    static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// The shipped models, beside the sources unless the environment says otherwise.
    static let models: URL = {
        if let path = ProcessInfo.processInfo.environment["OUTPOST_MODELS"] { return URL(fileURLWithPath: path) }
        return tests.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("provisioning/models")
    }()

    static let chestNodule = models.appendingPathComponent("chest-nodule")
    static let hasChestNodule = FileManager.default.fileExists(
        atPath: chestNodule.appendingPathComponent("chest-nodule.onnx").path)
}

/// Against onnxruntime, with graph optimisations off, on the same files.
@Suite("Agreement with onnxruntime", .enabled(if: Python.hasRuntime, "needs OUTPOST_PYTHON with onnxruntime"))
struct ConformanceTests {
    /// What make_reference.py makes, and how many steps of each are left in float because nothing is quantised after
    /// them or something else uses what lies between.
    private static let smallGraphs = [
        ("convolutions", 1), ("depthwise", 0), ("unsigned", 0), ("poolings", 1), ("mixed", 10), ("dense_blocks", 3),
        ("activations", 2), ("upsampling", 0), ("rearranging", 2), ("attention", 0),
    ]

    @Test("small graphs, every kernel set")
    func smallGraphs() throws {
        try Python.withTemporaryFolder { folder in
            let script = Places.tests.appendingPathComponent("make_reference.py")
            try Python.run([script.path, "--out", folder.path])
            for (name, floatSteps) in Self.smallGraphs {
                for kernels in KernelSet.available {
                    let folder = folder.appendingPathComponent(name)
                    let agreement = try agreement(folder: folder, model: nil, kernels: .named(kernels))
                    print("\(name), \(kernels): \(agreement.steps)")
                    #expect(agreement.steps.withinOneStepShare >= 0.999)
                    #expect(agreement.steps.largestSteps <= 1)
                    #expect(agreement.floatSteps == floatSteps)
                }
            }
        }
    }

    /// The files of PyTorch/export.py, and how many steps of each are in float: of `captured`, what PyTorch's quantiser
    /// left alone; of `trained`, a layer whose scales are too far apart for its bias, and one with scales along the
    /// wrong axis.
    private static let pyTorchNetworks = [("captured", 9), ("converted", 0), ("trained", 3)]

    @Test("networks as PyTorch exports them, every kernel set")
    func pyTorch() throws {
        try Python.withTemporaryFolder { folder in
            let script = Places.tests.appendingPathComponent("make_reference.py")
            let files = Self.pyTorchNetworks.map { Places.tests.appendingPathComponent("PyTorch/\($0.0).onnx").path }
            try Python.run([script.path, "--out", folder.path, "--models"] + files)
            for (name, floatSteps) in Self.pyTorchNetworks {
                for kernels in KernelSet.available {
                    let folder = folder.appendingPathComponent(name)
                    let agreement = try agreement(folder: folder, model: nil, kernels: .named(kernels))
                    print("\(name), \(kernels): \(agreement.steps); whole runs: \(agreement.runs)")
                    #expect(agreement.steps.largestSteps <= 1)
                    #expect(agreement.floatSteps == floatSteps)
                    #expect(agreement.sameTop == agreement.cases)
                }
            }
        }
    }

    @Test("chest-nodule on 50 images", .enabled(if: Places.hasChestNodule, "no model beside the sources"))
    func chestNodule() throws {
        try Python.withTemporaryFolder { folder in
            let script = Places.chestNodule.appendingPathComponent("export_reference.py")
            try Python.run([script.path, "--out", folder.path, "--cases", "50"])
            let model = Places.chestNodule.appendingPathComponent("chest-nodule.onnx")
            let agreement = try agreement(folder: folder, model: model, kernels: .best)
            print("chest-nodule, each node on identical inputs: \(agreement.steps)")
            let top = "\(agreement.sameTop) of \(agreement.cases)"
            print("chest-nodule, whole runs: \(agreement.runs); the same top class on \(top)")
            #expect(agreement.cases == 50)
            #expect(agreement.steps.withinOneStepShare >= 0.999)
            #expect(agreement.sameTop == agreement.cases)
        }
    }

    private struct Result {
        var steps = Agreement(floatStep: 1e-5)
        /// The float outputs of whole runs, where differences may have grown; in hundredths of the largest magnitude.
        var runs = Agreement(floatStep: 0.01)
        var floatSteps = 0
        var cases = 0
        var sameTop = 0
    }

    private func agreement(folder: URL, model: URL?, kernels: KernelSet) throws -> Result {
        let reference = try Reference(folder: folder)
        let file = model ?? folder.appendingPathComponent(reference.model)
        let plan = try ExecutionPlan(Model(contentsOfFile: file.path), options: .init(kernels: kernels))
        // However small the step, it is cut.
        let runners = [1, 2, 3, 5].map { threads in
            PlanRunner(plan, threads: threads, cores: .ofThisSystem, fewestDividedOperations: 0)
        }
        var result = Result()
        result.floatSteps = plan.nodes.count(where: \.isFloat)
        for index in reference.cases.indices {
            let tensors = try reference.tensors(index, folder: folder)
            try result.steps.compareSteps(of: plan, with: tensors)
            let outputs = try plan.run(["image": #require(tensors["image"])])
            // The same bytes from several threads, in memory that an earlier run has used.
            for runner in runners { #expect(try runner.run(["image": #require(tensors["image"])]) == outputs) }
            result.cases += 1
            var same = true
            for name in reference.outputs {
                let (found, expected) = (try #require(outputs[name]), try #require(tensors[name]))
                result.runs.compare(found, expected, at: name)
                same = same && top(found) == top(expected)
            }
            if same { result.sameTop += 1 }
        }
        return result
    }

    /// The index of the largest value.
    private func top(_ tensor: Tensor) -> Int? {
        let values = tensor.floats ?? []
        return values.indices.max { values[$0] < values[$1] }
    }
}
