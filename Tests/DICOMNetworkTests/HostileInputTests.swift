import DICOM
import NIOCore
import TestSupport
import Testing

@testable import DICOMNetwork

/// Input that no honest peer sends, over a real socket: each gets its defined answer, and the next association works.
@Suite struct HostileInputTests {
    private let ct = UID(known: "1.2.840.10008.5.1.4.1.1.2")

    private var request: AssociateRequest {
        AssociateRequest(
            calledAETitle: "OUTPOST", callingAETitle: "HOSTILE",
            presentationContexts: [
                .init(id: 1, abstractSyntax: ct, transferSyntaxes: [.explicitVRLittleEndian]),
                .init(id: 3, abstractSyntax: UID(known: "1.2.3"), transferSyntaxes: [.explicitVRLittleEndian]),
            ],
            userInformation: UserInformation(maximumLength: 16384))
    }

    private func value(_ bytes: [UInt8], _ context: UInt8, command: Bool, last: Bool) -> PDU {
        .data([.init(contextID: context, isCommand: command, isLast: last, bytes: ByteBuffer(bytes: bytes))])
    }

    private func store(_ instance: UID = UID(known: "1.2.3.4")) -> Command {
        .storeRequest(messageID: 1, sopClassUID: ct, sopInstanceUID: instance)
    }

    private func expectFault(
        associated: Bool = false, _ bytes: [UInt8], answer: PDU?, timeouts: AssociationTimeouts = AssociationTimeouts(),
        _ matches: @escaping @Sendable (AssociationFault) -> Bool
    ) async throws {
        try await ServerHarness.run(timeouts: timeouts) { server in
            let answers =
                associated
                ? try await RawConnection.converse(server.port, PDU.associateRequest(request).encoded, then: bytes)
                : try await RawConnection.exchange(server.port, bytes)
            #expect(answers.last == answer)
            try await server.events.wait { event in
                if case .failed(_, "127.0.0.1", let fault) = event { matches(fault) } else { false }
            }
            #expect(server.receiver.stored.isEmpty)
            #expect(try await server.stillServes())
        }
    }

    @Test func namesHTTP() async throws {
        try await expectFault(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8), answer: .abort(.byUser)) {
            $0 == .invalidPDU(.foreignProtocol(.http))
        }
    }

    @Test func namesTLS() async throws {
        let hello: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]
        try await expectFault(hello, answer: .abort(.byUser)) { $0 == .invalidPDU(.foreignProtocol(.tls)) }
    }

    @Test func refusesHugeLengthsWithoutReadingThem() async throws {
        try await expectFault([1, 0, 0xFF, 0xFF, 0xFF, 0xFF], answer: .abort(.byUser)) {
            if case .invalidPDU(.tooLong) = $0 { true } else { false }
        }
        let abort = PDU.abort(Abort(source: .serviceProvider, reason: .invalidParameterValue))
        try await expectFault(associated: true, [4, 0, 0xFF, 0xFF, 0xFF, 0xFF], answer: abort) {
            if case .invalidPDU(.tooLong) = $0 { true } else { false }
        }
    }

    @Test func abortsDataBeforeAnAssociation() async throws {
        try await expectFault(value([0], 1, command: true, last: true).encoded, answer: .abort(.byUser)) {
            $0 == .unexpectedPDU(.data, .sta2)
        }
    }

    @Test(arguments: [
        (UInt8(3), MessageError.contextNotAccepted(3)), (5, .contextNotAccepted(5)), (1, .dataSetWithoutCommand),
    ]) func abortsStrayData(_ context: UInt8, _ error: MessageError) async throws {
        let bytes = value([0, 0], context, command: false, last: true).encoded
        try await expectFault(associated: true, bytes, answer: .abort(.byUser)) { $0 == .invalidMessage(error) }
    }

    @Test func refusesUIDsThatAreNone() async throws {
        var elements = DataSet()
        elements.set(.affectedSOPClassUID, ct)
        elements.set(.commandField, UInt16(1))
        elements.set(.messageID, UInt16(1))
        elements.set(.commandDataSetType, UInt16(1))
        elements.set(.affectedSOPInstanceUID, .UI, "../../etc/passwd")
        let bytes = value(DataSetWriter.write(elements, .implicitVRLittleEndian), 1, command: true, last: true).encoded
            + value([0, 0], 1, command: false, last: true).encoded
        try await ServerHarness.run { server in
            let answers = try await RawConnection.converse(
                server.port, PDU.associateRequest(request).encoded, then: bytes, reading: 1)
            guard case .data(let values) = answers.last, let value = values.first else {
                Issue.record("no answer: \(answers)")
                return
            }
            #expect(try Command(Array(value.bytes.readableBytesView)).status == .invalidObjectInstance)
            #expect(server.receiver.stored.isEmpty)
            #expect(try await server.stillServes())
        }
    }

    @Test func answersUnknownOperations() async throws {
        var elements = DataSet()
        elements.set(.commandField, UInt16(0x0020))
        elements.set(.messageID, UInt16(9))
        elements.set(.commandDataSetType, UInt16(1))
        let bytes = value(DataSetWriter.write(elements, .implicitVRLittleEndian), 1, command: true, last: true).encoded
            + value([0, 0], 1, command: false, last: true).encoded
        try await ServerHarness.run { server in
            let answers = try await RawConnection.converse(
                server.port, PDU.associateRequest(request).encoded, then: bytes, reading: 1)
            guard case .data(let values) = answers.first, let value = values.first else {
                Issue.record("no answer: \(answers)")
                return
            }
            let command = try Command(Array(value.bytes.readableBytesView))
            #expect(command.field.rawValue == 0x8020)
            #expect(command.status == .unrecognizedOperation)
            #expect(command.messageIDBeingRespondedTo == 9)
        }
    }

    @Test func discardsHalfAnObject() async throws {
        let half = value(store().encoded, 1, command: true, last: true).encoded
            + value([8, 0, 5, 0], 1, command: false, last: false).encoded
        try await ServerHarness.run { server in
            let proposal = PDU.associateRequest(request).encoded
            _ = try await RawConnection.converse(server.port, proposal, then: half, reading: 0)
            try await server.events.wait { if case .failed(.some, _, .connectionLost) = $0 { true } else { false } }
            #expect(server.receiver.discarded == 1)
            _ = try await RawConnection.converse(
                server.port, proposal, then: half + PDU.abort(.byUser).encoded)
            try await server.events.wait { if case .aborted(_, .byUser) = $0 { true } else { false } }
            #expect(server.receiver.discarded == 2)
            #expect(server.receiver.stored.isEmpty)
            #expect(try await server.stillServes())
        }
    }

    @Test func survivesFloodsOfAborts() async throws {
        let bytes = PDU.associateRequest(request).encoded + PDU.abort(.byUser).encoded
        try await ServerHarness.run { server in
            for _ in 0..<300 {
                try await RawConnection.open(server.port, sending: bytes) { inbound, _ in
                    _ = try await RawConnection.pdus(&inbound, until: 2)
                }
            }
            #expect(try await server.stillServes())
        }
    }

    @Test func boundsAssociations() async throws {
        let bytes = PDU.associateRequest(request).encoded
        try await ServerHarness.run(maximumAssociations: 1) { server in
            try await RawConnection.open(server.port, sending: bytes) { inbound, outbound in
                guard case .associateAccept = try await RawConnection.pdus(&inbound, until: 1).first else {
                    Issue.record("not accepted")
                    return
                }
                let second = try await RawConnection.open(server.port, sending: bytes) { inbound, _ in
                    try await RawConnection.pdus(&inbound, until: 1)
                }
                #expect(second == [.associateReject(.localLimitExceeded)])
                try await outbound.write(ByteBuffer(bytes: PDU.releaseRequest.encoded))
                #expect(try await RawConnection.pdus(&inbound, until: 1) == [.releaseReply])
            }
            try await server.events.wait { if case .released = $0 { true } else { false } }
            #expect(try await server.stillServes())
        }
    }

    @Test func boundsAssociationsOfOneAddress() async throws {
        let bytes = PDU.associateRequest(request).encoded
        try await ServerHarness.run(maximumAssociationsPerPeer: 1) { server in
            try await RawConnection.open(server.port, sending: bytes) { inbound, _ in
                _ = try await RawConnection.pdus(&inbound, until: 1)
                let second = try await RawConnection.open(server.port, sending: bytes) { inbound, _ in
                    try await RawConnection.pdus(&inbound, until: 1)
                }
                #expect(second == [.associateReject(.localLimitExceeded)])
                try await server.events.wait { event in
                    if case .rejected(_, .tooManyAssociationsOfPeer(limit: 1)) = event { true } else { false }
                }
            }
        }
    }

    @Test func refusesEndlessUserInformation() async throws {
        var many = request
        many.userInformation.roleSelections = (0..<1100).map {
            RoleSelection(sopClassUID: UID("1.2.\($0)") ?? ct, isSCU: true, isSCP: false)
        }
        try await expectFault(PDU.associateRequest(many).encoded, answer: .abort(.byUser)) {
            if case .invalidPDU(.malformed(.associateRequest, _)) = $0 { true } else { false }
        }
    }

    @Test func endsWhoSaysNothing() async throws {
        var timeouts = AssociationTimeouts()
        timeouts.artim = .seconds(2)
        try await expectFault([], answer: nil, timeouts: timeouts) { $0 == .timedOut(.artim) }
    }

    @Test func endsWhoStopsInTheMiddle() async throws {
        var timeouts = AssociationTimeouts()
        timeouts.idle = .seconds(2)
        try await expectFault(associated: true, [4, 0, 0, 0], answer: .abort(.byUser), timeouts: timeouts) {
            $0 == .timedOut(.idle)
        }
    }

    /// Seeded mutations of a whole good conversation: whatever comes, the server serves on.
    @Test func survivesMutatedConversations() async throws {
        let proposal = PDU.associateRequest(request).encoded
        let conversation = value(store().encoded, 1, command: true, last: true).encoded
            + value([UInt8](repeating: 7, count: 64), 1, command: false, last: true).encoded
            + PDU.releaseRequest.encoded
        var generator = SeededGenerator(seed: 42)
        var conversations: [[UInt8]] = []
        for _ in 0..<150 {
            var bytes = conversation
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
            conversations.append(bytes)
        }
        try await ServerHarness.run { [conversations] server in
            for bytes in conversations {
                // A reset while reading is as good an answer as a close.
                _ = try? await RawConnection.converse(server.port, proposal, then: bytes, thenClosing: true)
            }
            let serves = try await server.stillServes()
            #expect(serves)
        }
    }

    /// A connection that never asked for anything does not hold up a shutdown.
    @Test func shutdownDoesNotWaitForSilentConnections() async throws {
        try await ServerHarness.run { server in
            _ = try await RawConnection.open(server.port) { inbound, outbound in
                // One byte, so that the connection is known to have been taken when its answer to the next comes.
                try await outbound.write(ByteBuffer(bytes: [1]))
                let serves = try await server.stillServes()
                #expect(serves)
                server.server.beginShutdown()
                let rest = try await RawConnection.pdus(&inbound, until: .max)
                #expect(rest.isEmpty)
            }
        }
    }
}
