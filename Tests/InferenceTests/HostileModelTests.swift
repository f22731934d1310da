@testable import Inference
import Testing

/// Files that are broken, or made to do harm: each is refused with an error that says where, and none is run.
@Suite("Hostile models")
struct HostileModelTests {
    private func plan(_ writer: ModelWriter, _ options: PlanOptions = .init()) throws(InferenceError) -> ExecutionPlan {
        try ExecutionPlan(Model(contentsOf: writer.bytes), options: options)
    }

    private func error(_ writer: ModelWriter, _ options: PlanOptions = .init()) -> InferenceError? {
        do {
            _ = try plan(writer, options)
            return nil
        } catch {
            return error
        }
    }

    @Test("the network they are bent from is sound, and runs fused")
    func sound() throws {
        let plan = try plan(.sound)
        let steps = [["QuantizeLinear"], ["Conv", "Relu", "QuantizeLinear"], ["DequantizeLinear"]]
        #expect(plan.nodes.map(\.operators) == steps)
        let outputs = try plan.run(["x": Tensor(shape: [1, 1, 8, 8], [Float](repeating: 1, count: 64))])
        #expect(outputs["y"]?.shape == [1, 2, 8, 8])
        #expect(plan.multiplyAccumulates == 2 * 64 * 9)
    }

    @Test("every truncation is refused")
    func truncated() {
        let bytes = ModelWriter.sound.bytes
        for count in 0..<bytes.count {
            #expect(throws: InferenceError.self, "\(count) bytes") {
                try ExecutionPlan(Model(contentsOf: Array(bytes[..<count])))
            }
        }
    }

    @Test("a cycle is a value used before it is made")
    func cycle() {
        var model = ModelWriter.sound
        model.nodes[4].inputs = ["r"]
        guard case .invalidGraph("node r", let problem)? = error(model) else {
            Issue.record("accepted, or refused otherwise")
            return
        }
        #expect(problem.contains("cycle"))
    }

    @Test("a missing initialiser is named")
    func missingInitialiser() {
        var model = ModelWriter.sound
        model.initialisers.removeFirst()
        guard case .invalidGraph("node xq", let problem)? = error(model) else {
            Issue.record("accepted, or refused otherwise")
            return
        }
        #expect(problem.contains("scale"))
    }

    @Test("an unsupported operator is refused by name with its node")
    func unsupportedOperator() {
        var model = ModelWriter.sound
        model.nodes[4].operatorName = "NonMaxSuppression"
        guard case .unsupported("NonMaxSuppression", "node r", _)? = error(model) else {
            Issue.record("accepted, or refused otherwise")
            return
        }
    }

    @Test("an unknown attribute is refused by name with its node")
    func unsupportedAttribute() {
        var model = ModelWriter.sound
        model.nodes[3].integers["winograd"] = [1]
        guard case .unsupported("Conv", "node c", let problem)? = error(model) else {
            Issue.record("accepted, or refused otherwise")
            return
        }
        #expect(problem.contains("winograd"))
    }

    @Test(
        "sizes that overflow, are negative, empty or too large",
        arguments: [
            [1, 1, Int.max, Int.max], [1, 1, -1, 8], [1, 0, 8, 8], [1, 1, 1 << 20, 1 << 20], [Int.min, 1, 8, 8],
            [1, 1, 2, 2, 2], [], Array(repeating: 1, count: 9),
        ])
    func inputSizes(shape: [Int]) {
        var model = ModelWriter.sound
        model.input.shape = shape
        #expect(error(model) != nil)
    }

    @Test("an initialiser whose bytes do not fill its shape", arguments: [[18], [2, 1, 3, 4], [Int.max, Int.max, 2, 1]])
    func initialiserShape(shape: [Int]) {
        var model = ModelWriter.sound
        model.initialisers[2].2 = shape
        #expect(error(model) != nil)
    }

    @Test("wrong types", arguments: [(0, 3), (1, 1), (2, 7), (3, 6), (4, 2)])
    func types(initialiser: Int, type: Int) {
        var model = ModelWriter.sound
        model.initialisers[initialiser].1 = type
        #expect(error(model) != nil)
    }

    @Test(
        "windows that make no sense",
        arguments: [
            ("strides", [0, 1]), ("strides", [1]), ("pads", [-1, 0, 0, 0]), ("pads", [Int.max, 0, Int.max, 0]),
            ("dilations", [Int.max, 1]), ("dilations", [9, 9]), ("kernel_shape", [5, 5]), ("group", [1]),
        ])
    func windows(attribute: String, values: [Int]) {
        var model = ModelWriter.sound
        model.nodes[3].integers[attribute] = values
        #expect(error(model) != nil)
    }

    @Test("scales that are not above zero", arguments: [Float.nan, 0, -1, .infinity])
    func scales(scale: Float) {
        var model = ModelWriter.sound
        model.initialisers[0].3 = ModelWriter.floats([scale])
        guard case .invalidGraph("node xq", _)? = error(model) else {
            Issue.record("accepted, or refused otherwise")
            return
        }
    }

    @Test("limits of memory and work hold before anything is allocated")
    func limits() {
        var model = ModelWriter.sound
        model.input.shape = [1, 1, 8_000, 8_000]
        let memory = error(model, .init(memoryLimitBytes: 100_000_000))
        guard case .limitExceeded("memory", _, 100_000_000, _)? = memory else {
            Issue.record("accepted, or refused otherwise")
            return
        }
        let operations = error(model, .init(operationLimit: 1_000_000))
        guard case .limitExceeded("operations", _, 1_000_000, _)? = operations else {
            Issue.record("accepted, or refused otherwise")
            return
        }
    }

    @Test("a value defined twice, an output nobody makes, operator sets from elsewhere")
    func graphs() {
        var twice = ModelWriter.sound
        twice.nodes[4].output = "xd"
        #expect(error(twice) != nil)
        var nobody = ModelWriter.sound
        nobody.output = "nothing"
        #expect(error(nobody) != nil)
        var old = ModelWriter.sound
        old.operatorSet = 9
        #expect(error(old) != nil)
    }

    @Test("counts and lengths above the limits")
    func counts() {
        var limits = ModelLimits()
        limits.nodes = 3
        #expect(throws: InferenceError.limitExceeded(limit: "nodes", value: 4, maximum: 3, path: "model.graph")) {
            try Model(contentsOf: ModelWriter.sound.bytes, limits: limits)
        }
        limits = ModelLimits()
        limits.nesting = 1
        #expect(throws: InferenceError.self) { try Model(contentsOf: ModelWriter.sound.bytes, limits: limits) }
        limits = ModelLimits()
        limits.fileBytes = 10
        #expect(throws: InferenceError.self) { try Model(contentsOf: ModelWriter.sound.bytes, limits: limits) }
    }

    @Test("tensors that are not what the plan says are refused by the run")
    func wrongTensors() throws {
        let plan = try plan(.sound)
        #expect(throws: InferenceError.missingInput(name: "x")) { try plan.run([:]) }
        let wrongRank = Tensor(shape: [8, 8], [Float](repeating: 0, count: 64))
        #expect(throws: InferenceError.self) { try plan.run(["x": wrongRank]) }
        #expect(throws: InferenceError.self) {
            try plan.run(["x": Tensor(shape: [1, 1, 8, 8], [Int8](repeating: 0, count: 64))])
        }
    }

    @Test("mutated files never crash: they are refused, or planned and run", arguments: 0..<8 as Range<UInt64>)
    func mutations(seed: UInt64) {
        var random = SplitMix(state: seed)
        let sound = ModelWriter.sound.bytes
        // Small limits keep the accepted ones quick.
        let options = PlanOptions(memoryLimitBytes: 1 << 22, operationLimit: 1 << 22)
        for _ in 0..<500 {
            var bytes = sound
            for _ in 0..<Int(random.next() % 4 + 1) { random.mutate(&bytes) }
            guard let model = try? Model(contentsOf: bytes), let plan = try? ExecutionPlan(model, options: options)
            else { continue }
            let inputs = plan.inputs.map { ($0.name, Tensor.zeros($0)) }
            _ = try? plan.run(Dictionary(uniqueKeysWithValues: inputs))
        }
    }
}

/// A small generator whose seed repeats a run.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func mutate(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = Int(next() % UInt64(bytes.count))
        switch next() % 4 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: next())
        case 1: bytes[place] ^= 1 << UInt8(next() % 8)
        case 2: bytes.remove(at: place)
        default: bytes.insert(UInt8(truncatingIfNeeded: next()), at: place)
        }
    }
}

extension Tensor {
    fileprivate static func zeros(_ value: ExecutionPlan.Value) -> Tensor {
        let count = value.shape.reduce(1, *)
        switch value.elementType {
        case .int8: return Tensor(shape: value.shape, [Int8](repeating: 0, count: count))
        case .uint8: return Tensor(shape: value.shape, [UInt8](repeating: 0, count: count))
        default: return Tensor(shape: value.shape, [Float](repeating: 0, count: count))
        }
    }
}
