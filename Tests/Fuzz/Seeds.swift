import DICOM

/// Inputs to start from: one well-formed data set with something of everything, in every syntax.
enum Seeds {
    static let characterSets = [
        "", "ISO_IR 100", "ISO_IR 13", "ISO_IR 144", "ISO_IR 166", "\\ISO 2022 IR 87", "ISO 2022 IR 13\\ISO 2022 IR 87",
        "\\ISO 2022 IR 159", "\\ISO 2022 IR 149", "\\ISO 2022 IR 58", "ISO_IR 192", "GB18030", "GBK",
    ]

    static var dataSet: DataSet {
        var code = DataSet()
        code.set(.codeValue, .SH, "126000 ")
        code.set(.codeMeaning, .LO, "Imaging Measurement Report")
        var content = DataSet()
        content.set(.conceptNameCodeSequence, items: [code])
        content.set(.contentSequence, items: [code, DataSet()])
        content.hasUndefinedLength = true
        var dataSet = DataSet()
        dataSet.set(.specificCharacterSet, .CS, "ISO_IR 192")
        dataSet.set(.sopClassUID, SOPClass.secondaryCaptureImageStorage)
        dataSet.set(.sopInstanceUID, Implementation.classUID)
        dataSet.set(.modality, .CS, "OT")
        dataSet.set(.patientName, .PN, "Wang^XiaoDong=\u{738B}^\u{5C0F}\u{6771}=")
        for (index, vr) in VR.allCases.enumerated() where vr != .SQ {
            dataSet.set(Tag(0x0009, 0x1000 + UInt16(index)), vr, bytes: Array("12345678".utf8))
        }
        dataSet.set(Tag(0x0009, 0x0010), .LO, "OUTPOST FUZZ")
        dataSet.set(.rows, 2)
        dataSet.set(.columns, 2)
        dataSet.set(.bitsAllocated, 16)
        dataSet.set(.pixelRepresentation, 1)
        dataSet.set(.pixelSpacing, .DS, "0.5\\0.5 ")
        dataSet[.contentSequence] = DataElement(
            .contentSequence, .SQ, .sequence([content, code]), hasUndefinedLength: true)
        dataSet[Tag(0x0041, 0x1010)] = DataElement(Tag(0x0041, 0x1010), .UN, .sequence([code]))
        dataSet.set(.pixelData, .OW, bytes: [1, 2, 3, 4, 5, 6, 7, 8])
        return dataSet
    }

    static func dataSets() -> [[UInt8]] {
        var compressed = dataSet
        compressed[.pixelData] = DataElement(.pixelData, .OB, .fragments([[], [1, 2, 3, 4], [5, 6]]))
        var seeds: [[UInt8]] = []
        for (index, syntax) in Transcoder.syntaxes.enumerated() {
            seeds.append([UInt8(index)] + DataSetWriter.write(dataSet, syntax))
        }
        seeds.append([UInt8(seeds.count)] + DataSetWriter.write(compressed, .rleLossless))
        return seeds
    }

    static func headers() -> [[UInt8]] {
        dataSets().flatMap { seed in
            [UInt8(0), 6, 255].map { pieceLength in Array(seed.prefix(1)) + [pieceLength] + Array(seed.dropFirst()) }
        }
    }

    static func files() -> [[UInt8]] {
        zip(Transcoder.syntaxes, dataSets()).map { syntax, seed in
            let header = Part10.header(
                sopClassUID: SOPClass.secondaryCaptureImageStorage, sopInstanceUID: Implementation.classUID,
                transferSyntax: syntax, sourceApplicationEntityTitle: "FUZZ")
            return header + seed.dropFirst()
        }
    }

    static func texts() -> [[UInt8]] {
        let escapes = ["(B", "(J", "$B", "$(D", ")I", "-A", "-L", "-b", "$)C", "$)A"]
        let behind: [UInt8] = [0x30, 0x31, 0xB0, 0xA1, 0x5E, 0x3D, 0x5C, 0x0D, 0x81, 0x30]
        let parts = escapes.map { [0x1B] + Array($0.utf8) + behind }
        return characterSets.indices.map { [UInt8($0)] + parts.joined() }
    }
}
