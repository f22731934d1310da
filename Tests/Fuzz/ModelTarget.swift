import Inference

/// Reads an ONNX file, plans its execution, and where that can be done runs it on zeros.
func fuzzModel(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let file = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let model = try? Model(contentsOf: file, limits: limits) else { return 0 }
    guard let plan = try? ExecutionPlan(model, options: options) else { return 0 }
    var inputs: [String: Tensor] = [:]
    for input in plan.inputs { inputs[input.name] = Tensor(zeros: input) }
    guard let outputs = try? plan.run(inputs) else { preconditionFailure("a plan does not run on what it asks for") }
    for output in plan.outputs {
        precondition(outputs[output.name]?.shape == output.shape, "an output is not as the plan says")
    }
    return 0
}

/// Small, so that what is accepted is quick.
private var limits: ModelLimits {
    var limits = ModelLimits()
    limits.tensorElements = 1 << 20
    return limits
}

private var options: PlanOptions { PlanOptions(memoryLimitBytes: 1 << 24, operationLimit: 1 << 22) }

extension Tensor {
    fileprivate init(zeros value: ExecutionPlan.Value) {
        let count = value.shape.reduce(1, *), shape = value.shape
        switch value.elementType {
        case .float32: self.init(shape: shape, [Float](repeating: 0, count: count))
        case .float16: self.init(shape: shape, [Float16](repeating: 0, count: count))
        case .float64: self.init(shape: shape, [Double](repeating: 0, count: count))
        case .int8: self.init(shape: shape, [Int8](repeating: 0, count: count))
        case .uint8: self.init(shape: shape, [UInt8](repeating: 0, count: count))
        case .int32: self.init(shape: shape, [Int32](repeating: 0, count: count))
        case .int64: self.init(shape: shape, [Int64](repeating: 0, count: count))
        case .bool: self.init(shape: shape, [Bool](repeating: false, count: count))
        }
    }
}

/// Reads a file of numpy; a tensor that it held must come back from the file it is written to.
func fuzzNumpy(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let tensor = try? NumpyFile.tensor(from: input, path: "the input") else { return 0 }
    let again = try? NumpyFile.tensor(from: NumpyFile.bytes(tensor), path: "the output")
    precondition(again == tensor, "what was written reads as something else")
    return 0
}
