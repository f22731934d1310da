import Foundation
import Inference
import Records
import Spool

/// Whether the networks that are configured, and those that came with the program, compute exactly what they should.
struct InferenceSelfTest: SelfTestCheck {
    /// Networks that one box is asked to look at; a configuration has no more.
    static let maximumModels = ConfigurationSchema.maximumModels

    let settings: ApplianceConfiguration.Analysis
    /// The folder of the networks that came with the program, each with its file in a folder of its own.
    let shippedFolder: String

    var subject: SelfTestSubject { .inference }

    func run(_ progress: @escaping @Sendable (Double) -> Void) async -> [SelfTestFinding] {
        let configured = settings.models.map(\.file)
        let files = configured + shipped().filter { !configured.contains($0) }
        guard !files.isEmpty else { return [.init(.ok, .noModels)] }
        var findings: [SelfTestFinding] = []
        for (number, file) in files.enumerated() {
            findings.append(await BlockingWork.run { test(file) })
            progress(Double(number + 1) / Double(files.count))
        }
        return findings
    }

    private func shipped() -> [String] {
        let manager = FileManager.default
        let folders = (try? manager.contentsOfDirectory(atPath: shippedFolder)) ?? []
        let files = folders.sorted().flatMap { folder in
            ((try? manager.contentsOfDirectory(atPath: "\(shippedFolder)/\(folder)")) ?? []).sorted()
                .filter { $0.hasSuffix(".onnx") }.map { "\(shippedFolder)/\(folder)/\($0)" }
        }
        // Only those that say what they should compute: others lie there for comparison.
        return Array(files.filter { (try? GoldenCases(besideModel: $0)) != nil }.prefix(Self.maximumModels))
    }

    private func test(_ file: String) -> SelfTestFinding {
        let name = Self.name(file)
        guard FileManager.default.fileExists(atPath: file) else {
            // What the program brings along can only be missing by the program's own fault.
            let isShipped = file.hasPrefix(shippedFolder + "/")
            return .init(isShipped ? .failed : .attention, .modelMissing(model: name))
        }
        do {
            let model = try Model(contentsOfFile: file)
            let loaded = try LoadedModel(
                model, sha256: model.withFile { Digest(ofData: $0) },
                threads: settings.threads ?? ProcessorCores.ofThisSystem.defaultThreads,
                memoryLimitBytes: settings.memoryMegabytes << 20)
            guard let golden = try GoldenCases(besideModel: file) else {
                return .init(.ok, .modelWithoutGolden(model: name))
            }
            guard golden.modelSHA256 == loaded.identity.sha256 else {
                return .init(.attention, .goldenOfOtherModel(model: name))
            }
            return try compare(loaded, golden, name)
        } catch let error as GoldenCasesError {
            return .init(.attention, .goldenUnreadable(model: name, reason: "\(error)"))
        } catch {
            return .init(.failed, .modelRefused(model: name, reason: "\(error)"))
        }
    }

    private func compare(_ model: LoadedModel, _ golden: GoldenCases, _ name: String) throws -> SelfTestFinding {
        for (number, files) in golden.cases.enumerated() {
            let expected = try golden.tensors(files.outputs)
            let outputs = try model.runner.run(try golden.tensors(files.inputs))
            for output in expected.keys.sorted() where outputs[output] != expected[output] {
                return .init(.failed, .goldenWrong(model: name, output: output, number: number + 1))
            }
        }
        return .init(.ok, .goldenRight(model: name, cases: golden.cases.count))
    }

    private static func name(_ file: String) -> String { URL(fileURLWithPath: file).lastPathComponent }
}
