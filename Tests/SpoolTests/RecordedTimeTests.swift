import DICOM
import Foundation
import Records
@testable import Spool
import Testing
import TestSupport

@Suite("Recorded times")
struct RecordedTimeTests {
    /// A trailer's JSON as it was written before there was a marker.
    private static func oldDescription(_ sequence: Int) -> String {
        let digest = String(repeating: "ab", count: 32)
        return """
            {"dataSetLength":3,"flags":[],"modality":"CT","peer":{"address":"127.0.0.1","calledAETitle":"OUTPOST",\
            "callingAETitle":"CT1"},"receivedAt":{"microseconds":1700000000000000},"sequence":\(sequence),\
            "seriesInstanceUID":"1.9.1.1","sha256":"\(digest)","sopClassUID":"1.2.840.10008.5.1.4.1.1.7",\
            "sopInstanceUID":"1.2.3.1","studyInstanceUID":"1.9.1","transferSyntax":"1.2.840.10008.1.2.1"}
            """
    }

    @Test("A trailer from before there was a marker reads as trusted, and is written as it was")
    func oldTrailer() throws {
        let old = Self.oldDescription(4)
        let instance = try JSONDecoder().decode(StoredInstance.self, from: Data(old.utf8))
        #expect(instance.received == RecordedTime(Timestamp(microseconds: 1_700_000_000_000_000), isTrusted: true))
        #expect(instance.receivedAt == instance.received.timestamp)
        #expect(String(decoding: instance.json, as: UTF8.self) == old)
    }

    @Test("The marker of an unset clock comes back, and earlier programs read over it")
    func untrusted() throws {
        var instance = try JSONDecoder().decode(StoredInstance.self, from: Data(Self.oldDescription(4).utf8))
        instance.received = RecordedTime(Timestamp(microseconds: 12), isTrusted: false)
        let json = Data(instance.json)
        #expect(try JSONDecoder().decode(StoredInstance.self, from: json) == instance)
        struct Earlier: Decodable { var receivedAt: Timestamp }
        #expect(try JSONDecoder().decode(Earlier.self, from: json).receivedAt == instance.receivedAt)
    }
}
