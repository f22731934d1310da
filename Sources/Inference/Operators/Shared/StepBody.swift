/// What a step does at run time. Buffers are where the plan put them and as long as the types say.
protocol StepBody: Sendable {
    /// The kernel that runs, `conv2d_i8 neon`, or how else the step is done.
    var kernelName: String { get }
    /// How it expects 8-bit values to lie.
    var form: BufferForm { get }
    var scratchBytes: Int { get }
    /// Bytes of packed weights it keeps.
    var constantBytes: Int { get }
    /// Whether threads may do parts of it at the same time, each with scratch memory of its own.
    var isDivisible: Bool { get }
    /// What it can live with when operands and results lie in the same bytes; nothing by default.
    var sharing: [MemorySharing] { get }
    func run(_ buffers: StepBuffers)
}

extension StepBody {
    var form: BufferForm { .planned }
    var scratchBytes: Int { 0 }
    var constantBytes: Int { 0 }
    var isDivisible: Bool { false }
    var sharing: [MemorySharing] { [] }
}

/// How a body expects 8-bit values to lie. Values of other types are row-major in every form.
enum BufferForm: Sendable {
    /// As the plan holds them; see ``ValueType``.
    case planned
    /// Row-major and signed: for bodies that move or compare elements.
    case rowMajor
    /// Row-major and as ONNX has them, uint8 values unsigned: for bodies that compute with them.
    case plain
}

/// The memory of one step during one run.
struct StepBuffers {
    /// One for each of the operator's `operands`.
    let inputs: [UnsafeRawPointer]
    /// One for each result.
    let outputs: [UnsafeMutableRawPointer]
    let scratch: UnsafeMutableRawPointer
    /// Which part of how many equal ones to do; the whole for bodies that are not divisible.
    var part = 0
    var partCount = 1

    func input<Element>(_ index: Int, as type: Element.Type) -> UnsafePointer<Element> {
        inputs[index].assumingMemoryBound(to: type)
    }

    func output<Element>(_ index: Int = 0, as type: Element.Type) -> UnsafeMutablePointer<Element> {
        outputs[index].assumingMemoryBound(to: type)
    }

    func scratch<Element>(as type: Element.Type) -> UnsafeMutablePointer<Element> {
        scratch.assumingMemoryBound(to: type)
    }
}
