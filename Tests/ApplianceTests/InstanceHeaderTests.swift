import DICOM
import DICOMNetwork
import Records
import Testing

@testable import Appliance

@Suite("What is odd about a received instance")
struct InstanceHeaderTests {
    private let sopClass = UID(known: "1.2.840.10008.5.1.4.1.1.2")
    private let instance = UID(known: "1.2.3.4")

    private var request: StoreRequest {
        StoreRequest(
            sopClassUID: sopClass, sopInstanceUID: instance, transferSyntax: .explicitVRLittleEndian, messageID: 1,
            association: AssociationInformation(
                identifier: 1, callingAETitle: "CT1", calledAETitle: "OUTPOST", peerAddress: "127.0.0.1",
                implementationClassUID: nil, implementationVersionName: nil))
    }

    /// An image of 3 × 5 pixels with 16 bits.
    private var image: DataSet {
        var dataSet = DataSet()
        dataSet.set(.sopClassUID, sopClass)
        dataSet.set(.sopInstanceUID, instance)
        dataSet.set(.studyInstanceUID, UID(known: "1.2.5"))
        dataSet.set(.seriesInstanceUID, UID(known: "1.2.6"))
        dataSet.set(.modality, .CS, "CT")
        dataSet.set(.patientID, .LO, "4711")
        dataSet.set(.photometricInterpretation, .CS, "MONOCHROME2")
        for (tag, value) in [(Tag.samplesPerPixel, 1), (.rows, 3), (.columns, 5), (.bitsAllocated, 16)] {
            dataSet.set(tag, UInt16(value))
        }
        return dataSet
    }

    private func flags(nativePixelDataLength: UInt32? = 30, _ change: (inout DataSet) -> Void) -> [InstanceFlag] {
        var dataSet = image
        change(&dataSet)
        return InstanceHeader(dataSet, .init(nativePixelDataLength: nativePixelDataLength), request).flags
    }

    @Test("An image that is as it should be has no flag")
    func sound() { #expect(flags { _ in } == []) }

    @Test("What the command says otherwise than the data set")
    func mismatch() {
        #expect(flags { $0.set(.sopInstanceUID, UID(known: "1.9")) } == [.sopInstanceUIDDiffers])
        #expect(flags { $0.set(.sopClassUID, UID(known: "1.9")) } == [.sopClassUIDDiffers])
        #expect(flags { $0[.sopInstanceUID] = nil } == [.missingAttribute])
        #expect(flags { $0[.modality] = nil } == [.missingAttribute])
    }

    @Test("An instance without a study is one of its own, the same whenever it comes")
    func noStudy() {
        var dataSet = image
        dataSet[.studyInstanceUID] = nil
        func header() -> InstanceHeader { InstanceHeader(dataSet, .init(nativePixelDataLength: 30), request) }
        let first = header()
        #expect(first.flags == [.missingIdentity])
        #expect(header().studyInstanceUID == first.studyInstanceUID)
        dataSet.set(.sopInstanceUID, UID(known: "1.2.3.5"))
        #expect(header().studyInstanceUID != first.studyInstanceUID)
    }

    @Test("Elements out of order, twice, of odd length, and bytes behind the end are told of")
    func irregular() throws {
        func flags(_ bytes: [UInt8]) throws -> [InstanceFlag] {
            var parser = try HeaderParser(wanted: InstanceHeader.wanted, syntax: .explicitVRLittleEndian)
            try parser.consume(bytes[...])
            try parser.finish()
            return InstanceHeader(parser.header, parser.observations, request).flags
        }
        let elements = image.elements.map { DataSetWriter.write(DataSet([$0]), .explicitVRLittleEndian) }
        let sound = elements.flatMap { $0 }
        #expect(try flags(sound) == [])
        #expect(try flags(sound + sound.suffix(elements.last?.count ?? 0)) == [.irregularEncoding])
        #expect(try flags(elements.reversed().flatMap { $0 }) == [.irregularEncoding])
        #expect(try flags(sound + [0x28, 0, 0x30, 0x11, 0x4C, 0x4F, 1, 0, 0x41]) == [.irregularEncoding])
    }

    @Test("Pixel data has the length that the attributes ask for, padded to an even one")
    func pixelDataLength() {
        #expect(flags(nativePixelDataLength: 28) { _ in } == [.pixelDataLengthDiffers])
        #expect(flags(nativePixelDataLength: nil) { _ in } == [])
        #expect(flags(nativePixelDataLength: 16) { $0.set(.bitsAllocated, UInt16(8)) } == [])
        #expect(flags(nativePixelDataLength: 2) { $0.set(.bitsAllocated, UInt16(1)) } == [])
        #expect(flags(nativePixelDataLength: 60) { $0.set(.numberOfFrames, .IS, "2") } == [])
        #expect(flags { $0.set(.numberOfFrames, .IS, "2147483647") } == [.pixelDataLengthDiffers])
        #expect(flags { $0.set(.numberOfFrames, .IS, "0") } == [.missingAttribute])
        #expect(flags { $0[.rows] = nil } == [.missingAttribute])
        // Four pixels share the colour of two: 4 × 2 bytes instead of 4 × 3.
        #expect(flags(nativePixelDataLength: 8) { dataSet in
            dataSet.set(.rows, UInt16(2))
            dataSet.set(.columns, UInt16(2))
            dataSet.set(.samplesPerPixel, UInt16(3))
            dataSet.set(.bitsAllocated, UInt16(8))
            dataSet.set(.photometricInterpretation, .CS, "YBR_FULL_422")
        } == [])
    }

    @Test("Patients are told apart by identifier and issuer, and are not named")
    func patientKey() {
        func key(_ change: (inout DataSet) -> Void) -> Digest? {
            var dataSet = image
            change(&dataSet)
            return InstanceHeader(dataSet, .init(), request).patientKey
        }
        #expect(key { _ in } == key { $0.set(.patientID, .LO, "4711 ") })
        #expect(key { _ in } != key { $0.set(.patientID, .LO, "4712") })
        #expect(key { _ in } != key { $0.set(.issuerOfPatientID, .LO, "CLINIC") })
        #expect(key { $0[.patientID] = nil } == nil)
    }
}
