import DICOM

/// A DIMSE command set (PS3.7 section 6.3 and annex E): group 0000, always Implicit VR Little Endian.
public struct Command: Sendable, Equatable {
    /// Command Field (0000,0100). Responses have the highest bit set.
    public struct Field: RawRepresentable, Sendable, Equatable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        public static let storeRequest = Field(rawValue: 0x0001)
        public static let storeResponse = Field(rawValue: 0x8001)
        public static let echoRequest = Field(rawValue: 0x0030)
        public static let echoResponse = Field(rawValue: 0x8030)
        public static let eventReportRequest = Field(rawValue: 0x0100)
        public static let eventReportResponse = Field(rawValue: 0x8100)
        public static let actionRequest = Field(rawValue: 0x0130)
        public static let actionResponse = Field(rawValue: 0x8130)
        public static let cancelRequest = Field(rawValue: 0x0FFF)

        public var isResponse: Bool { rawValue & 0x8000 != 0 }
        /// The field of the response to this request.
        public var response: Field { Field(rawValue: rawValue | 0x8000) }
    }

    /// Command Data Set Type (0000,0800) where no data set follows; any other value announces one.
    static let noDataSet: UInt16 = 0x0101

    public let field: Field
    public let elements: DataSet

    /// Longest Error Comment (0000,0902): it is an LO.
    public static let errorCommentLimit = 64

    public var hasDataSet: Bool { elements.integer(.commandDataSetType) != Int(Self.noDataSet) }
    public var messageID: UInt16? { elements.integer(.messageID).flatMap(UInt16.init(exactly:)) }
    public var messageIDBeingRespondedTo: UInt16? {
        elements.integer(.messageIDBeingRespondedTo).flatMap(UInt16.init(exactly:))
    }
    public var status: DIMSEStatus? {
        elements.integer(.status).flatMap(UInt16.init(exactly:)).map(DIMSEStatus.init)
    }

    /// The command in `bytes`.
    public init(_ bytes: [UInt8]) throws(MessageError) {
        let elements: DataSet
        do {
            elements = try DataSetReader.read(bytes[...], .implicitVRLittleEndian)
        } catch {
            throw .malformedCommand(error.description)
        }
        guard elements.elements.allSatisfy({ $0.tag.group == 0 }) else {
            throw .malformedCommand("it holds elements outside group 0000")
        }
        guard let field = elements.integer(.commandField).flatMap(UInt16.init(exactly:)) else {
            throw .malformedCommand("it has no Command Field")
        }
        guard elements.integer(.commandDataSetType) != nil else {
            throw .malformedCommand("it has no Command Data Set Type")
        }
        self.field = Field(rawValue: field)
        self.elements = elements
    }

    private init(_ field: Field, hasDataSet: Bool, _ fill: (inout DataSet) -> Void) {
        var elements = DataSet()
        elements.set(.commandField, field.rawValue)
        elements.set(.commandDataSetType, hasDataSet ? 0x0001 : Self.noDataSet)
        fill(&elements)
        self.field = field
        self.elements = elements
    }

    /// C-ECHO-RQ (PS3.7 table 9.3-12).
    public static func echoRequest(messageID: UInt16) -> Command {
        Command(.echoRequest, hasDataSet: false) {
            $0.set(.affectedSOPClassUID, SOPClass.verification)
            $0.set(.messageID, messageID)
        }
    }

    /// C-STORE-RQ (PS3.7 table 9.3-1), medium priority.
    public static func storeRequest(messageID: UInt16, sopClassUID: UID, sopInstanceUID: UID) -> Command {
        Command(.storeRequest, hasDataSet: true) {
            $0.set(.affectedSOPClassUID, sopClassUID)
            $0.set(.affectedSOPInstanceUID, sopInstanceUID)
            $0.set(.messageID, messageID)
            $0.set(.priority, UInt16(0))
        }
    }

    /// N-ACTION-RQ (PS3.7 table 10.3-9) that asks for storage commitment.
    public static func storageCommitmentRequest(messageID: UInt16) -> Command {
        Command(.actionRequest, hasDataSet: true) {
            $0.set(.requestedSOPClassUID, SOPClass.storageCommitmentPushModel)
            $0.set(.requestedSOPInstanceUID, SOPClass.storageCommitmentPushModelInstance)
            $0.set(.messageID, messageID)
            $0.set(.actionTypeID, UInt16(StorageCommitmentRequest.actionTypeID))
        }
    }

    /// N-EVENT-REPORT-RQ (PS3.7 table 10.3-1) that answers it.
    public static func storageCommitmentReport(_ report: StorageCommitmentReport, messageID: UInt16) -> Command {
        Command(.eventReportRequest, hasDataSet: true) {
            $0.set(.affectedSOPClassUID, SOPClass.storageCommitmentPushModel)
            $0.set(.affectedSOPInstanceUID, SOPClass.storageCommitmentPushModelInstance)
            $0.set(.messageID, messageID)
            $0.set(.eventTypeID, report.eventTypeID)
        }
    }

    /// The response to `request`, which has a message ID.
    public static func response(
        to request: Command, messageID: UInt16, status: DIMSEStatus, comment: String? = nil
    ) -> Command {
        Command(request.field.response, hasDataSet: false) { elements in
            elements.set(.messageIDBeingRespondedTo, messageID)
            elements.set(.status, status.rawValue)
            // What a normalized request calls "requested" its response calls "affected" (PS3.7 section 10.3).
            let sopClass = request.elements.uid(.affectedSOPClassUID) ?? request.elements.uid(.requestedSOPClassUID)
            let instance =
                request.elements.uid(.affectedSOPInstanceUID) ?? request.elements.uid(.requestedSOPInstanceUID)
            if let sopClass { elements.set(.affectedSOPClassUID, sopClass) }
            if let instance { elements.set(.affectedSOPInstanceUID, instance) }
            for tag in [DICOM.Tag.actionTypeID, .eventTypeID] {
                if let type = request.elements.integer(tag) { elements.set(tag, UInt16(clamping: type)) }
            }
            if let comment, !comment.isEmpty {
                // LO in the default repertoire: no backslash, nothing beyond ASCII.
                let characters = comment.utf8.map { (0x20...0x7E).contains($0) && $0 != 0x5C ? $0 : 0x3F }
                elements.set(.errorComment, .LO, bytes: Array(characters.prefix(errorCommentLimit)))
            }
        }
    }

    /// The encoded command set, with its group length.
    public var encoded: [UInt8] {
        var length = DataSet()
        var body = elements
        body[.commandGroupLength] = nil
        let group = DataSetWriter.write(body, .implicitVRLittleEndian)
        length.set(
            .commandGroupLength, .UL, bytes: (0..<4).map { UInt8(truncatingIfNeeded: group.count >> ($0 * 8)) })
        return DataSetWriter.write(length, .implicitVRLittleEndian) + group
    }
}
