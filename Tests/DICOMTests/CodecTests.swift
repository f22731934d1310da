import TestSupport
import Testing

@testable import DICOM

/// The data set codec against pydicom's own files, cut, changed and nested.
@Suite struct CodecTests {
    static let wanted: Set<DICOM.Tag> = [
        .sopClassUID, .sopInstanceUID, .studyInstanceUID, .seriesInstanceUID, .modality, .specificCharacterSet,
    ]

    /// What a ``HeaderParser`` saw, or the error, feeding it pieces of `size`.
    static func parse(_ file: PydicomFiles.File, _ bytes: [UInt8], pieces size: Int) -> Result<DataSet, DataSetError> {
        do throws(DataSetError) {
            var parser = try HeaderParser(wanted: wanted, syntax: file.syntax)
            var start = 0
            while start < bytes.count {
                let end = min(start + size, bytes.count)
                try parser.consume(bytes[start..<end])
                start = end
            }
            try parser.finish()
            return .success(parser.header)
        } catch {
            return .failure(error)
        }
    }

    @Test func readerAndParserAgreeOnEveryFile() async throws {
        let all = await PydicomFiles.readable
        #expect(all.count > 100)
        var readCount = 0
        for file in await PydicomFiles.readable {
            let whole = Self.parse(file, file.dataSet, pieces: .max / 2)
            // However it is cut, the parser sees the same. Large files byte by byte would only take time.
            for size in file.dataSet.count < 20_000 ? [1, 7, 4096] : [1021] {
                #expect(Self.parse(file, file.dataSet, pieces: size) == whole, "\(file.path) in pieces of \(size)")
            }
            let dataSet: DataSet
            do throws(DataSetError) {
                dataSet = try DataSetReader.read(file.dataSet[...], file.syntax)
            } catch {
                print("not read:", file.testDescription, error)
                continue
            }
            readCount += 1
            // The parser does not enter defined lengths, so it may accept what the reader refuses, never the reverse.
            guard case .success(let header) = whole else {
                Issue.record("\(file.path): the reader takes what the parser refuses: \(whole)")
                continue
            }
            for tag in Self.wanted { #expect(header[tag] == dataSet[tag], "\(file.path) \(tag)") }
        }
        print("pydicom files read:", readCount, "of", all.count)
        #expect(readCount * 100 >= all.count * 95)
    }

    /// Values as pydicom reads them: identifiers, numbers, text and the pixel data's length.
    @Test func agreesWithPydicom() async throws {
        let names = ["CT_small.dcm", "MR_small_implicit.dcm", "JPEG-lossy.dcm", "reportsi.dcm", "MR_small_RLE.dcm"]
        let script = """
            import sys
            from pydicom import dcmread
            for path in sys.argv[1:]:
                d = dcmread(path)
                print('|'.join(str(v) for v in (d.SOPInstanceUID, d.StudyInstanceUID, d.Modality, d.get('Rows', ''),
                      d.get('PatientName', ''), len([e for e in d]))))
            """
        var files: [PydicomFiles.File] = []
        for name in names { if let file = await PydicomFiles.named(name) { files.append(file) } }
        #expect(files.count == names.count)
        let lines = try await PydicomFiles.run(script, files.map(\.path)).split(separator: "\n")
        try #require(lines.count == files.count)
        for (file, line) in zip(files, lines) {
            let dataSet = try DataSetReader.read(file.dataSet[...], file.syntax)
            let ours: [String] = [
                dataSet.uid(.sopInstanceUID)?.value ?? "", dataSet.uid(.studyInstanceUID)?.value ?? "",
                dataSet.string(.modality) ?? "", dataSet.integer(.rows).map { "\($0)" } ?? "",
                dataSet.string(.patientName) ?? "", "\(dataSet.elements.count)",
            ]
            #expect(ours.joined(separator: "|") == line)
        }
    }

    /// Cut at any byte, a data set is refused unless the cut falls between two elements of the outermost level.
    @Test(arguments: ["rtplan.dcm", "reportsi.dcm", "JPEG-lossy.dcm", "UN_sequence.dcm"])
    func refusesTruncation(_ name: String) async throws {
        let file = try #require(await PydicomFiles.named(name))
        let whole = try DataSetReader.read(file.dataSet[...], file.syntax)
        let step = max(1, file.dataSet.count / 3000)
        for count in stride(from: 1, to: file.dataSet.count, by: step) {
            let cut = Array(file.dataSet.prefix(count))
            let read = Result { () throws(DataSetError) in try DataSetReader.read(cut[...], file.syntax) }
            let parsed = Self.parse(file, cut, pieces: 1 << 20)
            switch (read, parsed) {
            case (.success(let dataSet), .success):
                // Accepted: then everything in it is whole, and it ends exactly at the cut.
                #expect(dataSet.elements.elementsEqual(whole.elements.prefix(dataSet.elements.count)))
            case (.failure, .failure): break
            case (.success, .failure), (.failure, .success):
                Issue.record("\(name) cut at \(count): reader \(read), parser \(parsed)")
            }
        }
    }

    private static func nested(_ depth: Int, defined: Bool) -> [UInt8] {
        // (0040,A730) SQ in Implicit VR, an item in it, and so on inwards.
        var bytes: [UInt8] = []
        for level in 0..<depth {
            let inner = UInt32(16 * (depth - level) - 8)
            let length = defined ? inner : 0xFFFF_FFFF
            let itemLength = defined ? inner - 8 : 0xFFFF_FFFF
            bytes += [0x40, 0x00, 0x30, 0xA7] + (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
            bytes += [0xFE, 0xFF, 0x00, 0xE0] + (0..<4).map { UInt8(truncatingIfNeeded: itemLength >> ($0 * 8)) }
        }
        return bytes
    }

    @Test(arguments: [true, false]) func boundsNesting(_ defined: Bool) throws {
        let bytes = Self.nested(10_000, defined: defined)
        let file = PydicomFiles.File(path: "", syntax: .implicitVRLittleEndian, dataSet: bytes)
        #expect(throws: DataSetError.self) { try DataSetReader.read(bytes[...], .implicitVRLittleEndian) }
        // The parser counts defined lengths and enters none of them.
        let parsed = Self.parse(file, bytes, pieces: 100)
        if defined {
            #expect(parsed == .success(DataSet()))
        } else {
            #expect(throws: DataSetError.self) { try parsed.get() }
        }
        let shallow = Self.nested(10, defined: true)
        #expect(try DataSetReader.read(shallow[...], .implicitVRLittleEndian).elements.count == 1)
    }

    @Test func refusesWhatIsNoElement() {
        let undefinedVR: [UInt8] = [0x08, 0, 0x16, 0, 0x7A, 0x7A, 2, 0, 0x31, 0]
        #expect(throws: DataSetError.undefinedVR(tag: .sopClassUID, offset: 0)) {
            try DataSetReader.read(undefinedVR[...], .explicitVRLittleEndian)
        }
        let hugeLength: [UInt8] = [0x08, 0, 0x16, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0x31]
        #expect(throws: DataSetError.self) { try DataSetReader.read(hugeLength[...], .implicitVRLittleEndian) }
        let strayItem: [UInt8] = [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0]
        #expect(throws: DataSetError.self) { try DataSetReader.read(strayItem[...], .implicitVRLittleEndian) }
        // An odd length is against the rules, but harmless: the bytes are kept.
        let oddLength: [UInt8] = [0x08, 0, 0x60, 0, 0x43, 0x53, 1, 0, 0x4D]
        #expect((try? DataSetReader.read(oddLength[...], .explicitVRLittleEndian))?.string(.modality) == "M")
    }

    /// A value of Implicit VR that is too long for its VR becomes UN instead of ending the program.
    @Test func writesOverlongValuesAsUnknown() throws {
        var dataSet = DataSet()
        dataSet.set(.modality, .CS, String(repeating: "X", count: 70_000))
        let bytes = DataSetWriter.write(dataSet, .explicitVRLittleEndian)
        let read = try DataSetReader.read(bytes[...], .explicitVRLittleEndian)
        #expect(read[.modality]?.vr == .UN)
        #expect(read[.modality]?.bytes?.count == 70_000)
    }

    @Test func survivesMutations() async throws {
        var generator = SeededGenerator(seed: 7)
        for name in ["rtplan.dcm", "reportsi.dcm", "UN_sequence.dcm"] {
            let file = try #require(await PydicomFiles.named(name))
            for _ in 0..<400 {
                var bytes = file.dataSet
                for _ in 0..<Int.random(in: 1...8, using: &generator) {
                    let index = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes[index] = .random(in: .min ... .max, using: &generator)
                }
                let parsed = Self.parse(file, bytes, pieces: 613)
                guard let dataSet = try? DataSetReader.read(bytes[...], file.syntax) else { continue }
                if case .failure(let error) = parsed, case .headerTooLong = error { continue }
                #expect((try? parsed.get()) != nil, "the reader takes what the parser refuses")
                // Whatever was read can be written and looked at.
                let again = DataSetWriter.write(dataSet, file.syntax)
                #expect((try? DataSetReader.read(again[...], file.syntax)) != nil)
                for element in dataSet.elements {
                    _ = dataSet.string(element.tag)
                    _ = dataSet.integer(element.tag)
                    _ = dataSet.decimals(element.tag)
                }
            }
        }
    }
}
