/// Why a model was refused or could not run: where, and what the operator should do about it.
///
/// Values of tensors never appear in an error.
public enum InferenceError: Error, Equatable, Sendable {
    /// The file could not be read.
    case unreadableFile(path: String, reason: String)
    /// The bytes are not a well-formed ONNX file. `offset` counts from the start of the file; `path` names the message
    /// (`model.graph.node[3].attribute[0]`).
    case malformed(offset: Int, path: String, problem: String)
    /// A size, count or depth is above what this appliance accepts; see ``ModelLimits``.
    case limitExceeded(limit: String, value: Int, maximum: Int, path: String)
    /// The graph contradicts itself: undefined or doubly defined values, wrong types, impossible shapes.
    case invalidGraph(node: String, problem: String)
    /// The operator, or a use of it, is not implemented. It is never approximated.
    case unsupported(operator: String, node: String, problem: String)
    /// No kernel list has this variant, or the processor lacks what it needs.
    case unknownKernels(name: String, available: [String])
    /// A run was given no tensor for an input.
    case missingInput(name: String)
    /// A run was given a tensor that is not what the plan says.
    case wrongInput(name: String, expected: String, found: String)
}

extension InferenceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadableFile(let path, let reason):
            "cannot read \(path): \(reason)"
        case .malformed(let offset, let path, let problem):
            "not a valid ONNX file, at byte \(offset) in \(path): \(problem). Copy the model to the appliance again."
        case .limitExceeded(let limit, let value, let maximum, let path):
            "\(path): \(limit) is \(value), above the limit of \(maximum). Use a smaller model or raise the limit."
        case .invalidGraph(let node, let problem):
            "\(node): \(problem). Export the model again and check it with the ONNX checker."
        case .unsupported(let name, let node, let problem):
            "\(name) of \(node): \(problem). Change the network."
        case .unknownKernels(let name, let available):
            "no kernels named \(name); this processor has \(available.joined(separator: ", "))."
        case .missingInput(let name):
            "no tensor for the input \(name)."
        case .wrongInput(let name, let expected, let found):
            "the input \(name) must be \(expected), not \(found)."
        }
    }
}
