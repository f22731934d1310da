import Dispatch
import Foundation
import GRDB
import Records

/// A look at a stage's spool that ends in time, however large it is; while the stage runs or not. Changes nothing.
///
/// SQLite's own quick check goes over the database; of the objects only the newest are looked at, and of those only the
/// ends of their files: a power cut that did harm did it there.
public struct SpoolQuickCheck: Sendable, Codable, Equatable {
    public enum Database: Sendable, Codable, Equatable {
        case whole
        /// What SQLite says is wrong with it.
        case broken(String)
        /// It is so large that the time was up before all of it was looked at.
        case tooLarge
    }

    public var stage: Stage
    public var database: Database
    /// Databases that were broken and set aside, over all the years.
    public var databasesSetAside: Int64 = 0
    /// Objects that are kept.
    public var objects: Int64 = 0
    /// How many of them were looked at.
    public var looked: Int64 = 0
    public var faults: [InstanceFault] = []

    /// Looks at the spool of `stage`; nil while the stage keeps none.
    ///
    /// - Parameters:
    ///   - folder: the stage's own.
    ///   - newest: how many objects to look at, at most.
    ///   - deadline: when to end; looking at one object that is under way is finished.
    ///   - progress: called with the number of objects looked at.
    public init?(
        _ stage: Stage, folder: String, newest: Int, until deadline: ContinuousClock.Instant,
        _ progress: (Int64) -> Void = { _ in }
    ) throws(SpoolError) {
        let disk = SystemDisk()
        let path = StageFiles.database(folder)
        let setAside: Int64
        do throws(DiskError) {
            guard try disk.exists(path) else { return nil }
            setAside = try BrokenDatabases(path: path, disk: disk).last()
        } catch { throw .disk(error) }
        self.stage = stage
        databasesSetAside = setAside
        // Opening alone finds the worst damage.
        do throws(SpoolError) {
            guard let readable = try ReadOnlyDatabase(path: path, disk: disk) else { return nil }
            let now = ContinuousClock.now
            // Half of the time is the objects'.
            database = try readable.quickCheck(until: now + (deadline - now) / 2)
            guard stage == .intake || stage == .analysis else { return }
            let reader = InstanceReader(
                stage: stage, database: readable,
                folder: InstanceFolder(root: StageFiles.instances(folder), disk: disk))
            objects = try reader.count()
            (looked, faults) = try reader.verify(newest: newest, until: deadline, progress)
        } catch .database(_, let what), .brokenDatabase(_, let what) {
            database = .broken(what)
        }
    }
}

extension ReadOnlyDatabase {
    fileprivate func quickCheck(
        until deadline: ContinuousClock.Instant
    ) throws(SpoolError) -> SpoolQuickCheck.Database {
        let left = max(deadline - .now, .zero).components
        let alarm = DispatchSource.makeTimerSource(queue: .global())
        alarm.schedule(deadline: .now() + .seconds(Int(left.seconds)) + .milliseconds(50))
        // Read within its own queue, which this timer's is not.
        alarm.setEventHandler { self.interrupt() }
        alarm.resume()
        defer { alarm.cancel() }
        do throws(SpoolError) {
            let answer = try read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
            return answer == "ok" ? .whole : .broken(answer ?? "it says nothing")
        } catch {
            if ContinuousClock.now >= deadline { return .tooLarge }
            throw error
        }
    }
}

extension InstanceReader {
    /// Looks at the ends of the newest objects' files, the newest first.
    fileprivate func verify(
        newest: Int, until deadline: ContinuousClock.Instant, _ progress: (Int64) -> Void
    ) throws(SpoolError) -> (looked: Int64, faults: [InstanceFault]) {
        let entries = try database.read { database in
            try InstanceIndex.entries("TRUE ORDER BY sequence DESC LIMIT ?", [newest], in: database)
        }
        var looked: Int64 = 0
        var report = VerificationReport(stage: stage)
        for entry in entries where ContinuousClock.now < deadline {
            if let fault = try fault(entry, readsData: false, &report) { report.faults.append(fault) }
            looked += 1
            progress(looked)
        }
        return (looked, report.faults)
    }
}
