extension ExecutionPlan {
    /// Runs the model once, on the calling thread, in memory of its own.
    ///
    /// - Parameter inputs: one tensor for each of ``inputs``, by name, of exactly its shape and type.
    /// - Returns: the outputs by name.
    public func run(_ inputs: [String: Tensor]) throws(InferenceError) -> [String: Tensor] {
        try run(inputs, in: Arena(byteCount: memoryPlan.arenaBytes(threads: 1)), on: nil)
    }

    /// Runs the model in an arena of the plan's size for so many threads as the pool has.
    ///
    /// - Parameters:
    ///   - pool: the threads to compute on, or nil for the calling thread alone.
    ///   - divided: steps of fewer operations are done by one thread.
    ///   - finished: told the number of each step when it is done.
    func run(
        _ inputs: [String: Tensor], in arena: borrowing Arena, on pool: WorkerPool?, dividedFrom divided: Int = 0,
        finished: (Int) -> Void = { _ in }
    ) throws(InferenceError) -> [String: Tensor] {
        for input in self.inputs { try check(inputs[input.name], is: input) }
        for input in self.inputs {
            guard let tensor = inputs[input.name], let type = types[input.name] else { continue }
            type.load(tensor, to: place(input.name, in: arena))
        }
        for (index, step) in steps.enumerated() {
            run(step, in: arena, on: step.operations >= divided ? pool : nil)
            finished(index)
        }
        var results = constantOutputs
        for output in outputs where results[output.name] == nil {
            results[output.name] = types[output.name]?.tensor(at: place(output.name, in: arena))
        }
        return results
    }

    /// Parts for each thread: more than one, so that a thread which is held up leaves its share to the others.
    private static let partsPerThread = 2

    private func run(_ step: LoweredStep, in arena: borrowing Arena, on pool: WorkerPool?) {
        let scratch = arena.address(
            memoryPlan.valueBytes, byteCount: max(memoryPlan.scratchBytes, memoryPlan.undividedScratchBytes))
        let buffers = StepBuffers(
            inputs: step.inputs.map { constants.address($0) ?? UnsafeRawPointer(place($0, in: arena)) },
            outputs: step.outputs.map { place($0, in: arena) }, scratch: scratch)
        guard let pool, pool.threads > 1, step.body.isDivisible else {
            step.body.run(buffers)
            return
        }
        let partCount = pool.threads * Self.partsPerThread
        pool.perform(partCount) { part, worker in
            step.body.run(
                StepBuffers(
                    inputs: buffers.inputs, outputs: buffers.outputs,
                    scratch: scratch + worker * memoryPlan.scratchBytes, part: part, partCount: partCount))
        }
    }

    /// Runs one step alone: what the conformance tests compare node by node.
    ///
    /// - Parameters:
    ///   - index: into ``nodes``.
    ///   - inputs: one tensor for each of the node's inputs, in order.
    /// - Returns: one tensor for each of the node's outputs, in order.
    public func run(step index: Int, with inputs: [Tensor]) throws(InferenceError) -> [Tensor] {
        precondition(nodes.indices.contains(index), "no such step")
        let step = steps[index], node = nodes[index]
        for (position, input) in node.inputs.enumerated() {
            try check(position < inputs.count ? inputs[position] : nil, is: input)
        }
        var given = inputs[...]
        let operands = step.inputs.compactMap { constants.tensor($0) ?? given.popFirst() }
        return step.body.results(of: operands, types: step.outputTypes)
    }

    private func place(_ name: String, in arena: borrowing Arena) -> UnsafeMutableRawPointer {
        guard let offset = offsets[name], let type = types[name] else {
            preconditionFailure("a value without a place")
        }
        return arena.address(offset, byteCount: type.byteCount)
    }

    private func check(_ tensor: Tensor?, is value: Value) throws(InferenceError) {
        guard let tensor else { throw .missingInput(name: value.name) }
        guard tensor.shape == value.shape, tensor.elementType == value.elementType else {
            throw .wrongInput(
                name: value.name, expected: "\(value.elementType.name) \(describe(shape: value.shape))",
                found: "\(tensor.elementType.name) \(describe(shape: tensor.shape))")
        }
    }
}
