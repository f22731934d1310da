import Foundation
import Records
import Spool

/// What a client says over a control socket: one line of JSON, such as
/// `{"request":{"change":{"act":"retry","parcels":{"destination":"pacs","states":["refused"],"ids":[]}}}}`.
///
/// It does not say who asks: the kernel does.
public struct ControlMessage: Sendable, Codable, Equatable {
    public var request: ControlRequest
    /// Whom sudo runs the client for, as the client says.
    public var sudoUser: String?

    public init(_ request: ControlRequest, sudoUser: String? = nil) {
        self.request = request
        self.sudoUser = sudoUser
    }

    /// Reads a message's line.
    ///
    /// - Parameter line: without the line feed; at most ``ControlLimits/lineBytes``.
    public init(line: some Collection<UInt8>) throws(ControlRequestError) {
        guard line.count <= ControlLimits.lineBytes else { throw .tooLong }
        do {
            self = try JSONDecoder().decode(ControlMessage.self, from: Data(line))
        } catch {
            // What the decoder says would repeat what was sent.
            throw .unreadable
        }
        if let sudoUser, sudoUser.utf8.count > ControlLimits.nameBytes { throw .nameTooLong }
        try request.check()
    }

    /// The message as a line, its line feed included.
    public var line: [UInt8] {
        get throws { try ControlLine.encode(self) }
    }
}

/// What a person may ask of a stage.
public enum ControlRequest: Sendable, Codable, Equatable {
    /// A selection without destination, states and numbers means every parcel.
    case change(act: ParcelChange, parcels: ParcelSelection)
    /// Stops a whole queue; what is in flight still arrives.
    case holdQueue(destination: String)
    case releaseQueue(destination: String)
    /// For how long each destination is left alone after it could not be asked.
    case pauses
    /// What the stage says of itself.
    case condition
    /// Has an act that was done elsewhere written into the audit log, by the stage that keeps the objects.
    case audit(act: ObjectAct)
    /// Has the lamps show a state for a while, as if it held.
    case showState(BoardState, seconds: Int)
    /// Has all lamps tell which box this is.
    case identify
    /// What each lamp shows.
    case lamps

    /// - Throws: where it goes beyond ``ControlLimits``.
    func check() throws(ControlRequestError) {
        switch self {
        case .change(_, let parcels):
            if parcels.ids.count > ControlLimits.numbers { throw .tooManyNumbers }
            if let name = parcels.destination { try Self.check(name) }
        case .holdQueue(let destination), .releaseQueue(let destination): try Self.check(destination)
        case .audit(.found(_, let sequences)):
            if sequences.count > ControlLimits.numbers { throw .tooManyNumbers }
        case .showState(_, let seconds):
            if !ControlLimits.shownSeconds.contains(seconds) { throw .wrongDuration }
        case .audit(.exported), .audit(.configured), .pauses, .condition, .identify, .lamps: break
        }
    }

    private static func check(_ name: String) throws(ControlRequestError) {
        if name.utf8.count > ControlLimits.nameBytes { throw .nameTooLong }
    }
}

/// Why a request cannot be taken.
public enum ControlRequestError: Error, Sendable, Equatable, CustomStringConvertible {
    case tooLong
    case unreadable
    case tooManyNumbers
    case nameTooLong
    case wrongDuration

    public var description: String {
        switch self {
        case .tooLong: "the request is longer than \(ControlLimits.lineBytes) bytes; send one line of JSON"
        case .unreadable:
            "the request is none that this stage knows; use the `outpost` program of the same version"
        case .tooManyNumbers:
            "the request names more than \(ControlLimits.numbers) parcels or objects; name parcels by destination and "
                + "state"
        case .nameTooLong: "a name in the request is longer than \(ControlLimits.nameBytes) bytes"
        case .wrongDuration:
            "a state can be shown for \(ControlLimits.shownSeconds.lowerBound) to "
                + "\(ControlLimits.shownSeconds.upperBound) seconds"
        }
    }
}
