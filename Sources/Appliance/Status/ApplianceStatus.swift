import DICOM
import Records
import Spool

/// What `outpost status` tells: read from the stages' databases, so that it answers even when a stage is down. What
/// stages that run say of themselves comes with ``ask(_:)``.
public struct ApplianceStatus: Sendable, Codable {
    public struct Unit: Sendable, Codable {
        public var stage: Stage
        public var running: Bool
        /// Counts since the data folder was made.
        public var counters: [String: Int]
        /// What the stage says of itself; nil where it was not asked, or gave no answer.
        public var condition: StageCondition?
        /// Why there is no answer, though the stage runs; nil where there is one.
        public var silence: String?
    }

    public struct StudyStatus: Sendable, Codable {
        public enum State: String, Sendable, Codable { case receiving, complete, analysed }

        public var studyInstanceUID: UID
        public var state: State
        public var instances: Int
        public var analysed: Int
        public var notAnalysed: [Skipped]
        public var findings: [FindingLine]
        /// What is odd about the study's objects, in the order of the flags' cases.
        public var flags: [FlagCount]
    }

    public struct FlagCount: Sendable, Codable, Equatable {
        public var flag: InstanceFlag
        public var instances: Int
        public var isQuarantined: Bool
        public var explanation: String
    }

    public struct Skipped: Sendable, Codable {
        public var sopInstanceUID: UID
        public var reason: String
    }

    public struct FindingLine: Sendable, Codable {
        public var sopInstanceUID: UID
        public var model: String
        public var modelVersion: String
        public var intendedUse: String
        public var finding: String
        public var probability: Double
        public var present: Bool
    }

    public var units: [Unit]
    /// Newest first, at most ``studyLimit``.
    public var studies: [StudyStatus]
    public var queues: [QueueSummary]
    /// How full the disk is; nil while intake has not looked yet.
    public var disk: DiskReport?
    /// Nothing is being received, analysed or waiting for delivery: all that came in is where it should be.
    public var settled: Bool

    public static let studyLimit = 100

    public init(_ configuration: ApplianceConfiguration) throws(SpoolError) {
        let folder = { StageFiles.folder($0, in: configuration.dataFolder) }
        let intake = try IntakeReader(folder: folder(.intake))
        let analysis = try AnalysisReader(folder: folder(.analysis))
        let courier = try CourierReader(folder: folder(.courier))
        var units: [Unit] = []
        for (stage, database) in [
            (Stage.intake, intake?.database), (.analysis, analysis?.database), (.courier, courier?.database),
        ] {
            units.append(Unit(
                stage: stage, running: StageLock.isHeld(folder: folder(stage)),
                counters: try database?.counters() ?? [:]))
        }
        self.units = units
        // Upstream first: what moves on while this looks is then seen further down, and never missed.
        let all = try intake?.studies() ?? []
        let isReadOn = try Self.isReadOn(intake, analysis, courier)
        var studies: [StudyStatus] = []
        for study in all.prefix(Self.studyLimit) {
            let outcomes = try analysis?.outcomes(ofStudy: study.studyInstanceUID) ?? []
            studies.append(Self.status(study, outcomes, try intake?.flags(ofStudy: study.studyInstanceUID) ?? [:]))
        }
        self.studies = studies
        queues = try Self.queues(configuration, courier)
        disk = try intake?.database.shown(DiskReport.gauge)
        settled = isReadOn && !all.contains(where: \.isOpen) && !queues.contains { $0.pending > 0 }
    }

    private static func status(
        _ study: (studyInstanceUID: UID, instances: Int, isOpen: Bool), _ outcomes: [AnalysisOutcome],
        _ flags: [InstanceFlag: Int]
    ) -> StudyStatus {
        StudyStatus(
            studyInstanceUID: study.studyInstanceUID,
            state: study.isOpen ? .receiving : outcomes.count < study.instances ? .complete : .analysed,
            instances: study.instances,
            analysed: outcomes.count { $0.state == .analysed },
            notAnalysed: outcomes.filter { $0.state == .notAnalysed }
                .map { Skipped(sopInstanceUID: $0.sopInstanceUID, reason: $0.reason ?? "") },
            findings: outcomes.flatMap { outcome in
                outcome.findings.map { finding in
                    FindingLine(
                        sopInstanceUID: outcome.sopInstanceUID, model: outcome.model?.name ?? "",
                        modelVersion: outcome.model?.version ?? "", intendedUse: outcome.model?.intendedUse ?? "",
                        finding: finding.concept.meaning, probability: finding.probability, present: finding.isPresent)
                }
            },
            flags: InstanceFlag.allCases.compactMap { flag in
                flags[flag].map {
                    FlagCount(
                        flag: flag, instances: $0, isQuarantined: flag.isQuarantined, explanation: flag.explanation)
                }
            })
    }

    /// Also names destinations that nothing has been queued for yet.
    private static func queues(
        _ configuration: ApplianceConfiguration, _ courier: CourierReader?
    ) throws(SpoolError) -> [QueueSummary] {
        var queues = try courier?.queues() ?? []
        for name in configuration.destinations.map(\.name) where !queues.contains(where: { $0.destination == name }) {
            queues.append(QueueSummary(destination: name))
        }
        return queues
    }

    /// Whether each stage has read all that the one before it wrote.
    private static func isReadOn(
        _ intake: IntakeReader?, _ analysis: AnalysisReader?, _ courier: CourierReader?
    ) throws(SpoolError) -> Bool {
        guard let intake else { return true }
        guard let analysis, let courier else { return false }
        let completions = try intake.completions(after: analysis.cursor(), limit: 1)
        let images = try intake.instances.instances(after: courier.cursor(of: .intake), limit: 1)
        let results = try analysis.instances.instances(after: courier.cursor(of: .analysis), limit: 1)
        return completions.isEmpty && images.isEmpty && results.isEmpty
    }
}
