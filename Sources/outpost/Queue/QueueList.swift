import Appliance
import ArgumentParser
import Records
import Spool

extension QueueCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show for each destination how many parcels are in which state, and what went wrong last.",
            discussion: """
                queued: not yet tried. sending: in flight. waiting: failed, tried again by itself. held: kept back by \
                a person. refused: the destination will not take it as it is. quarantined: the object is odd and a \
                person has to look at it. expired, dropped: given up by the \
                configuration, by a person. delivered: the destination has it. committed: and answers for it.
                """)
        @OptionGroup var options: ConfigurationOption
        @Option(help: "Only this destination.") var destination: String?
        @Flag(help: "Stay until nothing is on the way but what is held, and tell how far it has come.")
        var follow = false
        @Flag(help: "Print JSON for a machine.") var json = false

        /// Between two looks.
        private static let interval = Duration.milliseconds(500)

        func run() async throws {
            let configuration = try options.load()
            if follow { try await wait(configuration) }
            let queues = try queues(configuration)
            // The pauses are known to the courier alone; without it there are none.
            var pauses: [String: Double] = [:]
            let client = ControlClient(dataFolder: configuration.dataFolder, stage: .courier)
            if case .pauses(let seconds)? = try? await client.ask(.pauses) { pauses = seconds }
            let reports = queues.map { QueueReport(queue: $0, pauseSeconds: pauses[$0.destination]) }
            if json { return try Console.print(json: reports) }
            print(QueueReport.columns.line(QueueReport.header))
            for report in reports { print(QueueReport.columns.line(report.cells)) }
            for report in reports {
                guard let error = report.queue.lastError else { continue }
                print("\(report.queue.destination): last problem: \(Console.plain(error))")
            }
        }

        /// Those that are configured and those that have parcels.
        private func queues(_ configuration: ApplianceConfiguration) throws -> [QueueSummary] {
            var queues = try configuration.courierReader()?.queues() ?? []
            for destination in configuration.destinations
            where !queues.contains(where: { $0.destination == destination.name }) {
                queues.append(QueueSummary(destination: destination.name))
            }
            guard let destination else { return queues }
            guard let queue = queues.first(where: { $0.destination == destination }) else {
                throw ValidationError("there is no destination `\(destination)`; without --destination all are listed")
            }
            return [queue]
        }

        /// Until nothing is on the way.
        private func wait(_ configuration: ApplianceConfiguration) async throws {
            let arrivedBefore = try queues(configuration).reduce(0) { $0 + $1.arrived }
            var bar = ProgressBar("delivering", unit: "parcels", total: 0)
            defer { bar.finish() }
            while true {
                let queues = try queues(configuration)
                let arrived = queues.reduce(0) { $0 + $1.arrived } - arrivedBefore
                let pending = queues.reduce(0) { $0 + ($1.isHeld ? 0 : $1.pending - $1.held) }
                guard pending > 0 else { return }
                // Grows with what comes in meanwhile.
                bar.total = Int64(arrived + pending)
                bar.update(Int64(arrived))
                try await Task.sleep(for: Self.interval)
            }
        }
    }
}

/// A queue as `list` shows it.
struct QueueReport: Encodable {
    var queue: QueueSummary
    /// For how long the destination is left alone after it could not be asked.
    var pauseSeconds: Double?

    static let header = [
        "DESTINATION", "QUEUED", "SENDING", "WAITING", "HELD", "REFUSED", "QUARANTINED", "EXPIRED", "DROPPED",
        "DELIVERED", "COMMITTED", "QUEUE",
    ]
    static let columns = Columns(
        widths: [(20, .left)] + [(width: Int, side: Columns.Side)](repeating: (9, .right), count: 10))

    var cells: [String] {
        let counts = [
            queue.queued, queue.sending, queue.waiting, queue.held, queue.refused, queue.quarantined, queue.expired,
            queue.dropped, queue.delivered, queue.committed,
        ]
        return [queue.destination] + counts.map(String.init) + [condition]
    }

    private var condition: String {
        if queue.isHeld { return "HELD" }
        guard let pauseSeconds else { return "open" }
        return "asked again in \(Int(pauseSeconds.rounded(.up))) s"
    }

    private enum CodingKeys: String, CodingKey { case pauseSeconds }

    func encode(to encoder: any Encoder) throws {
        try queue.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(pauseSeconds, forKey: .pauseSeconds)
    }
}
