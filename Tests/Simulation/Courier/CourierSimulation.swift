import DICOM
import Records
import Spool
import TestSupport

/// Intake and the courier, each a process of its own on one storage that loses power, and destinations behind a
/// network that breaks: all from one seed, on one thread.
///
/// The synchronous cores are the real ones. The simulation makes their calls in the order in which the courier's
/// services make them, a step of one service at a time; chance chooses which. So a process may end, and power be lost,
/// between any two calls and before any operation of the disk within one.
public struct CourierSimulation {
    /// What is wrong with the program on purpose, so that the simulation has something to find.
    public enum PlantedBug: Sendable {
        /// The cursor moves in a transaction of its own, before the parcels.
        case cursorBeforeParcels
        /// Disk pressure gives up whatever is there.
        case releaseOfAnything
        /// What was in flight counts as delivered before the answer.
        case deliveredBeforeAnswer
        /// The next batch is taken whatever is still in flight.
        case unboundedFlight
        /// Parcels expire by a clock that is years ahead.
        case expiryByAnyClock
    }

    /// What was seen in a run.
    public struct Outcome: Sendable, Equatable {
        public var acknowledged = 0
        public var released = 0
        /// Parcels at the end, by what became of them.
        public var parcels: [Parcel.State: Int] = [:]
        public var resends: [ResendExcuse: Int] = [:]
        public var powerLosses = 0
        public var ends = 0
        /// What was promised and not kept; empty as it should be.
        public var violations: [String] = []
        /// Mutating operations of the whole run.
        public var operations = 0
    }

    static let intakeFolder = "/data/intake"
    static let courierFolder = "/data/courier"
    static let noon = RecordedTime(Timestamp(microseconds: 1_700_000_000_000_000), isTrusted: true)
    /// A planned crash comes within so many operations.
    private static let nextCrash = 1...250
    private static let stepsPerLife = 60
    private static let roundsToRest = 16
    static let connectionsPerDestination = 2

    struct Intake {
        let disk: SimulatedDisk
        let spool: IntakeSpool
        /// Numbered objects whose files are not durable yet.
        var numbered: [(object: Int, numbered: InstanceStore.Numbered)] = []
    }

    struct Connection {
        let destination: Int
        /// Taken and not yet sent.
        var batch: ArraySlice<Parcel> = []
        /// How some were answered that are not yet written down.
        var answers: [(parcel: Parcel, outcome: DeliveryOutcome)] = []
    }

    struct Courier {
        let disk: SimulatedDisk
        let spool: CourierSpool
        let started: Duration
        var queues: [DestinationQueue]
        var connections: [Connection]
        var intake: IntakeReader?
    }

    let storage: SimulatedStorage
    let faults: SpoolSimulation.Faults
    let plantedBug: PlantedBug?
    var chance: SeededGenerator
    /// The wall clock, which runs with the other.
    var wallClock: RecordedTime {
        RecordedTime(
            Timestamp(microseconds: Self.noon.timestamp.microseconds + now.wholeMicroseconds), isTrusted: true)
    }
    /// The time since the simulation began; the courier's clock begins anew with each of its lives.
    var now = Duration.zero
    var destinations = [
        SimulatedDestination(name: "archive", commits: true, refusesMultiplesOf: nil),
        SimulatedDestination(name: "hub", commits: false, refusesMultiplesOf: 7),
        SimulatedDestination(name: "viewer", commits: false, refusesMultiplesOf: 3, expiry: .seconds(20_000)),
    ]
    /// Reports on their way to intake.
    var reports: [(due: Duration, report: SimulatedDestination.Report)] = []
    var intake: Intake?
    var courier: Courier?
    var nextObject = 1
    /// Objects whose sender was told that they were not taken, or nothing.
    var unacknowledged: [Int] = []
    var nextTransaction = 1
    var acknowledged: [Int64: StoredInstance] = [:]
    var released: Set<Int64> = []
    var ledger = ResendLedger()
    var acts = OperatorActs()
    var expiries = Expiries()
    /// Whether faults, crashes and people are done with.
    var isCalm = false
    var outcome = Outcome()

    public init(seed: UInt64, faults: SpoolSimulation.Faults = .init(), plantedBug: PlantedBug? = nil) {
        // A first start costs as much as everything else in a short run: most runs begin after it.
        storage = seed % 8 < 2
            ? SimulatedStorage(seed: seed, sleep: { _ in }) : Self.afterFirstStart.copy(seed: seed)
        chance = SeededGenerator(seed: seed)
        self.faults = faults
        self.plantedBug = plantedBug
        storage.ignoreSynchronize(where: faults.ignoresSynchronize)
    }

    /// Lives `lives` lives, examines the spools after each, and lets everything come to rest at the end.
    public mutating func run(lives: Int) -> Outcome {
        for life in 1...lives where outcome.violations.isEmpty {
            plan()
            for _ in 0..<Self.stepsPerLife where storage.isPowered { step() }
            endLife()
            if startBoth("life \(life)") { examine("life \(life)") }
        }
        if outcome.violations.isEmpty { rest() }
        outcome.acknowledged = acknowledged.count
        outcome.released = released.count
        outcome.resends = ledger.resends
        outcome.operations = storage.operationCount
        return outcome
    }

    private static let afterFirstStart: SimulatedStorage = {
        let storage = SimulatedStorage(seed: 0, sleep: { _ in })
        for start in [{ disk in _ = try IntakeSpool(folder: intakeFolder, disk: disk) },
            { disk in _ = try CourierSpool(folder: courierFolder, disk: disk) },
        ] as [(SimulatedDisk) throws -> Void] {
            let disk = SimulatedDisk(storage)
            // Where it fails, each run starts it again and says so.
            try? start(disk)
            disk.endProcess()
        }
        return storage
    }()

    mutating func violation(_ text: String) { outcome.violations.append(text) }

    // MARK: Lives

    private mutating func plan() {
        let crash = storage.operationCount + Int.random(in: Self.nextCrash, using: &chance)
        switch Int.random(in: 0..<6, using: &chance) {
        case 0, 1, 2: storage.cutPower(beforeOperation: crash)
        case 3: intake?.disk.endProcess(beforeOperation: crash)
        case 4: courier?.disk.endProcess(beforeOperation: crash)
        default: break
        }
        for operation in faults.failing where Bool.random(using: &chance) {
            let occurrence = Int.random(in: 1...20, using: &chance)
            storage.plan(StorageFailure(operation, occurrence: occurrence, concerns: faults.concerns))
        }
        if faults.fullDisk, Bool.random(using: &chance) {
            storage.limit(bytes: storage.usedBytes + Int.random(in: 0...60_000, using: &chance))
        }
    }

    /// Processes that have not ended live on: not every life begins with a start.
    private mutating func endLife() {
        if !storage.isPowered { losePower() }
        // A cut that did not come in this life does not come in the examination.
        storage.cutPower(beforeOperation: .max)
        intake?.disk.endProcess(beforeOperation: .max)
        courier?.disk.endProcess(beforeOperation: .max)
        storage.dropFailures()
        storage.limit(bytes: nil)
        reap()
    }

    private mutating func losePower() {
        outcome.powerLosses += 1
        endIntake()
        endCourier()
        ledger.loseUnsynchronized(.powerLoss)
        storage.losePower(seed: chance.next())
    }

    /// Sees which processes have ended, and ends those whose database takes nothing more, as `StageUpkeep` does.
    mutating func reap() {
        if intake?.spool.database.failure != nil { intake?.disk.endProcess() }
        if courier?.spool.database.failure != nil { courier?.disk.endProcess() }
        if let intake, !intake.disk.isAlive {
            outcome.ends += 1
            endIntake()
        }
        if let courier, !courier.disk.isAlive {
            outcome.ends += 1
            endCourier()
        }
    }

    mutating func endIntake() {
        intake?.disk.endProcess()
        unacknowledged += intake?.numbered.map(\.object) ?? []
        intake = nil
    }

    mutating func endCourier() {
        courier?.disk.endProcess()
        for connection in courier?.connections ?? [] {
            for (parcel, _) in connection.answers { ledger.excuse(Consignee(parcel), .inFlight) }
        }
        if courier?.spool.database.failure != nil { ledger.loseUnsynchronized(.synchronizationFailed) }
        courier = nil
    }

    /// A start may be cut short by a crash or a fault; the next one has to cope.
    mutating func startIntake() throws(SpoolError) {
        guard intake == nil else { return }
        let disk = SimulatedDisk(storage)
        do throws(SpoolError) {
            intake = Intake(disk: disk, spool: try IntakeSpool(folder: Self.intakeFolder, disk: disk))
        } catch {
            disk.endProcess()
            throw error
        }
    }

    mutating func startCourier() throws(SpoolError) {
        guard courier == nil else { return }
        let disk = SimulatedDisk(storage)
        do throws(SpoolError) {
            let spool = try CourierSpool(folder: Self.courierFolder, disk: disk)
            let queues = destinations.map { destination in
                DestinationQueue(
                    name: destination.name, spool: spool,
                    backoff: Backoff(minimum: .seconds(10), maximum: .seconds(300)),
                    awaitsCommitment: destination.commits)
            }
            let connections = destinations.indices.flatMap { destination in
                (0..<Self.connectionsPerDestination).map { _ in Connection(destination: destination) }
            }
            courier = Courier(disk: disk, spool: spool, started: now, queues: queues, connections: connections)
        } catch {
            disk.endProcess()
            throw error
        }
    }

    /// - Returns: false where a start fails although nothing is wrong any more.
    private mutating func startBoth(_ life: String) -> Bool {
        do throws(SpoolError) {
            try startIntake()
            try startCourier()
            return true
        } catch {
            violation("\(life): the next start fails: \(error)")
            return false
        }
    }

    // MARK: Steps

    private mutating func step() {
        reap()
        switch Int.random(in: 0..<29, using: &chance) {
        case 0..<7: intakeStep()
        case 7..<10: courierStep { simulation throws(SpoolError) in try simulation.enqueue() }
        case 10..<17:
            let connection = Int.random(in: 0..<destinations.count * Self.connectionsPerDestination, using: &chance)
            courierStep { simulation throws(SpoolError) in try simulation.deliver(over: connection) }
        case 17, 18: courierStep { simulation throws(SpoolError) in try simulation.requestCommitment() }
        case 19, 20: courierStep { simulation throws(SpoolError) in try simulation.takeReports() }
        case 21: receiveReports()
        case 22, 23, 24: makeRoom()
        case 25: operatorActs()
        case 26: courierStep { simulation throws(SpoolError) in try simulation.expire() }
        default: passTime()
        }
    }

    private mutating func passTime() {
        // Now and then more than a report of a storage commitment may take.
        let isLong = Int.random(in: 0..<8, using: &chance) == 0
        now += .seconds(Int.random(in: 0...(isLong ? 60_000 : 400), using: &chance))
        let destination = Int.random(in: destinations.indices, using: &chance)
        destinations[destination].isUp = Int.random(in: 0..<4, using: &chance) > 0
    }

    /// One step of one of the courier's services. An error ends the service, and with it the process.
    mutating func courierStep(_ body: (inout CourierSimulation) throws(SpoolError) -> Void) {
        do throws(SpoolError) {
            try startCourier()
            try body(&self)
        } catch {
            if courier != nil, storage.isPowered { outcome.ends += 1 }
            endCourier()
        }
    }

    // MARK: Rest

    /// All faults are gone: everything has to arrive, and to be counted rightly, without another start.
    private mutating func rest() {
        isCalm = true
        for index in destinations.indices {
            destinations[index].isUp = true
            destinations[index].isCalm = true
        }
        for round in 0..<Self.roundsToRest {
            now += .seconds(4000)
            if round == 0 { letGoOfQueues() }
            for _ in 0..<Self.stepsPerLife where intake?.numbered.isEmpty != true || !unacknowledged.isEmpty {
                intakeStep()
            }
            try? intake?.spool.instances.publish()
            courierStep { simulation throws(SpoolError) in
                try simulation.enqueue()
                for connection in simulation.courier?.connections.indices ?? 0..<0 {
                    repeat { try simulation.deliver(over: connection) } while simulation.isBusy(connection)
                }
                try simulation.requestCommitment()
            }
            receiveReports()
            courierStep { simulation throws(SpoolError) in try simulation.takeReports() }
            if round > 0, isAtRest { break }
        }
        reap()
        examine("at rest")
        examineRest()
    }

    /// Whether the counts say that there is nothing left to do; whether they are right is examined afterwards.
    private var isAtRest: Bool {
        guard unacknowledged.isEmpty, reports.isEmpty, let disk = courier?.disk, let store = intake?.spool.instances,
            let reader = try? CourierReader(folder: Self.courierFolder, disk: disk), let queues = try? reader.queues(),
            let cursor = try? reader.cursor(of: .intake),
            (try? store.reader.instances(after: cursor, limit: 1))?.isEmpty == true
        else { return false }
        return queues.allSatisfy { queue in
            let commits = destinations.contains { $0.name == queue.destination && $0.commits }
            return queue.queued + queue.sending + queue.waiting == 0 && (!commits || queue.delivered == 0)
        }
    }

    /// Each object that is taken is sent, and then they are written down: this comes to an end.
    private func isBusy(_ connection: Int) -> Bool {
        guard let connection = courier?.connections[connection] else { return false }
        return !connection.batch.isEmpty || !connection.answers.isEmpty
    }
}
