import Logging
import Records
import ServiceLifecycle
import UnixSignals

/// Runs stages as services of one process until one of them fails or the process is told to stop.
public struct ApplianceUnits: Sendable {
    private let configuration: LoadedConfiguration
    private let logger: Logger

    public init(_ configuration: LoadedConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// - Parameter stages: one stage as under systemd, or all of them for a developer or a demonstration.
    public func run(_ stages: [Stage]) async throws {
        var services: [any Service] = []
        for stage in stages { services.append(try service(stage)) }
        let group = ServiceGroup(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.quiet(logger))
        try await group.run()
    }

    private func service(_ stage: Stage) throws -> any Service {
        switch stage {
        case .intake: try IntakeService(configuration, logger: logger)
        case .analysis: try AnalysisService(configuration, logger: logger)
        case .courier: try CourierService(configuration, logger: logger)
        case .board: BoardService(.fixed(configuration), logger: logger)
        }
    }

    /// The group's own lines are for its developers; stages say themselves what they do.
    static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = .error
        return logger
    }
}
