import Logging
import Records
import ServiceLifecycle
import UnixSignals

/// Runs stages as services of one process until one of them fails or the process is told to stop.
public struct ApplianceUnits: Sendable {
    private let configuration: LoadedConfiguration
    private let manager: ServiceManager
    private let logger: Logger

    /// - Parameter manager: whoever supervises the process.
    public init(_ configuration: LoadedConfiguration, manager: ServiceManager = .ofThisProcess(), logger: Logger) {
        self.configuration = configuration
        self.manager = manager
        self.logger = logger
    }

    /// - Parameter stages: one stage as under systemd, or all of them for a developer or a demonstration.
    public func run(_ stages: [Stage]) async throws {
        try await Self.run(stages, manager: manager, logger: logger, service: service)
    }

    /// Runs the board alone. Unlike the other stages it needs no configuration.
    ///
    /// - Parameter path: of the configuration file, which may come, change and go.
    public static func runBoard(
        configuration path: String, places: BoardPlaces, manager: ServiceManager = .ofThisProcess(), logger: Logger
    ) async throws {
        try await run([.board], manager: manager, logger: logger) { supervision in
            BoardService(.file(path), places: places, supervision: supervision, logger: logger)
        }
    }

    private static func run(
        _ stages: [Stage], manager: ServiceManager, logger: Logger,
        service: (StageSupervision) throws -> any Service
    ) async throws {
        // Whatever a power cut left is looked through before anything else.
        manager.notify(.status("Starting"))
        var services: [any Service] = []
        let interval = manager.watchdogInterval ?? WatchdogService.usualInterval
        let supervisions = stages.map { StageSupervision($0, interval: interval) }
        for supervision in supervisions { services.append(try service(supervision)) }
        // The last is the first that is told to end.
        services.append(WatchdogService(supervisions, manager: manager, logger: logger))
        let loops = supervisions.map { EventLoopWatch.shared($0.progress) }
        defer { for loop in loops { loop.end() } }
        let group = ServiceGroup(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger))
        try await group.run()
    }

    private func service(_ supervision: StageSupervision) throws -> any Service {
        switch supervision.stage {
        case .intake:
            try IntakeService(configuration, supervision: supervision, sockets: manager.sockets, logger: logger)
        case .analysis: try AnalysisService(configuration, supervision: supervision, logger: logger)
        case .courier: try CourierService(configuration, supervision: supervision, logger: logger)
        case .board: BoardService(.fixed(configuration), supervision: supervision, logger: logger)
        }
    }

    /// The group's own lines are for its developers; stages say themselves what they do.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = .error
        return logger
    }
}
