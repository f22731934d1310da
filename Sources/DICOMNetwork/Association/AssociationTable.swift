/// The state transition table of PS3.8 section 9.2.3, as data.
public enum AssociationTable {
    /// The states (PS3.8 tables 9-1 to 9-5).
    public enum State: Int, Sendable, CaseIterable {
        /// Idle.
        case sta1 = 1
        /// Transport connection open; awaiting A-ASSOCIATE-RQ.
        case sta2
        /// Awaiting the local A-ASSOCIATE response.
        case sta3
        /// Awaiting the transport connection.
        case sta4
        /// Awaiting A-ASSOCIATE-AC or -RJ.
        case sta5
        /// Association established: data transfer.
        case sta6
        /// Awaiting A-RELEASE-RP.
        case sta7
        /// Awaiting the local A-RELEASE response.
        case sta8
        /// Release collision, requestor: awaiting the local A-RELEASE response.
        case sta9
        /// Release collision, acceptor: awaiting A-RELEASE-RP.
        case sta10
        /// Release collision, requestor: awaiting A-RELEASE-RP.
        case sta11
        /// Release collision, acceptor: awaiting the local A-RELEASE response.
        case sta12
        /// Awaiting the close of the transport connection.
        case sta13
    }

    /// The actions (PS3.8 tables 9-6 to 9-9).
    public enum Action: String, Sendable, CaseIterable {
        case ae1 = "AE-1", ae2 = "AE-2", ae3 = "AE-3", ae4 = "AE-4", ae5 = "AE-5", ae6 = "AE-6", ae7 = "AE-7"
        case ae8 = "AE-8", dt1 = "DT-1", dt2 = "DT-2", ar1 = "AR-1", ar2 = "AR-2", ar3 = "AR-3", ar4 = "AR-4"
        case ar5 = "AR-5", ar6 = "AR-6", ar7 = "AR-7", ar8 = "AR-8", ar9 = "AR-9", ar10 = "AR-10", aa1 = "AA-1"
        case aa2 = "AA-2", aa3 = "AA-3", aa4 = "AA-4", aa5 = "AA-5", aa6 = "AA-6", aa7 = "AA-7", aa8 = "AA-8"
    }

    /// The action for `event` in `state`; nil for the table's empty cells, which cannot happen where both the local
    /// user and the transport behave.
    public static func action(_ event: AssociationEvent.Kind, in state: State) -> Action? {
        rows[event.rawValue - 1][state.rawValue - 1]
    }

    /// One row for each event, one column for each of Sta1 to Sta13 (PS3.8 table 9-10).
    private static let rows: [[Action?]] = [
        row([.sta1: .ae1]),
        row([.sta4: .ae2]),
        peerPDU([.sta5: .ae3]),
        peerPDU([.sta5: .ae4]),
        row([.sta1: .ae5]),
        peerPDU([.sta2: .ae6, .sta13: .aa7]),
        row([.sta3: .ae7]),
        row([.sta3: .ae8]),
        row([.sta6: .dt1, .sta8: .ar7]),
        peerPDU([.sta6: .dt2, .sta7: .ar6]),
        row([.sta6: .ar1]),
        peerPDU([.sta6: .ar2, .sta7: .ar8]),
        peerPDU([.sta7: .ar3, .sta10: .ar10, .sta11: .ar3]),
        row([.sta8: .ar4, .sta9: .ar9, .sta12: .ar4]),
        row([.sta3: .aa1, .sta4: .aa2], associated: .aa1),
        row([.sta2: .aa2, .sta3: .aa3, .sta13: .aa2], associated: .aa3),
        row([.sta2: .aa5, .sta3: .aa4, .sta4: .aa4, .sta13: .ar5], associated: .aa4),
        row([.sta2: .aa2, .sta13: .aa2]),
        peerPDU([.sta13: .aa7]),
    ]

    /// A row that has `associated` in Sta5 to Sta12 and the named cells.
    private static func row(_ cells: [State: Action], associated: Action? = nil) -> [Action?] {
        State.allCases.map { state in
            cells[state] ?? ((State.sta5.rawValue...State.sta12.rawValue).contains(state.rawValue) ? associated : nil)
        }
    }

    /// A row for a PDU of the peer: out of place (AA-1, AA-8) or ignored while closing (AA-6) but in the named cells.
    private static func peerPDU(_ cells: [State: Action]) -> [Action?] {
        row([.sta2: .aa1, .sta3: .aa8, .sta13: .aa6].merging(cells) { $1 }, associated: .aa8)
    }
}
