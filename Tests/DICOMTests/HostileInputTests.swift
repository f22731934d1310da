import Foundation
import TestSupport
import Testing

@testable import DICOM

/// Bytes that are made to harm: each ends in a typed error, or in a data set that can be used.
@Suite struct HostileInputTests {
    /// (0040,A730) SQ in an item in it, and so on inwards, with undefined lengths.
    private static func nested(_ depth: Int, _ sequence: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(depth * 20)
        for _ in 0..<depth { bytes += sequence + [0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF] }
        return bytes
    }

    @Test(arguments: [10_000, 1_000_000]) func nestingIsBounded(_ depth: Int) throws {
        let undefined: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
        let implicit = Self.nested(depth, [0x40, 0, 0x30, 0xA7] + undefined)
        let explicit = Self.nested(depth, [0x40, 0, 0x30, 0xA7, 0x53, 0x51, 0, 0] + undefined)
        let unknown = Self.nested(1, [0x09, 0, 0x10, 0x10, 0x55, 0x4E, 0, 0] + undefined) + implicit
        for (bytes, syntax) in [
            (implicit, TransferSyntax.implicitVRLittleEndian), (explicit, .explicitVRLittleEndian),
            (unknown, .explicitVRLittleEndian),
        ] {
            let error = #expect(throws: DataSetError.self) { try DataSetReader.read(bytes[...], syntax) }
            guard case .nestedTooDeep = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            // Whoever asks for more gets what the stack bears.
            var limits = DataSetLimits()
            limits.nestingDepth = .max
            #expect(throws: DataSetError.self) { try DataSetReader.read(bytes[...], syntax, limits: limits) }
            var parser = try HeaderParser(wanted: [], syntax: syntax, limits: limits)
            #expect(throws: DataSetError.self) { try parser.consume(bytes[...]) }
        }
    }

    /// Reading, deciding, writing, comparing and letting go of the deepest nesting, on a stack of 512 KiB. Without
    /// optimization frames are larger than ever.
    @Test func theDeepestNestingFitsTheStack() async throws {
        let same = await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: Self.deepestNestingSurvives()) }
            thread.stackSize = 512 * 1024
            thread.start()
        }
        #expect(same == Transcoder.syntaxes.map { _ in true })
    }

    private static func deepestNestingSurvives() -> [Bool] {
        var dataSet = DataSet()
        dataSet.set(.codeMeaning, .LO, "innermost.")
        for _ in 0..<DataSetLimits.deepestNesting {
            var outer = DataSet()
            outer.set(.contentSequence, items: [dataSet])
            dataSet = outer
        }
        var limits = DataSetLimits()
        limits.nestingDepth = .max
        return Transcoder.syntaxes.map { syntax in
            let bytes = DataSetWriter.write(dataSet, syntax)
            return (try? DataSetReader.read(bytes[...], syntax, limits: limits)) == dataSet
        }
    }

    @Test func lengthsThatLieAreErrors() {
        let header: [UInt8] = [0x08, 0, 0x60, 0]
        let cases: [([UInt8], TransferSyntax)] = [
            (header + [0xFE, 0xFF, 0xFF, 0xFF, 0x43], .implicitVRLittleEndian),
            (header + [0xFF, 0xFF, 0xFF, 0xFF, 0x43], .implicitVRLittleEndian),
            (header + [0x43, 0x53, 0xFE, 0xFF, 0x43], .explicitVRLittleEndian),
            (header + [0x55, 0x54, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0x43], .explicitVRLittleEndian),
            (header + [0x55, 0x54, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x43], .explicitVRLittleEndian),
            // A sequence without its delimiter, and one whose item reaches beyond it.
            ([0x40, 0, 0x30, 0xA7, 0x53, 0x51, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], .explicitVRLittleEndian),
            (
                [0x40, 0, 0x30, 0xA7, 0x53, 0x51, 0, 0, 8, 0, 0, 0, 0xFE, 0xFF, 0, 0xE0, 0xFE, 0xFF, 0xFF, 0xFF],
                .explicitVRLittleEndian
            ),
            // Fragments without an end, and one of undefined length.
            ([0xE0, 0x7F, 0x10, 0, 0x4F, 0x42, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], .rleLossless),
            (
                [0xE0, 0x7F, 0x10, 0, 0x4F, 0x42, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
                    + [0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF], .rleLossless
            ),
        ]
        for (bytes, syntax) in cases {
            #expect(throws: DataSetError.self) { try DataSetReader.read(bytes[...], syntax) }
        }
    }

    @Test func valuesOfWrongTypesAreNil() throws {
        var dataSet = DataSet()
        dataSet.set(.rows, .UL, bytes: [0xFF, 0xFF, 0xFF, 0xFF])
        dataSet.set(.columns, .US, bytes: [7])
        dataSet.set(.pixelSpacing, .DS, "0x10\\nan")
        dataSet.set(.numberOfFrames, .IS, "99999999999999999999")
        dataSet.set(.windowCenter, .FD, bytes: [1, 2, 3])
        dataSet.set(.sopInstanceUID, .UI, bytes: Array("1.2\0.3".utf8))
        dataSet.set(.studyInstanceUID, .UI, "../../etc/passwd")
        dataSet.set(.seriesInstanceUID, .UI, String(repeating: "1", count: 65))
        let bytes = DataSetWriter.write(dataSet, .explicitVRLittleEndian)
        let read = try DataSetReader.read(bytes[...], .explicitVRLittleEndian)
        #expect(read.integer(.rows) == 0xFFFF_FFFF)
        #expect(dataSet.integer(.columns) == nil)
        #expect(read.decimals(.pixelSpacing) == nil)
        #expect(read.integer(.numberOfFrames) == nil)
        #expect(read.decimals(.windowCenter) == nil)
        for tag in [DICOM.Tag.sopInstanceUID, .studyInstanceUID, .seriesInstanceUID] { #expect(read.uid(tag) == nil) }
    }

    /// Deflated zeros: about a thousandth of their size.
    private static func bomb(_ count: Int) -> [UInt8] {
        var dataSet = DataSet()
        dataSet.set(.pixelData, .OB, bytes: [UInt8](repeating: 0, count: count))
        return DataSetWriter.write(dataSet, .deflatedExplicitVRLittleEndian)
    }

    @Test func inflationIsBounded() throws {
        let syntax = TransferSyntax.deflatedExplicitVRLittleEndian
        let bytes = Self.bomb(100 << 20)
        var limits = DataSetLimits()
        let error = DataSetError.inflatesTooFar(bytes: limits.freelyInflatedBytes, ratioLimit: limits.inflationRatio)
        #expect(throws: error) { try DataSetReader.read(bytes[...], syntax) }
        var parser = try HeaderParser(wanted: [], syntax: syntax)
        #expect(throws: error) { try parser.consume(bytes[...]) }
        // An image that is all black is no bomb.
        let black = Self.bomb(16 << 20)
        #expect(try DataSetReader.read(black[...], syntax).bytes(.pixelData)?.count == 16 << 20)
        limits.inflatedBytes = 1 << 20
        #expect(throws: DataSetError.self) { try DataSetReader.read(black[...], syntax, limits: limits) }
    }

    @Test func deflateStreamsThatAreNoneAreErrors() async throws {
        let file = try #require(await PydicomFiles.named("image_dfl.dcm"))
        for count in [0, 1, 100, file.dataSet.count / 2] {
            let cut = file.dataSet.prefix(count)
            #expect(throws: DataSetError.self) { try DataSetReader.read(cut, file.syntax) }
            var parser = try HeaderParser(wanted: [], syntax: file.syntax)
            #expect(throws: DataSetError.self) {
                try parser.consume(cut)
                try parser.finish()
            }
        }
        let noise = [UInt8](repeating: 0xFF, count: 100)
        let error = #expect(throws: DataSetError.self) { try DataSetReader.read(noise[...], file.syntax) }
        if case .notDeflated = error {} else { Issue.record("\(String(describing: error))") }
        let behind = file.dataSet + [UInt8](repeating: 1, count: 20)
        #expect(throws: DataSetError.self) { try DataSetReader.read(behind[...], file.syntax) }
    }

    /// Elements in falling order: sorting them takes no quadratic time.
    @Test func fallingTagsAreSorted() throws {
        var bytes: [UInt8] = []
        for number in (0..<200_000 as Range<UInt32>).reversed() {
            bytes.append(UInt16(0x0011 + 2 * (number >> 16)), .littleEndian)
            bytes.append(UInt16(number & 0xFFFF), .littleEndian)
            bytes.append(UInt32(0), .littleEndian)
        }
        let dataSet = try DataSetReader.read(bytes[...], .implicitVRLittleEndian)
        #expect(dataSet.elements.count == 200_000)
        #expect(zip(dataSet.elements, dataSet.elements.dropFirst()).allSatisfy { $0.tag < $1.tag })
    }

    @Test func tooManyElementsAreAnError() throws {
        var limits = DataSetLimits()
        limits.elements = 100
        let bytes = (0..<101 as Range<UInt8>).flatMap { [0x11, 0, $0, 0x10, 0, 0, 0, 0] as [UInt8] }
        #expect(throws: DataSetError.self) {
            try DataSetReader.read(bytes[...], .implicitVRLittleEndian, limits: limits)
        }
        #expect(try DataSetReader.read(bytes[..<800], .implicitVRLittleEndian, limits: limits).elements.count == 100)
    }

    @Test func fileMetaInformationIsChecked() async throws {
        let file = try #require(await PydicomFiles.named("CT_small.dcm"))
        let header = Part10.header(
            sopClassUID: SOPClass.verification, sopInstanceUID: SOPClass.verification, transferSyntax: file.syntax)
        #expect(try Part10.split((header + file.dataSet)[...]).transferSyntax == file.syntax)
        // A representation that the standard does not know, and one of private use.
        for characters in ["zz", "XA", "\0\0"] {
            var changed = header
            changed.replaceSubrange(148..<150, with: Array(characters.utf8))
            #expect(throws: DataSetError.self) { try Part10.split((changed + file.dataSet)[...]) }
        }
        // Without its length the group ends where another begins; without the group there is no file.
        #expect(try Part10.split((header[..<132] + header[144...] + file.dataSet)[...]).dataSet == file.dataSet[...])
        #expect(throws: DataSetError.self) { try Part10.split((header[..<132] + file.dataSet)[...]) }
        #expect(throws: DataSetError.self) { try Part10.split((header[..<132] + header[144..<160])[...]) }
        // Programs of other systems in the preamble change nothing, for they are never looked at.
        for magic in ["MZ", "\u{7F}ELF", "#!/bin/sh\n", "II*\0", "PK\u{3}\u{4}"] {
            let preamble = Array(magic.utf8) + [UInt8](repeating: 0, count: 128 - magic.utf8.count)
            let changed = preamble + header.dropFirst(128) + file.dataSet
            #expect(try Part10.split(changed[...]).dataSet.elementsEqual(file.dataSet))
        }
    }

    @Test func changedFilesAreReadOrRefused() async throws {
        var generator = SeededGenerator(seed: 21)
        for name in ["CT_small.dcm", "ExplVR_BigEnd.dcm", "image_dfl.dcm", "nested_priv_SQ.dcm"] {
            let file = try #require(await PydicomFiles.named(name))
            for _ in 0..<150 {
                var bytes = Array(file.dataSet.prefix(8000))
                for _ in 0..<Int.random(in: 1...6, using: &generator) {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
                }
                guard let dataSet = try? DataSetReader.read(bytes[...], file.syntax) else { continue }
                for target in Transcoder.syntaxes { _ = DataSetWriter.write(dataSet, target) }
            }
        }
    }
}
