/// How an image lies in the square that a network sees, and the way back.
///
/// The image, rows × columns, lies in the middle of a square whose side is the longer of both; the square is scaled to
/// `side` × `side` model pixels. Positions count from the top left corner of the top left pixel, in both spaces.
public struct LetterboxGeometry: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    /// Model pixels along each side.
    public let side: Int

    public init(rows: Int, columns: Int, side: Int) {
        precondition(rows > 0 && columns > 0 && side > 0, "neither the image nor the model's input is empty")
        self.rows = rows
        self.columns = columns
        self.side = side
    }

    /// Image pixels along each side of the square.
    public var square: Int { max(rows, columns) }
    /// Padding rows above the image.
    public var top: Int { (square - rows) / 2 }
    /// Padding columns to the left of the image.
    public var left: Int { (square - columns) / 2 }
    /// Image pixels in one model pixel, along one axis.
    public var scale: Double { Double(square) / Double(side) }

    /// A position in the model's input as one in the image. It may lie outside the image, in the padding.
    public func imagePosition(modelRow: Double, modelColumn: Double) -> (row: Double, column: Double) {
        (modelRow * scale - Double(top), modelColumn * scale - Double(left))
    }
}
