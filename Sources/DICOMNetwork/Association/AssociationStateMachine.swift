/// The DICOM upper layer protocol machine (PS3.8 section 9.2), for either role: events in, effects out.
///
/// It holds no socket and no clock. Whoever drives it carries the effects out in order and reports what happens.
public struct AssociationStateMachine: Sendable {
    public typealias State = AssociationTable.State
    public typealias Action = AssociationTable.Action

    /// An event that the table has no cell for in the present state. The state does not change.
    public struct IllegalEvent: Error, Equatable, CustomStringConvertible {
        public let event: AssociationEvent.Kind
        public let state: State

        public var description: String {
            "event \(event.rawValue) cannot happen in state \(state.rawValue) of the association (PS3.8 table 9-10)"
        }
    }

    public private(set) var state = State.sta1
    /// The action that the last event led to.
    public private(set) var lastAction: Action?
    private var isRequestor = false
    private var request: AssociateRequest?

    public init() {}

    /// Takes one event and says what has to be done about it.
    public mutating func handle(_ event: AssociationEvent) throws(IllegalEvent) -> [AssociationEffect] {
        guard let action = AssociationTable.action(event.kind, in: state) else {
            throw IllegalEvent(event: event.kind, state: state)
        }
        lastAction = action
        return perform(action, event)
    }

    private mutating func perform(_ action: Action, _ event: AssociationEvent) -> [AssociationEffect] {
        switch action {
        case .ae1, .ae2, .ae3, .ae4, .ae5, .ae6, .ae7, .ae8: establish(action, event)
        case .dt1, .dt2, .ar6, .ar7: transfer(event)
        case .ar1, .ar2, .ar3, .ar4, .ar5, .ar8, .ar9, .ar10: release(action)
        case .aa1, .aa2, .aa3, .aa4, .aa5, .aa6, .aa7, .aa8: abort(action, event)
        }
    }

    private mutating func become(_ next: State, _ effects: AssociationEffect...) -> [AssociationEffect] {
        state = next
        return effects
    }

    /// AE-1 to AE-8 (PS3.8 table 9-6).
    private mutating func establish(_ action: Action, _ event: AssociationEvent) -> [AssociationEffect] {
        switch (action, event) {
        case (.ae1, .associateRequestPrimitive(let request)):
            isRequestor = true
            self.request = request
            return become(.sta4, .connectTransport)
        case (.ae2, _):
            guard let request else { return become(.sta1, .closeTransport) }
            return become(.sta5, .send(.associateRequest(request)))
        case (.ae3, .associateAcceptPDU(let accept)):
            return become(.sta6, .indicate(.accepted(accept)))
        case (.ae4, .associateRejectPDU(let reject)):
            return become(.sta1, .indicate(.rejected(reject)), .closeTransport)
        case (.ae5, _):
            isRequestor = false
            return become(.sta2, .startARTIM)
        case (.ae6, .associateRequestPDU(let request)):
            // The service provider's own part of the decision: the protocol version. All else is the user's.
            guard request.protocolVersion & 1 == 1 else {
                return become(
                    .sta13, .stopARTIM, .send(.associateReject(.protocolVersionNotSupported)), .startARTIM)
            }
            return become(.sta3, .stopARTIM, .indicate(.associate(request)))
        case (.ae7, .acceptPrimitive(let accept)):
            return become(.sta6, .send(.associateAccept(accept)))
        case (.ae8, .rejectPrimitive(let reject)):
            return become(.sta13, .send(.associateReject(reject)), .startARTIM)
        default:
            preconditionFailure("\(action.rawValue) does not belong to event \(event.kind)")
        }
    }

    /// DT-1, DT-2 (PS3.8 table 9-7), AR-6 and AR-7: data in either direction; the state stays.
    private func transfer(_ event: AssociationEvent) -> [AssociationEffect] {
        switch event {
        case .dataPrimitive(let values): return [.send(.data(values))]
        case .dataPDU(let values): return [.indicate(.data(values))]
        default: preconditionFailure("no data in event \(event.kind)")
        }
    }

    /// AR-1 to AR-10 without the two above (PS3.8 table 9-8).
    private mutating func release(_ action: Action) -> [AssociationEffect] {
        switch action {
        case .ar1: become(.sta7, .send(.releaseRequest))
        case .ar2: become(.sta8, .indicate(.release))
        case .ar3: become(.sta1, .indicate(.releaseConfirmed), .closeTransport)
        case .ar4: become(.sta13, .send(.releaseReply), .startARTIM)
        case .ar5: become(.sta1, .stopARTIM)
        case .ar8: become(isRequestor ? .sta9 : .sta10, .indicate(.release))
        case .ar9: become(.sta11, .send(.releaseReply))
        case .ar10: become(.sta12, .indicate(.releaseConfirmed))
        default: preconditionFailure("\(action.rawValue) is no release action")
        }
    }

    /// AA-1 to AA-8 (PS3.8 table 9-9).
    private mutating func abort(_ action: Action, _ event: AssociationEvent) -> [AssociationEffect] {
        switch action {
        case .aa1: return become(.sta13, .send(.abort(.byUser)), .startARTIM)
        case .aa2: return become(.sta1, .stopARTIM, .closeTransport)
        case .aa3:
            guard case .abortPDU(let abort) = event else { preconditionFailure("AA-3 without an A-ABORT") }
            return become(.sta1, .indicate(.aborted(abort)), .closeTransport)
        case .aa4: return become(.sta1, .indicate(.providerAborted))
        case .aa5: return become(.sta1, .stopARTIM)
        case .aa6: return become(.sta13)
        case .aa7: return become(.sta13, .send(.abort(Self.providerAbort(event))))
        case .aa8:
            return become(
                .sta13, .send(.abort(Self.providerAbort(event))), .indicate(.providerAborted), .startARTIM)
        default: preconditionFailure("\(action.rawValue) is no abort action")
        }
    }

    private static func providerAbort(_ event: AssociationEvent) -> Abort {
        if case .invalidPDU(let error) = event { return Abort(source: .serviceProvider, reason: error.abortReason) }
        return Abort(source: .serviceProvider, reason: .unexpectedPDU)
    }
}
