import GRDB

/// Databases of a stage that turned out to be broken: set aside under names of their own, and never removed.
///
/// Nothing that was acknowledged is lost with one. The index is rebuilt from the instance files, which also hold the
/// highest sequence number. Of the rest:
/// - intake completes its studies again;
/// - analysis looks at every completed study again, and makes the same results byte for byte, which it has already;
/// - the courier queues everything again, and destinations tell copies apart by UID and digest;
/// - the audit log begins anew, and its rows so far are in the database that was set aside, as far as it can be read.
///
/// Later stages and destinations remember numbers that the old database gave to its rows. The new one begins beyond
/// them, because nobody would look at a number again that they have gone past.
struct BrokenDatabases {
    /// More rows than any database will ever number.
    static let numbersPerDatabase: Int64 = 1 << 32

    /// The database's own path.
    let path: String
    let disk: any Disk

    func path(_ number: Int64) -> String { "\(path).broken-\(number)" }

    /// The number of the last one that was set aside, from 1; 0 while there is none.
    func last() throws(DiskError) -> Int64 {
        let prefix = "\(name(of: path)).broken-"
        return try disk.names(in: folder).filter { $0.hasPrefix(prefix) }
            .compactMap { Int64($0.dropFirst(prefix.count)) }.max() ?? 0
    }

    /// Sets the database aside with all that belongs to it, durably, and gives its new path.
    func setAside() throws(DiskError) -> String {
        let new = path(try last() + 1)
        // The database before its log: alone it could pass for a whole one, at a moment long ago.
        try disk.rename(path, to: new)
        try disk.synchronizeFolder(folder)
        try setAsideLog()
        return new
    }

    /// Sets aside a log without its database: power may have been lost between the two.
    func setAsideLog() throws(DiskError) {
        guard try !disk.exists(path) else { return }
        let new = path(try last())
        // The index of the log too: whoever still reads the old database must not share it with the new one.
        for suffix in ["-wal", "-shm"] {
            guard try disk.exists(path + suffix) else { continue }
            try disk.rename(path + suffix, to: new + suffix)
        }
        try disk.synchronizeFolder(folder)
    }

    /// Lets the tables that number their rows themselves begin beyond all numbers of the databases set aside.
    func skipNumbers(in database: StageDatabase) throws(SpoolError) {
        let last: Int64
        do { last = try self.last() } catch { throw .disk(error) }
        guard last > 0 else { return }
        try database.durably { database in
            let tables = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
            for table in tables {
                let first = last * Self.numbersPerDatabase
                try database.execute(
                    sql: "UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = ?", arguments: [first, table])
                guard database.changesCount == 0 else { continue }
                try database.execute(sql: "INSERT INTO sqlite_sequence VALUES (?, ?)", arguments: [table, first])
            }
        }
    }

    private var folder: String { String(path.dropLast(name(of: path).count + 1)) }

    private func name(of path: String) -> Substring {
        path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    }
}
