import TestSupport
import Testing

@testable import DICOM

/// What is seen in passing: the same however the bytes are cut, within a stated memory.
@Suite struct HeaderParserTests {
    static let wanted: Set<DICOM.Tag> = [
        .sopClassUID, .sopInstanceUID, .studyInstanceUID, .seriesInstanceUID, .modality, .rows, .bitsAllocated,
    ]

    static func parser(
        _ syntax: TransferSyntax, limits: DataSetLimits = DataSetLimits()
    ) throws(DataSetError) -> HeaderParser {
        try HeaderParser(wanted: wanted, syntax: syntax, limits: limits)
    }

    private static func seen(
        _ bytes: [UInt8], _ syntax: TransferSyntax, _ cut: (Int) -> Int
    ) throws(DataSetError) -> HeaderParser {
        var parser = try parser(syntax)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + cut(bytes.count - start))
            try parser.consume(bytes[start..<end])
            #expect(parser.heldBytes <= HeaderParser.memoryLimit(wantedCount: wanted.count))
            start = end
        }
        try parser.finish()
        return parser
    }

    /// As a receiver feeds it: where the bytes lie, in pieces that may be longer than what is looked at in one go.
    private static func seenInPlace(_ bytes: [UInt8], _ syntax: TransferSyntax, _ length: Int) throws -> HeaderParser {
        var parser = try parser(syntax)
        try bytes.withUnsafeBytes { whole in
            for start in stride(from: 0, to: whole.count, by: length) {
                let piece = whole[start..<min(start + length, whole.count)]
                try parser.consume(UnsafeRawBufferPointer(rebasing: piece))
            }
        }
        try parser.finish()
        return parser
    }

    /// Whole, byte by byte, in random pieces and in place, in all four native syntaxes.
    @Test(arguments: ["CT_small.dcm", "rtplan.dcm", "reportsi.dcm", "JPEG-lossy.dcm", "MR_small_RLE.dcm"])
    func seesTheSameHoweverItIsCut(_ name: String) async throws {
        let file = try #require(await PydicomFiles.named(name))
        let dataSet = try DataSetReader.read(file.dataSet[...], file.syntax)
        let syntaxes = Transcoder.syntaxes.contains(file.syntax) ? Transcoder.syntaxes : [file.syntax]
        var generator = SeededGenerator(seed: 3)
        for syntax in syntaxes {
            let bytes = DataSetWriter.write(dataSet, syntax)
            let whole = try Self.seen(bytes, syntax) { $0 }
            for tag in Self.wanted {
                #expect(whole.header.string(tag) == dataSet.string(tag), "\(name) \(syntax) \(tag)")
                #expect(whole.header.integer(tag) == dataSet.integer(tag), "\(name) \(syntax) \(tag)")
            }
            var parsers = [try Self.seen(bytes, syntax) { _ in 1 }]
            for _ in 0..<8 {
                parsers.append(try Self.seen(bytes, syntax) { _ in Int.random(in: 1...700, using: &generator) })
            }
            for length in [1, 4095, 5000, bytes.count] {
                parsers.append(try Self.seenInPlace(bytes, syntax, length))
            }
            for parser in parsers {
                #expect(parser.header == whole.header, "\(name) \(syntax)")
                #expect(parser.observations == whole.observations, "\(name) \(syntax)")
            }
        }
    }

    /// Pixel data as pydicom counts its fragments.
    @Test func countsFragmentsAsPydicomDoes() async throws {
        let files = await PydicomFiles.readable.filter { $0.syntax.isEncapsulated }
        let script = """
            import sys
            from pydicom import dcmread
            from pydicom.encaps import parse_fragments
            for path in sys.argv[1:]:
                dataset = dcmread(path)
                element = dataset.get_item('PixelData')
                if element is None: print('none')
                elif element.length != 0xFFFFFFFF: print('native')
                else: print(parse_fragments(element.value)[0] - 1)
            """
        let lines = try await PydicomFiles.run(script, files.map(\.path)).split(separator: "\n")
        try #require(lines.count == files.count)
        var counted = 0
        for (file, line) in zip(files, lines) {
            guard let parser = try? Self.seen(file.dataSet, file.syntax, { $0 }) else { continue }
            let expected = Int(line)
            if expected != nil { counted += 1 }
            #expect(parser.observations.fragmentCount == expected, "\(file.testDescription) \(line)")
            #expect((parser.nativePixelDataLength != nil) == (line == "native"), "\(file.testDescription)")
        }
        #expect(counted > 30)
    }

    @Test func tellsWhatStandsOut() throws {
        func element(_ number: UInt8, _ value: String) -> [UInt8] {
            [0x08, 0, number, 0, 0x43, 0x53, UInt8(value.utf8.count), 0] + Array(value.utf8)
        }
        func observations(_ bytes: [UInt8]) throws -> HeaderParser.Observations {
            try Self.seen(bytes, .explicitVRLittleEndian) { _ in 5 }.observations
        }
        let plain = element(0x08, "ORIGINAL") + element(0x60, "CT") + element(0x70, "X ")
        #expect(try observations(plain) == HeaderParser.Observations())
        let unordered = element(0x60, "CT") + element(0x08, "ORIGINAL") + element(0x70, "X ")
        #expect(try observations(unordered).outOfOrder == .imageType)
        let twice = element(0x60, "CT") + element(0x60, "MR")
        #expect(try observations(twice).duplicate == .modality)
        // The later one counts, here and for who reads the whole data set.
        let parser = try Self.seen(twice, .explicitVRLittleEndian) { $0 }
        #expect(parser.header.string(.modality) == "MR")
        #expect(try DataSetReader.read(twice[...], .explicitVRLittleEndian).string(.modality) == "MR")
        // Apart from each other: known where the element is wanted.
        let apart = element(0x60, "CT") + element(0x70, "X ") + element(0x60, "MR")
        #expect(try observations(apart).duplicate == .modality)
        #expect(try observations(element(0x60, "CTX")).oddLength == .modality)
        for zeros in [1, 7, 8, 100] {
            let padded = plain + [UInt8](repeating: 0, count: zeros)
            #expect(try observations(padded).hasTrailingBytes)
            #expect(try DataSetReader.read(padded[...], .explicitVRLittleEndian).elements.count == 3)
        }
        #expect(throws: DataSetError.self) { try observations(plain + [UInt8](repeating: 0, count: 20) + [1]) }
    }

    @Test func aCopyGoesItsOwnWay() async throws {
        let file = try #require(await PydicomFiles.named("image_dfl.dcm"))
        var first = try Self.parser(file.syntax)
        try first.consume(file.dataSet[..<1000])
        var second = first
        try first.consume(file.dataSet[1000...])
        try first.finish()
        // The copy has not seen the rest, and can still take it.
        var third = second
        #expect(throws: DataSetError.self) { try third.finish() }
        try second.consume(file.dataSet[1000...])
        try second.finish()
        #expect(second.header == first.header)
        #expect(second.header.uid(.sopInstanceUID) != nil)
    }

    /// Wanted elements that come again and again, and headers cut in two, do not add up.
    @Test func memoryStaysWithinItsLimit() throws {
        var parser = try Self.parser(.explicitVRLittleEndian)
        let value = [UInt8](repeating: 0x41, count: HeaderParser.valueLimit)
        let length = UInt16(value.count)
        for round in 0..<2000 {
            let tag = [UInt8(0x16), 0x18, 0x60][round % 3]
            let element = [0x08, 0, tag, 0, 0x43, 0x53, UInt8(length & 0xFF), UInt8(length >> 8)] + value
            try parser.consume(element[..<5])
            try parser.consume(element[5..<100])
            #expect(parser.heldBytes <= HeaderParser.memoryLimit(wantedCount: Self.wanted.count))
            try parser.consume(element[100...])
        }
        #expect(parser.header.elements.count == 3)
        var tooLong = try Self.parser(.explicitVRLittleEndian)
        #expect(throws: DataSetError.headerTooLong(limit: HeaderParser.valueLimit)) {
            try tooLong.consume([0x08, 0, 0x60, 0, 0x43, 0x53, 0x01, 0x10])
        }
    }
}
