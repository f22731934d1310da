import DICOM
import DICOMPixels
import Testing

@Suite struct DisplayTests {
    /// The worked example of PS3.3 C.11.2.1.2.1: center 2048, width 4096.
    @Test func windowFollowsTheStandard() {
        let window = DisplayWindow(center: 2048, width: 4096)
        #expect(window.gray(0) == 0)
        #expect(window.gray(4095) == 255)
        #expect(window.gray(2047.5) == 128)
        // Width 1 is a threshold.
        let threshold = DisplayWindow(center: 10, width: 1)
        #expect(threshold.gray(9.5) == 0)
        #expect(threshold.gray(9.6) == 255)
        for center in [-1e308, 0, 1e308] {
            for value in [-Double.infinity, .nan, .infinity] {
                #expect([0, 255].contains(DisplayWindow(center: center, width: 1e308).gray(value)))
            }
        }
    }

    @Test func monochrome1IsShownInverted() throws {
        for (name, expected) in [("MONOCHROME2", [UInt8(0), 255]), ("MONOCHROME1", [255, 0])] {
            var image = Images.grayscale(rows: 1, columns: 2, bits: (8, 8, 7), photometricInterpretation: name)
            image.set(.pixelData, .OB, bytes: [3, 200])
            let frame = try GrayscaleFrame(image, .explicitVRLittleEndian)
            let window = DisplayWindow(percentilesOf: frame, .identity, low: 0, high: 1)
            #expect(DisplayImage(frame, .identity, window).gray == expected)
        }
    }

    @Test func aFlatImageIsShown() throws {
        let frame = try GrayscaleFrame(Images.grayscale(rows: 2, columns: 2, bits: (8, 8, 7)), .explicitVRLittleEndian)
        let window = DisplayWindow(percentilesOf: frame, .identity)
        #expect(DisplayImage(frame, .identity, window).gray.count == 4)
    }

    @Test func resamplingKeepsAFlatImageFlatAndARampARamp() {
        let flat = DisplayImage(rows: 7, columns: 5, gray: [UInt8](repeating: 77, count: 35))
        for (rows, columns) in [(1, 1), (3, 2), (7, 5), (70, 51)] {
            #expect(flat.resampled(rows: rows, columns: columns).gray.allSatisfy { $0 == 77 })
        }
        let ramp = DisplayImage(rows: 1, columns: 256, gray: (0...255).map { UInt8($0) })
        let half = ramp.resampled(rows: 1, columns: 128).gray
        for (index, gray) in half.enumerated().dropFirst().dropLast() {
            #expect(abs(Int(gray) - (2 * index)) <= 1)
        }
    }
}

@Suite struct CanvasTests {
    @Test func circleHasItsRadiusAndIsRound() {
        var canvas = Canvas(rows: 101, columns: 101)
        canvas.strokeCircle(row: 50.5, column: 50.5, radius: 30, width: 3, .white)
        func gray(_ row: Int, _ column: Int) -> UInt8 { canvas.pixels[(row * 101 + column) * 3] }
        for (row, column) in [(50, 80), (50, 20), (80, 50), (20, 50)] { #expect(gray(row, column) == 255) }
        #expect(gray(50, 50) == 0 && gray(50, 90) == 0)
        // Smooth edges: some pixels are neither black nor white.
        #expect(canvas.pixels.contains { $0 > 30 && $0 < 225 })
        let sum = canvas.pixels.reduce(0.0) { $0 + Double($1) } / 3 / 255
        // The area of the ring, 2πr × width.
        #expect(abs(sum - 2 * Double.pi * 30 * 3) < 3)
    }

    @Test func drawingBeyondTheEdgesIsCutOff() throws {
        var canvas = Canvas(rows: 20, columns: 20)
        canvas.strokeCircle(row: -5, column: 25, radius: 1e9, width: 3, .white)
        canvas.strokeCircle(row: .nan, column: 0, radius: 5, width: 3, .white)
        canvas.fill(row: -3, column: -3, rows: 1000, columns: 5, .white)
        canvas.fill(row: 5, column: 5, rows: Int.max, columns: 2, .white)
        try canvas.write("Текст", row: -4, column: 15, pixels: 16, .white, FontFace(path: Fonts.sans))
        #expect(canvas.pixels[0] == 255)
    }

    @Test func bannerLetsTheImageShineThrough() throws {
        var canvas = Canvas(rows: 40, columns: 200, background: .white)
        let face = try FontFace(path: Fonts.sans)
        try canvas.writeBanner("x", row: 5, column: 5, pixels: 16, padding: 4, .white, opacity: 0.6, face)
        #expect(canvas.pixels[(6 * 200 + 6) * 3] == 102)
    }
}

enum Fonts {
    /// Debian's fonts-dejavu-core.
    static let sans = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
}
