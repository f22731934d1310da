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
        let (start, length) = try metaInformation(body)
        let meta = try DataSetReader.read(body.dropFirst(start).prefix(length), .explicitVRLittleEndian)
        guard let syntax = meta.uid(.transferSyntaxUID) else { throw .missing(.transferSyntaxUID) }
        return (meta, TransferSyntax(syntax), body.dropFirst(start + length))
    }

    /// Where the file meta information behind its group length starts, and how long it is.
    private static func metaInformation(_ body: ArraySlice<UInt8>) throws(DataSetError) -> (start: Int, length: Int) {
        let first = try ElementHeader.read(body, .explicitVRLittleEndian, offset: 132)
        guard first?.tag == .fileMetaInformationGroupLength else { return (0, try groupLength(body)) }
        // The group length says where the meta information ends (PS3.10 table 7.1-1, type 1).
        guard first?.length == 4, let length = body.integer(UInt32.self, at: 8), Int(length) <= body.count - 12 else {
            throw .notPart10("the file meta information has no valid group length")
        }
        return (12, Int(length))
    }

    /// The bytes of group 0002 in a file whose writer left its length out.
    private static func groupLength(_ body: ArraySlice<UInt8>) throws(DataSetError) -> Int {
        var length = 0
        while body.integer(UInt16.self, at: length) == Tag.fileMetaInformationGroupLength.group,
            let header = try ElementHeader.read(
                body.dropFirst(length), .explicitVRLittleEndian, offset: 132 + length) {
            let next = length + header.size + Int(header.length)
            guard !header.hasUndefinedLength, next <= body.count else {
                throw .truncated(tag: header.tag, offset: 132 + length)
            }
            length = next
        }
        guard length > 0 else { throw .notPart10("there is no file meta information") }
        return length
    }
}
