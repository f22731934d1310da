import Logging
import Records

extension ApplianceUnits {
    /// Runs the board alone until the process is told to stop. Unlike the other stages it needs no configuration.
    ///
    /// - Parameters:
    ///   - path: of the configuration file, which may come, change and go.
    ///   - manager: whoever supervises the process.
    public static func runBoard(
        configuration path: String, places: BoardPlaces, manager: ServiceManager = .ofThisProcess(), logger: Logger
    ) async throws {
        try await run([.board], manager: manager, logger: logger) { supervision in
            BoardService(.file(path), places: places, supervision: supervision, logger: logger)
        }
    }
}
