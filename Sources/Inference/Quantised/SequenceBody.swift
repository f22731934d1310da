/// Two bodies one after the other, with the value between them in scratch memory.
struct SequenceBody: StepBody {
    private let first: any StepBody
    private let second: any StepBody
    private let betweenBytes: Int

    /// - Parameters:
    ///   - first: makes one value of this type, which `second` alone reads.
    init(_ first: any StepBody, _ between: ValueType, _ second: any StepBody) {
        self.first = first
        self.second = second
        betweenBytes = MemoryPlan.aligned(between.byteCount)
    }

    var kernelName: String { "\(first.kernelName), \(second.kernelName)" }
    var constantBytes: Int { first.constantBytes + second.constantBytes }
    var scratchBytes: Int { betweenBytes + max(first.scratchBytes, second.scratchBytes) }

    func run(_ buffers: StepBuffers) {
        let scratch = buffers.scratch + betweenBytes
        first.run(StepBuffers(inputs: buffers.inputs, outputs: [buffers.scratch], scratch: scratch))
        second.run(
            StepBuffers(inputs: [UnsafeRawPointer(buffers.scratch)], outputs: buffers.outputs, scratch: scratch))
    }
}
