import GRDBSQLite

extension SimulatedVFS {
    /// SQLite's calls, each handed on to the open file that it concerns.
    static func makeMethods() -> sqlite3_io_methods {
        var methods = sqlite3_io_methods()
        // The third version adds files mapped into memory.
        methods.iVersion = 2
        methods.xClose = { file in
            SimulatedDatabaseFile.close(file)
            return SQLITE_OK
        }
        methods.xRead = { file, buffer, count, offset in
            let buffer = UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
            return SimulatedDatabaseFile.of(file)?.read(buffer, at: Int(offset)) ?? SQLiteCode.read
        }
        methods.xWrite = { file, buffer, count, offset in
            let buffer = UnsafeRawBufferPointer(start: buffer, count: Int(count))
            return SimulatedDatabaseFile.of(file)?.write(buffer, at: Int(offset)) ?? SQLiteCode.write
        }
        methods.xTruncate = { file, size in
            SimulatedDatabaseFile.of(file)?.truncate(to: Int(size)) ?? SQLiteCode.truncate
        }
        methods.xSync = { file, _ in SimulatedDatabaseFile.of(file)?.synchronize() ?? SQLiteCode.synchronize }
        methods.xFileSize = { file, result in SimulatedDatabaseFile.of(file)?.size(result) ?? SQLiteCode.size }
        methods.xLock = { file, level in
            guard let level = DatabaseLocks.Level(rawValue: level) else { return SQLITE_MISUSE }
            return SimulatedDatabaseFile.of(file)?.lock(to: level) ?? SQLiteCode.lock
        }
        methods.xUnlock = { file, level in
            guard let level = DatabaseLocks.Level(rawValue: level) else { return SQLITE_MISUSE }
            return SimulatedDatabaseFile.of(file)?.unlock(to: level) ?? SQLITE_OK
        }
        methods.xCheckReservedLock = { file, result in
            SimulatedDatabaseFile.of(file)?.checkReservedLock(result) ?? SQLiteCode.checkReservedLock
        }
        methods.xFileControl = { file, operation, argument in
            SimulatedDatabaseFile.of(file)?.control(operation, argument) ?? SQLITE_NOTFOUND
        }
        methods.xSectorSize = { _ in Int32(SimulatedFile.sectorLength) }
        // Of all that a disk may claim the simulated one keeps this alone: see SimulatedFile.
        methods.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
        methods.xShmMap = { file, region, byteCount, extends, result in
            result?.pointee = nil
            return SimulatedDatabaseFile.of(file)?.mapSharedMemory(
                region: Int(region), byteCount: Int(byteCount), extends: extends != 0, result)
                ?? SQLiteCode.sharedMemoryMap
        }
        methods.xShmLock = { file, first, count, flags in
            SimulatedDatabaseFile.of(file)?.lockSharedMemory(first: first, count: count, flags)
                ?? SQLiteCode.sharedMemoryLock
        }
        methods.xShmBarrier = { file in SimulatedDatabaseFile.of(file)?.passBarrier() }
        methods.xShmUnmap = { file, _ in SimulatedDatabaseFile.of(file)?.unmapSharedMemory() ?? SQLITE_OK }
        return methods
    }
}
