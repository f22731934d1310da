import CFreeType

/// Why a font cannot be used.
public enum FontError: Error, Equatable, CustomStringConvertible {
    case noFreeType(code: Int32)
    case unreadable(path: String, code: Int32)
    case notScalable(path: String)
    case invalidSize(Int)
    case glyph(scalar: UInt32, code: Int32)

    public var description: String {
        switch self {
        case .noFreeType(let code):
            "FreeType does not start (error \(code))"
        case .unreadable(let path, let code):
            "the font \(path) cannot be opened (FreeType error \(code)); install it or name another font file"
        case .notScalable(let path):
            "the font \(path) has no outlines; name a TrueType or OpenType font file"
        case .invalidSize(let pixels):
            "a text height of \(pixels) pixels is outside \(FontFace.sizes.lowerBound) to \(FontFace.sizes.upperBound)"
        case .glyph(let scalar, let code):
            "the font's glyph for U+\(String(scalar, radix: 16, uppercase: true)) is broken (FreeType error \(code))"
        }
    }
}

/// A font file, opened by FreeType. Owns its library and face and frees both; not for use by two threads at once.
public final class FontFace {
    /// Heights that text in an image can sensibly have, and a bound on a glyph's memory.
    public static let sizes = 6...256

    private let library: FT_Library
    private let face: FT_Face

    /// Opens the font in the file at `path`.
    public init(path: String) throws(FontError) {
        var library: FT_Library?
        let started = FT_Init_FreeType(&library)
        guard started == 0, let library else { throw .noFreeType(code: started) }
        var face: FT_Face?
        let opened = FT_New_Face(library, path, 0, &face)
        guard opened == 0, let face else {
            FT_Done_FreeType(library)
            throw .unreadable(path: path, code: opened)
        }
        // FT_FACE_FLAG_SCALABLE is bit 0 of the face's flags.
        guard face.pointee.face_flags & 1 == 1 else {
            FT_Done_Face(face)
            FT_Done_FreeType(library)
            throw .notScalable(path: path)
        }
        self.library = library
        self.face = face
    }

    deinit {
        FT_Done_Face(face)
        FT_Done_FreeType(library)
    }

    /// One character's picture: coverage 0 to 255, [rows, columns], and where it lies about the pen.
    struct Glyph {
        var rows: Int
        var columns: Int
        var coverage: [UInt8]
        /// From the pen to the left edge, and from the baseline up to the top edge; pixels.
        var left: Int
        var top: Int
        /// How far the pen moves on; 1/64 pixels.
        var advance: Int
    }

    /// The height of a line of text whose size is `pixels`, and how far its baseline lies below its top.
    public func lineMetrics(pixels: Int) throws(FontError) -> (height: Int, ascent: Int) {
        try select(pixels: pixels)
        let metrics = face.pointee.size.pointee.metrics
        let limit = 4 * pixels
        return (min(max(Int(metrics.height) / 64, pixels), limit), min(max(Int(metrics.ascender) / 64, 1), limit))
    }

    func glyph(_ scalar: Unicode.Scalar, pixels: Int) throws(FontError) -> Glyph {
        try select(pixels: pixels)
        let code = FT_Load_Char(face, FT_ULong(scalar.value), Int32(FT_LOAD_RENDER))
        guard code == 0, let slot = face.pointee.glyph else { throw .glyph(scalar: scalar.value, code: code) }
        let bitmap = slot.pointee.bitmap
        let rows = Int(bitmap.rows)
        let columns = Int(bitmap.width)
        let limit = 4 * Self.sizes.upperBound
        guard rows <= limit, columns <= limit else { throw .glyph(scalar: scalar.value, code: 0) }
        var coverage = [UInt8](repeating: 0, count: rows * columns)
        if let buffer = bitmap.buffer {
            for row in 0..<rows {
                for column in 0..<columns {
                    coverage[row * columns + column] = buffer[row * Int(bitmap.pitch) + column]
                }
            }
        }
        return Glyph(
            rows: rows, columns: columns, coverage: coverage, left: Int(slot.pointee.bitmap_left),
            top: Int(slot.pointee.bitmap_top), advance: min(max(Int(slot.pointee.advance.x), 0), limit * 64))
    }

    private func select(pixels: Int) throws(FontError) {
        guard Self.sizes.contains(pixels) else { throw .invalidSize(pixels) }
        let code = FT_Set_Pixel_Sizes(face, 0, FT_UInt(pixels))
        guard code == 0 else { throw .invalidSize(pixels) }
    }
}
