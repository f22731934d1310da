import DICOM
import DICOMNetwork
import Records
import Spool

/// What intake needs to know of an instance, read from its data set in passing, and what is odd about it.
struct InstanceHeader: Sendable {
    static let wanted: Set<Tag> = [
        .specificCharacterSet, .sopClassUID, .sopInstanceUID, .modality, .bodyPartExamined, .studyInstanceUID,
        .seriesInstanceUID, .patientID, .issuerOfPatientID, .samplesPerPixel, .photometricInterpretation,
        .numberOfFrames, .rows, .columns, .bitsAllocated,
    ]

    let sopClassUID: UID
    let sopInstanceUID: UID
    let studyInstanceUID: UID
    let seriesInstanceUID: UID
    let modality: String?
    let bodyPartExamined: String?
    let patientKey: Digest?
    let flags: [InstanceFlag]

    /// Of a data set that cannot be read as far as its end: the command alone says what it is.
    init(unreadable header: DataSet, _ request: StoreRequest) {
        sopClassUID = request.sopClassUID
        sopInstanceUID = request.sopInstanceUID
        studyInstanceUID = header.uid(.studyInstanceUID) ?? Self.standIn("study", for: sopInstanceUID)
        seriesInstanceUID = header.uid(.seriesInstanceUID) ?? Self.standIn("series", for: sopInstanceUID)
        modality = nil
        bodyPartExamined = nil
        patientKey = nil
        flags = [.unreadable]
    }

    init(_ header: DataSet, _ observations: HeaderParser.Observations, _ request: StoreRequest) {
        var flags: Set<InstanceFlag> = []
        let sopInstance = header.uid(.sopInstanceUID)
        if sopInstance != request.sopInstanceUID {
            flags.insert(sopInstance == nil ? .missingAttribute : .sopInstanceUIDDiffers)
        }
        let sopClass = header.uid(.sopClassUID)
        if sopClass != request.sopClassUID {
            flags.insert(sopClass == nil ? .missingAttribute : .sopClassUIDDiffers)
        }
        sopInstanceUID = sopInstance ?? request.sopInstanceUID
        sopClassUID = sopClass ?? request.sopClassUID
        let study = header.uid(.studyInstanceUID)
        let series = header.uid(.seriesInstanceUID)
        if study == nil || series == nil { flags.insert(.missingIdentity) }
        // Such an object is a study of its own, the same one whenever it comes again.
        studyInstanceUID = study ?? Self.standIn("study", for: sopInstanceUID)
        seriesInstanceUID = series ?? Self.standIn("series", for: sopInstanceUID)
        modality = header.string(.modality)
        if modality == nil { flags.insert(.missingAttribute) }
        bodyPartExamined = header.string(.bodyPartExamined)
        patientKey = header.string(.patientID).map { identifier in
            Digest(ofData: "\(header.string(.issuerOfPatientID) ?? "")|\(identifier)".utf8)
        }
        if observations.isIrregular { flags.insert(.irregularEncoding) }
        if let nativePixelDataLength = observations.nativePixelDataLength {
            switch Self.pixelDataLength(header) {
            case nil: flags.insert(.missingAttribute)
            // A value has an even length (PS3.5 section 7.1.1).
            case let length? where length + length % 2 != UInt64(nativePixelDataLength):
                flags.insert(.pixelDataLengthDiffers)
            default: break
            }
        }
        self.flags = InstanceFlag.allCases.filter(flags.contains)
    }

    func description(
        transferSyntax: TransferSyntax, peer: Peer, received: RecordedTime
    ) -> InstanceDescription {
        InstanceDescription(
            sopClassUID: sopClassUID, sopInstanceUID: sopInstanceUID, studyInstanceUID: studyInstanceUID,
            seriesInstanceUID: seriesInstanceUID, transferSyntax: transferSyntax, peer: peer, received: received,
            modality: modality, bodyPartExamined: bodyPartExamined, patientKey: patientKey, flags: flags)
    }

    private static func standIn(_ level: String, for instance: UID) -> UID {
        UID(derivedFrom: Digest(ofData: "\(level) of \(instance)".utf8).bytes)
    }

    /// The bytes that native pixel data takes (PS3.5 section 8.1.1), without padding; nil where an attribute for it is
    /// missing or out of range.
    private static func pixelDataLength(_ header: DataSet) -> UInt64? {
        func number(_ tag: Tag, _ range: ClosedRange<Int>) -> UInt64? {
            header.integer(tag).flatMap { range.contains($0) ? UInt64($0) : nil }
        }
        guard let rows = number(.rows, 1...65_535), let columns = number(.columns, 1...65_535),
            let samples = number(.samplesPerPixel, 1...4), let bits = number(.bitsAllocated, 1...64),
            let frames = header[.numberOfFrames] == nil ? 1 : number(.numberOfFrames, 1...Int(Int32.max))
        else { return nil }
        // At most 2^16 × 2^16 × 2^2 × 2^6 × 2^31 would not fit: the frames come last.
        let bitsPerFrame = rows * columns * samples * bits
        let (allBits, overflow) = bitsPerFrame.multipliedReportingOverflow(by: frames)
        if overflow { return .max - 1 }
        // Two pixels share their colour: four samples stand for six.
        let isSubsampled = header.string(.photometricInterpretation) == "YBR_FULL_422"
        return (isSubsampled ? allBits / 3 * 2 : allBits) / 8 + (allBits % 8 == 0 ? 0 : 1)
    }
}

extension HeaderParser.Observations {
    fileprivate var isIrregular: Bool {
        outOfOrder != nil || duplicate != nil || oddLength != nil || hasTrailingBytes
    }
}
