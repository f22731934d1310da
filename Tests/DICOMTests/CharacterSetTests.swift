import Foundation
import TestSupport
import Testing

@testable import DICOM

/// Text of every character set of the standard, as pydicom and Python's codecs decode it.
@Suite struct CharacterSetTests {
    /// Foundation has one too.
    typealias CharacterSet = DICOM.CharacterSet

    /// Every text of pydicom's files for character sets, nested and multi-valued ones too.
    @Test func decodesPydicomsFilesAsPydicomDoes() async throws {
        let files = await PydicomFiles.readable.filter { $0.path.contains("/charset_files/") }
        #expect(files.count == 17)
        let script = """
            import json, sys
            from pydicom import dcmread
            def dump(dataset, path):
                for element in dataset:
                    here = path + '%08X' % element.tag
                    if element.tag.is_private: continue
                    if element.VR == 'SQ':
                        for index, item in enumerate(element.value): dump(item, here + '[%d]/' % index)
                    elif element.VR in ('LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT'):
                        values = element.value if element.VM > 1 else [element.value]
                        print(here + ' ' + json.dumps('\\\\'.join(str(value or '') for value in values)))
            for path in sys.argv[1:]:
                print('file')
                dataset = dcmread(path)
                dataset.decode()
                dump(dataset, '')
            """
        let lines = try await PydicomFiles.run(script, files.map(\.path)).split(separator: "\n")
        let expected = lines.split(whereSeparator: { $0 == "file" }, keepingEmpty: files.count)
        try #require(expected.count == files.count)
        var count = 0
        for (file, lines) in zip(files, expected) {
            let dataSet = try DataSetReader.read(file.dataSet[...], file.syntax)
            var texts: [String] = []
            Self.dump(dataSet, "", into: &texts)
            for (ours, line) in zip(texts, lines) {
                let parts = line.split(separator: " ", maxSplits: 1)
                let text = try JSONDecoder().decode(String.self, from: Data(parts[1].utf8))
                let theirs = parts[0] + " " + text.trimmingPadding()
                #expect(Array(ours.unicodeScalars) == Array(theirs.unicodeScalars), "\(file.testDescription)")
                count += 1
            }
            #expect(texts.count == lines.count, "\(file.testDescription)")
        }
        print("texts of character set files compared:", count)
        #expect(count > 140)
    }

    private static func dump(_ dataSet: DataSet, _ path: String, into texts: inout [String]) {
        // pydicom knows what the private elements of some vendors are.
        for element in dataSet.elements where !element.tag.isPrivate {
            let here = path + element.tag.group.hexadecimal + element.tag.element.hexadecimal
            for (index, item) in (element.items ?? []).enumerated() { dump(item, "\(here)[\(index)]/", into: &texts) }
            if element.vr.usesSpecificCharacterSet {
                // Values lose their padding one by one, as in pydicom; name groups that are empty at the end go.
                let values = dataSet.strings(element.tag).map { value in
                    element.vr == .PN ? String(value.reversed().drop { $0 == "=" }.reversed()) : value
                }
                texts.append("\(here) \(values.joined(separator: "\\"))")
            }
        }
    }

    /// Every byte, pair or quadruple of a set, as Python's codec reads it.
    @Test func everyCodeIsPythons() async throws {
        let script = """
            import sys
            def show(name, codec, codes, wrap=lambda code: code):
                text = ''
                for code in codes:
                    try: decoded = wrap(code).decode(codec)
                    except UnicodeDecodeError: decoded = '\\ufffd'
                    text += decoded if len(decoded) == 1 else '\\ufffd'
                print(name + ' ' + text.encode('utf-8').hex())
            singles = {100: 'latin_1', 101: 'iso8859_2', 109: 'iso8859_3', 110: 'iso8859_4', 126: 'iso8859_7',
                127: 'iso8859_6', 138: 'iso8859_8', 144: 'iso8859_5', 148: 'iso8859_9', 166: 'tis_620',
                203: 'iso8859_15'}
            for number, codec in singles.items():
                show('ISO_IR %d' % number, codec, [bytes([byte]) for byte in range(0xA0, 0x100)])
            show('ISO_IR 13', 'shift_jis', [bytes([byte]) for byte in range(0xA1, 0xE0)])
            pairs = [bytes([row, cell]) for row in range(0x21, 0x7F) for cell in range(0x21, 0x7F)]
            high = [bytes(byte | 0x80 for byte in pair) for pair in pairs]
            show('87', 'iso2022_jp', pairs, lambda code: b'\\x1b$B' + code + b'\\x1b(B')
            show('159', 'iso2022_jp_2', pairs, lambda code: b'\\x1b$(D' + code + b'\\x1b(B')
            show('149', 'euc_kr', high)
            trails = [*range(0x40, 0x7F), *range(0x80, 0xFF)]
            show('GB18030', 'gb18030', [bytes([lead, trail]) for lead in range(0x81, 0xFF) for trail in trails])
            four = [bytes([a, b, c, d]) for a in range(0x81, 0x85) for b in range(0x30, 0x3A)
                for c in range(0x81, 0xFF) for d in range(0x30, 0x3A)]
            show('GB18030-4', 'gb18030', four[:39420])
            """
        let lines = try await PydicomFiles.run(script, []).split(separator: "\n")
        #expect(lines.count == 17)
        for line in lines {
            let fields = line.split(separator: " ")
            let name = fields.dropLast().joined(separator: " ")
            let expected = try #require(fields.last.map(Self.bytes(hexadecimal:)))
            let ours = Self.allCodes(of: name).map { code, set, vr in
                let text = set.decode(code, vr).unicodeScalars
                return text.count == 1 ? text.first ?? "\u{FFFD}" : "\u{FFFD}"
            }
            let theirs = Array(String(decoding: expected, as: UTF8.self).unicodeScalars)
            #expect(ours.count == theirs.count, "\(name)")
            let wrong = zip(ours, theirs).filter { $0 != $1 }
            #expect(wrong.isEmpty, "\(name): \(wrong.prefix(5))")
        }
    }

    private static func allCodes(of name: String) -> [(code: [UInt8], set: CharacterSet, vr: VR)] {
        let set = CharacterSet(definedTerms: name)
        let rows = UInt8(0x21)...0x7E
        let pairs = rows.flatMap { row in rows.map { [row, $0] } }
        switch name {
        case "87": return pairs.map { ([0x1B, 0x24, 0x42] + $0, .defaultRepertoire, .LO) }
        case "159": return pairs.map { ([0x1B, 0x24, 0x28, 0x44] + $0, .defaultRepertoire, .LO) }
        case "149":
            let set = CharacterSet(definedTerms: "\\ISO 2022 IR 149")
            return pairs.map { ([0x1B, 0x24, 0x29, 0x43] + $0.map { $0 | 0x80 }, set, .LO) }
        case "GB18030":
            let trails = Array(UInt8(0x40)...0x7E) + Array(0x80...0xFE)
            return (UInt8(0x81)...0xFE).flatMap { lead in trails.map { ([lead, $0], set, .LO) } }
        case "GB18030-4":
            return (0..<39_420).map { linear in
                let code = [
                    0x81 + linear / 12_600, 0x30 + linear / 1260 % 10, 0x81 + linear / 10 % 126, 0x30 + linear % 10,
                ]
                return (code.map(UInt8.init), .init(definedTerms: "GB18030"), .LO)
            }
        case "ISO_IR 13": return (UInt8(0xA1)...0xDF).map { ([$0], set, .LO) }
        default: return (UInt8(0xA0)...0xFF).map { ([$0], set, .LO) }
        }
    }

    private static func bytes(hexadecimal text: Substring) -> [UInt8] {
        let digits = text.utf8.map { UInt8($0 < 0x61 ? $0 - 0x30 : $0 - 0x57) }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// The standard's own examples that pydicom's files do not hold (PS3.5 annexes I and K).
    @Test func examplesOfTheStandard() {
        let korean = CharacterSet(definedTerms: "\\ISO 2022 IR 149")
        let name: [UInt8] = Array("Hong^Gildong=".utf8)
            + [0x1B, 0x24, 0x29, 0x43, 0xFB, 0xF3, 0x5E, 0x1B, 0x24, 0x29, 0x43, 0xD1, 0xCE, 0xD4, 0xD7]
        let decoded = PersonName(korean.decode(name, .PN))
        #expect(decoded.alphabetic.familyName == "Hong")
        #expect(decoded.ideographic.familyName == "\u{6D2A}")
        #expect(decoded.ideographic.givenName == "\u{5409}\u{6D1E}")
        #expect(decoded.phonetic.displayText.isEmpty)
        let chinese = CharacterSet(definedTerms: "\\ISO 2022 IR 58")
        let zhang: [UInt8] = Array("Zhang^XiaoDong=".utf8)
            + [0x1B, 0x24, 0x29, 0x41, 0xD5, 0xC5, 0x5E, 0x1B, 0x24, 0x29, 0x41, 0xD0, 0xA1, 0xB6, 0xAB, 0x3D]
        #expect(chinese.decode(zhang, .PN) == "Zhang^XiaoDong=\u{5F20}^\u{5C0F}\u{4E1C}=")
    }

    @Test func extensionsEndWhereTheStandardSays() {
        let set = CharacterSet(definedTerms: "ISO 2022 IR 100\\ISO 2022 IR 144")
        let cyrillic: [UInt8] = [0x1B, 0x2D, 0x4C, 0xB8]
        // A caret parts the components of a name, and means nothing elsewhere.
        #expect(set.decode(cyrillic + [0x5E, 0xE9], .PN) == "\u{418}^\u{E9}")
        #expect(set.decode(cyrillic + [0x5E, 0xE9], .LO) == "\u{418}^\u{449}")
        #expect(set.decode(cyrillic + [0x5C, 0xE9], .LO) == "\u{418}\\\u{E9}")
        #expect(set.decode(cyrillic + [0x5C, 0xE9], .LT) == "\u{418}\\\u{449}")
        #expect(set.decode(cyrillic + [0x0D, 0x0A, 0xE9], .LT) == "\u{418}\r\n\u{E9}")
    }

    @Test func wrongBytesAreShownAsSuch() {
        #expect(CharacterSet(definedTerms: "").decode([0x41, 0xC9, 0x42]) == "A\u{FFFD}B")
        #expect(CharacterSet(definedTerms: "KLINGON").decode([0x41, 0xC9]) == "A\u{FFFD}")
        #expect(!CharacterSet(definedTerms: "KLINGON").isKnown)
        #expect(CharacterSet(definedTerms: "ISO_IR 192").decode([0x41, 0xC9]) == "A\u{FFFD}")
        #expect(CharacterSet(definedTerms: "GB18030").decode([0x41, 0xC9]) == "A\u{FFFD}")
        #expect(CharacterSet(definedTerms: "ISO_IR 100").decode([0x41, 0x9B]) == "A\u{FFFD}")
        // An escape that names nothing, and a pair that is cut.
        #expect(CharacterSet(definedTerms: "ISO_IR 100").decode([0x1B, 0x41]) == "\u{FFFD}A")
        #expect(CharacterSet(definedTerms: "").decode([0x1B, 0x24, 0x42, 0x30]) == "\u{FFFD}")
        // Names that senders misspell.
        for term in ["ISO-IR 100", "ISO IR 100", "ISO2022 IR 100", "iso_ir_100"] {
            #expect(CharacterSet(definedTerms: term).decode([0xE9]) == "\u{E9}", "\(term)")
        }
    }

    @Test func shownTextHasNoControlCharacters() {
        var dataSet = DataSet()
        dataSet.set(.specificCharacterSet, .CS, "ISO_IR 192")
        dataSet.set(.patientName, .PN, "A\u{1B}[31mB\u{202E}C\r\n\u{7F}D\u{9B}")
        #expect(dataSet.displayText(.patientName) == "A[31mBC  D")
    }

    @Test func itemsInheritTheCharacterSet() throws {
        var item = DataSet()
        item.set(.codeMeaning, .LO, bytes: [0xB8, 0x20])
        var dataSet = DataSet()
        dataSet.set(.specificCharacterSet, .CS, "ISO_IR 144")
        dataSet.set(.procedureCodeSequence, items: [item])
        let bytes = DataSetWriter.write(dataSet, .explicitVRLittleEndian)
        let read = try DataSetReader.read(bytes[...], .explicitVRLittleEndian)
        #expect(read.items(.procedureCodeSequence).first?.string(.codeMeaning) == "\u{418}")
    }

    @Test func anyBytesDecodeWithEverySet() {
        var generator = SeededGenerator(seed: 11)
        let terms = ["", "ISO_IR 13", "\\ISO 2022 IR 87", "ISO 2022 IR 149", "ISO 2022 IR 58", "GBK", "ISO_IR 192"]
        for term in terms {
            let set = CharacterSet(definedTerms: term)
            for _ in 0..<500 {
                let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                    UInt8.random(in: 0...3, using: &generator) == 0
                        ? CodeExtensionDecoder.escape : .random(in: .min ... .max, using: &generator)
                }
                let text = set.decode(bytes, .PN)
                #expect(text.unicodeScalars.count <= bytes.count)
                #expect(!text.withoutControlCharacters().unicodeScalars.contains { $0.value < 0x20 })
            }
        }
    }
}
