import DICOM
import DICOMNetwork
import NIOCore
import Records
import Spool

/// Takes instances from associations into the spool, and answers for them.
struct IntakeReceiver: InstanceReceiver {
    let spool: IntakeSpool
    let gate: AdmissionGate
    let studies: OpenStudies
    let commitments: StorageCommitments
    let condition: IntakeCondition
    let events: EventLog
    let time: KeptClock

    func begin(_ request: StoreRequest) async throws(StoreRefusal) -> IntakeReception {
        do {
            let parser = try HeaderParser(wanted: InstanceHeader.wanted, syntax: request.transferSyntax)
            try gate.admit()
            let writer = try spool.instances.begin()
            condition.receptionBegan(from: request.association.callingAETitle)
            return IntakeReception(self, request, parser, writer)
        } catch {
            throw Self.refusal(error)
        }
    }

    func commit(
        _ request: StorageCommitmentRequest, from association: AssociationInformation
    ) async throws(StoreRefusal) -> StorageCommitmentAnswer {
        do {
            // Every answer is written down: without room for that none is given.
            try gate.admit()
            return try await commitments.answer(request, from: association)
        } catch {
            throw Self.refusal(error)
        }
    }

    func reported(_ transactionUID: UID, status: DIMSEStatus?) async {
        commitments.reported(transactionUID, status)
    }

    /// The status that tells the sender whether trying again may help.
    static func refusal(_ error: any Error) -> StoreRefusal {
        switch error {
        case let error as SpoolError:
            // Whatever keeps the spool from writing lies with this box and may pass.
            StoreRefusal(.outOfResources, error.isOutOfSpace ? "no space left on the appliance" : "\(error)")
        default:
            StoreRefusal(.cannotUnderstand, "\(error)")
        }
    }
}

/// One instance on its way into the spool.
final class IntakeReception: InstanceReception {
    private let receiver: IntakeReceiver
    private let request: StoreRequest
    private var parser: HeaderParser
    /// Why the parser gave up. The bytes are kept all the same.
    private var unreadable: DataSetError?
    private let writer: InstanceWriter
    /// How many of its bytes there was room for when that was last asked.
    private var admitted: Int64 = 0

    init(_ receiver: IntakeReceiver, _ request: StoreRequest, _ parser: HeaderParser, _ writer: InstanceWriter) {
        self.receiver = receiver
        self.request = request
        self.parser = parser
        self.writer = writer
    }

    func write(_ bytes: ByteBuffer) async throws(StoreRefusal) {
        do {
            if writer.length - admitted >= AdmissionGate.bytesBetweenQuestions {
                try receiver.gate.admit()
                admitted = writer.length
            }
            try bytes.withUnsafeReadableBytes { bytes in
                read { parser throws(DataSetError) in try parser.consume(bytes) }
                try writer.append(bytes)
            }
        } catch {
            throw IntakeReceiver.refusal(error)
        }
    }

    func finish() async throws(StoreRefusal) -> StoreAcknowledgement {
        read { parser throws(DataSetError) in try parser.finish() }
        let header = unreadable == nil
            ? InstanceHeader(parser.header, parser.observations, request)
            : InstanceHeader(unreadable: parser.header, request)
        do {
            let association = request.association
            let peer = Peer(
                callingAETitle: association.callingAETitle, calledAETitle: association.calledAETitle,
                address: association.peerAddress)
            let received = receiver.time.now()
            let keeping = try await receiver.spool.instances.commit(
                writer, header.description(transferSyntax: request.transferSyntax, peer: peer, received: received),
                // The association's own thread (`AssociationThread`).
                waiting: .here)
            receiver.condition.receptionEnded(from: peer.callingAETitle, isKept: true)
            kept(keeping, from: peer, at: received)
            return Self.acknowledgement(keeping.instance.flags)
        } catch {
            receiver.condition.receptionEnded(from: request.association.callingAETitle, isKept: false)
            // What failed in the commit is the spool's to keep or to reuse.
            throw IntakeReceiver.refusal(error)
        }
    }

    private func read(_ step: (inout HeaderParser) throws(DataSetError) -> Void) {
        guard unreadable == nil else { return }
        do throws(DataSetError) {
            try step(&parser)
        } catch {
            unreadable = error
            receiver.events.emit(Event(.instanceUnreadable, .warning, [
                "sopInstanceUID": request.sopInstanceUID, "peer": request.association.callingAETitle,
                "reason": error.description,
            ]))
        }
    }

    func discard() async {
        receiver.events.emit(Event(.instanceIncomplete, .warning, [
            "sopInstanceUID": request.sopInstanceUID, "peer": request.association.callingAETitle,
            "bytes": writer.length,
        ]))
        receiver.condition.receptionEnded(from: request.association.callingAETitle, isKept: false)
        receiver.spool.instances.discard(writer)
    }

    /// A warning where the object itself is not as it should be (PS3.4 table B.2-1); what is odd about its neighbours
    /// is no matter of the sender's.
    private static func acknowledgement(_ flags: [InstanceFlag]) -> StoreAcknowledgement {
        let ownFault = flags.first { flag in
            switch flag {
            case .unreadable, .sopInstanceUIDDiffers, .sopClassUIDDiffers, .missingIdentity, .missingAttribute,
                .pixelDataLengthDiffers: true
            // Many devices write so, and none reads a warning.
            case .irregularEncoding: false
            case .conflictingBytes, .patientDiffersInStudy, .seriesOfAnotherStudy: false
            }
        }
        return ownFault.map { .init(.dataSetDoesNotMatchSOPClassWarning, "stored: \($0.explanation)") } ?? .success
    }

    private func kept(_ keeping: Keeping, from peer: Peer, at received: RecordedTime) {
        let instance = keeping.instance
        var isNew = false
        if case .new = keeping { isNew = true }
        if isNew { receiver.studies.received(study: instance.studyInstanceUID, sequence: instance.sequence) }
        // The row of a new one goes with that of the index.
        let duplicate = isNew ? nil : AuditEvent(
            .duplicateReceived, at: received, by: .peer(peer), of: AuditSubject(instance, keptBy: .intake))
        receiver.events.emit(
            Event(isNew ? .instanceReceived : .instanceDuplicate, .info, [
                "sequence": instance.sequence, "sopInstanceUID": instance.sopInstanceUID,
                "studyInstanceUID": instance.studyInstanceUID, "peer": peer.callingAETitle,
                "bytes": instance.dataSetLength,
            ]),
            audit: duplicate)
        guard isNew, !instance.flags.isEmpty else { return }
        let isQuarantined = instance.isQuarantined
        receiver.events.emit(Event(
            isQuarantined ? .instanceQuarantined : .instanceFlagged, isQuarantined ? .error : .warning, [
                "sequence": instance.sequence, "sopInstanceUID": instance.sopInstanceUID,
                "studyInstanceUID": instance.studyInstanceUID, "peer": instance.peer.callingAETitle,
                "reason": instance.flags.map(\.explanation).joined(separator: "; "),
            ]))
    }
}
