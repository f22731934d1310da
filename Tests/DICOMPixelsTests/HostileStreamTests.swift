import DICOM
import DICOMPixels
import Foundation
import TestSupport
import Testing

/// Compressed streams that are cut off, altered, or not what the data set says: each ends in a typed error or an
/// answer, never in a crash.
@Suite struct HostileStreamTests {
    /// A real frame of each codec.
    struct Sample: Sendable {
        var name: String
        var codec: FrameCodec
        var description: PixelDescription
        var bytes: [UInt8]
        var dataSet: DataSet
        var transferSyntax: TransferSyntax
    }

    /// Loaded once for all tests.
    private static let all = Task { try await load() }

    private static func samples() async throws -> [Sample] { try await all.value }

    /// The single-fragment frames of pydicom's own compressed files. Large pictures take their time and show nothing
    /// that small ones do not.
    private static func load() async throws -> [Sample] {
        let folder = try await Repository.pydicomFiles()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return names.compactMap { name in
            guard let file = try? DICOMFile(path: folder.appending(path: name).path),
                let codec = FrameCodec(file.transferSyntax),
                let description = try? PixelDescription(file.dataSet), description.samplesPerFrame < 300_000,
                case .fragments(let items)? = file.dataSet[.pixelData]?.value, items.count == 2,
                (try? codec.decode(items[1], description)) != nil
            else { return nil }
            return Sample(
                name: name, codec: codec, description: description, bytes: Array(items[1]), dataSet: file.dataSet,
                transferSyntax: file.transferSyntax)
        }
    }

    @Test func cutOffStreamsAreRefused() async throws {
        let samples = try await Self.samples()
        #expect(Set(samples.map(\.codec)) == Set(FrameCodec.allCases))
        var count = 0
        for sample in samples {
            // The last tenth of a stream may be padding and boxes behind the picture.
            for share in [0.0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9] {
                let cut = sample.bytes.prefix(Int(Double(sample.bytes.count) * share))
                let error = #expect(throws: PixelError.self, "\(sample.name) cut to \(share)") {
                    _ = try sample.codec.decode(cut, sample.description)
                }
                count += 1
                switch error {
                case .codec(.damaged, let words): #expect(!words.isEmpty)
                case .runLength, nil: break
                // The codec may take the end of the bytes for the end of the header.
                case .codec(.mismatch, _), .codec(.unsupported, _): break
                default: Issue.record("\(sample.name) cut to \(share): \(String(describing: error))")
                }
            }
        }
        print("streams cut off and refused: \(count) of \(samples.count) files")
    }

    /// Where a JPEG-LS stream just ends, its decoder must not look for the next one among what is not there: that took
    /// ten thousand times as long as decoding a whole frame.
    @Test func aRunOfZerosAtTheEndIsRefusedAtOnce() async throws {
        let clock = ContinuousClock()
        var whole = Duration.zero
        var damaged = Duration.zero
        for sample in try await Self.samples() where sample.codec == .jpegLS {
            let scan = try #require(sample.bytes.indices.dropLast().first {
                sample.bytes[$0] == 0xFF && sample.bytes[$0 + 1] == 0xDA
            })
            let header = sample.bytes.prefix(scan + 4 + Int(sample.bytes[scan + 3]) - 2)
            whole += try clock.measure { _ = try sample.codec.decode(sample.bytes[...], sample.description) }
            for count in 0..<24 {
                let bytes = header + [UInt8](repeating: 0, count: count)
                damaged += clock.measure {
                    #expect(throws: PixelError.self, "\(sample.name), \(count) zeros") {
                        _ = try sample.codec.decode(bytes, sample.description)
                    }
                }
            }
        }
        #expect(damaged < whole * 1000)
    }

    @Test func aStreamOfOtherDimensionsIsRefused() async throws {
        for sample in try await Self.samples() {
            var image = sample.dataSet
            let (rows, columns) = (sample.description.rows, sample.description.columns)
            for (newRows, newColumns) in [(rows + 1, columns), (rows, columns - 1), (columns + 7, rows), (4096, 4096)] {
                image.set(.rows, UInt16(newRows))
                image.set(.columns, UInt16(newColumns))
                let error = #expect(throws: PixelError.self, "\(sample.name)") {
                    _ = try PixelData(image, sample.transferSyntax).frame()
                }
                switch error {
                case .codec(.mismatch, _): #expect(sample.codec != .runLength)
                case .runLength(.short), .runLength(.overrun): break
                default: Issue.record("\(sample.name): \(String(describing: error))")
                }
            }
        }
    }

    /// Where a hostile coding style stands, and what it cuts the image into.
    enum Cutting: CaseIterable {
        case blocks, precincts, blocksOfATile, precinctsOfATile
    }

    /// A few thousand bytes that ask for millions of blocks or precincts, each of which costs their decoder memory.
    @Test(arguments: Cutting.allCases)
    func aStreamOfTooManyPiecesIsRefusedByItsHeaders(_ cutting: Cutting) async throws {
        let samples = try await Self.samples()
        let sample = try #require(samples.first { $0.name == "MR_small_jp2klossless.dcm" })
        var bytes = sample.bytes
        // Width and height of the image and of its tiles, in the SIZ marker segment (ITU-T T.800 A.5.1).
        for offset in [8, 12, 24, 28] { bytes.replaceSubrange(offset..<offset + 4, with: [0, 0, 0x20, 0]) }
        func place(_ marker: UInt8) throws -> Int {
            try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == marker })
        }
        // The COD marker segment (A.6.1): marker, length, flags, four bytes, levels, block width and height, two more.
        let coding = try place(0x52)
        var style = Array(bytes[coding..<coding + 14])
        let levels = Int(style[9])
        switch cutting {
        case .blocks, .blocksOfATile: (style[10], style[11]) = (0, 0)
        case .precincts, .precinctsOfATile:
            style[4] |= 1
            style[3] = UInt8(12 + levels + 1)
            style += [UInt8](repeating: 0x11, count: levels + 1)
        }
        switch cutting {
        case .blocks, .precincts: bytes.replaceSubrange(coding..<coding + 14, with: style)
        case .blocksOfATile, .precinctsOfATile:
            let tile = try place(0x90)
            bytes.insert(contentsOf: style, at: tile + 12)
            // The tile-part's length: to the end of the stream (A.4.2).
            bytes.replaceSubrange(tile + 6..<tile + 10, with: [0, 0, 0, 0])
        }
        var image = sample.dataSet
        image.set(.rows, 8192)
        image.set(.columns, 8192)
        let description = try PixelDescription(image)
        #expect(throws: PixelError.codec(.unsupported, "the image is cut into too many blocks")) {
            _ = try sample.codec.decode(bytes[...], description)
        }
    }

    @Test func aStreamOfOtherSamplesIsRefused() async throws {
        for sample in try await Self.samples() {
            var image = sample.dataSet
            let isColor = sample.description.samplesPerPixel == 3
            image.set(.samplesPerPixel, isColor ? 1 : 3)
            image.set(.photometricInterpretation, .CS, isColor ? "MONOCHROME2" : "RGB")
            #expect(throws: PixelError.self, "\(sample.name)") {
                _ = try PixelData(image, sample.transferSyntax).frame()
            }
            guard sample.description.bitsAllocated == 16, sample.codec != .runLength else { continue }
            image = sample.dataSet
            image.set(.bitsAllocated, 8)
            image.set(.bitsStored, 8)
            image.set(.highBit, 7)
            let description = try PixelDescription(image)
            // A stream of eight bits in words of sixteen is lawful, and so is this image then.
            if let frame = try? sample.codec.decode(sample.bytes[...], description) {
                #expect(frame.storedValues.allSatisfy { (-128...255).contains($0) })
            }
        }
    }

    /// Bytes changed, cut out, doubled and mixed by a seeded generator. OUTPOST_MUTATIONS asks for more of each file.
    @Test func mutatedStreamsNeverCrash() async throws {
        let wanted = ProcessInfo.processInfo.environment["OUTPOST_MUTATIONS"].flatMap { Int($0) } ?? 100
        var generator = SeededGenerator(seed: 20)
        var refused = 0
        var answered = 0
        for sample in try await Self.samples() {
            for _ in 0..<wanted {
                let bytes = Self.mutated(sample.bytes, &generator)
                do {
                    _ = try sample.codec.decode(bytes[...], sample.description)
                    answered += 1
                } catch {
                    #expect(!error.description.isEmpty)
                    refused += 1
                }
            }
        }
        #expect(refused > answered / 10)
        print("mutated streams: \(refused + answered), refused \(refused), answered \(answered)")
    }

    private static func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        // Headers, where a change tells most, are at the beginning.
        func place(_ generator: inout SeededGenerator) -> Int {
            let reach = Bool.random(using: &generator) ? min(200, bytes.count) : bytes.count
            return Int.random(in: 0..<reach, using: &generator)
        }
        for _ in 0..<Int.random(in: 1...8, using: &generator) where bytes.count > 2 {
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[place(&generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[place(&generator)] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF].randomElement(using: &generator) ?? 0
            case 2: bytes[place(&generator)] = UInt8.random(in: 0...255, using: &generator)
            case 3: bytes.removeLast(min(bytes.count - 1, Int.random(in: 1...100, using: &generator)))
            case 4:
                let start = place(&generator)
                bytes.removeSubrange(start..<min(bytes.count, start + Int.random(in: 1...9, using: &generator)))
            default:
                let start = place(&generator)
                bytes.insert(contentsOf: bytes[start..<min(bytes.count, start + 16)], at: place(&generator))
            }
        }
        return bytes
    }
}
