import Delivery
import Logging
import Records
import ServiceLifecycle
import Spool

/// The courier stage: queues every object for the destinations that want it, and works the queues off.
public struct CourierService: Service {
    /// Objects queued in one transaction.
    static let batch = 256

    private let configuration: ApplianceConfiguration
    private let spool: CourierSpool
    private let objects: StageObjects
    private let events: EventLog
    private let queues: [ParcelQueue]

    public init(_ configuration: ApplianceConfiguration, logger: Logger) throws {
        self.configuration = configuration
        spool = try CourierSpool(folder: StageFiles.folder(.courier, in: configuration.dataFolder))
        objects = StageObjects(dataFolder: configuration.dataFolder)
        events = EventLog(stage: .courier, database: spool.database, logger: logger)
        var queues: [ParcelQueue] = []
        for destination in configuration.destinations {
            queues.append(ParcelQueue(
                destination: try destination.makeDestination(), spool: spool, objects: objects, events: events,
                backoff: Backoff(
                    minimum: .seconds(destination.retryMinimumSeconds),
                    maximum: .seconds(destination.retryMaximumSeconds))))
        }
        self.queues = queues
    }

    public func run() async throws {
        events.emit(Event(.started, .notice, ["destinations": queues.map(\.destination.name).joined(separator: ",")]))
        try await untilShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for queue in queues {
                    group.addTask {
                        var queue = queue
                        try await queue.run()
                    }
                }
                group.addTask { try await enqueue() }
                try await group.waitForAll()
            }
        }
    }

    /// Reads on in both stages that keep objects.
    private func enqueue() async throws {
        while true {
            var found = false
            for (stage, content) in [(Stage.analysis, ApplianceConfiguration.Content.results), (.intake, .images)] {
                guard let reader = try objects.reader(of: stage) else { continue }
                let instances = try reader.instances(after: spool.cursor(of: stage), limit: Self.batch)
                guard !instances.isEmpty else { continue }
                found = true
                let wanting = configuration.destinations.filter { $0.send.contains(content) }.map(\.name)
                try spool.enqueue(instances, of: stage, for: wanting)
            }
            if !found { try await Task.sleep(for: ParcelQueue.poll) }
        }
    }
}
