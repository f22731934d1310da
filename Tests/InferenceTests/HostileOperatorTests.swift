@testable import Inference
import Testing

/// Nodes whose attributes and operands ask for the impossible: each is refused with an error that names the node, and
/// before anything of that size is made. Those at the edge of sense do as ONNX says.
@Suite("Hostile operators")
struct HostileOperatorTests {
    /// The error, which has to name the node.
    private func refusal(_ writer: ModelWriter, _ options: PlanOptions = .init()) -> String? {
        do {
            _ = try ExecutionPlan(Model(contentsOf: writer.bytes), options: options)
            return nil
        } catch {
            let named = error.description.contains("node y")
            #expect(named, "\(error)")
            return error.description
        }
    }

    private func run(_ writer: ModelWriter, _ input: [Float]) throws -> Tensor {
        let plan = try ExecutionPlan(Model(contentsOf: writer.bytes))
        let outputs = try plan.run(["x": Tensor(shape: writer.input.shape, input)])
        return try #require(outputs["y"])
    }

    @Test(
        "axes that a value does not have",
        arguments: [
            ("Softmax", "axis", 4), ("Softmax", "axis", -5), ("LogSoftmax", "axis", Int.min), ("Concat", "axis", 9),
            ("Split", "axis", Int.max), ("Flatten", "axis", 5), ("ArgMax", "axis", -5), ("ArgMin", "axis", 4),
            ("LayerNormalization", "axis", 4), ("Gather", "axis", 7),
        ] as [(String, String, Int)])
    func axes(name: String, attribute: String, axis: Int) {
        let operands: [[Int]] = ["Gather", "LayerNormalization"].contains(name) ? [[0]] : []
        #expect(refusal(.node(name, operands, attributes: [attribute: .integer(axis)])) != nil)
    }

    @Test(
        "lists of axes that name one twice, or none",
        arguments: [
            ("Squeeze", [0, 0]), ("Squeeze", [1]), ("Unsqueeze", [0, 0]), ("Unsqueeze", [9]),
        ] as [(String, [Int])])
    func axisLists(name: String, axes: [Int]) {
        #expect(refusal(.node(name, [axes])) != nil)
        #expect(refusal(.node("ReduceMean", [[2, 2]])) != nil)
        #expect(refusal(.node("ReduceMean", [[4]])) != nil)
        #expect(refusal(.node("Transpose", integers: ["perm": [0, 1, 2, 2]])) != nil)
        #expect(refusal(.node("Transpose", integers: ["perm": [0, 1, 2]])) != nil)
    }

    @Test(
        "windows of poolings and transposed convolutions",
        arguments: [
            ("strides", [0, 1]), ("strides", [-1, 1]), ("strides", [1, 1, 1]), ("pads", [-1, 0, 0, 0]),
            ("pads", [1 << 40, 0, 0, 0]), ("pads", [9, 9, 9, 9]), ("dilations", [0, 1]), ("dilations", [1 << 62, 1]),
            ("kernel_shape", [0, 1]), ("kernel_shape", [7, 7]), ("kernel_shape", [Int.max, Int.max]),
        ] as [(String, [Int])])
    func windows(attribute: String, values: [Int]) {
        for name in ["MaxPool", "AveragePool"] {
            var integers = ["kernel_shape": [2, 2]]
            integers[attribute] = values
            #expect(refusal(.node(name, integers: integers)) != nil, "\(name)")
        }
    }

    @Test("windows of transposed convolutions", arguments: [
        ("strides", [0, 1]), ("strides", [1 << 17, 1 << 17]), ("strides", [1 << 16, 1 << 16]), ("pads", [9, 9, 9, 9]),
        ("output_padding", [Int.max, 0]), ("output_shape", [Int.max, 1]), ("dilations", [1 << 16, 1 << 16]),
    ] as [(String, [Int])])
    func transposedWindows(attribute: String, values: [Int]) {
        var model = ModelWriter.node("ConvTranspose", integers: [attribute: values])
        model.nodes[0].inputs.append("w")
        model.initialisers = [("w", 1, [4, 1, 3, 3], ModelWriter.floats(Array(repeating: 1, count: 36)))]
        #expect(refusal(model) != nil)
    }

    @Test("unknown words", arguments: [
        ("MaxPool", "auto_pad"), ("Pad", "mode"), ("Resize", "mode"), ("Resize", "nearest_mode"),
        ("Resize", "coordinate_transformation_mode"), ("Resize", "keep_aspect_ratio_policy"), ("Gelu", "approximate"),
        ("DepthToSpace", "mode"),
    ] as [(String, String)])
    func words(name: String, attribute: String) {
        let operands: [String: [[Int]?]] = ["Pad": [[0, 0, 0, 0, 0, 0, 0, 0]], "Resize": [nil, nil, [1, 4, 3, 3]]]
        var model = ModelWriter.node(name, operands[name] ?? [], attributes: [attribute: .text("whatever")])
        if name == "MaxPool" { model.nodes[0].integers["kernel_shape"] = [2, 2] }
        if name == "DepthToSpace" { model.nodes[0].attributes["blocksize"] = .integer(2) }
        #expect(refusal(model)?.contains("whatever") == true)
    }

    @Test("sizes beyond every limit, before anything is allocated", arguments: [
        ("Expand", [1 << 20, 4, 1 << 20, 6]), ("Expand", [Int.max, Int.max, 6, 6]), ("Expand", [-1, 4, 6, 6]),
        ("Expand", [1, 1, 1, 1, 1, 1, 4, 6, 6]), ("Tile", [1 << 16, 1 << 16, 1 << 16, 1 << 16]),
        ("Tile", [Int.max, 1, 1, 1]), ("Tile", [-1, 1, 1, 1]), ("Tile", [1, 1]),
        ("Pad", [0, 0, 0, 0, 0, 0, 0, 1 << 62]), ("Pad", [Int.min, 0, 0, 0, 0, 0, 0, 0]), ("Pad", [1, 1]),
        ("Pad", [1 << 16, 1 << 16, 1 << 16, 1 << 16, 0, 0, 0, 0]),
        ("Reshape", [-1, -1]), ("Reshape", [-2, 72]), ("Reshape", [0, 0, 0, 0, 0]), ("Reshape", [1 << 62, 4, 4]),
        ("Reshape", [144, 0]), ("Unsqueeze", [0, 1, 2, 3, 4, 5]), ("Split", [3, 2]), ("Split", [-1, 2]),
        ("Gather", [1]), ("Gather", [-2]), ("Gather", [Int.min]),
    ] as [(String, [Int])])
    func sizes(name: String, operand: [Int]) {
        let model = ModelWriter.node(name, [operand])
        #expect(refusal(model) != nil)
        #expect(refusal(model.folded) != nil)
        #expect(refusal(model.foldedQuantised) != nil)
    }

    @Test("nothing is left of a value: constants may be empty, values of the run may not", arguments: [
        ("Tile", [0, 1, 1, 1]), ("Pad", [0, 0, -3, 0, 0, 0, -3, 0]),
    ] as [(String, [Int])])
    func emptyResults(name: String, operand: [Int]) throws {
        let model = ModelWriter.node(name, [operand])
        #expect(refusal(model) != nil)
        let plan = try ExecutionPlan(Model(contentsOf: model.folded.bytes))
        #expect(plan.outputs[0].shape.contains(0))
    }

    @Test("sizes of resized values", arguments: [
        [1, 4, 0, 6], [1, 4, -1, 6], [1, 4, 1 << 62, 6], [1, 4], [1, 4, 1 << 20, 1 << 20],
    ] as [[Int]])
    func resizedSizes(sizes: [Int]) {
        let model = ModelWriter.node("Resize", [nil, nil, sizes])
        #expect(refusal(model) != nil)
        #expect(refusal(model.folded) != nil)
        #expect(refusal(model.foldedQuantised) != nil)
    }

    @Test("scales of resized values", arguments: [
        Float.nan, .infinity, -.infinity, -1, 0, 1e-30, 1e30, 0.1,
    ] as [Float])
    func resizedScales(scale: Float) {
        var model = ModelWriter.node("Resize")
        model.nodes[0].inputs = ["x", "", "s"]
        model.initialisers = [("s", 1, [4], ModelWriter.floats([1, 1, scale, 1]))]
        #expect(refusal(model) != nil)
    }

    @Test("blocks", arguments: [0, -1, 3, 1 << 40])
    func blocks(size: Int) {
        #expect(refusal(.node("DepthToSpace", attributes: ["blocksize": .integer(size)])) != nil)
        #expect(refusal(.node("SpaceToDepth", on: [1, 1, 5, 5], attributes: ["blocksize": .integer(size)])) != nil)
    }

    @Test("slices at the ends of what numbers can be", arguments: [
        ([Int.min], [Int.max], [1], [0, 1, 2, 3, 4, 5]), ([Int.max], [Int.min], [-1], [5, 4, 3, 2, 1, 0]),
        ([-1], [Int.min], [Int.min], [5]), ([1], [Int.max], [Int.max], [1]), ([-3], [-1], [1], [3, 4]),
        ([4], [0], [-2], [4, 2]),
    ] as [([Int], [Int], [Int], [Float])])
    func slices(start: [Int], end: [Int], step: [Int], expected: [Float]) throws {
        let found = try run(.node("Slice", on: [6], [start, end, [0], step]), [0, 1, 2, 3, 4, 5])
        #expect(found.floats == expected)
    }

    @Test("slices without a step, or without an element")
    func emptySlices() {
        #expect(refusal(.node("Slice", on: [6], [[0], [6], [0], [0]])) != nil)
        #expect(refusal(.node("Slice", on: [6], [[3], [3], [0], [1]])) != nil)
        #expect(refusal(.node("Slice", on: [6], [[0], [6, 6], [0], [1]])) != nil)
    }

    @Test("a result that is not made may not be used")
    func withheldResults() {
        var model = ModelWriter.node("MaxPool", integers: ["kernel_shape": [2, 2]])
        model.nodes[0].furtherOutputs = ["places"]
        #expect(refusal(model) == nil)
        model.output = "places"
        #expect(refusal(model)?.contains("places") == true)
    }

    @Test("results that share a name, or have none", arguments: [["y"], [""], ["x"]])
    func names(further: [String]) {
        var model = ModelWriter.node("Split", on: [4, 2])
        model.nodes[0].furtherOutputs = further
        #expect(refusal(model) != nil)
    }

    @Test("what is defined already: an input, an initialiser, another node's result")
    func definedTwice() {
        for name in ["x", "c0", "first"] {
            var model = ModelWriter.node("Unsqueeze", [[0]])
            model.nodes.insert(ModelWriter.Node(operatorName: "Tanh", inputs: ["x"], output: "first"), at: 0)
            model.nodes[1].output = name
            model.output = name
            #expect(throws: InferenceError.self, "\(name)") { try ExecutionPlan(Model(contentsOf: model.bytes)) }
        }
        var model = ModelWriter.node("Unsqueeze", [[0]])
        model.initialisers.append(model.initialisers[0])
        #expect(throws: InferenceError.self) { try Model(contentsOf: model.bytes) }
    }

    @Test("a circle of two nodes")
    func circle() {
        var model = ModelWriter.node("Sigmoid")
        model.nodes = [
            ModelWriter.Node(operatorName: "Add", inputs: ["x", "z"], output: "y"),
            ModelWriter.Node(operatorName: "Tanh", inputs: ["y"], output: "z"),
        ]
        #expect(refusal(model)?.contains("cycle") == true)
    }

    @Test("folding has an end, however many nodes ask for the most")
    func foldingLimit() {
        var model = ModelWriter.node("Identity")
        let shape = ModelWriter.integers([1 << 20])
        model.initialisers = [("shape", 7, [1], shape)]
        for index in 0..<600 {
            model.nodes.insert(
                ModelWriter.Node(operatorName: "ConstantOfShape", inputs: ["shape"], output: "c\(index)"), at: 0)
        }
        var limits = ModelLimits()
        limits.foldedBytes = 64 << 20
        #expect(throws: InferenceError.self) {
            try ExecutionPlan(Model(contentsOf: model.bytes, limits: limits))
        }
        limits = ModelLimits()
        limits.foldedOperations = 1 << 22
        #expect(throws: InferenceError.self) {
            try ExecutionPlan(Model(contentsOf: model.bytes, limits: limits))
        }
    }

    @Test("folding is charged for what it reads, not only for what it makes")
    func foldingReads() {
        var model = ModelWriter.node("Identity")
        let bytes = [UInt8](repeating: 0, count: 1 << 20)
        model.initialisers = [
            ("integers", 3, [1 << 20], bytes), ("scale", 1, [], ModelWriter.floats([0.5])),
            ("indices", 7, [1], ModelWriter.integers([0])),
        ]
        model.nodes.append(
            ModelWriter.Node(operatorName: "DequantizeLinear", inputs: ["integers", "scale"], output: "w"))
        for index in 0..<64 {
            model.nodes.append(
                ModelWriter.Node(operatorName: "Gather", inputs: ["w", "indices"], output: "g\(index)"))
        }
        var limits = ModelLimits()
        limits.foldedOperations = 1 << 25
        #expect(throws: InferenceError.self) {
            try ExecutionPlan(Model(contentsOf: model.bytes, limits: limits))
        }
    }

    @Test("constants that are small in the file and large in the run")
    func constantMemory() {
        var model = ModelWriter.node("Add", on: [1 << 20])
        model.initialisers = [
            ("integers", 3, [1 << 20], [UInt8](repeating: 0, count: 1 << 20)),
            ("scale", 1, [], ModelWriter.floats([0.5])),
        ]
        model.nodes[0].inputs = ["x", "w"]
        model.nodes.insert(
            ModelWriter.Node(operatorName: "DequantizeLinear", inputs: ["integers", "scale"], output: "w"), at: 0)
        #expect(throws: Never.self) { try ExecutionPlan(Model(contentsOf: model.bytes)) }
        #expect(throws: InferenceError.self) {
            try ExecutionPlan(Model(contentsOf: model.bytes), options: .init(memoryLimitBytes: (4 << 20) - 1))
        }
    }

    @Test("a list of axes that is longer than any shape")
    func longLists() {
        let long = [Int](repeating: 0, count: 100_000)
        for name in ["Unsqueeze", "Squeeze", "ReduceMean", "Split", "Expand", "Tile", "Reshape"] {
            #expect(refusal(.node(name, [long])).map { $0.count < 2_000 } == true, "\(name)")
        }
        #expect(refusal(.node("Slice", [long, long, long])) != nil)
        #expect(refusal(.node("Resize", [nil, nil, long])) != nil)
    }

    @Test("ranges without an end", arguments: [(0, 1 << 62, 1), (0, 1, 0), (0, Int.min, -1)] as [(Int, Int, Int)])
    func ranges(start: Int, limit: Int, step: Int) {
        var model = ModelWriter.node("Identity")
        model.initialisers = zip(["a", "b", "c"], [start, limit, step]).map { ($0, 7, [], ModelWriter.integers([$1])) }
        model.nodes = [ModelWriter.Node(operatorName: "Range", inputs: ["a", "b", "c"], output: "y")]
        #expect(refusal(model) != nil)
    }

    @Test("integers are divided by everything")
    func division() throws {
        var model = ModelWriter.node("Identity")
        model.initialisers = [
            ("a", 7, [4], ModelWriter.integers([7, Int.min, -7, 5])),
            ("b", 7, [4], ModelWriter.integers([0, -1, 2, Int.max])),
        ]
        model.nodes = [ModelWriter.Node(operatorName: "Div", inputs: ["a", "b"], output: "y")]
        let plan = try ExecutionPlan(Model(contentsOf: model.bytes))
        let outputs = try plan.run(["x": Tensor(shape: [1, 4, 6, 6], [Float](repeating: 0, count: 144))])
        #expect(outputs["y"]?.integers == [0, Int.min, -3, 0])
    }

    @Test("numbers that no integer is")
    func casts() throws {
        let model = ModelWriter.node("Cast", on: [6], attributes: ["to": .integer(ElementType.int32.rawValue)])
        let found = try run(model, [.nan, .infinity, -.infinity, 1e30, -2.9, 2.9])
        #expect(found.elements(as: Int32.self) == [0, .max, .min, .max, -2, 2])
        #expect(refusal(.node("Cast", attributes: ["to": .integer(99)])) != nil)
        #expect(refusal(.node("Cast")) != nil)
    }

    @Test("an index of the run that is outside takes the nearest entry")
    func runTimeIndices() throws {
        var model = ModelWriter()
        model.input = ("x", ElementType.int64.rawValue, [4])
        model.initialisers = [("table", 1, [3], ModelWriter.floats([10, 20, 30]))]
        model.nodes = [ModelWriter.Node(operatorName: "Gather", inputs: ["table", "x"], output: "y")]
        let plan = try ExecutionPlan(Model(contentsOf: model.bytes))
        let outputs = try plan.run(["x": Tensor(shape: [4], [Int64.max, Int64.min, -1, 1])])
        #expect(outputs["y"]?.floats == [30, 10, 30, 20])
    }

    @Test("operands that do not go together")
    func operands() {
        var model = ModelWriter.node("Add", [[1, 2, 3]])
        #expect(refusal(model) != nil)
        model.initialisers = [("c0", 1, [5], ModelWriter.floats([1, 2, 3, 4, 5]))]
        #expect(refusal(model) != nil)
        model.nodes[0].operatorName = "MatMul"
        #expect(refusal(model) != nil)
        #expect(refusal(.node("Add")) != nil)
        #expect(refusal(.node("Reshape")) != nil)
        #expect(refusal(.node("BatchNormalization", [[1], [1], [1], [1]])) != nil)
    }
}

extension ModelWriter {
    /// The same node on a constant of zeros in place of the input, so that it is computed while loading.
    fileprivate var folded: ModelWriter {
        var model = self
        let count = input.shape.reduce(1, *)
        model.initialisers.append(("zeros", 1, input.shape, Self.floats(Array(repeating: 0, count: count))))
        model.nodes[0].inputs[0] = "zeros"
        return model
    }

    /// The same node on a quantised constant, whose scale would go along.
    fileprivate var foldedQuantised: ModelWriter {
        var model = self
        let bytes = [UInt8](repeating: 0, count: input.shape.reduce(1, *))
        model.initialisers += [("integers", 3, input.shape, bytes), ("scale", 1, [], Self.floats([0.5]))]
        model.nodes[0].inputs[0] = "zeros"
        model.nodes.insert(
            Node(operatorName: "DequantizeLinear", inputs: ["integers", "scale"], output: "zeros"), at: 0)
        return model
    }
}
