import DICOM
import DICOMNetwork
import Logging
import NIOCore
import Records
import ServiceLifecycle
import Spool
import Synchronization

/// The intake stage: receives instances, keeps them, and says when a study is complete.
public struct IntakeService: Service {
    /// How often it looks for studies that have become quiet.
    static let poll = Duration.milliseconds(200)
    static let clockPoll = Duration.seconds(1)
    static let diskPoll = Duration.seconds(5)
    /// Events of the network that wait to be logged; in a flood the oldest go first.
    static let eventBacklog = 4096
    /// When the stage is told to end, an object that is coming in gets so long: half of what a stop may take
    /// (`TimeoutStopSec=`). Its sender was not told that it arrived, and sends it again.
    static let shutdownSeconds: Int64 = 5

    private let spool: IntakeSpool
    private let studies: OpenStudies
    private let server: StorageServer<IntakeReceiver>
    private let events: EventLog
    private let commitmentReporter: CommitmentReporter
    private let networkEvents: AsyncStream<ServerEvent>
    private let aeTitle: String
    private let refuseBelowPercent: Int
    private let dataFolder: String
    private let time: KeptClock
    private let gate: AdmissionGate
    private let retention: RetentionService
    private let upkeep: StageUpkeep
    private let control: ControlServer
    /// How many ports there are.
    private let listeners: Int
    private let supervision: StageSupervision
    private let condition: IntakeCondition

    /// Opens the spool and recovers what a power cut left.
    ///
    /// - Parameter sockets: ports that the service manager has opened for it.
    public init(
        _ loaded: LoadedConfiguration, supervision: StageSupervision, sockets: [ListeningSocket] = [],
        clock: WallClock = .system, logger: Logger
    ) throws {
        self.supervision = supervision
        let progress = supervision.progress
        let configuration = loaded.settings
        let settings = configuration.intake
        aeTitle = settings.aeTitle
        dataFolder = configuration.dataFolder
        refuseBelowPercent = configuration.storage.refuseBelowPercent
        spool = try IntakeSpool(
            folder: StageFiles.folder(.intake, in: configuration.dataFolder), disk: WatchedDisk(progress))
        events = EventLog(stage: .intake, database: spool.database, logger: logger)
        events.emitRecovery(spool.instances.recovery)
        studies = OpenStudies(quietTime: .seconds(settings.studyQuietSeconds), open: try spool.openStudies())
        var timeouts = AssociationTimeouts()
        timeouts.artim = .seconds(Int64(settings.artimSeconds))
        timeouts.idle = .seconds(Int64(settings.idleSeconds))
        timeouts.shutdown = .seconds(Self.shutdownSeconds)
        let (stream, continuation) = AsyncStream.makeStream(
            of: ServerEvent.self, bufferingPolicy: .bufferingNewest(Self.eventBacklog))
        networkEvents = stream
        timeouts.write = .seconds(Int64(settings.writeSeconds))
        let spool = spool
        time = KeptClock(floor: try spool.database.clockFloor(), database: spool.database) { clock.reading }
        let events = events
        gate = AdmissionGate(
            spool.instances.reader, refuseBelowPercent: Double(configuration.storage.refuseBelowPercent)
        ) { isClosed, space in
            events.emit(Event(isClosed ? .diskFull : .diskRecovered, isClosed ? .critical : .notice, [
                "freePercent": (space.freePercent * 10).rounded() / 10,
                "reason": isClosed
                    ? "too little room is left: modalities are told to come back later" : "there is room again",
            ]))
        }
        retention = RetentionService(
            stage: .intake, store: spool.instances, settings: configuration.storage,
            dataFolder: configuration.dataFolder, events: events, time: time, progress: progress)
        upkeep = StageUpkeep(
            stage: .intake, database: spool.database, dataFolder: dataFolder, events: events, time: time,
            configurationSHA256: loaded.sha256, progress: progress)
        condition = IntakeCondition(
            aeTitle: aeTitle, releaseBelowPercent: configuration.storage.releaseBelowPercent, gate: gate, time: time)
        control = ControlServer(
            socket: ControlSocket(dataFolder: dataFolder, stage: .intake),
            control: ObjectControl(store: spool.instances, time: time), condition: supervision.condition,
            events: events)
        let commitments = StorageCommitments(
            spool: spool, peers: settings.storageCommitmentPeers.remoteApplicationEntities, events: events, time: time)
        commitmentReporter = CommitmentReporter(commitments)
        let listeners = try settings.makeListeners(sockets)
        let taken = listeners.compactMap(\.descriptor)
        for socket in sockets where !taken.contains(socket.descriptor) {
            // Callers would wait there for an answer that never comes.
            socket.close()
            events.emit(Event(.portNotTaken, .warning, [
                "port": socket.port, "reason": "the configuration has no such port; the socket unit's ports differ",
            ]))
        }
        self.listeners = listeners.count
        server = StorageServer(
            configuration: StorageServerConfiguration(
                listeners: listeners, policy: settings.acceptorPolicy,
                maximumAssociations: settings.maximumAssociations,
                maximumAssociationsPerPeer: settings.maximumAssociationsPerAddress, timeouts: timeouts),
            receiver: IntakeReceiver(
                spool: spool, gate: gate, studies: studies, commitments: commitments, condition: condition,
                events: events, time: time),
            reports: CommitmentReportInbox(spool: spool, dataFolder: configuration.dataFolder),
            observe: { continuation.yield($0) })
    }

    public func run() async throws {
        try upkeep.begin(spool.instances.recovery)
        try spool.instances.auditRecovery(at: time.now())
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for await event in networkEvents { log(event) } }
                group.addTask { try await completeStudies() }
                group.addTask { try await watchClock() }
                group.addTask { try await watchDisk() }
                group.addTask { try await upkeep.run() }
                group.addTask { try await retention.run() }
                group.addTask { try await commitmentReporter.run() }
                group.addTask { await control.run() }
                group.addTask {
                    try await serve()
                    // Told to end; nothing else ends the others.
                    throw CancellationError()
                }
                do {
                    while try await group.next() != nil {}
                } catch is CancellationError {
                    group.cancelAll()
                }
            }
            try await spool.instances.settle()
            upkeep.end()
        } onGracefulShutdown: {
            server.beginShutdown()
        }
    }

    private func serve() async throws {
        let waiting = Mutex(listeners)
        try await server.run { address in
            let isLast = waiting.withLock { waiting in
                waiting -= 1
                return waiting == 0
            }
            if isLast { supervision.begin { condition.condition } }
            events.emit(Event(.started, .notice, [
                "aeTitle": aeTitle, "address": address.host, "port": address.port, "tls": address.usesTLS,
            ]))
        } threads: { threads in
            EventLoopWatch(threads, supervision.progress).end
        }
    }

    private func completeStudies() async throws {
        let turning = supervision.progress.begin(.studies)
        defer { turning.end() }
        while true {
            turning.beat()
            for due in studies.takeDue() {
                do throws(SpoolError) {
                    try await spool.complete(
                        study: due.studyInstanceUID, throughSequence: due.throughSequence, at: time.now())
                    events.emit(Event(.studyComplete, .info, [
                        "studyInstanceUID": due.studyInstanceUID, "throughSequence": due.throughSequence,
                    ]))
                } catch {
                    // Receiving goes on; the study completes when the disk writes again.
                    studies.putBack(due)
                    events.emit(Event(.stageFailed, .error, ["reason": "\(error)"]))
                }
            }
            try await Task.sleep(for: Self.poll)
        }
    }

    /// Moves the clock's floor, and says when the clock was set.
    private func watchClock() async throws {
        let turning = supervision.progress.begin(.upkeep)
        defer { turning.end() }
        while true {
            turning.beat()
            do throws(SpoolError) {
                if let before = try time.tick().setFrom {
                    events.emit(Event(.clockSet, .notice, ["before": before, "now": time.now().timestamp]))
                }
            } catch {
                events.emit(Event(.stageFailed, .error, ["reason": "\(error)"]))
            }
            try await Task.sleep(for: Self.clockPoll)
        }
    }

    /// Shows how full the disk is, and opens the gate again while nobody sends.
    private func watchDisk() async throws {
        let start = ContinuousClock.now
        var estimate = FillEstimate()
        while true {
            let work = supervision.progress.begin(.upkeep)
            do throws(SpoolError) {
                let space = try spool.instances.reader.diskSpace()
                condition.saw(space)
                estimate.add(freeBytes: space.freeBytes, at: start.duration(to: .now))
                try? gate.admit()
                let reserved = space.totalBytes / 100 * Int64(refuseBelowPercent)
                let report = DiskReport(
                    space: space, hoursUntilFull: estimate.hoursUntilFull(reservedBytes: reserved),
                    refuses: gate.isClosed)
                try spool.database.show(report, as: DiskReport.gauge)
            } catch {
                events.emit(Event(.stageFailed, .error, ["reason": "\(error)"]))
            }
            work.end()
            try await Task.sleep(for: gate.isClosed ? Self.clockPoll : Self.diskPoll)
        }
    }

    private func log(_ event: ServerEvent) {
        switch event {
        case .opened(let association):
            events.emit(Event(.associationAccepted, .debug, Self.details(association)))
        case .released:
            break
        case .rejected(let association, let refusal):
            events.emit(Event(.associationRejected, .warning, Self.details(association, "\(refusal)")))
        case .aborted(let association, let abort):
            events.emit(Event(.associationAborted, .warning, Self.details(association, "\(abort)")))
        case .failed(let association?, _, let fault):
            events.emit(Event(.associationAborted, .warning, Self.details(association, "\(fault)")))
        case .failed(nil, let address, let fault):
            events.emit(Event(.associationAborted, .warning, ["address": address, "reason": "\(fault)"]))
        case .connectionRefused(let address):
            events.emit(Event(.associationRejected, .warning, ["address": address, "reason": "too many connections"]))
        case .tlsFilesUnusable(let error):
            events.emit(Event(.certificateRefused, .error, ["reason": "\(error); the earlier one stays in use"]))
        case .refused(let request, let refusal):
            events.emit(Event(.instanceRefused, .warning, [
                "sopInstanceUID": request.sopInstanceUID, "peer": request.association.callingAETitle,
                "status": refusal.status, "reason": refusal.comment,
            ]))
        case .commitmentReportRefused(let association, let refusal):
            events.emit(Event(.commitmentUnreported, .warning, Self.details(
                association, "its report was answered \(refusal.status): \(refusal.comment)")))
        case .unrecognizedOperation(let association, let commandField):
            events.emit(Event(.associationAborted, .info, Self.details(
                association, "operation \(commandField.hexadecimal) is not offered")))
        }
    }

    private static func details(
        _ association: AssociationInformation, _ reason: String = ""
    ) -> KeyValuePairs<String, any CustomStringConvertible> {
        [
            "association": association.identifier, "peer": association.callingAETitle,
            "called": association.calledAETitle, "address": association.peerAddress, "reason": reason,
        ]
    }
}
