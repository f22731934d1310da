import DICOM
import DICOMNetwork
import NIOCore
import Records
import Spool

/// Takes instances from associations into the spool.
struct IntakeReceiver: InstanceReceiver {
    let spool: IntakeSpool
    let studies: OpenStudies
    let events: EventLog
    let clock: WallClock

    func begin(_ request: StoreRequest) async throws(StoreRefusal) -> IntakeReception {
        do {
            let parser = try HeaderParser(wanted: InstanceHeader.wanted, syntax: request.transferSyntax)
            let writer = try spool.instances.begin()
            return IntakeReception(self, request, parser, writer)
        } catch {
            throw Self.refusal(error)
        }
    }

    /// The status that tells the sender whether trying again may help.
    static func refusal(_ error: any Error) -> StoreRefusal {
        switch error {
        case let error as SpoolError:
            // Whatever keeps the spool from writing lies with this box and may pass.
            StoreRefusal(.outOfResources, error.isOutOfSpace ? "no space left on the appliance" : "\(error)")
        case let error as IdentityMismatch:
            StoreRefusal(.dataSetDoesNotMatchSOPClass, error.description)
        default:
            StoreRefusal(.cannotUnderstand, "\(error)")
        }
    }
}

/// The command names one instance and the data set another.
struct IdentityMismatch: Error, CustomStringConvertible {
    var tag: Tag
    var description: String { "element \(tag) differs from the command's" }
}

/// One instance on its way into the spool.
actor IntakeReception: InstanceReception {
    private let receiver: IntakeReceiver
    private let request: StoreRequest
    private var parser: HeaderParser
    private let writer: InstanceWriter

    init(_ receiver: IntakeReceiver, _ request: StoreRequest, _ parser: HeaderParser, _ writer: InstanceWriter) {
        self.receiver = receiver
        self.request = request
        self.parser = parser
        self.writer = writer
    }

    func write(_ bytes: ByteBuffer) async throws(StoreRefusal) {
        do {
            try bytes.withUnsafeReadableBytes { bytes in
                try parser.consume(bytes)
                try writer.append(bytes)
            }
        } catch {
            throw IntakeReceiver.refusal(error)
        }
    }

    func finish() async throws(StoreRefusal) {
        do {
            try parser.finish()
            let header = try InstanceHeader(parser.header)
            guard header.sopInstanceUID == request.sopInstanceUID else { throw IdentityMismatch(tag: .sopInstanceUID) }
            guard header.sopClassUID == request.sopClassUID else { throw IdentityMismatch(tag: .sopClassUID) }
            let association = request.association
            let peer = Peer(
                callingAETitle: association.callingAETitle, calledAETitle: association.calledAETitle,
                address: association.peerAddress)
            let keeping = try await receiver.spool.instances.commit(
                writer,
                header.description(
                    transferSyntax: request.transferSyntax, peer: peer, receivedAt: receiver.clock.now()))
            await kept(keeping)
        } catch {
            // What failed in the commit is the spool's to keep or to reuse.
            if !(error is SpoolError) { receiver.spool.instances.discard(writer) }
            throw IntakeReceiver.refusal(error)
        }
    }

    func discard() async {
        receiver.events.emit(Event(.instanceIncomplete, .warning, [
            "sopInstanceUID": request.sopInstanceUID, "peer": request.association.callingAETitle,
            "bytes": writer.length,
        ]))
        receiver.spool.instances.discard(writer)
    }

    private func kept(_ keeping: Keeping) async {
        let instance = keeping.instance
        let kind: Event.Kind = switch keeping {
        case .new: .instanceReceived
        case .duplicate: .instanceDuplicate
        case .conflict: .instanceConflict
        }
        if kind != .instanceDuplicate {
            await receiver.studies.received(study: instance.studyInstanceUID, sequence: instance.sequence)
        }
        receiver.events.emit(Event(kind, kind == .instanceConflict ? .error : .info, [
            "sequence": instance.sequence, "sopInstanceUID": instance.sopInstanceUID,
            "studyInstanceUID": instance.studyInstanceUID, "peer": instance.peer.callingAETitle,
            "bytes": instance.dataSetLength,
        ]))
    }
}
