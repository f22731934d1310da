/// Bounds that keep hostile data sets from costing more than their own bytes.
public struct DataSetLimits: Sendable {
    /// Sequences inside sequences. In real objects they stay below ten, in deep reports below thirty. Not more than
    /// ``deepestNesting``.
    public var nestingDepth = 64

    /// Items and elements together. The largest enhanced multi-frame headers have some hundred thousand.
    public var elements = 2_000_000

    /// Bytes that a deflated data set may inflate to. No real one was ever larger: deflation is used for reports and
    /// segmentations.
    public var inflatedBytes = 1 << 30

    /// How much larger than its own bytes a deflated data set may become beyond ``freelyInflatedBytes``. Deflate
    /// reaches 1032; images with large black areas reach 100.
    public var inflationRatio = 200

    /// An image that is all black deflates as well as any bomb. Up to this size that harms nobody.
    public var freelyInflatedBytes = 64 << 20

    /// Reading, writing and comparing recurse once for each level: this many fit into a stack of 512 KiB, without
    /// optimization too.
    public static let deepestNesting = 64

    public init() {}

    /// The nesting that holds, whatever was asked for.
    var effectiveNestingDepth: Int { min(nestingDepth, Self.deepestNesting) }

    /// Whether `output` bytes out of `input` are still believable.
    func allowInflation(from input: Int, to output: Int) -> Bool {
        guard output <= inflatedBytes else { return false }
        let (grown, overflow) = input.multipliedReportingOverflow(by: inflationRatio)
        return output <= freelyInflatedBytes || overflow || output <= grown
    }
}
