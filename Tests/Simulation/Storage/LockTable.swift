/// An open file as locks know it: one connection of SQLite has one for its database.
struct LockHolder: Hashable, Sendable {
    var process: Int
    var handle: Int
}

/// Who holds which lock. Locks are no part of what is stored: they end with their process and with the power.
struct LockTable: Sendable {
    /// Files taken as a whole, by number.
    private var owners: [Int: LockHolder] = [:]
    private var databases: [Int: DatabaseLocks] = [:]

    /// Whether the file is now `holder`'s.
    mutating func take(_ file: Int, by holder: LockHolder) -> Bool {
        guard owners[file] == nil else { return false }
        owners[file] = holder
        return true
    }

    func isTaken(_ file: Int) -> Bool { owners[file] != nil }

    /// Works on the locks of the database file.
    mutating func withDatabase<Value>(_ file: Int, _ body: (inout DatabaseLocks) -> Value) -> Value {
        body(&databases[file, default: DatabaseLocks()])
    }

    mutating func release(_ holder: LockHolder) {
        release { $0 == holder }
    }

    mutating func release(process: Int) {
        release { $0.process == process }
    }

    private mutating func release(where matches: (LockHolder) -> Bool) {
        owners = owners.filter { !matches($0.value) }
        for file in Array(databases.keys) { databases[file]?.release(where: matches) }
    }
}

/// The locks of one database, as SQLite's own unix VFS gives them (sqlite.org/lockingv3.html; os_unix.c, "WAL-index
/// locks").
struct DatabaseLocks: Sendable {
    /// Ascending; the numbers are SQLITE_LOCK_NONE and so on.
    enum Level: Int32, Comparable, Sendable {
        case none, shared, reserved, pending, exclusive
        static func < (one: Level, other: Level) -> Bool { one.rawValue < other.rawValue }
    }

    private var levels: [LockHolder: Level] = [:]
    /// The shared-memory locks of each holder, one bit for each slot.
    private var sharedSlots: [LockHolder: UInt32] = [:]
    private var exclusiveSlots: [LockHolder: UInt32] = [:]

    func level(of holder: LockHolder) -> Level { levels[holder] ?? .none }

    /// Whether any connection means to write.
    var isReserved: Bool { levels.values.contains { $0 >= .reserved } }

    /// Raises the holder's lock; false where others are in the way. On the way to exclusive it may stop at pending,
    /// which lets no new reader in.
    mutating func raise(_ holder: LockHolder, to level: Level) -> Bool {
        guard level > self.level(of: holder) else { return true }
        let others = levels.filter { $0.key != holder }.values
        switch level {
        case .none:
            return true
        case .shared:
            guard !others.contains(where: { $0 >= .pending }) else { return false }
        case .reserved, .pending:
            guard !others.contains(where: { $0 >= .reserved }) else { return false }
        case .exclusive:
            guard !others.contains(where: { $0 >= .reserved }) else { return false }
            guard !others.contains(where: { $0 >= .shared }) else {
                levels[holder] = .pending
                return false
            }
        }
        levels[holder] = level
        return true
    }

    mutating func lower(_ holder: LockHolder, to level: Level) {
        guard level < self.level(of: holder) else { return }
        levels[holder] = level == .none ? nil : level
    }

    /// Takes slots of the shared memory; false where others are in the way.
    mutating func take(_ slots: UInt32, exclusively: Bool, by holder: LockHolder) -> Bool {
        let exclusive = union(exclusiveSlots, except: holder)
        guard slots & exclusive == 0 else { return false }
        if exclusively {
            guard slots & union(sharedSlots, except: holder) == 0 else { return false }
            exclusiveSlots[holder, default: 0] |= slots
        } else {
            sharedSlots[holder, default: 0] |= slots
        }
        return true
    }

    mutating func release(_ slots: UInt32, by holder: LockHolder) {
        sharedSlots[holder, default: 0] &= ~slots
        exclusiveSlots[holder, default: 0] &= ~slots
    }

    mutating func releaseSlots(of holder: LockHolder) {
        sharedSlots[holder] = nil
        exclusiveSlots[holder] = nil
    }

    mutating func release(where matches: (LockHolder) -> Bool) {
        levels = levels.filter { !matches($0.key) }
        sharedSlots = sharedSlots.filter { !matches($0.key) }
        exclusiveSlots = exclusiveSlots.filter { !matches($0.key) }
    }

    private func union(_ slots: [LockHolder: UInt32], except holder: LockHolder) -> UInt32 {
        slots.reduce(0) { $1.key == holder ? $0 : $0 | $1.value }
    }
}
