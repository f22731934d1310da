// Reference tensors that onnxruntime computed: an index and raw values, written by make_reference.py and by each
// model's export_reference.py.

import Foundation
import Inference
import TestSupport

/// What a Python script of this repository wrote.
struct Reference: Decodable {
    struct Entry: Decodable {
        let dtype: String
        let shape: [Int]
        let file: String
        let offset: Int
    }

    struct Case: Decodable {
        let tensors: [String: Entry]
    }

    let model: String
    let outputs: [String]
    let cases: [Case]

    init(folder: URL) throws {
        let index = try Data(contentsOf: folder.appendingPathComponent("index.json"))
        self = try JSONDecoder().decode(Reference.self, from: index)
    }

    /// The tensors of one case that a plan can have.
    func tensors(_ index: Int, folder: URL) throws -> [String: Tensor] {
        var files: [String: Data] = [:]
        var result: [String: Tensor] = [:]
        for (name, entry) in cases[index].tensors {
            if files[entry.file] == nil {
                files[entry.file] = try Data(contentsOf: folder.appendingPathComponent(entry.file))
            }
            guard let data = files[entry.file] else { continue }
            let count = entry.shape.reduce(1, *)
            switch entry.dtype {
            case "float32": result[name] = Tensor(shape: entry.shape, data.values(Float.self, at: entry.offset, count))
            case "int8": result[name] = Tensor(shape: entry.shape, data.values(Int8.self, at: entry.offset, count))
            case "uint8": result[name] = Tensor(shape: entry.shape, data.values(UInt8.self, at: entry.offset, count))
            default: break
            }
        }
        return result
    }
}

extension Data {
    fileprivate func values<Value: BitwiseCopyable & ExpressibleByIntegerLiteral>(
        _: Value.Type, at offset: Int, _ count: Int
    ) -> [Value] {
        var values = [Value](repeating: 0, count: count)
        values.withUnsafeMutableBytes { destination in
            withUnsafeBytes { destination.copyBytes(from: $0[offset..<(offset + destination.count)]) }
        }
        return values
    }
}

/// The Python interpreter that has onnx and onnxruntime.
enum Python {
    static let interpreter = Repository.python

    static let hasRuntime: Bool = (try? run(["-c", "import onnx, onnxruntime"])) != nil

    struct Failure: Error {
        let arguments: [String]
        let status: Int32
    }

    static func run(_ arguments: [String]) throws {
        let result = try Tool.run(interpreter, arguments)
        guard result.exitCode == 0 else { throw Failure(arguments: arguments, status: result.exitCode) }
    }

    /// A folder that is removed when the work is done.
    static func withTemporaryFolder<Result>(_ work: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try work(folder)
    }
}
