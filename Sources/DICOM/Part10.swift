/// A DICOM file (PS3.10 chapter 7): preamble, file meta information, then the data set as it is.
public enum Part10 {
    /// The 128 bytes of preamble, `DICM` and the file meta information that precede a data set in a file.
    public static func header(
        sopClassUID: UID, sopInstanceUID: UID, transferSyntax: TransferSyntax,
        sourceApplicationEntityTitle: String? = nil
    ) -> [UInt8] {
        var meta = DataSet()
        meta.set(.fileMetaInformationVersion, .OB, bytes: [0, 1])
        meta.set(.mediaStorageSOPClassUID, sopClassUID)
        meta.set(.mediaStorageSOPInstanceUID, sopInstanceUID)
        meta.set(.transferSyntaxUID, transferSyntax.uid)
        meta.set(.implementationClassUID, Implementation.classUID)
        meta.set(.implementationVersionName, .SH, Implementation.versionName)
        if let title = sourceApplicationEntityTitle { meta.set(.sourceApplicationEntityTitle, .AE, title) }
        let group = DataSetWriter.write(meta, .explicitVRLittleEndian)
        var length = DataSet()
        var groupLength: [UInt8] = []
        groupLength.append(UInt32(group.count), .littleEndian)
        length.set(.fileMetaInformationGroupLength, .UL, bytes: groupLength)
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
            + DataSetWriter.write(length, .explicitVRLittleEndian) + group
    }

    /// The file meta information and the untouched bytes of the data set behind it.
    public static func split(
        _ file: ArraySlice<UInt8>
    ) throws(DataSetError) -> (meta: DataSet, transferSyntax: TransferSyntax, dataSet: ArraySlice<UInt8>) {
        guard file.count >= 132, file.dropFirst(128).prefix(4).elementsEqual("DICM".utf8) else {
            throw .notPart10("the letters DICM are not at byte 128")
        }
        let body = file.dropFirst(132)
        // The group length says where the meta information ends (PS3.10 table 7.1-1, type 1).
        guard let first = try ElementHeader.read(body, .explicitVRLittleEndian, offset: 132),
            first.tag == .fileMetaInformationGroupLength, first.length == 4,
            let length = body.integer(UInt32.self, at: 8), Int(length) <= body.count - 12
        else { throw .notPart10("the file meta information has no valid group length") }
        let group = body.dropFirst(12).prefix(Int(length))
        let meta = try DataSetReader.read(group, .explicitVRLittleEndian)
        guard let syntax = meta.uid(.transferSyntaxUID) else { throw .missing(.transferSyntaxUID) }
        return (meta, TransferSyntax(syntax), body.dropFirst(12 + Int(length)))
    }
}
