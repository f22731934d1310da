import CKernels

/// Brings 8-bit values into the form a body expects, runs it, and brings its results back.
struct FormAdapter: StepBody {
    private let body: any StepBody
    private let inputs: [ValueType]
    private let outputs: [ValueType]

    /// The body itself where its values lie as it expects them, else the body with conversions around it.
    static func fit(_ body: any StepBody, inputs: [ValueType], outputs: [ValueType]) -> any StepBody {
        let adapter = FormAdapter(body: body, inputs: inputs, outputs: outputs)
        return (inputs + outputs).contains(where: adapter.differs) ? adapter : body
    }

    private init(body: any StepBody, inputs: [ValueType], outputs: [ValueType]) {
        self.body = body
        self.inputs = inputs
        self.outputs = outputs
    }

    var kernelName: String { body.kernelName }
    var constantBytes: Int { body.constantBytes }
    var scratchBytes: Int { (inputs + outputs).reduce(body.scratchBytes) { $0 + room($1) } }

    func run(_ buffers: StepBuffers) {
        var scratch = buffers.scratch
        func piece(_ type: ValueType) -> UnsafeMutableRawPointer {
            defer { scratch += room(type) }
            return scratch
        }
        let inputs = zip(self.inputs, buffers.inputs).map { type, address -> UnsafeRawPointer in
            guard differs(type) else { return address }
            let converted = piece(type)
            type.toModelOrder(address.assumingMemoryBound(to: UInt8.self), bytes(converted))
            flipSign(type, converted)
            return UnsafeRawPointer(converted)
        }
        let outputs = zip(self.outputs, buffers.outputs).map { type, address in differs(type) ? piece(type) : address }
        body.run(StepBuffers(inputs: inputs, outputs: outputs, scratch: scratch))
        for (index, type) in self.outputs.enumerated() where differs(type) {
            flipSign(type, outputs[index])
            type.toArenaOrder(bytes(outputs[index]), bytes(buffers.outputs[index]))
        }
    }

    private func differs(_ type: ValueType) -> Bool {
        switch body.form {
        case .planned: false
        case .rowMajor: !type.liesRowMajor
        case .plain: !type.liesRowMajor || type.elementType == .uint8
        }
    }

    private func room(_ type: ValueType) -> Int { differs(type) ? MemoryPlan.aligned(type.byteCount) : 0 }

    private func flipSign(_ type: ValueType, _ address: UnsafeMutableRawPointer) {
        guard body.form == .plain, type.elementType == .uint8 else { return }
        ck_flip_sign_x8(type.count, bytes(address), bytes(address))
    }

    private func bytes(_ address: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt8> {
        address.assumingMemoryBound(to: UInt8.self)
    }
}

extension StepBody {
    /// Runs the body alone, on tensors of the given types, in memory of its own.
    func results(of inputs: [Tensor], types: [ValueType]) -> [Tensor] {
        let inputTypes = inputs.map { ValueType($0) }
        var end = 0
        let offsets = (inputTypes + types).map { type -> Int in
            defer { end += MemoryPlan.aligned(type.byteCount) }
            return end
        }
        let arena = Arena(byteCount: end + scratchBytes)
        let places = zip(offsets, inputTypes + types).map { arena.address($0, byteCount: $1.byteCount) }
        for (index, type) in inputTypes.enumerated() { type.load(inputs[index], to: places[index]) }
        let outputs = Array(places[inputs.count...])
        run(
            StepBuffers(
                inputs: places[..<inputs.count].map { UnsafeRawPointer($0) }, outputs: outputs,
                scratch: arena.address(end, byteCount: scratchBytes)))
        return zip(types, outputs).map { $0.tensor(at: $1) }
    }
}
