import Foundation
@testable import Inference
import Testing

/// Files of numpy, against numpy.
@Suite("Files of numpy")
struct NumpyFileTests {
    @Test("what numpy writes is read, and written as numpy writes it", .enabled(if: Python.hasRuntime))
    func roundTrip() throws {
        try Python.withTemporaryFolder { folder in
            let types: [(String, ElementType)] = [
                ("float32", .float32), ("uint8", .uint8), ("int8", .int8), ("int32", .int32), ("int64", .int64),
                ("bool", .bool), ("float16", .float16), ("float64", .float64),
            ]
            let shapes = [[], [1], [5], [2, 3], [1, 2, 3, 4], [0], [3, 0, 2]]
            let program = """
                import numpy, sys
                for name in \(types.map(\.0)):
                    for shape in \(shapes):
                        count = int(numpy.prod(shape))
                        values = (numpy.arange(count) % 2 if name == "bool" else numpy.arange(count)).astype(name)
                        numpy.save(f"{sys.argv[1]}/{name}-{shape}.npy", values.reshape(shape))
                """
            try Python.run(["-c", program, folder.path])
            for (name, type) in types {
                for shape in shapes {
                    let path = folder.appendingPathComponent("\(name)-\(shape).npy").path
                    let tensor = try NumpyFile.tensor(fromFile: path)
                    #expect(tensor.elementType == type && tensor.shape == shape)
                    let file = try #require(FileManager.default.contents(atPath: path))
                    #expect(try NumpyFile.tensor(from: NumpyFile.bytes(tensor), path: "again") == tensor)
                    // Numpy's header differs in how a shape of several sizes ends; the elements may not.
                    #expect(NumpyFile.bytes(tensor).count == file.count)
                    #expect(NumpyFile.bytes(tensor).suffix(tensor.bytes.count) == file.suffix(tensor.bytes.count))
                }
            }
        }
    }

    private func file(_ header: String, elements: Int = 24, version: UInt8 = 1) -> [UInt8] {
        let length = header.utf8.count
        return [0x93] + Array("NUMPY".utf8) + [version, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
            + Array(header.utf8) + [UInt8](repeating: 0, count: elements)
    }

    @Test("headers that are wrong, or made to do harm", arguments: [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, -3), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }",
        "{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }",
        "{'descr': '<f4', 'fortran_order': False, }", "", "(((((((", String(repeating: " ", count: 20_000),
    ])
    func headers(header: String) {
        #expect(throws: InferenceError.self) { try NumpyFile.tensor(from: file(header), path: "file") }
    }

    @Test("a bool is 0 or 1")
    func bools() {
        let header = "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }"
        #expect(throws: Never.self) { try NumpyFile.tensor(from: file(header, elements: 3), path: "file") }
        #expect(throws: InferenceError.self) {
            try NumpyFile.tensor(from: file(header, elements: 2) + [2], path: "file")
        }
    }

    @Test("every truncation, and other versions")
    func truncations() throws {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
        #expect(try NumpyFile.tensor(from: file(header), path: "file").shape == [2, 3])
        let whole = file(header)
        for count in whole.indices {
            #expect(throws: InferenceError.self) { try NumpyFile.tensor(from: Array(whole[..<count]), path: "file") }
        }
        #expect(throws: InferenceError.self) { try NumpyFile.tensor(from: file(header, version: 3), path: "file") }
    }
}
