import Foundation
import GRDBSQLite
import Spool

/// Extended result codes, which `sqlite3.h` computes in a way that Swift does not import (sqlite.org/rescode.html).
enum SQLiteCode {
    static let read = SQLITE_IOERR | 1 << 8
    static let shortRead = SQLITE_IOERR | 2 << 8
    static let write = SQLITE_IOERR | 3 << 8
    static let synchronize = SQLITE_IOERR | 4 << 8
    static let synchronizeFolder = SQLITE_IOERR | 5 << 8
    static let truncate = SQLITE_IOERR | 6 << 8
    static let size = SQLITE_IOERR | 7 << 8
    static let remove = SQLITE_IOERR | 10 << 8
    static let access = SQLITE_IOERR | 13 << 8
    static let checkReservedLock = SQLITE_IOERR | 14 << 8
    static let lock = SQLITE_IOERR | 15 << 8
    static let sharedMemoryLock = SQLITE_IOERR | 20 << 8
    static let sharedMemoryMap = SQLITE_IOERR | 21 << 8
    static let removeMissing = SQLITE_IOERR | 23 << 8

    /// SQLITE_OK where `body` succeeds; where it fails `code`, or SQLITE_FULL when that is why.
    static func result(orElse code: Int32, _ body: () throws(DiskError) -> Void) -> Int32 {
        do throws(DiskError) {
            try body()
            return SQLITE_OK
        } catch {
            return error.errorNumber == ENOSPC ? SQLITE_FULL : code
        }
    }
}
