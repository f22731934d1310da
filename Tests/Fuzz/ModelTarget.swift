import Inference

/// Reads an ONNX file and plans its execution.
func fuzzModel(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard let model = try? Model(contentsOf: Array(UnsafeBufferPointer(start: bytes, count: count))) else { return 0 }
    _ = try? ExecutionPlan(model)
    return 0
}

/// Reads a file of numpy; a tensor that it held must come back from the file it is written to.
func fuzzNumpy(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let tensor = try? NumpyFile.tensor(from: input, path: "the input") else { return 0 }
    let again = try? NumpyFile.tensor(from: NumpyFile.bytes(tensor), path: "the output")
    precondition(again == tensor, "what was written reads as something else")
    return 0
}
