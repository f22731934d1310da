import DICOM
import Foundation
import Synchronization
import TestSupport

@testable import DICOMNetwork

/// Keeps reports in memory, but those that it is told to refuse.
final class KeptReports: StorageCommitmentReportReceiver {
    private let state = Mutex<[StorageCommitmentReport]>([])
    private let refusal: @Sendable (StorageCommitmentReport) -> StoreRefusal?

    init(refusal: @escaping @Sendable (StorageCommitmentReport) -> StoreRefusal? = { _ in nil }) {
        self.refusal = refusal
    }

    var all: [StorageCommitmentReport] { state.withLock { $0 } }

    func take(_ report: StorageCommitmentReport, from peerAETitle: String) async throws(StoreRefusal) {
        if let refusal = refusal(report) { throw refusal }
        state.withLock { $0.append(report) }
    }
}

/// What the tests of storage commitment ask for.
enum Commitment {
    static let ct = UID(known: "1.2.840.10008.5.1.4.1.1.2")
    static let transactionUID = UID(known: "2.25.4711")

    static func reference(_ number: Int) -> ReferencedInstance {
        ReferencedInstance(sopClassUID: ct, sopInstanceUID: UID("1.2.3.\(number)") ?? ct)
    }

    static func request(_ count: Int) -> StorageCommitmentRequest {
        StorageCommitmentRequest(transactionUID: transactionUID, references: (0..<count).map(reference))
    }
}

/// pynetdicom as a PACS that is asked for storage commitment. It fails every instance whose UID ends in 1.
final class CommittingPeer: Sendable {
    private static let script = """
        import sys, threading
        from pynetdicom import AE, evt, build_role
        from pynetdicom.sop_class import StorageCommitmentPushModel as Push, Verification
        from pydicom.dataset import Dataset
        mode, status, report_port = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        instance = "1.2.840.10008.1.20.1.1"
        def say(*words):
            # In one piece: several threads say something.
            sys.stdout.write(" ".join(map(str, words)) + "\\n")
            sys.stdout.flush()
        def report_over(association, event):
            request = event.action_information
            references = request.ReferencedSOPSequence
            failed = [each for each in references if each.ReferencedSOPInstanceUID.endswith("1")]
            for each in failed: each.FailureReason = 0x0112
            report = Dataset()
            report.TransactionUID = request.TransactionUID
            good = [each for each in references if each not in failed]
            if good: report.ReferencedSOPSequence = good
            if failed: report.FailedSOPSequence = failed
            answer, _ = association.send_n_event_report(report, 2 if failed else 1, Push, instance)
            say("answer", "%04X" % answer.Status if "Status" in answer else "none")
        def report_elsewhere(event):
            client = AE(ae_title="PACS")
            client.acse_timeout = client.dimse_timeout = client.network_timeout = 300
            client.add_requested_context(Push)
            association = client.associate("127.0.0.1", report_port, ae_title="OUTPOST",
                ext_neg=[build_role(Push, scu_role=False, scp_role=True)])
            report_over(association, event)
            association.release()
        def requested(event):
            say("requested", event.action_type, len(event.action_information.ReferencedSOPSequence))
            later = {"here": lambda: report_over(event.assoc, event),
                     "elsewhere": lambda: report_elsewhere(event)}.get(mode)
            if later: threading.Thread(target=later).start()
            if mode == "die": event.assoc.abort()
            return status, None
        def sent(event):
            # The first data that it sends is its response.
            if mode == "abort" and type(event.pdu).__name__ == "P_DATA_TF":
                threading.Thread(target=event.assoc.abort).start()
        ae = AE(ae_title="PACS")
        ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 300
        ae.add_supported_context(Verification)
        if mode != "nothing": ae.add_supported_context(Push)
        server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=[
            (evt.EVT_N_ACTION, requested), (evt.EVT_RELEASED, lambda event: say("released")),
            (evt.EVT_ABORTED, lambda event: say("aborted")), (evt.EVT_PDU_SENT, sent)])
        say("port", server.socket.getsockname()[1])
        threading.Event().wait()
        """

    let entity: RemoteApplicationEntity
    private let program: Subprocess

    /// - Parameters:
    ///   - mode: what it does once it is asked: report `here` or `elsewhere`, `abort` after its response, `die` before
    ///     it, report `never`; `nothing` offers no storage commitment at all.
    ///   - status: of its response.
    ///   - reportPort: where this side listens.
    init(_ mode: String, status: UInt16 = 0, reportPort: Int = 0) async throws {
        let program = try Subprocess([Repository.python, "-c", Self.script, mode, "\(status)", "\(reportPort)"])
        do {
            try await eventually("the port of the PACS") {
                guard program.isRunning else { throw TestSupportError("the PACS ended: \(program.errors)") }
                return program.output.contains("\n")
            }
        } catch {
            program.send(SIGKILL)
            throw error
        }
        let port = program.output.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
        self.program = program
        entity = RemoteApplicationEntity(
            host: "127.0.0.1", port: port ?? 0, calledAETitle: "PACS", callingAETitle: "OUTPOST")
    }

    deinit { program.send(SIGKILL) }

    /// Returns once it has said `line`.
    func says(_ line: String) async throws {
        try await eventually("\"\(line)\" of the PACS") { hasSaid(line) }
    }

    func hasSaid(_ line: String) -> Bool { program.output.split(separator: "\n").contains { $0 == line } }
}

extension StorageClient {
    /// The outcome or the failure, as one value to compare.
    func commitment(
        _ request: StorageCommitmentRequest, of peer: RemoteApplicationEntity,
        reportWait: Duration = patience, reports: KeptReports = KeptReports()
    ) async -> Result<StorageCommitmentOutcome, StorageCommitmentFailure> {
        do throws(StorageCommitmentFailure) {
            return .success(try await requestCommitment(request, of: peer, reportWait: reportWait, reports: reports))
        } catch {
            return .failure(error)
        }
    }
}
