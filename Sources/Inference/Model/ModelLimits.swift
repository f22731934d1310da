/// What a model file may hold. The defaults are far above any network the appliance can run in useful time, and far
/// below what would exhaust it.
public struct ModelLimits: Sendable {
    /// The file, and all files beside it that it refers to: larger models do not fit in the memory of the smallest
    /// board.
    public var fileBytes = 512 << 20
    /// Files beside it that hold elements of tensors; exporters write one, or one for each large tensor.
    public var externalFiles = 1_024
    /// Nodes of the graph; deep networks have a few thousand when quantised.
    public var nodes = 10_000
    /// Initialisers, and inputs: older exporters list each initialiser as an input too.
    public var initialisers = 40_000
    /// Attributes, inputs or outputs of one node; outputs of the graph.
    public var perNode = 256
    /// Axes of a tensor.
    public var axes = 8
    /// Elements of one tensor, stored or computed.
    public var tensorElements = 1 << 28
    /// Bytes of all constants that are computed while loading, beyond what the constants of the file are: a file of
    /// kilobytes may not ask for more.
    public var foldedBytes = 64 << 20
    /// Operations of all nodes that are computed while loading: a second or so.
    public var foldedOperations = 1 << 30
    /// Entries of the metadata.
    public var metadataEntries = 1_024
    /// Bytes of a name, and of a metadata entry's key.
    public var nameBytes = 4_096
    /// Bytes of a metadata value: model cards and label lists travel there.
    public var textBytes = 1 << 20
    /// Messages within messages. The deepest we read is model.graph.node.attribute.tensor.
    public var nesting = 8

    public init() {}

    /// The number of elements of a shape within the limits.
    func elementCount(of shape: [Int], _ label: String) throws(InferenceError) -> Int {
        guard shape.count <= axes else {
            throw .limitExceeded(limit: "axes", value: shape.count, maximum: axes, path: label)
        }
        // An axis without entries must not let the others grow so large that their strides overflow.
        guard shape.allSatisfy({ $0 >= 0 }), let count = Inference.elementCount(of: shape.map { max($0, 1) }) else {
            throw .invalidGraph(node: label, problem: "the impossible shape \(describe(shape: shape))")
        }
        guard count <= tensorElements else {
            throw .limitExceeded(limit: "elements", value: count, maximum: tensorElements, path: label)
        }
        return shape.contains(0) ? 0 : count
    }
}
