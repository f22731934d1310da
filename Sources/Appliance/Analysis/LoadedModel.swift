import Analysis
import Inference
import Records
import Spool

/// Why a model file cannot be used.
enum ModelRefusal: Error, CustomStringConvertible {
    case missingMetadata(key: String)
    case badMetadata(key: String, expected: String)
    case unknownPreprocessing(String)
    case unexpectedShape(name: String)

    var description: String {
        switch self {
        case .missingMetadata(let key):
            "the model's metadata lacks `\(key)`; ask its maker for a complete file"
        case .badMetadata(let key, let expected):
            "the model's metadata `\(key)` is not \(expected); ask its maker for a correct file"
        case .unknownPreprocessing(let name):
            "the model asks for preprocessing `\(name)`, which this version does not know; update Outpost"
        case .unexpectedShape(let name):
            "the model's `\(name)` is missing or has a shape that does not fit its preprocessing or its findings"
        }
    }
}

/// A network that is ready to run, with what its file says of itself in ONNX `metadata_props`.
struct LoadedModel: Sendable {
    let identity: ModelIdentity
    let runner: PlanRunner
    let concept: CodedConcept
    let anatomy: CodedConcept
    /// 0 to 1.
    let threshold: Double
    let input: String
    let classOutput: String
    let locationOutput: String

    /// - Parameters:
    ///   - threads: how many compute.
    ///   - memoryLimitBytes: what weights and a run may take together.
    init(file path: String, threads: Int, memoryLimitBytes: Int) throws {
        let model = try Model(contentsOfFile: path)
        let plan = try ExecutionPlan(model, options: .init(threads: threads, memoryLimitBytes: memoryLimitBytes))
        runner = PlanRunner(plan, threads: threads)
        let metadata = Metadata(values: model.metadata)
        identity = ModelIdentity(
            name: try metadata.text("name"), version: try metadata.text("version"), maker: try metadata.text("maker"),
            intendedUse: try metadata.text("intended_use"), sha256: model.withFile { Digest(ofData: $0) })
        concept = try metadata.concept("finding.code")
        anatomy = try metadata.concept("anatomy.code")
        threshold = try metadata.fraction("threshold")
        classOutput = try metadata.text("output.class")
        locationOutput = try metadata.text("output.location")
        let preprocessing = try metadata.text("preprocessing")
        guard preprocessing == LetterboxPercentile.name else { throw ModelRefusal.unknownPreprocessing(preprocessing) }
        let side = LetterboxPercentile.side
        guard let input = plan.inputs.first, plan.inputs.count == 1, input.shape == [1, 1, side, side] else {
            throw ModelRefusal.unexpectedShape(name: "input")
        }
        self.input = input.name
        let cells = LocatedClassification.cells
        for (name, shape) in [(classOutput, [1, 2]), (locationOutput, [1, 1, cells, cells])] {
            guard plan.outputs.contains(where: { $0.name == name && $0.shape == shape }) else {
                throw ModelRefusal.unexpectedShape(name: name)
            }
        }
    }

    private struct Metadata {
        let values: [String: String]

        func text(_ key: String) throws(ModelRefusal) -> String {
            guard let value = values[key], !value.isEmpty else { throw .missingMetadata(key: key) }
            return value
        }

        /// `value|scheme|meaning`
        func concept(_ key: String) throws(ModelRefusal) -> CodedConcept {
            let parts = try text(key).split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
                throw .badMetadata(key: key, expected: "a code written as value|scheme|meaning")
            }
            return CodedConcept(parts[0], parts[1], parts[2])
        }

        func fraction(_ key: String) throws(ModelRefusal) -> Double {
            guard let number = Double(try text(key)), (0...1).contains(number) else {
                throw .badMetadata(key: key, expected: "a number from 0 to 1")
            }
            return number
        }
    }
}
