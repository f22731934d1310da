import Logging
import ServiceLifecycle
import UnixSignals

extension ApplianceUnits {
    /// Runs the board alone until the process is told to stop. Unlike the other stages it needs no configuration.
    ///
    /// - Parameter path: of the configuration file, which may come, change and go.
    public static func runBoard(configuration path: String, places: BoardPlaces, logger: Logger) async throws {
        let group = ServiceGroup(
            services: [BoardService(.file(path), places: places, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger))
        try await group.run()
    }
}
