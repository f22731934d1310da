import Foundation
import Logging
import Records
import ServiceLifecycle
import Spool

/// The board stage: watches whether the other stages live, lights the lamps and heeds the button.
///
/// It runs without a configuration too, to say that there is none, and takes notice when one comes, changes or goes.
/// Nothing that fails it ends it: without a disk it has no log, without a board no lamps.
public struct BoardService: Service {
    /// Between two looks at the configuration and at what the button wants.
    static let interval = Duration.seconds(1)

    private let reader: BoardSiteReader
    private let places: BoardPlaces
    private let wallClock: WallClock
    let monitor: BoardMonitor
    private let supervision: StageSupervision
    private let logger: Logger

    /// - Parameters:
    ///   - places: where its devices and the boards' files are.
    ///   - clock: for the audit log.
    public init(
        _ site: BoardSite, places: BoardPlaces = BoardPlaces(), clock: WallClock = .system,
        supervision: StageSupervision, logger: Logger
    ) {
        reader = BoardSiteReader(site)
        self.places = places
        wallClock = clock
        monitor = BoardMonitor(clock: .system)
        self.supervision = supervision
        self.logger = logger
    }

    public func run() async throws {
        supervision.begin { monitor.condition() }
        try await untilShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let driver = LampDriver(
                    monitor: monitor, places: places, progress: supervision.progress,
                    events: EventLog(stage: .board, database: nil, logger: logger))
                group.addTask { await driver.run() }
                group.addTask {
                    // One configuration after another.
                    while true { try await session() }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    /// The time in which the configuration stays the same.
    private func session() async throws {
        let look = reader.look()
        let settings = reader.read()
        let session = try BoardSession(
            settings, places: places, monitor: monitor, supervision: supervision, wallClock: wallClock, logger: logger)
        session.begin()
        defer { session.end() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            if case .usable = settings {
                for stage in BoardSession.watched { group.addTask { try await session.watch(stage) } }
            }
            group.addTask { await session.serve() }
            while reader.look() == look {
                if monitor.takeResetRequest() { session.reset(reader.site) }
                try await Task.sleep(for: Self.interval)
            }
        }
    }
}
