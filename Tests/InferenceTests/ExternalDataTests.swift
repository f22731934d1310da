@testable import Inference
import Foundation
import Testing

/// Tensors whose elements lie in files beside the model.
@Suite("External data")
struct ExternalDataTests {
    /// A model that adds four numbers from another file to its input.
    private func model(_ entries: [String: String], shape: [Int] = [4]) -> [UInt8] {
        var writer = ModelWriter.node("Identity", on: [4])
        writer.nodes = [ModelWriter.Node(operatorName: "Add", inputs: ["x", "w"], output: "y")]
        writer.external = [("w", 1, shape, entries)]
        return writer.bytes
    }

    /// Writes the model and the data into a folder within one of its own, and plans it.
    private func plan(
        _ entries: [String: String], shape: [Int] = [4], limits: ModelLimits = .init(), reads: Bool = true,
        prepare: (URL) throws -> Void = { _ in }
    ) throws -> ExecutionPlan {
        try Python.withTemporaryFolder { outer in
            let folder = outer.appendingPathComponent("model")
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("parts"), withIntermediateDirectories: true)
            let numbers = Data(ModelWriter.floats([9, 9, 1, 2, 3, 4, 9]))
            for place in ["w.bin", "parts/w.bin", "../outside.bin"] {
                try numbers.write(to: folder.appendingPathComponent(place))
            }
            try prepare(folder)
            let file = folder.appendingPathComponent("model.onnx")
            try Data(model(entries, shape: shape)).write(to: file)
            return try ExecutionPlan(
                Model(contentsOfFile: file.path, limits: limits, readsExternalData: reads))
        }
    }

    @Test("elements come from where the model says", arguments: ["w.bin", "parts/w.bin"])
    func reading(location: String) throws {
        let plan = try plan(["location": location, "offset": "8", "length": "16"])
        let outputs = try plan.run(["x": Tensor(shape: [4], [Float(10), 20, 30, 40])])
        #expect(outputs["y"]?.floats == [11, 22, 33, 44])
    }

    @Test("a location outside the model's folder", arguments: [
        "../outside.bin", "parts/../../outside.bin", "/etc/hostname", "", ".", "parts//w.bin", "./w.bin", "w.bin\0",
    ])
    func outside(location: String) {
        #expect(throws: InferenceError.self) { try plan(["location": location, "offset": "8"]) }
    }

    @Test("a link out of the model's folder is not followed, neither a file's nor a folder's")
    func links() {
        let manager = FileManager.default
        for location in ["link.bin", "folder/outside.bin"] {
            #expect(throws: InferenceError.self) {
                try plan(["location": location, "offset": "8"]) { folder in
                    try manager.createSymbolicLink(
                        atPath: folder.appendingPathComponent("link.bin").path,
                        withDestinationPath: "../outside.bin")
                    try manager.createSymbolicLink(
                        atPath: folder.appendingPathComponent("folder").path, withDestinationPath: "..")
                }
            }
        }
    }

    @Test("places that are not all in the file", arguments: [
        ("16", "16"), ("-8", "16"), ("9223372036854775807", "16"), ("8", "12"), ("8", "-16"), ("eight", "16"),
        ("99999999999999999999", "16"),
    ])
    func places(offset: String, length: String) {
        #expect(throws: InferenceError.self) {
            try plan(["location": "w.bin", "offset": offset, "length": length])
        }
    }

    @Test("what is no file, or not there", arguments: ["parts", "nothing.bin", "w.bin/w.bin"])
    func noFile(location: String) {
        #expect(throws: InferenceError.self) { try plan(["location": location]) }
    }

    @Test("a pipe is refused, not waited for")
    func pipe() {
        #expect(throws: InferenceError.self) {
            try plan(["location": "pipe"]) { folder in
                try #require(mkfifo(folder.appendingPathComponent("pipe").path, 0o600) == 0)
            }
        }
    }

    @Test("more bytes than a model may have, in all files together")
    func limit() {
        var limits = ModelLimits()
        limits.fileBytes = model(["location": "w.bin", "offset": "8", "length": "16"]).count + 27
        #expect(throws: InferenceError.self) {
            try plan(["location": "w.bin", "offset": "8", "length": "16"], limits: limits)
        }
        limits.fileBytes += 1
        #expect(throws: Never.self) {
            try plan(["location": "w.bin", "offset": "8", "length": "16"], limits: limits)
        }
    }

    @Test("nothing is read where a model has to be one file")
    func oneFile() {
        #expect(throws: InferenceError.self) { try plan(["location": "w.bin", "offset": "8"], reads: false) }
        #expect(throws: InferenceError.self) {
            try Model(contentsOf: model(["location": "w.bin", "offset": "8"]))
        }
    }
}
