import DICOM
import NIOCore
import TestSupport
import Testing

@testable import DICOMNetwork

@Suite struct AssociationTableTests {
    /// Every cell of PS3.8 table 9-10, against pynetdicom's own transcription of it: actions and next states.
    @Test func everyCellAgreesWithPynetdicom() async throws {
        let script = """
            from pynetdicom.fsm import TRANSITION_TABLE, ACTIONS
            for (event, state), action in TRANSITION_TABLE.items():
                following = ACTIONS[action][2]
                following = following if isinstance(following, str) else '/'.join(following)
                print(event[3:], state[3:], action, following.replace('Sta', ''))
            """
        let result = try await Subprocess.run([Repository.python, "-c", script])
        try #require(result.status == 0, "\(result.text)")
        var cells: [String: (action: String, next: Set<Int>)] = [:]
        for line in result.text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            cells["\(fields[0]) \(fields[1])"] = (
                String(fields[2]), Set(fields[3].split(separator: "/").compactMap { Int($0) })
            )
        }
        #expect(cells.count > 100)
        for event in AssociationEvent.Kind.allCases {
            for state in AssociationTable.State.allCases {
                let expected = cells["\(event.rawValue) \(state.rawValue)"]
                let action = AssociationTable.action(event, in: state)
                #expect(action?.rawValue == expected?.action, "event \(event.rawValue), state \(state.rawValue)")
                for asRequestor in [true, false] {
                    guard var machine = Self.machine(in: state, asRequestor: asRequestor) else { continue }
                    guard let expected else {
                        #expect(throws: AssociationStateMachine.IllegalEvent.self) {
                            try machine.handle(Self.events[event.rawValue - 1])
                        }
                        #expect(machine.state == state)
                        continue
                    }
                    _ = try machine.handle(Self.events[event.rawValue - 1])
                    #expect(machine.lastAction == action)
                    #expect(expected.next.contains(machine.state.rawValue), "event \(event.rawValue) in \(state)")
                }
            }
        }
    }

    static let accept = AssociateAccept(
        calledAETitle: "A", callingAETitle: "B", presentationContexts: [],
        userInformation: UserInformation(maximumLength: 0))

    /// One event of each kind, in order.
    static let events: [AssociationEvent] = [
        .associateRequestPrimitive(PDUCodecTests.request), .transportConnected, .associateAcceptPDU(accept),
        .associateRejectPDU(.localLimitExceeded), .transportConnectionIndication,
        .associateRequestPDU(PDUCodecTests.request), .acceptPrimitive(accept), .rejectPrimitive(.localLimitExceeded),
        .dataPrimitive([]), .dataPDU([]), .releaseRequestPrimitive, .releaseRequestPDU, .releaseReplyPDU,
        .releaseResponsePrimitive, .abortPrimitive, .abortPDU(.byUser), .transportClosed, .artimExpired,
        .invalidPDU(.unknownType(9)),
    ]

    /// A machine brought to `state` by events alone; nil where that role never gets there.
    static func machine(in state: AssociationTable.State, asRequestor: Bool) -> AssociationStateMachine? {
        let open = asRequestor ? [1, 2, 3] : [5, 6, 7]
        let path: [Int]? =
            switch (state, asRequestor) {
            case (.sta1, _): []
            case (.sta2, false): [5]
            case (.sta3, false): [5, 6]
            case (.sta4, true): [1]
            case (.sta5, true): [1, 2]
            case (.sta6, _): open
            case (.sta7, _): open + [11]
            case (.sta8, _): open + [12]
            case (.sta9, true): open + [11, 12]
            case (.sta10, false): open + [11, 12]
            case (.sta11, true): open + [11, 12, 14]
            case (.sta12, false): open + [11, 12, 13]
            case (.sta13, _): open + [15]
            default: nil
            }
        guard let path else { return nil }
        var machine = AssociationStateMachine()
        for kind in path { _ = try? machine.handle(events[kind - 1]) }
        #expect(machine.state == state)
        return machine
    }

    @Test func abortsSayWhoAndWhy() throws {
        // Before an association exists the standard has AA-1, which speaks as the service user.
        var waiting = try #require(Self.machine(in: .sta2, asRequestor: false))
        #expect(try waiting.handle(.invalidPDU(.unknownType(9))) == [.send(.abort(.byUser)), .startARTIM])
        var open = try #require(Self.machine(in: .sta6, asRequestor: false))
        #expect(
            try open.handle(.invalidPDU(.unknownType(9))) == [
                .send(.abort(Abort(source: .serviceProvider, reason: .unrecognizedPDU))),
                .indicate(.providerAborted), .startARTIM,
            ])
        var other = try #require(Self.machine(in: .sta6, asRequestor: false))
        #expect(
            try other.handle(.releaseReplyPDU).first
                == .send(.abort(Abort(source: .serviceProvider, reason: .unexpectedPDU))))
    }

    @Test func refusesAnotherProtocolVersion() throws {
        var machine = try #require(Self.machine(in: .sta2, asRequestor: false))
        var request = PDUCodecTests.request
        request.protocolVersion = 2
        #expect(
            try machine.handle(.associateRequestPDU(request)) == [
                .stopARTIM, .send(.associateReject(.protocolVersionNotSupported)), .startARTIM,
            ])
        #expect(machine.state == .sta13)
    }
}
