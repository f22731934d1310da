import Foundation
import Records
import Spool

/// What a person may ask the courier for over its control socket: one line of JSON, such as
/// `{"change":{"act":"retry","parcels":{"destination":"pacs","states":["refused"],"ids":[]}}}`.
///
/// It does not say who asks: the kernel does.
public enum ControlRequest: Sendable, Codable, Equatable {
    /// A selection without destination, states and numbers means every parcel.
    case change(act: ParcelChange, parcels: ParcelSelection)
    /// Stops a whole queue; what is in flight still arrives.
    case holdQueue(destination: String)
    case releaseQueue(destination: String)
    /// For how long each destination is left alone after it could not be asked.
    case pauses

    /// Reads a request's line.
    ///
    /// - Parameter line: without the line feed; at most ``ControlLimits/lineBytes``.
    public init(line: some Collection<UInt8>) throws(ControlRequestError) {
        guard line.count <= ControlLimits.lineBytes else { throw .tooLong }
        do {
            self = try JSONDecoder().decode(ControlRequest.self, from: Data(line))
        } catch {
            // What the decoder says would repeat what was sent.
            throw .unreadable
        }
        switch self {
        case .change(_, let parcels):
            if parcels.ids.count > ControlLimits.parcels { throw .tooManyParcels }
            if let name = parcels.destination { try Self.check(name) }
        case .holdQueue(let destination), .releaseQueue(let destination): try Self.check(destination)
        case .pauses: break
        }
    }

    /// The request as a line, its line feed included.
    public var line: [UInt8] {
        get throws { try ControlLine.encode(self) }
    }

    private static func check(_ name: String) throws(ControlRequestError) {
        if name.utf8.count > ControlLimits.nameBytes { throw .nameTooLong }
    }
}

/// Why a request cannot be taken.
public enum ControlRequestError: Error, Sendable, Equatable, CustomStringConvertible {
    case tooLong
    case unreadable
    case tooManyParcels
    case nameTooLong

    public var description: String {
        switch self {
        case .tooLong: "the request is longer than \(ControlLimits.lineBytes) bytes; send one line of JSON"
        case .unreadable:
            "the request is none that this courier knows; use the `outpost` program of the same version"
        case .tooManyParcels:
            "the request names more than \(ControlLimits.parcels) parcels; name them by destination and state"
        case .nameTooLong: "the destination's name is longer than \(ControlLimits.nameBytes) bytes"
        }
    }
}
