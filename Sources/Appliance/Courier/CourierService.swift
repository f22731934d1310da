import DICOMNetwork
import Delivery
import Foundation
import Logging
import Records
import ServiceLifecycle
import Spool

/// The courier stage: queues every object for the destinations that want it, and works the queues off.
public struct CourierService: Service {
    /// Objects queued in one transaction.
    static let batch = 256
    /// How often it looks for parcels that have become too old.
    static let expiryPoll = Duration.seconds(60)

    private let configuration: ApplianceConfiguration
    private let spool: CourierSpool
    private let objects: StageObjects
    private let events: EventLog
    private let time: KeptClock
    private let queues: [ParcelQueue]
    private let control: ControlServer
    private let requesters: [CommitmentRequester]
    private let reports: CommitmentReports
    private let upkeep: StageUpkeep
    private let supervision: StageSupervision
    private let condition: CourierCondition

    public init(
        _ loaded: LoadedConfiguration, supervision: StageSupervision, clock: WallClock = .system, logger: Logger
    ) throws {
        self.supervision = supervision
        let progress = supervision.progress
        let configuration = loaded.settings
        self.configuration = configuration
        let spool = try CourierSpool(
            folder: StageFiles.folder(.courier, in: configuration.dataFolder), disk: WatchedDisk(progress))
        let objects = StageObjects(dataFolder: configuration.dataFolder)
        let events = EventLog(stage: .courier, database: spool.database, logger: logger)
        events.emitRecovery(spool.recovery)
        let courierClock = CourierClock()
        let time = try KeptClock(reading: clock, dataFolder: configuration.dataFolder)
        let reports = CommitmentReports(
            spool: spool, objects: objects, events: events, clock: courierClock, time: time)
        var queues: [ParcelQueue] = []
        var requesters: [CommitmentRequester] = []
        var shared: [CourierCondition.Queue] = []
        for destination in configuration.destinations {
            let queue = SharedDestinationQueue(
                DestinationQueue(
                    name: destination.name, spool: spool,
                    backoff: Backoff(
                        minimum: .seconds(destination.retryMinimumSeconds),
                        maximum: .seconds(destination.retryMaximumSeconds)),
                    awaitsCommitment: destination.commitmentPeer != nil),
                clock: courierClock)
            shared.append(CourierCondition.Queue(queue: queue, isHub: destination.isHub))
            let transport = try destination.makeDestination()
            for _ in 0..<destination.connections {
                let supply = ParcelSupply(
                    queue, objects: objects, events: events, time: time, progress: progress,
                    bytesPerSecond: destination.maximumKilobytesPerSecond.map { $0 * 1000 / destination.connections })
                queues.append(ParcelQueue(destination: transport, supply: supply))
            }
            if let peer = destination.commitmentPeer {
                requesters.append(CommitmentRequester(destination: destination.name, peer: peer, reports: reports))
            }
        }
        (self.spool, self.objects, self.events, self.time) = (spool, objects, events, time)
        (self.queues, self.requesters, self.reports) = (queues, requesters, reports)
        control = ControlServer(
            socket: ControlSocket(dataFolder: configuration.dataFolder, stage: .courier),
            control: QueueControl(spool: spool, events: events, time: time, queues: shared.map(\.queue)),
            condition: supervision.condition, events: events)
        condition = CourierCondition(spool: spool, queues: shared)
        upkeep = StageUpkeep(
            stage: .courier, database: spool.database, dataFolder: configuration.dataFolder, events: events, time: time,
            configurationSHA256: loaded.sha256, progress: progress)
    }

    public func run() async throws {
        try upkeep.begin(spool.recovery)
        events.emit(Event(.started, .notice, [
            "destinations": configuration.destinations.map(\.name).joined(separator: ","),
        ]))
        supervision.begin { condition.condition }
        try await untilShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for queue in queues { group.addTask { try await queue.run() } }
                for requester in requesters { group.addTask { try await requester.run() } }
                group.addTask { try await enqueue() }
                group.addTask { try await upkeep.run() }
                group.addTask { try await takeReports() }
                group.addTask { try await expire() }
                group.addTask { await control.run() }
                while try await group.next() != nil {}
            }
        }
        upkeep.end()
    }

    /// Reads on in both stages that keep objects.
    private func enqueue() async throws {
        let turning = supervision.progress.begin(.queues)
        defer { turning.end() }
        while true {
            turning.beat()
            do {
                if try !enqueueOnce() { try await Task.sleep(for: ParcelQueue.poll) }
            } catch let error as SpoolError {
                try await pause(after: error)
            }
        }
    }

    /// - Returns: whether there was anything.
    private func enqueueOnce() throws(SpoolError) -> Bool {
        var found = false
        for (stage, content) in [(Stage.analysis, ApplianceConfiguration.Content.results), (.intake, .images)] {
            guard let reader = try objects.reader(of: stage) else { continue }
            let instances = try reader.instances(after: spool.cursor(of: stage), limit: Self.batch)
            guard !instances.isEmpty else { continue }
            found = true
            let wanting = configuration.destinations.filter { $0.send.contains(content) }.map(\.name)
            let now = time.now()
            try spool.enqueue(instances, of: stage, for: wanting, now: now.isTrusted ? now.timestamp : nil)
        }
        return found
    }

    /// A full disk, for instance: it passes, or the stage ends by itself (``StageUpkeep``).
    private func pause(after error: SpoolError) async throws {
        events.emit(Event(.stageFailed, .error, ["reason": "\(error)"]))
        try await Task.sleep(for: ParcelQueue.pauseAfterFailure)
    }

    /// Reads on in the storage commitment reports that peers brought to intake.
    private func takeReports() async throws {
        let turning = supervision.progress.begin(.queues)
        defer { turning.end() }
        while true {
            turning.beat()
            if let intake = try objects.intake() {
                for row in try intake.commitmentReports(after: spool.commitmentCursor(), limit: Self.batch) {
                    guard let report = try? JSONDecoder().decode(
                        StorageCommitmentReport.self, from: Data(row.report.utf8))
                    else {
                        // Its objects are asked about again when no report comes.
                        events.emit(Event(.commitmentUnreported, .error, [
                            "report": row.sequence, "reason": "a report that intake kept cannot be read",
                        ]))
                        try spool.passCommitmentReport(row.sequence)
                        continue
                    }
                    try reports.apply(report, cursor: row.sequence)
                }
            }
            try await Task.sleep(for: CommitmentRequester.poll)
        }
    }

    /// Gives up what its destination's configuration says is too old; never by a clock that cannot be trusted.
    private func expire() async throws {
        while true {
            let now = time.now()
            for destination in configuration.destinations {
                guard let days = destination.expireDays, now.isTrusted else { continue }
                let oldest = Timestamp(microseconds: now.timestamp.microseconds - Int64(days) * 86_400_000_000)
                for parcel in try spool.expire(for: destination.name, queuedBefore: oldest, at: now) {
                    events.emit(Event(.objectExpired, .error, [
                        "destination": destination.name, "parcel": parcel.id, "days": days,
                    ]))
                }
            }
            try await Task.sleep(for: Self.expiryPoll)
        }
    }
}
