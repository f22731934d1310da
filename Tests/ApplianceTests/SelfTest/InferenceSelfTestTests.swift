import Foundation
import Records
import Spool
import Testing
import TestSupport

@testable import Appliance

/// A copy of the demonstration network with its golden cases.
private struct Copy {
    let folder: TemporaryFolder
    let model: URL
    var golden: URL { folder.file("shipped/chest-nodule/chest-nodule.golden") }
    var shipped: String { folder.file("shipped").path }

    init() throws {
        folder = try TemporaryFolder()
        let source = Repository.root.appendingPathComponent("provisioning/models/chest-nodule")
        let target = folder.file("shipped/chest-nodule")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        for name in ["chest-nodule.onnx", "chest-nodule.golden"] {
            try FileManager.default.copyItem(
                at: source.appendingPathComponent(name), to: target.appendingPathComponent(name))
        }
        model = target.appendingPathComponent("chest-nodule.onnx")
    }

    func findings(models: [String]? = nil, shipped: String? = nil) async -> [SelfTestFinding] {
        let files = (models ?? [model.path]).map {
            ApplianceConfiguration.Model(file: $0, modalities: ["DX"], bodyParts: ["CHEST"])
        }
        return await InferenceSelfTest(
            settings: .init(threads: 1, font: "", models: files), shippedFolder: shipped ?? "/nowhere").run { _ in }
    }

    func writeIndex(_ text: String) throws {
        try Data(text.utf8).write(to: golden.appendingPathComponent("golden.json"))
    }

    /// Changes one byte, counted from the end of a file.
    func change(_ file: URL, fromEnd offset: Int) throws {
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count - offset] ^= 1
        try bytes.write(to: file)
    }
}

@Suite("Self-test: networks")
struct InferenceSelfTestTests {
    @Test("The network computes onnxruntime's very bytes; whether it is configured or only came with the program")
    func right() async throws {
        let copy = try Copy()
        let right = SelfTestFinding(.ok, .goldenRight(model: "chest-nodule.onnx", cases: 2))
        #expect(await copy.findings() == [right])
        #expect(await copy.findings(models: [], shipped: copy.shipped) == [right])
        #expect(await copy.findings(shipped: copy.shipped) == [right], "and once only")
        #expect(await copy.findings(models: []) == [.init(.ok, .noModels)])
    }

    @Test("The golden cases are what onnxruntime computes today")
    func golden() throws {
        let folder = try TemporaryFolder()
        let source = Repository.root.appendingPathComponent("provisioning/models/chest-nodule")
        _ = try Tool.python(source.appendingPathComponent("golden.py").path, ["--out", folder.path])
        let kept = source.appendingPathComponent("chest-nodule.golden")
        let names = try FileManager.default.contentsOfDirectory(atPath: kept.path).sorted()
        #expect(names.count == 7)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == names)
        for name in names {
            let bytes = try Data(contentsOf: kept.appendingPathComponent(name))
            #expect(try bytes == Data(contentsOf: folder.file(name)), "\(name)")
        }
    }

    @Test("One bit in one output makes a failure that names it")
    func wrong() async throws {
        let copy = try Copy()
        try copy.change(copy.golden.appendingPathComponent("1-location.npy"), fromEnd: 4)
        #expect(await copy.findings() == [
            .init(.failed, .goldenWrong(model: "chest-nodule.onnx", output: "location", number: 2))
        ])
    }

    @Test("What is wrong with the cases and not with the program needs attention and is no failure", arguments: [
        "", "{}", #"{"model_sha256": "00", "cases": []}"#, "CASES", #"CASES{"inputs": {}, "outputs": {}}"#,
        #"CASES{"inputs": {"image": "../chest-nodule.onnx"}, "outputs": {"nodule": "0-nodule.npy"}}"#,
        #"CASES{"inputs": {"image": "/etc/passwd"}, "outputs": {"nodule": "0-nodule.npy"}}"#,
        #"CASES{"inputs": {"image": "none.npy"}, "outputs": {"nodule": "0-nodule.npy"}}"#,
        #"CASES{"inputs": {"image": "0-image.npy"}, "outputs": {"nodule": "bad.npy"}}"#,
        "MANY", "LONG",
    ])
    func hostile(index: String) async throws {
        let copy = try Copy()
        let sha256 = Digest(ofData: Array(try Data(contentsOf: copy.model))).description
        try Data(repeating: 7, count: 40).write(to: copy.golden.appendingPathComponent("bad.npy"))
        let entry = #"{"inputs": {"image": "0-image.npy"}, "outputs": {"nodule": "0-nodule.npy"}}"#
        let many = Array(repeating: entry, count: 17).joined(separator: ",")
        func whole(_ cases: some StringProtocol) -> String {
            #"{"model_sha256": "\#(sha256)", "cases": [\#(cases)]}"#
        }
        switch index {
        case "MANY": try copy.writeIndex(whole(many))
        case "LONG": try copy.writeIndex(String(repeating: " ", count: GoldenCases.longestIndex) + whole(entry))
        case _ where index.hasPrefix("CASES"): try copy.writeIndex(whole(index.dropFirst(5)))
        default: try copy.writeIndex(index)
        }
        let findings = await copy.findings()
        #expect(findings.map(\.verdict) == [.attention])
        guard case .goldenUnreadable = findings.first?.statement else {
            Issue.record("\(findings)")
            return
        }
    }

    @Test("Cases of another network, none at all, a network that is gone, and one that is none")
    func others() async throws {
        let copy = try Copy()
        let name = "chest-nodule.onnx"
        let none = String(repeating: "0", count: 64)
        try copy.writeIndex(
            #"{"model_sha256": "\#(none)", "cases": [{"inputs": {}, "outputs": {"a": "a.npy"}}]}"#)
        #expect(await copy.findings() == [.init(.attention, .goldenOfOtherModel(model: name))])
        try FileManager.default.removeItem(at: copy.golden)
        #expect(await copy.findings() == [.init(.ok, .modelWithoutGolden(model: name))])
        try Data("none".utf8).write(to: copy.model)
        let refused = await copy.findings()
        #expect(refused.map(\.verdict) == [.failed])
        try FileManager.default.removeItem(at: copy.model)
        #expect(await copy.findings() == [.init(.attention, .modelMissing(model: name))])
        // The program should have brought this one along.
        #expect(await copy.findings(shipped: copy.shipped) == [.init(.failed, .modelMissing(model: name))])
    }
}
