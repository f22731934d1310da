import Records
import Spool
import TestSupport

/// What a person did to the queues and was told that it is done.
struct OperatorActs {
    /// Held, dropped or expired for certain, until a person says otherwise.
    var kept: [Consignee: Parcel.State] = [:]
    /// Dropped, or perhaps so: the act failed half way.
    var mayBeDropped: Set<Consignee> = []
    /// Held, or perhaps so.
    var mayBeHeld: Set<Consignee> = []
    /// Whole queues that are stopped for certain.
    var heldDestinations: Set<String> = []

    func forbids(_ consignee: Consignee) -> Bool {
        kept[consignee] != nil || heldDestinations.contains(consignee.destination)
    }
}

extension CourierSimulation {
    private static let act = OperatorAct(by: .account(named: "technician"), at: noon)
    static let parcelsPerAct = 3

    /// A person acts on a queue, over the courier's control socket.
    mutating func operatorActs() {
        let name = destinations[Int.random(in: destinations.indices, using: &chance)].name
        courierStep { simulation throws(SpoolError) in
            switch Int.random(in: 0..<6, using: &simulation.chance) {
            case 0: try simulation.setHeld(Bool.random(using: &simulation.chance), name)
            case 1: try simulation.drop(name)
            case 2: try simulation.retry(name)
            case 3, 4: try simulation.hold(name)
            default: try simulation.letGo(name)
            }
        }
    }

    private mutating func setHeld(_ isHeld: Bool, _ name: String) throws(SpoolError) {
        acts.heldDestinations.remove(name)
        try courier?.spool.setHeld(isHeld, destination: name, Self.act)
        if isHeld { acts.heldDestinations.insert(name) }
    }

    private mutating func hold(_ name: String) throws(SpoolError) {
        acts.mayBeHeld.formUnion(try targets(name, [.queued, .waiting]))
        let parcels = try courier?.spool.hold(
            ParcelSelection(destination: name), limit: Self.parcelsPerAct, Self.act) ?? []
        for parcel in parcels { acts.kept[Consignee(parcel)] = .held }
    }

    private mutating func drop(_ name: String) throws(SpoolError) {
        let targets = try targets(name, [.queued, .waiting, .held, .refused])
        acts.mayBeDropped.formUnion(targets)
        for consignee in targets { acts.kept[consignee] = nil }
        let parcels = try courier?.spool.drop(
            ParcelSelection(destination: name), limit: Self.parcelsPerAct, Self.act) ?? []
        for parcel in parcels { acts.kept[Consignee(parcel)] = .dropped }
    }

    private mutating func retry(_ name: String) throws(SpoolError) {
        for consignee in try targets(name, [.refused, .expired, .dropped, .waiting]) {
            acts.kept[consignee] = nil
            ledger.excuse(consignee, .operatorRetry)
        }
        _ = try courier?.spool.retry(ParcelSelection(destination: name), limit: Self.parcelsPerAct, Self.act)
    }

    private mutating func letGo(_ name: String) throws(SpoolError) {
        for consignee in try targets(name, [.held]) { acts.kept[consignee] = nil }
        _ = try courier?.spool.release(ParcelSelection(destination: name), limit: Self.parcelsPerAct, Self.act)
    }

    /// Whole queues start again, so that everything can come to rest.
    mutating func letGoOfQueues() {
        for name in destinations.map(\.name) {
            courierStep { simulation throws(SpoolError) in try simulation.setHeld(false, name) }
        }
    }

    /// What an act is going to change. Where it fails half way, it may have changed them or not.
    mutating func targets(
        _ name: String, _ states: [Parcel.State], limit: Int = parcelsPerAct
    ) throws(SpoolError) -> [Consignee] {
        guard let disk = courier?.disk, let reader = try CourierReader(folder: Self.courierFolder, disk: disk)
        else { return [] }
        let selection = ParcelSelection(destination: name, states: states)
        return try reader.parcels(selection, limit: limit).map { Consignee($0) }
    }
}
