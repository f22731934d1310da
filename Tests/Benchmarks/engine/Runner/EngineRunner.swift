#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Inference

/// Runs a network for the scripts beside it, which compare and measure. What it reads and writes are tensors in files
/// of numpy.
///
/// The scripts read its answers; a person reads `outpost model inspect`.
@main
enum EngineRunner {
    static let usage = """
        usage: outpost-engine-runner inspect MODEL
               outpost-engine-runner load MODEL
               outpost-engine-runner steps MODEL FOLDER
               outpost-engine-runner outputs MODEL FOLDER COUNT
               outpost-engine-runner count MODEL INPUT
               outpost-engine-runner time MODEL INPUT
        """

    static func main() {
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch let error as RunnerError {
            System.end(error.message, status: 66)
        } catch {
            // A model that is refused: 65 tells it from everything else.
            System.end("\(error)", status: error is InferenceError ? 65 : 70)
        }
    }

    private static func run(_ arguments: [String]) throws {
        switch (arguments.first, arguments.count) {
        case ("inspect", 2):
            let encoded = try JSONEncoder().encode(ModelInspection(contentsOfFile: arguments[1]))
            print(String(decoding: encoded, as: UTF8.self))
        case ("load", 2): try Loading(arguments[1]).print()
        case ("steps", 3): try Comparison(arguments[1], folder: arguments[2]).runSteps()
        case ("outputs", 4):
            guard let count = Int(arguments[3]), count > 0 else { System.end(usage, status: 64) }
            try Comparison(arguments[1], folder: arguments[2]).runWhole(count: count)
        case ("count", 3): try Measurement(arguments[1], input: arguments[2]).count()
        case ("time", 3): try Measurement(arguments[1], input: arguments[2]).time()
        default: System.end(usage, status: 64)
        }
    }
}

struct RunnerError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

extension ExecutionPlan {
    /// A plan of the model in a file, for one thread.
    init(contentsOfFile path: String) throws(InferenceError) { try self.init(Model(contentsOfFile: path)) }

    /// The only input; the networks that are measured have one.
    var onlyInput: Value {
        get throws(RunnerError) {
            guard inputs.count == 1 else { throw RunnerError("a network of \(inputs.count) inputs; one is expected") }
            return inputs[0]
        }
    }
}
