import DICOM
import Inference
import Logging
import Records
import Results
import ServiceLifecycle
import Spool

/// The analysis stage: runs the configured networks on the images of complete studies and keeps the results.
///
/// It may be stopped at any point: outcomes are written once an image is done, the cursor once a study is, and what is
/// done again gives the same bytes under the same UIDs.
public struct AnalysisService: Service {
    static let poll = Duration.milliseconds(250)
    static let batch = 16
    /// An image that ended the process so often is set aside. More than once, for a power cut ends it too.
    static let maximumAttempts = 3

    private let dataFolder: String
    private let spool: AnalysisSpool
    private let rules: AnalysisRules
    private let models: [ConfiguredModel]
    private let analyser: ImageAnalyser
    private let thread = InferenceThread()
    private let events: EventLog
    private let time: KeptClock
    private let retention: RetentionService
    private let upkeep: StageUpkeep
    private let control: ControlServer
    private let supervision: StageSupervision
    private let condition: AnalysisCondition

    /// Loads the models. One that is refused is no reason not to start: its images are listed as not analysed.
    public init(
        _ loaded: LoadedConfiguration, supervision: StageSupervision, clock: WallClock = .system, logger: Logger
    ) throws {
        self.supervision = supervision
        let progress = supervision.progress
        let configuration = loaded.settings
        dataFolder = configuration.dataFolder
        spool = try AnalysisSpool(
            folder: StageFiles.folder(.analysis, in: dataFolder), disk: WatchedDisk(progress))
        rules = AnalysisRules(configuration.analysis.models)
        let events = EventLog(stage: .analysis, database: spool.database, logger: logger)
        self.events = events
        let time = try KeptClock(reading: clock, dataFolder: configuration.dataFolder)
        self.time = time
        models = configuration.analysis.models.map {
            ConfiguredModel(file: $0.file, configuration.analysis, at: time.now())
        }
        for model in models { events.emit(model.event) }
        condition = AnalysisCondition(refused: zip(configuration.analysis.models, models).compactMap { model in
            guard case .refused = model.1.state else { return nil }
            return model.0.file
        })
        retention = RetentionService(
            stage: .analysis, store: spool.instances, settings: configuration.storage, dataFolder: dataFolder,
            events: events, time: time, progress: progress)
        upkeep = StageUpkeep(
            stage: .analysis, database: spool.database, dataFolder: dataFolder, events: events, time: time,
            configurationSHA256: loaded.sha256, progress: progress)
        control = ControlServer(
            socket: ControlSocket(dataFolder: dataFolder, stage: .analysis),
            control: ObjectControl(store: spool.instances, time: time), condition: supervision.condition,
            events: events)
        let stationName = configuration.station.name
        analyser = ImageAnalyser(
            stationName: stationName,
            writer: ResultWriter(
                texts: configuration.station.language.texts, fontPath: configuration.analysis.font,
                deviceUID: UID(derivedFrom: Digest(ofData: "station|\(stationName)".utf8).bytes)))
        events.emitRecovery(spool.instances.recovery)
    }

    public func run() async throws {
        try upkeep.begin(spool.instances.recovery, models: models.map(\.audit))
        try spool.instances.auditRecovery(at: time.now())
        events.emit(Event(.started, .notice, ["models": models.count]))
        supervision.begin { condition.condition }
        try await untilShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await retention.run() }
                group.addTask { try await upkeep.run() }
                group.addTask { try await analyseCompletedStudies() }
                group.addTask { await control.run() }
                while try await group.next() != nil {}
            }
        }
        try await spool.instances.settle()
        upkeep.end()
    }

    private func analyseCompletedStudies() async throws {
        let turning = supervision.progress.begin(.studies)
        defer { turning.end() }
        let intake = try await waitForIntake(turning)
        while true {
            turning.beat()
            let completions = try intake.completions(after: spool.cursor(), limit: Self.batch)
            for completion in completions {
                try await analyse(completion, intake, turning)
                try spool.advance(to: completion)
            }
            if completions.isEmpty { try await Task.sleep(for: Self.poll) }
        }
    }

    private func waitForIntake(_ turning: WorkUnderWay) async throws -> IntakeReader {
        while true {
            turning.beat()
            if let intake = try IntakeReader(folder: StageFiles.folder(.intake, in: dataFolder)) { return intake }
            try await Task.sleep(for: Self.poll)
        }
    }

    /// Looks at each image of the study that has no outcome yet.
    private func analyse(
        _ completion: StudyCompletion, _ intake: IntakeReader, _ turning: WorkUnderWay
    ) async throws {
        let study = completion.studyInstanceUID
        for instance in try intake.instances.instances(ofStudy: study, through: completion.throughSequence) {
            try Task.checkCancellation()
            turning.beat()
            if try spool.hasOutcome(instance) { continue }
            try await spool.record(try await outcome(of: instance, intake, turning), of: instance, at: time.now())
        }
    }

    private func outcome(
        of instance: StoredInstance, _ intake: IntakeReader, _ turning: WorkUnderWay
    ) async throws -> AnalysisOutcome {
        let model: LoadedModel
        switch rules.decide(instance) {
        case .skip(let reason): return notAnalysed(instance, reason)
        case .analyse(let index):
            switch models[index].state {
            case .refused(let reason): return notAnalysed(instance, reason)
            case .ready(let ready): model = ready
            }
        }
        guard try spool.beginAttempt(instance) <= Self.maximumAttempts else {
            return notAnalysed(
                instance, "analysis ended \(Self.maximumAttempts) times at this image, which was therefore set aside")
        }
        let analyser = analyser
        let answer: ImageAnalyser.Answer
        condition.imageBegan()
        defer { condition.imageEnded() }
        let computing = supervision.progress.begin(.inference)
        do {
            defer { computing.end() }
            answer = try await thread.run {
                try analyser.analyse(instance, try intake.instances.dataSet(instance.sequence), with: model) {
                    computing.beat()
                    turning.beat()
                }
            }
        } catch {
            return notAnalysed(instance, "\(error)")
        }
        var results: [Int64] = []
        for result in answer.results { results.append(try await keep(result, of: model.identity).sequence) }
        for finding in answer.findings {
            events.emit(Event(.imageAnalysed, .info, [
                "sopInstanceUID": instance.sopInstanceUID, "model": model.identity.name,
                "version": model.identity.version, "finding": finding.concept.meaning,
                "probability": (finding.probability * 1000).rounded() / 1000, "present": finding.isPresent,
            ]))
        }
        return AnalysisOutcome(
            instance: instance, state: .analysed, reason: nil, model: model.identity, findings: answer.findings,
            results: results)
    }

    private func notAnalysed(_ instance: StoredInstance, _ reason: String) -> AnalysisOutcome {
        events.emit(Event(.imageNotAnalysed, .info, ["sopInstanceUID": instance.sopInstanceUID, "reason": reason]))
        return AnalysisOutcome(
            instance: instance, state: .notAnalysed, reason: reason, model: nil, findings: [], results: [])
    }

    /// Keeps a result object the way images are kept. One that an earlier, interrupted run kept already is found again.
    private func keep(_ result: ResultObject, of model: ModelIdentity) async throws -> StoredInstance {
        let writer = try spool.instances.begin()
        try writer.append(result.dataSet)
        return try await spool.instances.commit(
            writer,
            InstanceDescription(
                sopClassUID: result.sopClassUID, sopInstanceUID: result.sopInstanceUID,
                studyInstanceUID: result.studyInstanceUID, seriesInstanceUID: result.seriesInstanceUID,
                transferSyntax: result.transferSyntax,
                peer: Peer(callingAETitle: "", calledAETitle: "", address: ""), received: time.now(),
                modality: result.modality, bodyPartExamined: nil, model: AuditModel(model))
        ).instance
    }
}
