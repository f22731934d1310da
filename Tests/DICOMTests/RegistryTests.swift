import TestSupport
import Testing

@testable import DICOM

/// The UID registry against pydicom's and pynetdicom's own.
@Suite struct RegistryTests {
    @Test func transferSyntaxesAgreeWithPydicom() async throws {
        let script = """
            from pydicom.uid import UID
            from pydicom._uid_dict import UID_dictionary
            for uid, entry in UID_dictionary.items():
                if entry[1] != 'Transfer Syntax': continue
                uid = UID(uid)
                print('|'.join([uid, entry[0], str(uid.is_implicit_VR), str(uid.is_little_endian),
                    str(uid.is_deflated), str(uid.is_encapsulated), str(uid.is_retired)]))
            """
        let lines = try await PydicomFiles.run(script, []).split(separator: "\n")
        #expect(lines.count > 55)
        for line in lines {
            let fields = line.split(separator: "|").map(String.init)
            let syntax = TransferSyntax(try #require(UID(fields[0])))
            #expect(syntax.name == fields[1])
            #expect(syntax.isRetired == (fields[6] == "True"))
            guard syntax.isReadable else { continue }
            #expect(syntax.isExplicit == (fields[2] == "False"), "\(syntax)")
            #expect(syntax.isLittleEndian == (fields[3] == "True"), "\(syntax)")
            // pydicom counts whatever it does not know as encapsulated and not deflated; the standard names the data
            // sets that only refer to their pixels (PS3.5 A.6, A.7, A.10, A.11).
            if syntax.name?.hasPrefix("JPIP") == true {
                #expect(!syntax.isEncapsulated)
                #expect(syntax.isDeflated == syntax.name?.hasSuffix("Deflate"))
            } else {
                #expect(syntax.isDeflated == (fields[4] == "True"), "\(syntax)")
                #expect(syntax.isEncapsulated == (fields[5] == "True"), "\(syntax)")
            }
        }
        #expect(TransferSyntax.all.count >= lines.count)
    }

    @Test func readableAreAllThatHoldADataSet() {
        let readable = Set(TransferSyntax.readable)
        #expect(readable.count == TransferSyntax.readable.count)
        #expect(TransferSyntax.readable.first == .explicitVRLittleEndian)
        let others = Set(TransferSyntax.all).subtracting(readable)
        #expect(others == [
            .rfc2557MIMEEncapsulation, .xmlEncoding, .smpteST211020UncompressedProgressiveActiveVideo,
            .smpteST211020UncompressedInterlacedActiveVideo, .smpteST211030PCMDigitalAudio,
            .papyrus3ImplicitVRLittleEndian,
        ])
        for syntax in [TransferSyntax.jpegXL, .htj2k, .jpipReferencedDeflate, .hevcMainProfileLevel51, .rleLossless] {
            #expect(readable.contains(syntax))
        }
        // A private one holds pixels that its owner compressed.
        let own = TransferSyntax(UID(known: "1.2.826.0.1.3680043.9.9999.1"))
        #expect(own.isReadable && own.isEncapsulated && own.isExplicit && own.isLittleEndian && own.name == nil)
    }

    @Test func storageClassesAreAllThatPynetdicomKnows() async throws {
        let script = """
            from pynetdicom import sop_class
            for name, uid in sop_class._STORAGE_CLASSES.items(): print('S', uid)
            for attribute in dir(sop_class):
                if attribute.endswith('_CLASSES') and attribute not in ('_STORAGE_CLASSES', '_SERVICE_CLASSES'):
                    for uid in getattr(sop_class, attribute).values():
                        print('N' if uid not in sop_class._STORAGE_CLASSES.values() else 'S', uid)
            """
        let lines = try await PydicomFiles.run(script, []).split(separator: "\n")
        #expect(lines.count > 200)
        for line in lines {
            let fields = line.split(separator: " ").map(String.init)
            let uid = try #require(UID(fields[1]))
            // Objects without a patient are stored as well, by a service of their own (PS3.4 annex GG).
            let isStored = SOPClass.isStandardStorage(uid)
            let isObject = SOPClass.storageName(uid)?.hasSuffix("Storage") == true
            #expect(isStored == (fields[0] == "S") || isObject, "\(line)")
        }
        #expect(SOPClass.standardStorage.count > 200)
    }

    @Test func retiredOnesAreStoredAndDirectoriesAreNot() {
        let ultrasound = UID(known: "1.2.840.10008.5.1.4.1.1.6")
        #expect(SOPClass.isStandardStorage(ultrasound))
        #expect(SOPClass.storageName(ultrasound) == "Ultrasound Image Storage")
        #expect(SOPClass.isStandardStorage(UID(known: "1.2.840.10008.5.1.4.1.1.2")))
        #expect(!SOPClass.isStandardStorage(SOPClass.verification))
        // Media Storage Directory, Storage Commitment, and a query below the storage arc.
        for uid in ["1.2.840.10008.1.3.10", "1.2.840.10008.1.20.1", "1.2.840.10008.5.1.4.1.1.200.4"] {
            #expect(UID(uid).map(SOPClass.isStandardStorage) == false)
        }
    }
}
