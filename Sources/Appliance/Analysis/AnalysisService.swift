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

    private enum ConfiguredModel {
        case ready(LoadedModel)
        case refused(reason: String)
    }

    private let dataFolder: String
    private let spool: AnalysisSpool
    private let rules: AnalysisRules
    private let models: [ConfiguredModel]
    private let analyser: ImageAnalyser
    private let thread = InferenceThread()
    private let events: EventLog
    private let time: KeptClock
    private let retention: RetentionService

    /// Loads the models. One that is refused is no reason not to start: its images are listed as not analysed.
    public init(_ configuration: ApplianceConfiguration, clock: WallClock = .system, logger: Logger) throws {
        dataFolder = configuration.dataFolder
        spool = try AnalysisSpool(folder: StageFiles.folder(.analysis, in: dataFolder))
        rules = AnalysisRules(configuration.analysis.models)
        let events = EventLog(stage: .analysis, database: spool.database, logger: logger)
        self.events = events
        time = try KeptClock(reading: clock, dataFolder: configuration.dataFolder)
        models = configuration.analysis.models.map { Self.load($0.file, configuration.analysis, events) }
        retention = RetentionService(
            stage: .analysis, store: spool.instances, settings: configuration.storage, dataFolder: dataFolder,
            events: events, time: time)
        let stationName = configuration.station.name
        analyser = ImageAnalyser(
            stationName: stationName,
            writer: ResultWriter(
                texts: configuration.station.language.texts, fontPath: configuration.analysis.font,
                deviceUID: UID(derivedFrom: Digest(ofData: "station|\(stationName)".utf8).bytes)))
        events.emitRecovery(spool.instances.recovery)
    }

    private static func load(
        _ file: String, _ settings: ApplianceConfiguration.Analysis, _ events: EventLog
    ) -> ConfiguredModel {
        do {
            let model = try LoadedModel(
                file: file, threads: settings.threads ?? ProcessorCores.ofThisSystem.defaultThreads,
                memoryLimitBytes: settings.memoryMegabytes << 20)
            let memory = model.runner.plan.memoryPlan
            events.emit(Event(.modelLoaded, .notice, [
                "model": model.identity.name, "version": model.identity.version, "use": model.identity.intendedUse,
                "threads": model.runner.threads,
                "memoryBytes": memory.arenaBytes(threads: model.runner.threads) + memory.constantBytes,
            ]))
            return .ready(model)
        } catch {
            events.emit(Event(.modelRefused, .error, ["file": file, "reason": "\(error)"]))
            return .refused(reason: "the model configured for it was refused: \(error)")
        }
    }

    private var upkeep: StageUpkeep {
        StageUpkeep(stage: .analysis, database: spool.database, dataFolder: dataFolder, events: events, time: time)
    }

    public func run() async throws {
        try spool.database.auditStart(of: .analysis, at: time.now())
        events.emit(Event(.started, .notice, ["models": models.count]))
        try await untilShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await retention.run() }
                group.addTask { try await upkeep.run() }
                group.addTask { try await analyseCompletedStudies() }
                while try await group.next() != nil {}
            }
        }
    }

    private func analyseCompletedStudies() async throws {
        let intake = try await waitForIntake()
        while true {
            let completions = try intake.completions(after: spool.cursor(), limit: Self.batch)
            for completion in completions {
                try await analyse(completion, intake)
                try spool.advance(to: completion)
            }
            if completions.isEmpty { try await Task.sleep(for: Self.poll) }
        }
    }

    private func waitForIntake() async throws -> IntakeReader {
        while true {
            if let intake = try IntakeReader(folder: StageFiles.folder(.intake, in: dataFolder)) { return intake }
            try await Task.sleep(for: Self.poll)
        }
    }

    /// Looks at each image of the study that has no outcome yet.
    private func analyse(_ completion: StudyCompletion, _ intake: IntakeReader) async throws {
        let study = completion.studyInstanceUID
        for instance in try intake.instances.instances(ofStudy: study, through: completion.throughSequence) {
            try Task.checkCancellation()
            if try spool.hasOutcome(instance) { continue }
            try await spool.record(try await outcome(of: instance, intake), of: instance, at: time.now())
        }
    }

    private func outcome(of instance: StoredInstance, _ intake: IntakeReader) async throws -> AnalysisOutcome {
        let model: LoadedModel
        switch rules.decide(instance) {
        case .skip(let reason): return notAnalysed(instance, reason)
        case .analyse(let index):
            switch models[index] {
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
        do {
            answer = try await thread.run {
                try analyser.analyse(instance, try intake.instances.dataSet(instance.sequence), with: model)
            }
        } catch {
            return notAnalysed(instance, "\(error)")
        }
        var results: [Int64] = []
        for result in answer.results { results.append(try await keep(result).sequence) }
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
    private func keep(_ result: ResultObject) async throws -> StoredInstance {
        let writer = try spool.instances.begin()
        try writer.append(result.dataSet)
        return try await spool.instances.commit(
            writer,
            InstanceDescription(
                sopClassUID: result.sopClassUID, sopInstanceUID: result.sopInstanceUID,
                studyInstanceUID: result.studyInstanceUID, seriesInstanceUID: result.seriesInstanceUID,
                transferSyntax: result.transferSyntax,
                peer: Peer(callingAETitle: "", calledAETitle: "", address: ""), received: time.now(),
                modality: result.modality, bodyPartExamined: nil)
        ).instance
    }
}
