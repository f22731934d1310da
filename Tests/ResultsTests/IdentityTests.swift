import DICOM
import Records
import Results
import TestSupport
import Testing

/// The patient in a result is the patient of the image.
@Suite struct IdentityTests {
    @Test(arguments: ["utf8", "cyrillic", "latin", "ct", "mr", "bare"])
    func textIsRecodedWithoutLoss(_ source: String) throws {
        let here = Circle(column: 60, row: 60, radius: 20)
        let reading = try Written(source, [Fixture.finding(0.7, at: here)], .ukrainian).read(picture: source)
        #expect(reading.report == reading.source)
        #expect(reading.capture == reading.source)
        #expect(Array(reading.characterSets.dropFirst()) == ["ISO_IR 192", "ISO_IR 192"])
        #expect(reading.language == "uk")
        if source == "utf8" { #expect(reading.report["PatientName"] == "Шевченко^Леся^Ґєїівна") }
        if source == "cyrillic" {
            #expect(reading.report["PatientName"] == "Шевченко^Леся^Їванівна")
            // Received at 23:30 UTC; the source says it lives two hours ahead.
            #expect(reading.contentTime == ["20260302", "013000.000000"])
        }
    }

    /// Sets that are not read here, or bytes that no set explains: everything stays as the modality sent it.
    @Test(arguments: ["japanese", "lying"]) func undecodableTextKeepsItsBytes(_ source: String) throws {
        let here = Circle(column: 60, row: 60, radius: 20)
        let written = try Written(source, [Fixture.finding(0.7, at: here)], .ukrainian)
        let original = try Sources.file(source).dataSet
        for object in written.objects {
            let result = try DataSetReader.read(object.dataSet[...], object.transferSyntax)
            #expect(result.bytes(.patientName) == original.bytes(.patientName))
            #expect(result.bytes(.specificCharacterSet) == original.bytes(.specificCharacterSet))
            // Our own words are English in ASCII then.
            #expect(result.bytes(.seriesDescription)?.allSatisfy { $0 < 0x80 } == true)
        }
        let reading = try written.read(picture: source)
        #expect(Set(reading.nameBytes).count == 1 && reading.nameBytes[0] != "")
        #expect(reading.language == "en")
        #expect(reading.report["PatientName"] == reading.source["PatientName"])
    }

    @Test func hostileAttributesAreRefused() throws {
        let file = try Sources.file("utf8")
        let report = try Fixture.report(file, [Fixture.finding(0.2)])
        for damage in [
            DataElement(.patientName, .PN, .bytes([UInt8](repeating: 0x41, count: 65_000)[...])),
            DataElement(.patientName, .SQ, .sequence([DataSet()])),
        ] {
            var source = file.dataSet
            source[.patientName] = damage
            #expect(throws: ResultError.unusableAttribute(.patientName)) {
                try Fixture.writer().write(report: report, source: source, deriveUID: Fixture.uid)
            }
        }
    }
}
