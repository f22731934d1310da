import Records

/// Somewhere that objects are sent. One file per transport.
///
/// A destination tries each object once and keeps no state between calls: back-off, order and durability belong to
/// the courier.
public protocol Destination: Sendable {
    var name: String { get }

    /// Hands over what `source` gives, in order, over one connection as long as that lasts and there is more to send.
    /// Returns when there is nothing left, or when sending more now is pointless.
    ///
    /// Where the connection fails, the object in flight is a `.retry`, for it may be what the destination stumbles
    /// over, and every one behind it is `.unavailable`.
    func deliver(_ source: some ConsignmentSource) async
}

/// What a destination is to send, and where it says what became of it.
public protocol ConsignmentSource: Sendable {
    /// The next objects, each written down as in flight; none where nothing comes up within `patience`, or where the
    /// destination is to be left alone.
    func next(within patience: Duration) async -> [Consignment]

    /// Says how it went, exactly once for each object that ``next(within:)`` gave, as soon as it is known.
    func report(_ consignments: [Consignment], _ outcome: DeliveryOutcome)

    /// Bytes of an object were read to be sent: the peer takes them, however slowly.
    func moved()
}

extension ConsignmentSource {
    public func moved() {}

    func report(_ consignment: Consignment, _ outcome: DeliveryOutcome) { report([consignment], outcome) }
}
