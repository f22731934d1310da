/// A color of 8 bits a channel.
public struct Color: Sendable, Equatable {
    public let red: UInt8
    public let green: UInt8
    public let blue: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    public static let black = Color(0, 0, 0)
    public static let white = Color(255, 255, 255)
}

/// A raster to draw on: 8-bit RGB, pixel by pixel, row by row.
///
/// Drawing beyond the edges is cut off. Positions are image coordinates: (0, 0) is the top left corner of the top left
/// pixel.
public struct Canvas: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    /// [rows, columns, 3].
    public private(set) var pixels: [UInt8]

    public init(rows: Int, columns: Int, background: Color = .black) {
        precondition(rows > 0 && columns > 0, "a canvas has at least one pixel")
        self.rows = rows
        self.columns = columns
        pixels = [UInt8](repeating: 0, count: rows * columns * 3)
        fill(row: 0, column: 0, rows: rows, columns: columns, background)
    }

    /// Copies an image in, its top left corner at (`row`, `column`).
    public mutating func draw(_ image: DisplayImage, row: Int, column: Int) {
        let (down, across) = clipped(row: row, column: column, rows: image.rows, columns: image.columns)
        for y in down {
            for x in across {
                let gray = image.gray[(y - row) * image.columns + x - column]
                let index = (y * columns + x) * 3
                pixels[index] = gray
                pixels[index + 1] = gray
                pixels[index + 2] = gray
            }
        }
    }

    /// Fills a rectangle, `opacity` from 0 to 1: below 1 what lies behind shines through.
    public mutating func fill(row: Int, column: Int, rows: Int, columns: Int, _ color: Color, opacity: Double = 1) {
        let (down, across) = clipped(row: row, column: column, rows: rows, columns: columns)
        for y in down {
            for x in across { blend(row: y, column: x, color, opacity) }
        }
    }

    /// Draws a circle's outline, `width` pixels wide, with smooth edges.
    public mutating func strokeCircle(row: Double, column: Double, radius: Double, width: Double, _ color: Color) {
        guard row.isFinite, column.isFinite, radius.isFinite, width.isFinite, radius > 0 else { return }
        let reach = radius + width / 2 + 1
        let down = Self.span(row - reach, row + reach, limit: rows)
        let across = Self.span(column - reach, column + reach, limit: columns)
        for y in down {
            for x in across {
                let dy = Double(y) + 0.5 - row
                let dx = Double(x) + 0.5 - column
                let distance = abs((dx * dx + dy * dy).squareRoot() - radius)
                blend(row: y, column: x, color, min(max(width / 2 + 0.5 - distance, 0), 1))
            }
        }
    }

    /// Mixes `color` over one pixel, `opacity` 0 to 1. Pixels beyond the edges are ignored.
    mutating func blend(row: Int, column: Int, _ color: Color, _ opacity: Double) {
        guard opacity > 0, row >= 0, row < rows, column >= 0, column < columns else { return }
        // Whole-number mixing: the same bytes on every machine.
        let share = Int((min(opacity, 1) * 255).rounded())
        let index = (row * columns + column) * 3
        func mix(_ old: UInt8, _ new: UInt8) -> UInt8 {
            UInt8((Int(old) * (255 - share) + Int(new) * share + 127) / 255)
        }
        pixels[index] = mix(pixels[index], color.red)
        pixels[index + 1] = mix(pixels[index + 1], color.green)
        pixels[index + 2] = mix(pixels[index + 2], color.blue)
    }

    private func clipped(row: Int, column: Int, rows: Int, columns: Int) -> (Range<Int>, Range<Int>) {
        let top = min(max(row, 0), self.rows)
        let left = min(max(column, 0), self.columns)
        let bottom = min(max(row.addingReportingOverflow(max(rows, 0)).partialValue, top), self.rows)
        let right = min(max(column.addingReportingOverflow(max(columns, 0)).partialValue, left), self.columns)
        return (top..<bottom, left..<right)
    }

    private static func span(_ low: Double, _ high: Double, limit: Int) -> Range<Int> {
        let first = Int(min(max(low.rounded(.down), 0), Double(limit)))
        let last = Int(min(max(high.rounded(.up), 0), Double(limit)))
        return first..<max(first, last)
    }
}
