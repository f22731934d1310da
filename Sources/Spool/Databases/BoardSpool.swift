import Records

/// Everything that the board owns: its audit log.
public final class BoardSpool: Sendable {
    private let home: StageHome

    public var database: StageDatabase { home.database }

    /// What was found when the log was opened.
    public var recovery: RecoveryReport {
        var report = RecoveryReport()
        report.setAside = home.setAside
        return report
    }

    static let migrations: [StageHome.Migration] = [
        { database in
            try Counters.migrate(database)
            try AuditTable.migrate(database, stage: .board)
        },
    ]

    public init(folder: String, disk: any Disk = SystemDisk()) throws(SpoolError) {
        home = try StageHome(stage: .board, folder: folder, disk: disk, migrations: Self.migrations)
    }
}
