import Testing

@testable import DICOM

/// Dictionary, files, text and identifiers.
@Suite struct ValueTests {
    @Test func dictionaryAgreesWithPydicomEverywhere() async throws {
        // Every element with one fixed VR; repeating groups have their own rule.
        let script = """
            from pydicom._dicom_dict import DicomDictionary
            for tag, entry in sorted(DicomDictionary.items()):
                if len(entry[0]) == 2: print('%08X' % tag, entry[0])
            """
        let lines = try await PydicomFiles.run(script, []).split(separator: "\n")
        try #require(lines.count > 4000)
        var wrong: [Substring] = []
        for line in lines {
            let fields = line.split(separator: " ")
            guard fields.count == 2, let number = UInt32(fields[0], radix: 16), number >> 16 != 0xFFFE else { continue }
            let tag = DICOM.Tag(UInt16(number >> 16), UInt16(number & 0xFFFF))
            if tag.element != 0, DataDictionary.vr(of: tag).description != fields[1] { wrong.append(line) }
        }
        #expect(wrong.isEmpty)
    }

    @Test func representationsAreThoseOfTheStandard() async throws {
        let script = """
            from pydicom.valuerep import STANDARD_VR, EXPLICIT_VR_LENGTH_32
            for vr in STANDARD_VR: print(vr.value, vr in EXPLICIT_VR_LENGTH_32)
            """
        let lines = try await PydicomFiles.run(script, []).split(separator: "\n").map(String.init)
        let ours = VR.allCases.map { "\($0) \($0.hasLongLength ? "True" : "False")" }
        #expect(ours.count == 34)
        #expect(Set(ours) == Set(lines))
    }

    @Test func sequencesWrittenAsUnknownCanBeRead() async throws {
        let file = try #require(await PydicomFiles.named("rtdose_rle_1frame.dcm"))
        let dataSet = try DataSetReader.read(file.dataSet[...], file.syntax)
        let referencedPlans = DICOM.Tag(0x300C, 0x0002)
        #expect(dataSet[referencedPlans]?.vr == .UN)
        let script = """
            import sys
            from pydicom import dcmread
            print(dcmread(sys.argv[1])[0x300C0002].value[0][0x00081155].value)
            """
        let expected = try await PydicomFiles.run(script, [file.path])
        #expect(dataSet.items(referencedPlans).first?.string(.referencedSOPInstanceUID).map { $0 + "\n" } == expected)
    }

    @Test func dictionaryKnowsTheGeneralRules() {
        #expect(DataDictionary.vr(of: DICOM.Tag(0x0008, 0x0000)) == .UL)
        #expect(DataDictionary.vr(of: DICOM.Tag(0x0009, 0x0010)) == .LO)
        #expect(DataDictionary.vr(of: DICOM.Tag(0x0009, 0x1001)) == .UN)
        #expect(DataDictionary.vr(of: DICOM.Tag(0x6002, 0x3000)) == .OW)
        #expect(DataDictionary.vr(of: .pixelData) == .OW)
        #expect(DataDictionary.vr(of: DICOM.Tag(0x50FE, 0x2006)) == .UL)
        #expect(DataDictionary.vr(of: DICOM.Tag(0x0020, 0x3142)) == .CS)
        #expect(DataDictionary.vr(of: DICOM.Tag(0x0008, 0xFFFF)) == .UN)
    }

    @Test func uidsFollowTheRules() {
        for good in ["1", "1.2.840.10008.1.2", String(repeating: "1", count: 64)] { #expect(UID(good) != nil) }
        for bad in ["", "1.2/3", "../1", "1.2\0", "1 2", String(repeating: "1", count: 65), "1.2.\u{0661}"] {
            #expect(UID(bad) == nil)
        }
        let derived = UID(derivedFrom: [UInt8](repeating: 0xFF, count: 32))
        #expect(derived.value == "2.25.340282366920938463463374607431768211455")
        #expect(UID(derived.value) == derived)
    }

    @Test func privateElementsAreFoundByTheirCreator() throws {
        var dataSet = DataSet()
        dataSet.set(Tag(0x0009, 0x0010), .LO, "ACME 1")
        dataSet.set(Tag(0x0009, 0x0042), .LO, "ACME 2")
        dataSet.set(Tag(0x0009, 0x4205), .SH, "found")
        #expect(dataSet.privateCreator(of: DICOM.Tag(0x0009, 0x4205)) == "ACME 2")
        #expect(dataSet.privateCreator(of: DICOM.Tag(0x0009, 0x1005)) == "ACME 1")
        #expect(dataSet.privateCreator(of: .modality) == nil)
        #expect(dataSet.privateElement(creator: "ACME 2", group: 9, element: 5)?.vr == .SH)
        #expect(dataSet.privateElement(creator: "ACME 3", group: 9, element: 5) == nil)
    }

    /// An element that passed through a program without a dictionary.
    @Test func unknownElementsOfTheStandardCanBeRead() throws {
        var dataSet = DataSet()
        dataSet.set(.rows, .UN, bytes: [0, 2])
        dataSet.set(.specificCharacterSet, .UN, bytes: Array("ISO_IR 100".utf8))
        dataSet.set(.patientName, .UN, bytes: [0xC4])
        #expect(dataSet.integer(.rows) == 512)
        #expect(dataSet.string(.patientName) == "\u{C4}")
    }

    /// A file made here is one that pydicom reads, and gives the data set back untouched.
    @Test func part10HeadersAreWellFormed() async throws {
        let file = try #require(await PydicomFiles.named("CT_small.dcm"))
        let original = try DataSetReader.read(file.dataSet[...], file.syntax)
        let instance = try #require(original.uid(.sopInstanceUID))
        let sopClass = try #require(original.uid(.sopClassUID))
        let header = Part10.header(
            sopClassUID: sopClass, sopInstanceUID: instance, transferSyntax: file.syntax,
            sourceApplicationEntityTitle: "OUTPOST")
        let (meta, syntax, dataSet) = try Part10.split((header + file.dataSet)[...])
        #expect(meta.uid(.mediaStorageSOPInstanceUID) == instance)
        #expect(syntax == file.syntax)
        #expect(dataSet.elementsEqual(file.dataSet))
        let script = """
            import sys
            from io import BytesIO
            from pydicom import dcmread
            d = dcmread(BytesIO(bytes.fromhex(sys.argv[1]) + b''))
            print(d.file_meta.MediaStorageSOPInstanceUID, d.file_meta.SourceApplicationEntityTitle)
            """
        let hex = header.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let seen = try await PydicomFiles.run(script, [hex])
        #expect(seen == "\(instance) OUTPOST\n")
    }

    @Test func filesThatAreNoneAreRefused() {
        #expect(throws: DataSetError.self) { try Part10.split([]) }
        #expect(throws: DataSetError.self) { try Part10.split([UInt8](repeating: 0, count: 400)[...]) }
        // An executable's magic in the preamble changes nothing; a lying group length does.
        let preamble = Array("MZ".utf8) + [UInt8](repeating: 0, count: 126) + Array("DICM".utf8)
        let lying: [UInt8] = [2, 0, 0, 0, 0x55, 0x4C, 4, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        #expect(throws: DataSetError.self) { try Part10.split((preamble + lying)[...]) }
    }
}
