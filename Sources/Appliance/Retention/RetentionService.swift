import Foundation
import Records
import Spool

/// Makes room on the disk: while less than a watermark is free, gives up the oldest of a stage's objects that have
/// arrived wherever they were to go and have been kept for as long as the configuration says. Never anything else.
struct RetentionService: Sendable {
    static let poll = Duration.seconds(5)
    /// Objects looked at in one step.
    static let batch = 256

    let stage: Stage
    let store: InstanceStore
    let settings: ApplianceConfiguration.Storage
    let dataFolder: String
    let events: EventLog
    let time: KeptClock
    let progress: ProgressWatch

    func run() async throws {
        while true {
            let work = progress.begin(.upkeep)
            do throws(SpoolError) {
                try await makeRoom { work.beat() }
            } catch {
                events.emit(Event(.stageFailed, .error, ["reason": "\(error)"]))
            }
            work.end()
            try await Task.sleep(for: Self.poll)
        }
    }

    /// Releases until enough is free or nothing more may go.
    ///
    /// - Parameter stepped: called between its steps.
    func makeRoom(stepped: () -> Void = {}) async throws(SpoolError) {
        guard try store.reader.diskSpace().freePercent < Double(settings.releaseBelowPercent) else { return }
        var last: Int64 = 0
        var objects = 0
        var bytes: Int64 = 0
        while try store.reader.diskSpace().freePercent < Double(settings.releaseUntilPercent) {
            let instances = try store.reader.instances(after: last, limit: Self.batch)
            guard let newest = instances.last else { break }
            let old = Self.old(instances, at: time.now(), retentionDays: settings.retentionDays)
            let releasable = try settled(old)
            bytes += try store.release(releasable, at: time.now())
            objects += releasable.count
            // What comes after something too young is younger still.
            if old.count < instances.count { break }
            last = newest.sequence
            stepped()
            await Task.yield()
        }
        guard objects > 0 else { return }
        events.emit(Event(.objectsReleased, .notice, ["objects": objects, "bytes": bytes]))
    }

    /// Those that were kept for long enough. Where one came while the clock was not set, the next that came after it
    /// with a set clock says how old it is at least.
    static func old(
        _ instances: [StoredInstance], at now: RecordedTime, retentionDays: Int
    ) -> ArraySlice<StoredInstance> {
        guard now.isTrusted else { return [] }
        let latest = now.timestamp.microseconds - Int64(retentionDays) * 86_400_000_000
        let count = instances.lastIndex { instance in
            instance.received.isTrusted && instance.received.timestamp.microseconds <= latest
        }.map { $0 + 1 }
        return instances.prefix(count ?? 0)
    }

    private func settled(_ instances: ArraySlice<StoredInstance>) throws(SpoolError) -> [StoredInstance] {
        guard !instances.isEmpty,
            let courier = try CourierReader(folder: StageFiles.folder(.courier, in: dataFolder))
        else { return [] }
        var settled = try courier.settled(Array(instances), of: stage)
        if stage == .intake {
            let folder = StageFiles.folder(.analysis, in: dataFolder)
            guard let analysis = try AnalysisReader(folder: folder) else { return [] }
            settled.formIntersection(try analysis.analysed(Array(instances)))
        }
        return instances.filter { settled.contains($0.sequence) && !$0.isQuarantined }
    }
}
