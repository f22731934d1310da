import Records

/// Why a network's outputs are not a finding.
public enum FindingError: Error, Equatable, CustomStringConvertible {
    case wrongCount(output: String, expected: Int, found: Int)
    case notFinite(output: String)

    public var description: String {
        switch self {
        case .wrongCount(let output, let expected, let found):
            """
            the network's output \(output) has \(found) numbers instead of \(expected); the model does not fit its card
            """
        case .notFinite(let output):
            """
            the network's output \(output) holds a number that is not finite; the model file is damaged or does not \
            fit the image
            """
        }
    }
}

/// The outputs of a network that says whether something is in an image and where it would be.
public struct LocatedClassification: Sendable, Equatable {
    /// Cells along each side of the location map.
    public static let cells = 16
    /// The radius of the circle that marks a finding, in cells: the cell itself and half of each neighbour.
    public static let radiusCells = 1.5

    /// 0 to 1.
    public let probability: Double
    /// The cell of the highest logit; the first one where several are equal.
    public let row: Int
    public let column: Int

    /// - Parameters:
    ///   - logits: [2]: absent, present.
    ///   - location: [16, 16] logits, row by row.
    public init(logits: [Float], location: [Float]) throws(FindingError) {
        let cellCount = Self.cells * Self.cells
        guard logits.count == 2 else { throw .wrongCount(output: "logits", expected: 2, found: logits.count) }
        guard location.count == cellCount else {
            throw .wrongCount(output: "location", expected: cellCount, found: location.count)
        }
        guard logits.allSatisfy(\.isFinite) else { throw .notFinite(output: "logits") }
        guard location.allSatisfy(\.isFinite) else { throw .notFinite(output: "location") }
        probability = Softmax.ofSecond(Double(logits[0]), Double(logits[1]))
        var best = 0
        for index in location.indices where location[index] > location[best] { best = index }
        row = best / Self.cells
        column = best % Self.cells
    }

    /// The circle around the cell in the image that `geometry` describes, its center moved into the image where the
    /// cell lies in the padding.
    public func circle(_ geometry: LetterboxGeometry) -> Circle {
        let stride = Double(geometry.side) / Double(Self.cells)
        let center = geometry.imagePosition(
            modelRow: (Double(row) + 0.5) * stride, modelColumn: (Double(column) + 0.5) * stride)
        return Circle(
            column: min(max(center.column, 0), Double(geometry.columns)),
            row: min(max(center.row, 0), Double(geometry.rows)),
            radius: Self.radiusCells * stride * geometry.scale)
    }

    /// The finding, with a location where its probability reaches `threshold` (0 to 1).
    public func finding(
        _ concept: CodedConcept, in anatomy: CodedConcept, threshold: Double, _ geometry: LetterboxGeometry
    ) -> Finding {
        Finding(
            concept: concept, anatomy: anatomy, probability: probability, threshold: threshold,
            location: probability >= threshold ? circle(geometry) : nil)
    }
}
