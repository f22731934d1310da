import Logging
import Records
import ServiceLifecycle
import Spool

/// The board stage: watches whether the other stages live. Lamps and buttons come with the boards that have them.
public struct BoardService: Service {
    static let interval = Duration.seconds(1)

    private let dataFolder: String
    private let events: EventLog

    public init(_ configuration: ApplianceConfiguration, logger: Logger) {
        dataFolder = configuration.dataFolder
        events = EventLog(stage: .board, database: nil, logger: logger)
    }

    public func run() async throws {
        events.emit(Event(.started, .notice))
        try await untilShutdown {
            var down: Set<Stage> = []
            while true {
                for stage in Stage.allCases where stage != .board {
                    let lives = StageLock.isHeld(folder: StageFiles.folder(stage, in: dataFolder))
                    if lives, down.remove(stage) != nil {
                        events.emit(Event(.recovered, .notice, ["stage": stage.rawValue]))
                    } else if !lives, down.insert(stage).inserted {
                        events.emit(Event(.stageUnavailable, .error, [
                            "stage": stage.rawValue, "reason": "no process runs as \(stage.rawValue)",
                        ]))
                    }
                }
                try await Task.sleep(for: Self.interval)
            }
        }
    }
}
