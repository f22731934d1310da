import DICOM
import DICOMNetwork
import Foundation
import Logging
import Records
import Spool
import Testing
import TestSupport

@testable import Appliance

/// Intake's answers to storage commitment requests, and what stays of them.
@Suite("Promises of custody")
struct PromiseTests {
    private let folder: TemporaryFolder
    private let spool: IntakeSpool
    private let association = AssociationInformation(
        identifier: 1, callingAETitle: "CT1", calledAETitle: "OUTPOST", peerAddress: "127.0.0.1",
        implementationClassUID: nil, implementationVersionName: nil)
    private let transaction = UID(known: "1.2.77")

    init() throws {
        folder = try TemporaryFolder()
        spool = try IntakeSpool(folder: folder.path)
    }

    /// - Parameter refuseBelowPercent: of the disk; above 100 there is never room.
    private func receiver(
        refuseBelowPercent: Double, peers: [String: RemoteApplicationEntity] = [:]
    ) -> IntakeReceiver {
        let events = EventLog(
            stage: .intake, database: spool.database, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let time = KeptClock(floor: nil, database: nil) { ClockReading.system() }
        let gate = AdmissionGate(spool.instances.reader, refuseBelowPercent: refuseBelowPercent) { _, _ in }
        return IntakeReceiver(
            spool: spool, gate: gate,
            studies: OpenStudies(quietTime: .seconds(1), open: []),
            commitments: StorageCommitments(spool: spool, peers: peers, events: events, time: time),
            condition: IntakeCondition(aeTitle: "OUTPOST", releaseBelowPercent: 20, gate: gate, time: time),
            events: events, time: time)
    }

    private func ask(_ receiver: IntakeReceiver, _ classes: [(UID, UID)]) async throws -> StorageCommitmentAnswer {
        try await receiver.commit(
            StorageCommitmentRequest(
                transactionUID: transaction,
                references: classes.map { ReferencedInstance(sopClassUID: $0, sopInstanceUID: $1) }),
            from: association)
    }

    /// Keeps an object without a word to the rest of intake.
    private func keep(_ number: Int) async throws -> StoredInstance {
        let writer = try spool.instances.begin()
        try writer.append([UInt8(number)])
        let uid = UID(derivedFrom: Digest(ofData: [UInt8(number)]).bytes)
        return try await spool.instances.commit(
            writer,
            InstanceDescription(
                sopClassUID: SOPClass.secondaryCaptureImageStorage, sopInstanceUID: uid, studyInstanceUID: uid,
                seriesInstanceUID: uid, transferSyntax: .explicitVRLittleEndian,
                peer: Peer(callingAETitle: "CT2", calledAETitle: "OUTPOST", address: "127.0.0.2"),
                received: ControlHarness.noon, modality: nil, bodyPartExamined: nil)
        ).instance
    }

    @Test("Each instance of a request has its row, kept or not, before the answer is given")
    func everyInstance() async throws {
        let (whole, lost) = (try await keep(1), try await keep(2))
        try await spool.instances.settle()
        try FileManager.default.removeItem(atPath: spool.instances.reader.locate(lost.sequence).path)
        let answer = try await ask(receiver(refuseBelowPercent: 0), [
            (whole.sopClassUID, whole.sopInstanceUID), (whole.sopClassUID, lost.sopInstanceUID),
            (UID(known: "1.2.840.10008.5.1.4.1.1.2"), whole.sopInstanceUID), (whole.sopClassUID, UID(known: "1.2.3.4")),
        ])
        guard case .here(let report) = answer else { throw TestSupportError("the report goes elsewhere") }
        let rows = try AuditedRow.all(of: .intake, in: folder.path).filter { $0["transactionUID"] == "1.2.77" }
        #expect(rows.map { $0["kind"] } == [
            "commitmentGiven", "commitmentRefused", "commitmentRefused", "commitmentRefused",
        ])
        #expect(rows.map { $0["sopInstanceUID"] } == [
            whole.sopInstanceUID.value, lost.sopInstanceUID.value, whole.sopInstanceUID.value, "1.2.3.4",
        ])
        #expect(rows[0]["sha256"] == whole.sha256.description)
        // Processing failure, class-instance conflict, no such object instance (PS3.3 C.14.1.1).
        #expect(rows.map { $0["code"] } == [nil, "\(0x0110)", "\(0x0119)", "\(0x0112)"])
        #expect(rows.dropFirst().map { $0["code"] } == report.failed.map { "\($0.reason.rawValue)" })
        // Who asked, not who sent.
        #expect(rows.allSatisfy { $0["aeTitle"] == "CT1" && $0["address"] == "127.0.0.1" })
    }

    @Test("What is told on another association is in the log with the report that waits")
    func later() async throws {
        let kept = try await keep(1)
        let peer = RemoteApplicationEntity(host: "127.0.0.1", port: 1, calledAETitle: "CT1", callingAETitle: "OUTPOST")
        let answer = try await ask(receiver(refuseBelowPercent: 0, peers: ["CT1": peer]), [
            (kept.sopClassUID, kept.sopInstanceUID),
        ])
        #expect(answer == .later)
        #expect(try spool.waitingReports(for: "CT1", limit: 10).count == 1)
        #expect(try AuditedRow.all(.commitmentGiven, of: .intake, in: folder.path).count == 1)
    }

    @Test("Without room for the log nothing is promised")
    func noRoom() async throws {
        let kept = try await keep(1)
        let full = receiver(refuseBelowPercent: 101)
        do {
            _ = try await ask(full, [(kept.sopClassUID, kept.sopInstanceUID)])
            Issue.record("there was an answer")
        } catch let refusal as StoreRefusal {
            #expect(refusal.status == .outOfResources)
        }
        #expect(try AuditedRow.all(.commitmentGiven, of: .intake, in: folder.path).isEmpty)
    }
}
