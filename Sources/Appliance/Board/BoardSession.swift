import Logging
import Records
import Spool

/// The board's work under one configuration: its control socket, its audit log, and the other stages.
struct BoardSession: Sendable {
    static let watched: [Stage] = Stage.allCases.filter { $0 != .board }

    private let settings: BoardSettings
    private let places: BoardPlaces
    private let dataFolder: String
    private let monitor: BoardMonitor
    private let events: EventLog
    private let server: ControlServer
    /// Nil where the disk does not let it have a log, or there is no configuration that could say where.
    private let upkeep: StageUpkeep?
    private let spool: BoardSpool?
    private let time: KeptClock

    /// - Throws: `SpoolError.alreadyRunning`, for two boards would fight over the lamps.
    init(
        _ settings: BoardSettings, places: BoardPlaces, monitor: BoardMonitor, supervision: StageSupervision,
        wallClock: WallClock, logger: Logger
    ) throws(SpoolError) {
        self.settings = settings
        self.places = places
        let dataFolder = settings.dataFolder ?? places.dataFolder
        self.dataFolder = dataFolder
        self.monitor = monitor
        var spool: BoardSpool?
        var trouble: SpoolError?
        do throws(SpoolError) {
            spool = try BoardSpool(folder: StageFiles.folder(.board, in: dataFolder))
        } catch .alreadyRunning(let stage, let path) {
            throw .alreadyRunning(stage: stage, path: path)
        } catch {
            trouble = error
        }
        self.spool = spool
        events = EventLog(stage: .board, database: spool?.database, logger: logger)
        if let trouble { events.emit(Event(.stageFailed, .error, ["reason": "\(trouble)"])) }
        if let spool { events.emitRecovery(spool.recovery) }
        // Without intake's floor the clock is judged by the program's date alone.
        time = (try? KeptClock(reading: wallClock, dataFolder: dataFolder))
            ?? KeptClock(floor: nil, database: nil) { wallClock.reading }
        if case .usable(let loaded) = settings, let spool {
            upkeep = StageUpkeep(
                stage: .board, database: spool.database, dataFolder: dataFolder, events: events, time: time,
                configurationSHA256: loaded.sha256, progress: supervision.progress)
        } else {
            upkeep = nil
        }
        server = ControlServer(
            socket: ControlSocket(dataFolder: dataFolder, stage: .board),
            control: BoardControl(monitor: monitor, events: events), condition: supervision.condition, events: events)
    }

    func begin() {
        let found = BoardCatalogue(places: places).find(settings.board)
        monitor.begin(
            settings.provisioning, watching: settings.provisioning == .usable ? Self.watched : [], board: found.board)
        events.emit(Event(.started, .notice, ["configuration": words]))
        if case .unusable(let error) = settings {
            events.emit(Event(.configurationUnusable, .error, ["reason": "\(error)"]))
        }
        for problem in found.problems { events.emit(Event(.boardUnknown, .warning, ["reason": problem])) }
        if let unknown = found.unknown {
            events.emit(Event(.boardUnknown, .notice, [
                "board": unknown, "reason": "no file in \(places.boards) describes it, so there are no lamps and no "
                    + "button; write one, or name one as `board` in the configuration",
            ]))
        }
        if let board = found.board {
            let lamps = Lamp.allCases.filter { board.lamps.keys.contains($0) }.map(\.rawValue)
            events.emit(Event(.boardFound, .notice, [
                "board": board.name, "title": board.title, "lamps": lamps.joined(separator: ","),
                "button": board.button == nil ? "no" : "yes",
            ]))
        }
        noting { () throws(SpoolError) in
            if let upkeep, let spool { try upkeep.begin(spool.recovery) }
        }
    }

    func end() {
        if let upkeep { upkeep.end() } else { events.emit(Event(.stopped, .notice)) }
    }

    /// Takes requests until the task is cancelled.
    func serve() async {
        // Without the folder's lock nobody would ask: `ControlClient` looks at it.
        if spool != nil { await server.run() }
    }

    /// Asks a stage how it is until the task is cancelled.
    func watch(_ stage: Stage) async throws {
        let watch = StageWatch(stage, dataFolder: dataFolder)
        while true {
            let began = monitor.clock.now()
            let probe = await watch.probe()
            // What a cancelled question brought means nothing.
            try Task.checkCancellation()
            switch monitor.note(probe, of: stage) {
            case .began(let fault):
                events.emit(Event(.stageUnavailable, .error, ["stage": stage.rawValue, "reason": "\(fault)"]))
            case .ended: events.emit(Event(.recovered, .notice, ["stage": stage.rawValue]))
            case nil: break
            }
            try await Task.sleep(for: max(.zero, StageWatch.interval - (monitor.clock.now() - began)))
        }
    }

    /// Sets the configuration aside, because somebody held the button.
    func reset(_ site: BoardSite) {
        guard case .file(let path) = site else {
            events.emit(Event(.configurationSetAside, .warning, [
                "reason": "the button was held, and this process was started with settings that it does not look after",
            ]))
            return
        }
        do throws(DiskError) {
            guard let (name, sha256) = try ConfigurationReset(disk: SystemDisk()).setAside(path) else { return }
            events.emit(Event(.configurationSetAside, .notice, ["file": name]))
            noting { () throws(SpoolError) in
                let subject = AuditSubject(fileNamed: name, sha256: sha256)
                try spool?.database.audit([AuditEvent(.configurationSetAside, at: time.now(), of: subject)])
            }
        } catch {
            events.emit(Event(.configurationSetAside, .error, ["reason": "\(error)"]))
        }
    }

    /// What goes wrong with the audit log is said, and ends nothing.
    private func noting(_ body: () throws(SpoolError) -> Void) {
        do throws(SpoolError) { try body() } catch {
            events.emit(Event(.stageFailed, .error, ["reason": "\(error)"]))
        }
    }

    private var words: String {
        switch settings {
        case .none: "none"
        case .unusable: "unusable"
        case .usable: "usable"
        }
    }
}
