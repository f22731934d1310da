import DICOM
import Foundation
import GRDB
import Records

/// What became of one image in analysis.
public struct AnalysisOutcome: Sendable, Codable, Equatable {
    public enum State: String, Sendable, Codable { case analysed, notAnalysed }

    /// The image's number in intake.
    public var instanceSequence: Int64
    public var studyInstanceUID: UID
    public var sopInstanceUID: UID
    public var state: State
    /// Why it was not analysed, for the operator.
    public var reason: String?
    public var model: ModelIdentity?
    public var findings: [Finding]
    /// The result objects' numbers in analysis.
    public var results: [Int64]

    public init(
        instance: StoredInstance, state: State, reason: String?, model: ModelIdentity?, findings: [Finding],
        results: [Int64]
    ) {
        instanceSequence = instance.sequence
        studyInstanceUID = instance.studyInstanceUID
        sopInstanceUID = instance.sopInstanceUID
        self.state = state
        self.reason = reason
        self.model = model
        self.findings = findings
        self.results = results
    }
}

/// Everything that analysis owns: its cursor over completions, the outcome of each image, and the result objects.
public final class AnalysisSpool: Sendable {
    public let instances: InstanceStore
    private let home: StageHome

    public var database: StageDatabase { home.database }

    static let migrations: [StageHome.Migration] = [
        { database in
            try InstanceIndex.migrate(database)
            try Counters.migrate(database)
            try CursorTable.migrate(database)
            try database.execute(sql: """
                CREATE TABLE outcome (
                    instanceSequence INTEGER NOT NULL PRIMARY KEY,
                    studyInstanceUID TEXT NOT NULL,
                    outcome TEXT NOT NULL
                ) STRICT;
                CREATE INDEX outcomeByStudyInstanceUID ON outcome (studyInstanceUID);
                CREATE TABLE attempt (
                    instanceSequence INTEGER NOT NULL PRIMARY KEY,
                    number INTEGER NOT NULL
                ) STRICT;
                """)
        },
        { database in
            try AuditTable.migrate(database, stage: .analysis)
            try ReleaseTable.migrate(database)
        },
    ]

    public init(folder: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        home = try StageHome(stage: .analysis, folder: folder, disk: disk, migrations: Self.migrations)
        instances = try home.instances(of: .analysis, disk: disk, kept: .init(counter: nil) { result, model in
            AuditEvent(.resultWritten, at: result.received, of: AuditSubject(result, keptBy: .analysis), model: model)
        })
    }

    /// The last completion that is wholly done.
    public func cursor() throws(SpoolError) -> Int64 {
        try database.read { try CursorTable.position(of: .intake, in: $0) }
    }

    public func advance(to completion: StudyCompletion) throws(SpoolError) {
        try database.durably { try CursorTable.move(.intake, to: completion.sequence, in: $0) }
    }

    public func hasOutcome(_ instance: StoredInstance) throws(SpoolError) -> Bool {
        try database.read { database in
            try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM outcome WHERE instanceSequence = ?)",
                arguments: [instance.sequence]) ?? false
        }
    }

    /// Writes durably that analysis is about to look at the image, and gives how often it has begun, this time
    /// included. Without an outcome, every earlier time ended with the end of the process.
    public func beginAttempt(_ instance: StoredInstance) throws(SpoolError) -> Int {
        try database.durably { database in
            try Int.fetchOne(
                database,
                sql: """
                    INSERT INTO attempt VALUES (?, 1) ON CONFLICT (instanceSequence) DO UPDATE SET number = number + 1
                    RETURNING number
                    """,
                arguments: [instance.sequence]) ?? 1
        }
    }

    /// Writes an image's outcome and counts it, durably and once, after the rows of its results: whoever reads of an
    /// outcome finds them.
    ///
    /// - Parameter instance: the image.
    public func record(
        _ outcome: AnalysisOutcome, of instance: StoredInstance, at time: RecordedTime
    ) async throws(SpoolError) {
        try await instances.settle()
        try database.durably { database in
            let description = String(decoding: try JSONEncoder().encode(outcome), as: UTF8.self)
            try database.execute(
                sql: "INSERT OR IGNORE INTO outcome VALUES (?, ?, ?)",
                arguments: [outcome.instanceSequence, outcome.studyInstanceUID.value, description])
            if database.changesCount > 0 {
                try Counters.increment(outcome.state.rawValue, in: database)
                let event = AuditEvent(
                    outcome.state == .analysed ? .imageAnalysed : .imageNotAnalysed, at: time,
                    of: AuditSubject(instance, keptBy: .intake), model: outcome.model.map(AuditModel.init))
                try AuditTable.append([event], in: database)
            }
            try database.execute(
                sql: "DELETE FROM attempt WHERE instanceSequence = ?", arguments: [outcome.instanceSequence])
        }
    }
}

/// Analysis' database as the courier and `outpost status` see it.
public final class AnalysisReader: Sendable {
    public let instances: InstanceReader
    public let database: ReadOnlyDatabase

    /// Nil while analysis has never run on this folder.
    public init?(folder: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        guard let database = try ReadOnlyDatabase(path: StageFiles.database(folder), disk: disk) else { return nil }
        self.database = database
        instances = InstanceReader(
            stage: .analysis, database: database,
            folder: InstanceFolder(root: StageFiles.instances(folder), disk: disk))
    }

    /// The last completion that is wholly done.
    public func cursor() throws(SpoolError) -> Int64 {
        try database.read { try CursorTable.position(of: .intake, in: $0) }
    }

    public func outcomes(ofStudy study: UID) throws(SpoolError) -> [AnalysisOutcome] {
        try database.read { database in
            try String.fetchAll(
                database, sql: "SELECT outcome FROM outcome WHERE studyInstanceUID = ? ORDER BY instanceSequence",
                arguments: [study.value]
            ).map { try JSONDecoder().decode(AnalysisOutcome.self, from: Data($0.utf8)) }
        }
    }
}
