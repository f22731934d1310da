import DICOM
import Foundation
import Records
import Testing
import TestSupport

@testable import Spool

@Suite("An instance as JSON")
struct InstanceJSONTests {
    /// An instance with every value that may be missing, and with `text` wherever a sender chooses the text.
    private static func instance(_ text: String) -> StoredInstance {
        StoredInstance(
            sequence: .max, sopClassUID: UID(known: "1.2.840.10008.5.1.4.1.1.7"), sopInstanceUID: UID(known: "1.2.3"),
            studyInstanceUID: UID(known: "1.2"), seriesInstanceUID: UID(known: "1.2.1"),
            transferSyntax: .explicitVRLittleEndian, dataSetLength: 512, sha256: Digest(ofData: [1]),
            peer: Peer(callingAETitle: text, calledAETitle: text, address: text),
            received: RecordedTime(Timestamp(microseconds: -1), isTrusted: false), modality: text,
            bodyPartExamined: text, patientKey: Digest(ofData: [2]), flags: InstanceFlag.allCases)
    }

    private static func encoded(_ instance: StoredInstance) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(instance), as: UTF8.self)
    }

    @Test("It is what Foundation writes, whatever a sender puts into its texts", arguments: [
        "CT", "", #"a "quoted" \ back/slash"#, String(decoding: 0...0x7F, as: UTF8.self), "Grüße, Ελλάδα, 日本, 🩻",
        "\u{2028}\u{2029}\u{FEFF}",
    ])
    func likeFoundation(text: String) throws {
        var instance = Self.instance(text)
        #expect(String(decoding: instance.json, as: UTF8.self) == (try Self.encoded(instance)))
        #expect(try JSONDecoder().decode(StoredInstance.self, from: Data(instance.json)) == instance)
        instance.modality = nil
        instance.bodyPartExamined = nil
        instance.patientKey = nil
        instance.received.isTrusted = true
        instance.flags = []
        #expect(String(decoding: instance.json, as: UTF8.self) == (try Self.encoded(instance)))
        #expect(try JSONDecoder().decode(StoredInstance.self, from: Data(instance.json)) == instance)
    }
}
