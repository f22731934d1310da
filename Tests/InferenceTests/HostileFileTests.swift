import Foundation
import Inference
import TestSupport
import Testing

/// Each file in a process of its own, whose memory is measured: a small file must not make the appliance hold much.
@Suite("Hostile model files", .enabled(if: Python.hasRuntime, "needs OUTPOST_PYTHON with onnx"))
struct HostileFileTests {
    /// What came of a file, as `outpost-engine-runner load` says it.
    private struct Loading: Decodable {
        let refusal: String?
        let peakBytes: Int
    }

    /// What reading may hold beside what a sound model needs: a few copies of the file, in the forms in which it is
    /// decoded, and what may be folded, twice, for it is copied to its place.
    private static func allowance(fileBytes: Int) -> Int { 3 * ModelLimits().foldedBytes + 16 * fileBytes }

    @Test("refused by what they say, not by what they exhaust")
    func refused() throws {
        try Python.withTemporaryFolder { folder in
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("make_hostile.py")
            try Python.run([script.path, "--out", folder.path])
            let sound = try load(folder.appendingPathComponent("sound.onnx"))
            #expect(sound.refusal == nil)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != "sound.onnx" }
            #expect(names.count > 60)
            var largest = (name: "", bytes: 0)
            for name in names.sorted() {
                let file = folder.appendingPathComponent(name)
                let loading = try load(file)
                let fileBytes = try Data(contentsOf: file).count
                let more = loading.peakBytes - sound.peakBytes
                #expect(loading.refusal != nil, "\(name) was taken")
                #expect(more <= Self.allowance(fileBytes: fileBytes), "\(name) of \(fileBytes) bytes")
                if more > largest.bytes { largest = (name, more) }
            }
            print("\(names.count) files; the most memory, \(largest.bytes) bytes beside a sound one's: \(largest.name)")
        }
    }

    /// A crash, or an answer that is none, is an error.
    private func load(_ file: URL) throws -> Loading {
        let result = try Tool.run(Self.runner, ["load", file.path])
        guard result.exitCode == 0 else {
            throw TestSupportError("\(file.lastPathComponent) ended it with \(result.exitCode): \(result.errors)")
        }
        return try JSONDecoder().decode(Loading.self, from: result.output)
    }

    /// Built beside the tests.
    private static let runner: String = {
        let program = ProcessInfo.processInfo.environment["OUTPOST_PROGRAM"]
            ?? Repository.root.appendingPathComponent(".build/debug/outpost").path
        return URL(fileURLWithPath: program).deletingLastPathComponent()
            .appendingPathComponent("outpost-engine-runner").path
    }()
}
