import CKernels

extension ExecutionPlan {
    /// Runs the model.
    ///
    /// - Parameter inputs: one tensor for each of ``inputs``, by name, of exactly its shape and type.
    /// - Returns: the outputs by name.
    public func run(_ inputs: [String: Tensor]) throws(InferenceError) -> [String: Tensor] {
        for input in self.inputs { try check(inputs[input.name], is: input) }
        let arena = Arena(byteCount: memoryPlan.arenaBytes)
        for input in self.inputs {
            guard let tensor = inputs[input.name], let type = types[input.name] else { continue }
            type.load(tensor, to: place(input.name, in: arena))
        }
        for step in steps {
            step.body.run(
                StepBuffers(
                    inputs: step.inputs.map { place($0, in: arena) }, output: place(step.output, in: arena),
                    scratch: arena.address(memoryPlan.scratchOffset, byteCount: memoryPlan.scratchBytes)))
        }
        var results: [String: Tensor] = [:]
        for output in outputs { results[output.name] = types[output.name]?.tensor(at: place(output.name, in: arena)) }
        return results
    }

    /// Runs one step alone: what the conformance tests compare node by node.
    ///
    /// - Parameters:
    ///   - index: into ``nodes``.
    ///   - inputs: one tensor for each of the node's inputs, in order.
    public func run(step index: Int, with inputs: [Tensor]) throws(InferenceError) -> Tensor {
        precondition(nodes.indices.contains(index), "no such step")
        let step = steps[index], node = nodes[index]
        for (position, input) in node.inputs.enumerated() {
            try check(position < inputs.count ? inputs[position] : nil, is: input)
        }
        var pieces = [Arena.Piece](), end = 0
        for byteCount in step.inputs.map({ types[$0]?.byteCount ?? 0 }) + [step.outputType.byteCount] {
            pieces.append(Arena.Piece(offset: end, byteCount: byteCount))
            end = (end + byteCount + MemoryPlan.alignmentBytes - 1) / MemoryPlan.alignmentBytes
                * MemoryPlan.alignmentBytes
        }
        let arena = Arena(byteCount: end + step.body.scratchBytes)
        for (position, name) in step.inputs.enumerated() {
            types[name]?.load(inputs[position], to: arena.address(pieces[position]))
        }
        let output = arena.address(pieces[step.inputs.count])
        step.body.run(
            StepBuffers(
                inputs: step.inputs.indices.map { arena.address(pieces[$0]) }, output: output,
                scratch: arena.address(end, byteCount: step.body.scratchBytes)))
        return step.outputType.tensor(at: output)
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

extension Arena {
    struct Piece {
        let offset: Int
        let byteCount: Int
    }

    func address(_ piece: Piece) -> UnsafeMutableRawPointer { address(piece.offset, byteCount: piece.byteCount) }
}

extension ValueType {
    /// Brings a tensor of this type into the arena's order and signed form.
    func load(_ tensor: Tensor, to address: UnsafeMutableRawPointer) {
        let bytes = address.assumingMemoryBound(to: UInt8.self)
        switch tensor.storage {
        case .float32(let values): values.withUnsafeBytes { copy($0, to: address) }
        case .int8(let values):
            values.withUnsafeBytes { raw in raw.withMemoryRebound(to: UInt8.self) { copy($0, to: bytes) } }
        case .uint8(let values):
            values.withUnsafeBufferPointer { copy($0, to: bytes) }
            ck_flip_sign_x8(count, bytes, bytes)
        case .int32, .int64: preconditionFailure("no plan has a run-time value of \(tensor.elementType.name)")
        }
    }

    private func copy(_ source: UnsafeRawBufferPointer, to address: UnsafeMutableRawPointer) {
        guard let start = source.baseAddress else { return }
        address.copyMemory(from: start, byteCount: source.count)
    }

    private func copy(_ source: UnsafeBufferPointer<UInt8>, to bytes: UnsafeMutablePointer<UInt8>) {
        guard let start = source.baseAddress else { return }
        toArenaOrder(start, bytes)
    }

    /// The tensor that lies at an address, in ONNX's order and form.
    func tensor(at address: UnsafeMutableRawPointer) -> Tensor {
        let count = self.count
        let bytes = address.assumingMemoryBound(to: UInt8.self)
        switch elementType {
        case .float32:
            let floats = UnsafeBufferPointer(start: address.assumingMemoryBound(to: Float.self), count: count)
            return Tensor(shape: shape, Array(floats))
        case .uint8:
            var values = [UInt8](repeating: 0, count: count)
            values.withUnsafeMutableBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return }
                toModelOrder(bytes, start)
                ck_flip_sign_x8(count, start, start)
            }
            return Tensor(shape: shape, values)
        case .int8:
            let values = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                if let start = buffer.baseAddress { toModelOrder(bytes, start) }
                filled = count
            }
            return Tensor(shape: shape, values.map { Int8(bitPattern: $0) })
        case .int32, .int64: preconditionFailure("no plan has a run-time value of \(elementType.name)")
        }
    }
}
