/// An ONNX model as read from its file: a graph, its constants and its metadata. Reading checks the file's form;
/// whether the graph can run is decided by ``ExecutionPlan``.
///
/// Source: ONNX IR specification, `onnx.proto`. Operator sets 13 to 28 of the default domain are accepted.
public struct Model: Sendable {
    /// `metadata_props`: what the exporter wrote down, a model card among it.
    public let metadata: [String: String]
    /// What wrote the file.
    public let producer: String
    /// The version of the default operator set.
    public let operatorSet: Int
    /// Elements of all initialisers.
    public let parameterCount: Int

    let graph: Graph
    private let bytes: ModelBytes
    let limits: ModelLimits

    /// Operator sets whose operators behave as implemented here.
    static let operatorSets = 13...28

    /// Reads a model from the bytes of its file.
    ///
    /// Takes time and memory in proportion to the bytes, whatever they say.
    public init(contentsOf bytes: [UInt8], limits: ModelLimits = .init()) throws(InferenceError) {
        try self.init(ModelBytes(bytes), limits: limits)
    }

    /// Reads a model from its file. The file is mapped: it must not be changed in place while the model is in use.
    ///
    /// - Parameter readsExternalData: whether tensors may have their elements in files beside it. Off by default: one
    ///   file has one digest, and data beside it would escape that.
    public init(
        contentsOfFile path: String, limits: ModelLimits = .init(), readsExternalData: Bool = false
    ) throws(InferenceError) {
        let bytes = try ModelBytes(path: path, maximumBytes: limits.fileBytes)
        let external = readsExternalData
            ? ExternalData(besideModel: path, modelBytes: bytes.count, limits: limits) : nil
        try self.init(bytes, limits: limits, externalData: external)
    }

    private init(
        _ bytes: ModelBytes, limits: ModelLimits, externalData: ExternalData? = nil
    ) throws(InferenceError) {
        guard bytes.count <= limits.fileBytes else {
            throw .limitExceeded(limit: "bytes", value: bytes.count, maximum: limits.fileBytes, path: "model")
        }
        var reader = ProtobufReader(bytes: bytes, path: "model", limits: limits, externalData: externalData)
        var metadata: [String: String] = [:]
        var producer = "", versions: [String: Int] = [:]
        var graph: Graph?
        while let field = try reader.next() {
            switch field.number {
            case 2: producer = try reader.text(field, maximum: limits.nameBytes)
            case 7:
                guard graph == nil else { throw reader.malformed(field.offset, "two graphs") }
                graph = try GraphDecoder.graph(try reader.message(field, "graph"))
            case 8:
                let (domain, version) = try Self.operatorSet(try reader.message(field, "opset_import"))
                versions[domain == "ai.onnx" ? "" : domain] = version
                guard versions.count <= limits.perNode else {
                    throw .limitExceeded(
                        limit: "operator sets", value: versions.count, maximum: limits.perNode, path: "model")
                }
            case 14:
                let (key, value) = try reader.message(field, "metadata_props").entry()
                metadata[key] = value
                guard metadata.count <= limits.metadataEntries else {
                    throw .limitExceeded(
                        limit: "metadata entries", value: metadata.count, maximum: limits.metadataEntries,
                        path: "model")
                }
            case 25: throw reader.malformed(field.offset, "functions of its own are not supported")
            default: break
            }
        }
        guard let graph else { throw .malformed(offset: bytes.count, path: "model", problem: "no graph") }
        guard let version = versions[""], Self.operatorSets.contains(version) else {
            let found = versions[""].map(String.init) ?? "none"
            throw .unsupported(
                operator: "operator set", node: "the model",
                problem: "version \(found), not \(Self.operatorSets.lowerBound) to \(Self.operatorSets.upperBound)")
        }
        self.metadata = metadata
        self.producer = producer
        self.operatorSet = version
        self.graph = graph
        self.bytes = bytes
        self.limits = limits
        parameterCount = graph.initialisers.values.reduce(0) { $0 + $1.count }
    }

    /// The bytes of the whole file, for their digest.
    public func withFile<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        defer { releaseFile() }
        return bytes.withBytes(bytes.indices, body)
    }

    /// Gives back the memory that reading the file has taken; it is read again where it is needed.
    func releaseFile() { bytes.release(bytes.indices) }

    private static func operatorSet(_ message: ProtobufReader) throws(InferenceError) -> (String, Int) {
        var reader = message
        var domain = "", version = 0
        while let field = try reader.next() {
            switch field.number {
            case 1: domain = try reader.text(field, maximum: message.limits.nameBytes)
            case 2: version = try reader.integer(field)
            default: break
            }
        }
        return (domain, version)
    }
}
