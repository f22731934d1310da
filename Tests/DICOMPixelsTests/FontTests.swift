import DICOMPixels
import Foundation
import TestSupport
import Testing

@Suite struct FontTests {
    @Test func cyrillicHasItsOwnLetters() throws {
        let face = try FontFace(path: Fonts.sans)
        func drawn(_ text: String) throws -> [UInt8] {
            var canvas = Canvas(rows: 40, columns: 60)
            try canvas.write(text, row: 2, column: 2, pixels: 24, .white, face)
            return canvas.pixels
        }
        let letters = ["Є", "Ї", "Ґ", "ж", "щ", "A"]
        let pictures = try letters.map(drawn)
        #expect(Set(pictures).count == letters.count)
        #expect(pictures.allSatisfy { $0.contains(255) })
        // The box that stands for letters a font lacks.
        let box = try drawn("\u{F8FE}")
        #expect(!pictures.contains(box))
    }

    @Test func wrapsAtWordsAndLosesNone() throws {
        let face = try FontFace(path: Fonts.sans)
        let text = "Програмна підтримка рішень: зображення має переглянути лікар надзвичайнодовгеслово"
        let lines = try face.wrap(text, pixels: 20, width: 200)
        #expect(lines.count > 3)
        for line in lines { #expect(try face.width(of: line, pixels: 20) <= 200) }
        #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
        // Narrower than any letter: one letter a line, and an end.
        #expect(try face.wrap("абв", pixels: 20, width: 1) == ["а", "б", "в"])
    }

    @Test func badFontsAreTypedErrors() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FontError.self) { try FontFace(path: folder.file("absent.ttf").path) }
        let text = folder.file("text.ttf").path
        try Data("not a font".utf8).write(to: URL(fileURLWithPath: text))
        #expect(throws: FontError.self) { try FontFace(path: text) }
        #expect(throws: FontError.invalidSize(5)) { try FontFace(path: Fonts.sans).width(of: "a", pixels: 5) }
    }

    /// A damaged font either does not open, or draws something, or says which letter is broken: it never crashes.
    @Test func damagedFontsNeverCrash() throws {
        let folder = try TemporaryFolder()
        let whole = try Data(contentsOf: URL(fileURLWithPath: Fonts.sans))
        var random = SeededRandom(seed: 7)
        for round in 0..<40 {
            var damaged = round % 2 == 0 ? whole : whole.prefix(Int(random.next() % UInt64(whole.count)))
            for _ in 0..<200 where !damaged.isEmpty {
                damaged[Int(random.next() % UInt64(damaged.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            let path = folder.file("damaged.ttf").path
            try damaged.write(to: URL(fileURLWithPath: path))
            var canvas = Canvas(rows: 40, columns: 200)
            do {
                try canvas.write("Демонстрація 123", row: 2, column: 2, pixels: 20, .white, FontFace(path: path))
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}

/// SplitMix64, so that a failing run repeats itself.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
