import Foundation
import Inference
import Records
import Spool

/// Why golden cases cannot be used.
enum GoldenCasesError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(file: String)
    case malformed(file: String)
    case tooMany(maximum: Int)
    case badTensor(file: String)

    var description: String {
        switch self {
        case .unreadable(let file): "\(file) cannot be read"
        case .malformed(let file): "\(file) is not what golden.py writes"
        case .tooMany(let maximum): "there are more than \(maximum) cases"
        case .badTensor(let file): "\(file) holds no tensor of numpy's"
        }
    }
}

/// Inputs of a network and the outputs that they must have, bit for bit, in a folder beside the network's file:
/// `chest.onnx` has them in `chest.golden`. Another engine computed them (golden.py of the network's folder).
struct GoldenCases: Sendable {
    /// A self-test takes seconds, not minutes.
    static let maximumCases = 16
    /// Of `golden.json`, in bytes: names of files.
    static let longestIndex = 64 * 1024
    /// Of a tensor's file, in bytes: 2048 × 2048 float32.
    static let longestTensor = 16 << 20

    /// The names of a case's files by the names of inputs and outputs.
    struct Case: Sendable, Codable {
        var inputs: [String: String]
        var outputs: [String: String]
    }

    private struct Index: Codable {
        var modelSHA256: Digest
        var cases: [Case]

        private enum CodingKeys: String, CodingKey {
            case modelSHA256 = "model_sha256"
            case cases
        }
    }

    let folder: String
    let modelSHA256: Digest
    let cases: [Case]

    /// Reads what there is for the network in `model`; nil where there is nothing.
    init?(besideModel model: String) throws(GoldenCasesError) {
        let folder = URL(fileURLWithPath: model).deletingPathExtension().path + ".golden"
        guard FileManager.default.fileExists(atPath: folder) else { return nil }
        let name = "golden.json"
        guard let bytes = try? BoundedFile.read("\(folder)/\(name)", limit: Self.longestIndex) else {
            throw .unreadable(file: name)
        }
        guard bytes.count <= Self.longestIndex, let index = try? JSONDecoder().decode(Index.self, from: Data(bytes))
        else { throw .malformed(file: name) }
        guard index.cases.count <= Self.maximumCases else { throw .tooMany(maximum: Self.maximumCases) }
        // Names, and no ways out of the folder.
        let files = index.cases.flatMap { Array($0.inputs.values) + Array($0.outputs.values) }
        guard !index.cases.isEmpty, index.cases.allSatisfy({ !$0.outputs.isEmpty }),
            files.allSatisfy({ $0.wholeMatch(of: /[A-Za-z0-9_-]+\.npy/) != nil })
        else { throw .malformed(file: name) }
        (self.folder, modelSHA256, cases) = (folder, index.modelSHA256, index.cases)
    }

    /// The tensors of some files, by the same names.
    func tensors(_ files: [String: String]) throws(GoldenCasesError) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (name, file) in files {
            do throws(InferenceError) {
                tensors[name] = try NumpyFile.tensor(
                    fromFile: "\(folder)/\(file)", maximumBytes: Self.longestTensor)
            } catch {
                throw .badTensor(file: file)
            }
        }
        return tensors
    }
}
