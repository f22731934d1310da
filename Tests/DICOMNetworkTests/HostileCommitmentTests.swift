import DICOM
import NIOCore
import TestSupport
import Testing

@testable import DICOMNetwork

/// Reports of storage commitment that no honest peer sends: each gets its defined answer, nothing is kept, and the next
/// association works.
@Suite struct HostileCommitmentTests {
    private typealias Incoming = IncomingCommitmentMessage<StorageCommitmentReport>

    private let report = StorageCommitmentReport(
        transactionUID: Commitment.transactionUID, committed: (0..<3).map(Commitment.reference),
        failed: [.init(Commitment.reference(3), .processingFailure)])

    private var request: AssociateRequest {
        let push = SOPClass.storageCommitmentPushModel
        return AssociateRequest(
            calledAETitle: "OUTPOST", callingAETitle: "HOSTILE",
            presentationContexts: [
                .init(id: 1, abstractSyntax: push, transferSyntaxes: [.implicitVRLittleEndian]),
                .init(id: 3, abstractSyntax: Commitment.ct, transferSyntaxes: [.implicitVRLittleEndian]),
                .init(id: 5, abstractSyntax: UID(known: "1.2.3"), transferSyntaxes: [.implicitVRLittleEndian]),
            ],
            userInformation: UserInformation(
                maximumLength: 16384, roleSelections: [.init(sopClassUID: push, isSCU: false, isSCP: true)]))
    }

    private func message(_ dataSet: [UInt8], _ context: UInt8 = 1) -> [UInt8] {
        let fragmenter = Fragmenter(maximumLength: 128 * 1024)
        let message = Message(
            contextID: context, command: .storageCommitmentReport(report, messageID: 9), dataSet: dataSet)
        return (fragmenter?.values(message) ?? []).flatMap { PDU.data([$0]).encoded }
    }

    private func expectStatus(_ status: DIMSEStatus, _ bytes: [UInt8]) async throws {
        let kept = KeptReports()
        let policy = AcceptorPolicy(takesCommitmentReports: true)
        try await ServerHarness.run(policy: policy, reports: kept) { server in
            let answers = try await RawConnection.converse(
                server.port, PDU.associateRequest(request).encoded, then: bytes, reading: 1)
            guard case .data(let values) = answers.first, let value = values.first else {
                Issue.record("no answer: \(answers)")
                return
            }
            let command = try Command(Array(value.bytes.readableBytesView))
            #expect(command.field == .eventReportResponse)
            #expect(command.status == status)
            #expect(command.messageIDBeingRespondedTo == 9)
            #expect(command.elements.integer(.eventTypeID) == 2)
            #expect(kept.all.isEmpty)
            #expect(try await server.stillServes())
        }
    }

    private var encoded: [UInt8] { DataSetWriter.write(report.dataSet, .implicitVRLittleEndian) }

    @Test func truncated() async throws {
        try await expectStatus(.invalidArgumentValue, message(Array(encoded.dropLast(3))))
    }

    @Test func ofAnotherKind() async throws {
        let file = try await Samples.named("MR_small_implicit.dcm")
        try await expectStatus(.invalidArgumentValue, message(file.dataSet))
    }

    @Test func oversized() async throws {
        let bytes = [UInt8](repeating: 0, count: StorageCommitmentReport.dataSetLimit + 1)
        try await expectStatus(.resourceLimitation, message(bytes))
    }

    @Test func ofTooManyInstances() async throws {
        var many = report
        many.committed = (0...StorageCommitmentReport.maximumItems).map(Commitment.reference)
        let bytes = DataSetWriter.write(many.dataSet, .implicitVRLittleEndian)
        try #require(bytes.count < StorageCommitmentReport.dataSetLimit)
        try await expectStatus(.invalidArgumentValue, message(bytes))
    }

    @Test func onAContextOfAnotherClass() async throws {
        try await expectStatus(.unrecognizedOperation, message(encoded, 3))
    }

    @Test func onAContextThatWasNotAccepted() async throws {
        let kept = KeptReports()
        let policy = AcceptorPolicy(takesCommitmentReports: true)
        try await ServerHarness.run(policy: policy, reports: kept) { server in
            let answers = try await RawConnection.converse(
                server.port, PDU.associateRequest(request).encoded, then: message(encoded, 5))
            #expect(answers == [.abort(.byUser)])
            #expect(kept.all.isEmpty)
            #expect(try await server.stillServes())
        }
    }

    @Test func brokenOffInTheMiddle() async throws {
        let kept = KeptReports()
        let policy = AcceptorPolicy(takesCommitmentReports: true)
        try await ServerHarness.run(policy: policy, reports: kept) { server in
            let whole = message(encoded)
            _ = try await RawConnection.converse(
                server.port, PDU.associateRequest(request).encoded, then: Array(whole.dropLast(20)), reading: 0)
            try await server.events.wait { if case .failed(.some, _, .connectionLost) = $0 { true } else { false } }
            #expect(kept.all.isEmpty)
            #expect(try await server.stillServes())
        }
    }

    /// Seeded changes of a good report, in fragments of any length: it is refused, or what was read can be written and
    /// read again as the same, within its limits.
    @Test(arguments: [TransferSyntax.implicitVRLittleEndian, .explicitVRLittleEndian, .deflatedExplicitVRLittleEndian])
    func mutated(_ syntax: TransferSyntax) throws {
        let good = DataSetWriter.write(report.dataSet, syntax)
        let command = Command.storageCommitmentReport(report, messageID: 9)
        var generator = SeededGenerator(seed: 7)
        var refusals = 0
        for _ in 0..<2000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
            do throws(StoreRefusal) {
                let message = try Incoming(command, 9, syntax)
                var held = ByteBuffer()
                defer { #expect(held.readableBytes == 0) }
                var rest = bytes[...]
                var read: StorageCommitmentReport?
                while !rest.isEmpty {
                    #expect(read == nil)
                    let piece = rest.prefix(Int.random(in: 1...64, using: &generator))
                    rest = rest.dropFirst(piece.count)
                    read = try message.take(ByteBuffer(bytes: piece), rest.isEmpty, held: &held)
                }
                guard let read else {
                    Issue.record("the last piece gave neither a report nor a refusal")
                    continue
                }
                #expect(read.committed.count + read.failed.count <= StorageCommitmentReport.maximumItems)
                let again = try Incoming(.storageCommitmentReport(read, messageID: 9), 9, syntax)
                let written = ByteBuffer(bytes: DataSetWriter.write(read.dataSet, syntax))
                let same = try again.take(written, true, held: &held)
                #expect(same == read)
            } catch {
                #expect(error.status == .invalidArgumentValue)
                refusals += 1
            }
        }
        // Both happen: a mutation that is never noticed would test nothing.
        #expect(refusals > 0 && refusals < 2000)
    }

    /// A deflated report that would grow beyond what an inflated one may be.
    @Test func deflatedBomb() throws {
        var bomb = report.dataSet
        bomb.set(.errorComment, .LO, bytes: [UInt8](repeating: 0x20, count: 2 * StorageCommitmentReport.dataSetLimit))
        let bytes = DataSetWriter.write(bomb, .deflatedExplicitVRLittleEndian)
        try #require(bytes.count < StorageCommitmentReport.dataSetLimit)
        let message = try Incoming(
            .storageCommitmentReport(report, messageID: 9), 9, .deflatedExplicitVRLittleEndian)
        var held = ByteBuffer()
        #expect(throws: StoreRefusal.self) { try message.take(ByteBuffer(bytes: bytes), true, held: &held) }
        #expect(held.readableBytes == 0)
    }
}
