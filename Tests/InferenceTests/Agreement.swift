// How far a plan is from onnxruntime: each step on onnxruntime's own inputs, so that differences do not add up.

import Inference

/// Counts of compared values by distance. One step is one unit of an 8-bit value; for a float value a
/// part of the tensor's largest magnitude: float sums depend on their order.
struct Agreement: CustomStringConvertible {
    var values = 0
    var exact = 0
    var withinOneStep = 0
    var largestSteps = 0.0
    var largestAt = ""

    /// The part of the largest magnitude that counts as a step of a float value.
    let floatStep: Float

    init(floatStep: Float) { self.floatStep = floatStep }

    mutating func compare(_ found: Tensor, _ expected: Tensor, at name: String) {
        guard found.shape == expected.shape, found.elementType == expected.elementType else {
            note(.infinity, name)
            return
        }
        if found == expected {
            values += found.count
            exact += found.count
            withinOneStep += found.count
        } else if let found = found.integers, let expected = expected.integers {
            for (a, b) in zip(found, expected) { note(Double(abs(a - b)), name) }
        } else if let found = found.floats, let expected = expected.floats {
            let step = (expected.map(\.magnitude).max() ?? 0) * floatStep
            for (a, b) in zip(found, expected) { note(a == b ? 0 : Double((a - b).magnitude / step), name) }
        }
    }

    private mutating func note(_ steps: Double, _ name: String) {
        values += 1
        if steps == 0 { exact += 1 }
        if steps <= 1 { withinOneStep += 1 }
        if steps > largestSteps { (largestSteps, largestAt) = (steps, name) }
    }

    var exactShare: Double { Double(exact) / Double(max(values, 1)) }
    var withinOneStepShare: Double { Double(withinOneStep) / Double(max(values, 1)) }

    var description: String {
        func percent(_ share: Double) -> String { "\((share * 1_000_000).rounded() / 10_000) %" }
        let place = largestAt.isEmpty ? "" : " at \(largestAt)"
        return "\(values) values: \(percent(exactShare)) exact, \(percent(withinOneStepShare)) within one step, "
            + "largest \(largestSteps) steps\(place)"
    }

    /// Every step of a plan on the reference's inputs.
    mutating func compareSteps(of plan: ExecutionPlan, with tensors: [String: Tensor]) throws {
        // What the plan makes up between the model's values has no reference: it is handed on as it comes.
        var tensors = tensors
        for (index, node) in plan.nodes.enumerated() {
            let inputs = node.inputs.compactMap { tensors[$0.name] }
            guard inputs.count == node.inputs.count else {
                note(.infinity, "\(node.name), whose operands have no reference")
                continue
            }
            for (output, found) in zip(node.outputs, try plan.run(step: index, with: inputs)) {
                if output.isInternal {
                    tensors[output.name] = found
                } else if let expected = tensors[output.name] {
                    compare(found, expected, at: node.name)
                } else {
                    note(.infinity, "\(node.name), which has no reference")
                }
            }
        }
    }
}
