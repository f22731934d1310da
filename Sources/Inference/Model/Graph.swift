// The graph as the file has it, before anything is derived from it.

/// An input or output of the graph as the file declares it.
struct DeclaredValue: Sendable, Equatable {
    /// A size, or a name for a size that the caller chooses.
    enum Dimension: Sendable, Equatable {
        case fixed(Int)
        case symbolic(String)
    }

    let name: String
    /// ONNX's number of the element type; not every one is supported.
    let elementTypeNumber: Int
    /// Nil when the file declares no shape.
    let dimensions: [Dimension]?
}

/// One operator with its operands.
struct Node: Sendable, Equatable {
    let name: String
    let operatorName: String
    let domain: String
    /// Names of values; an empty name is an omitted optional input.
    var inputs: [String]
    let outputs: [String]
    let attributes: [String: Attribute]

    /// What errors call it: its name, or its first output's where it has none.
    var label: String {
        if !name.isEmpty { return name }
        return outputs.first.map { "the node of \($0)" } ?? "a node without a name"
    }
}

/// A constant of a node.
enum Attribute: Sendable, Equatable {
    case integer(Int)
    case float(Float)
    case text(String)
    case integers([Int])
    case floats([Float])
    case tensor(Tensor)
    /// A kind that no supported operator uses: a subgraph, texts, sparse tensors.
    case other(kind: Int)
}

/// Nodes in an order in which each comes after what it needs, as ONNX demands.
struct Graph: Sendable, Equatable {
    var name = ""
    var nodes: [Node] = []
    var initialisers: [String: Tensor] = [:]
    var inputs: [DeclaredValue] = []
    var outputs: [DeclaredValue] = []
}
