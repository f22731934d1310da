import Inference

/// Reads an ONNX file and plans its execution.
func fuzzModel(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard let model = try? Model(contentsOf: Array(UnsafeBufferPointer(start: bytes, count: count))) else { return 0 }
    _ = try? ExecutionPlan(model)
    return 0
}
