extension FontFace {
    /// The most characters that are laid out at once; text in an image is a few lines.
    public static let textLimit = 4096

    /// How wide `text` is on one line, in pixels.
    public func width(of text: String, pixels: Int) throws(FontError) -> Int {
        var advance = 0
        for scalar in text.unicodeScalars.prefix(Self.textLimit) {
            advance += try glyph(scalar, pixels: pixels).advance
        }
        return (advance + 63) / 64
    }

    /// `text` in lines of at most `width` pixels, broken at spaces; a word that is too long alone is broken anywhere.
    public func wrap(_ text: String, pixels: Int, width: Int) throws(FontError) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.prefix(Self.textLimit).split(separator: " ") {
            let longer = line.isEmpty ? String(word) : line + " " + word
            if try self.width(of: longer, pixels: pixels) <= width {
                line = longer
                continue
            }
            if !line.isEmpty { lines.append(line) }
            line = ""
            for character in word {
                let next = line + String(character)
                if !line.isEmpty, try self.width(of: next, pixels: pixels) > width {
                    lines.append(line)
                    line = String(character)
                } else {
                    line = next
                }
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}

extension Canvas {
    /// Writes one line of text, the top left corner of its line at (`row`, `column`).
    public mutating func write(
        _ text: String, row: Int, column: Int, pixels: Int, _ color: Color, _ face: FontFace
    ) throws(FontError) {
        let ascent = try face.lineMetrics(pixels: pixels).ascent
        // 1/64 pixels, as FreeType counts.
        var pen = 0
        for scalar in text.unicodeScalars.prefix(FontFace.textLimit) {
            let glyph = try face.glyph(scalar, pixels: pixels)
            let left = column + pen / 64 + glyph.left
            let top = row + ascent - glyph.top
            for y in 0..<glyph.rows {
                for x in 0..<glyph.columns {
                    let coverage = Double(glyph.coverage[y * glyph.columns + x]) / 255
                    blend(row: top + y, column: left + x, color, coverage)
                }
            }
            pen += glyph.advance
        }
    }

    /// Writes a line of text on a translucent banner, `padding` pixels around it; what lies behind shines through.
    public mutating func writeBanner(
        _ text: String, row: Int, column: Int, pixels: Int, padding: Int, _ color: Color, behind: Color = .black,
        opacity: Double = 0.6, _ face: FontFace
    ) throws(FontError) {
        let width = try face.width(of: text, pixels: pixels)
        let height = try face.lineMetrics(pixels: pixels).height
        fill(
            row: row, column: column, rows: height + 2 * padding, columns: width + 2 * padding, behind,
            opacity: opacity)
        try write(text, row: row + padding, column: column + padding, pixels: pixels, color, face)
    }
}
