import Records

/// Somewhere that objects are sent. One file per transport.
///
/// A destination tries each object once and keeps no state between calls: back-off, order and durability belong to
/// the courier.
public protocol Destination: Sendable {
    var name: String { get }

    /// Tries to hand over `consignments`, in order, over as few connections as the transport allows.
    ///
    /// Calls `report` exactly once for each, as soon as its outcome is known, so that a crash in the middle of a batch
    /// repeats at most what was in flight. Where the connection fails, the object in flight is a `.retry`, for it may
    /// be what the destination stumbles over, and every one behind it is `.unavailable`.
    func deliver(
        _ consignments: [Consignment], report: @Sendable (Consignment, DeliveryOutcome) async -> Void
    ) async
}
