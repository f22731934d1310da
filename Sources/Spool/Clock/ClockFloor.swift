import Records

/// The kept floor of the clock (``ClockTrust``), for those who are not intake.
public enum ClockFloor {
    /// The floor that intake wrote down last; nil where there is none.
    ///
    /// - Parameter folder: intake's own.
    public static func read(folder: String) throws(SpoolError) -> Timestamp? {
        try ReadOnlyDatabase(path: StageFiles.database(folder))?.clockFloor()
    }

    /// Forgets the floor, and says so in intake's audit log.
    ///
    /// - Parameters:
    ///   - folder: intake's own.
    ///   - account: whoever asked for it.
    /// - Throws: ``SpoolError/alreadyRunning(stage:path:)`` while intake runs: a database has one writer.
    public static func reset(folder: String, by account: AuditActor, at time: RecordedTime) throws(SpoolError) {
        try StoppedStage.write(to: .intake, folder: folder) { database in
            try ClockTable.reset(in: database)
            try AuditTable.append([AuditEvent(.clockFloorReset, at: time, by: account)], in: database)
        }
    }
}
