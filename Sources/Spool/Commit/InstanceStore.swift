import Dispatch
import GRDB
import Records
import Synchronization

/// Keeps the instances of one stage: files that explain themselves, and an index over them.
///
/// Once ``commit(_:_:)`` returns, the instance survives a power cut at any later moment. It costs one fdatasync of a
/// file whose name was durable beforehand; any number run side by side. The row in the index follows within
/// milliseconds, many in one transaction: whoever needs it at once calls ``settle()``. A crash between the two costs
/// nothing, because the next start reads the files' trailers.
///
/// The work itself is three synchronous steps, ``number(_:_:)``, ``seal(_:)`` and ``publish()``; only ``commit(_:_:)``
/// knows of threads.
public final class InstanceStore: Sendable {
    /// Objects without a row. Beyond it the index must be in trouble, and no more are taken.
    static let maximumUnindexed = 1024
    /// Rows in one transaction, so that readers see progress.
    static let largestTransaction = 256
    /// How long a row may wait for others to share its transaction: one of a single row takes nearly as much of the
    /// processor as one of ten.
    private static let gatheringTime = DispatchTimeInterval.milliseconds(25)
    /// After the index could not be written.
    private static let pause = DispatchTimeInterval.seconds(1)

    public let stage: Stage
    public let database: StageDatabase
    public let reader: InstanceReader
    /// What was found when the store was opened.
    public let recovery: RecoveryReport

    let folder: InstanceFolder
    let prepared: PreparedFiles
    private let kept: Kept
    private let state: Mutex<State>
    /// Writes rows, one transaction at a time.
    private let indexing = DispatchQueue(label: "org.outpost.index")

    /// What a stage says of an instance that it has kept, in the transaction of its row.
    struct Kept: Sendable {
        /// Nil where the stage does not count them.
        var counter: String?
        var audit: @Sendable (StoredInstance, AuditModel?) -> AuditEvent
    }

    private typealias Fate = Result<StoredInstance, SpoolError>

    private struct State {
        var ledger: CommitLedger
        /// Who waits for a file that somebody else is making durable.
        var twins: [Int64: [CheckedContinuation<Fate?, Never>]] = [:]
        /// Whether rows are about to be written.
        var isScheduled = false
        /// Why rows could not be written the last time.
        var trouble: SpoolError?
    }

    /// - Parameters:
    ///   - root: the stage's own folder.
    ///   - database: the stage's database, migrated with ``InstanceIndex``, ``AuditTable`` and, where it counts,
    ///     ``Counters``.
    ///   - setAside: what was in the place of `database` before, where that was broken.
    init(
        stage: Stage, root: String, database: StageDatabase, setAside: RecoveryReport.SetAside? = nil, disk: any Disk,
        kept: Kept
    ) throws(SpoolError) {
        self.stage = stage
        self.database = database
        self.kept = kept
        let folder = InstanceFolder(root: StageFiles.instances(root), disk: disk)
        self.folder = folder
        reader = InstanceReader(stage: stage, database: database, folder: folder)
        let found = try Recovery.run(stage: stage, folder: folder, database: database)
        var report = found.report
        report.setAside = setAside
        recovery = report
        prepared = PreparedFiles(folder: folder, free: found.free, next: found.nextFile)
        state = Mutex(State(ledger: CommitLedger(nextSequence: found.nextSequence)))
    }

    /// Starts an instance. End it with ``commit(_:_:)`` or ``discard(_:)``.
    public func begin() throws(SpoolError) -> InstanceWriter {
        do {
            let number = try prepared.take()
            return InstanceWriter(number: number, file: try folder.disk.open(folder.path(number), for: .writing))
        } catch {
            throw .disk(error)
        }
    }

    /// Drops a half-received instance.
    public func discard(_ writer: InstanceWriter) {
        // A file that cannot be emptied is left for the next start's recovery to find.
        try? prepared.giveBack(writer.number, writer.file)
    }

    /// Where a commit waits for the disk, which takes milliseconds.
    public enum DiskWait: Sendable {
        /// On the caller's thread, which is one that may block: two changes of threads less.
        case here
        /// On another thread, for callers on Swift's own few.
        case elsewhere
    }

    /// Makes the instance durable.
    public func commit(
        _ writer: InstanceWriter, _ description: InstanceDescription, waiting wait: DiskWait = .elsewhere
    ) async throws(SpoolError) -> Keeping {
        switch try number(writer, description) {
        case .known(let instance):
            return .duplicate(instance)
        case .twin(let sequence):
            return .duplicate(try await fate(of: sequence).get())
        case .new(let numbered):
            let fate =
                switch wait {
                case .here: seal(numbered)
                case .elsewhere: await onBlockingThread { self.seal(numbered) }
                }
            schedule(after: Self.gatheringTime)
            return .new(try fate.get())
        }
    }

    /// Waits until everything that was committed so far has its row.
    ///
    /// - Throws: why rows cannot be written.
    public func settle() async throws(SpoolError) {
        let last = state.withLock { $0.ledger.nextSequence - 1 }
        while true {
            switch backlog(through: last) {
            case .none: return
            // How it ends is for its own commit to say.
            case .sealing(let sequence): _ = await fate(of: sequence)
            case .presentable: try await onIndexingThread { () throws(SpoolError) in try self.publish() }
            }
        }
    }
}

/// The steps of a commit, each without waiting for another.
extension InstanceStore {
    /// A finished instance with its number; its file is not durable yet.
    package struct Numbered: Sendable {
        let writer: InstanceWriter
        let entry: CommitLedger.Entry

        package var sequence: Int64 { entry.instance.sequence }
    }

    package enum Numbering: Sendable {
        /// The same bytes are there already.
        case known(StoredInstance)
        /// The same bytes are being made durable under this number.
        case twin(of: Int64)
        case new(Numbered)
    }

    /// Gives the next sequence number, unless the same bytes are there already; then the writer's file is given back.
    package func number(
        _ writer: InstanceWriter, _ description: InstanceDescription
    ) throws(SpoolError) -> Numbering {
        let digest = writer.digest()
        let numbering = state.withLock { state in
            Result { () throws(SpoolError) in try number(writer, digest, description, &state) }
        }
        switch try numbering.get() {
        case .new(let numbered): return .new(numbered)
        case let earlier:
            discard(writer)
            return earlier
        }
    }

    private func number(
        _ writer: InstanceWriter, _ digest: Digest, _ description: InstanceDescription, _ state: inout State
    ) throws(SpoolError) -> Numbering {
        if state.ledger.entries.count >= Self.maximumUnindexed, let trouble = state.trouble { throw trouble }
        if let sequence = state.ledger.twin(of: description.sopInstanceUID, digest) { return .twin(of: sequence) }
        // Under the lock, so that an instance is always in the ledger or in the index.
        let relatives = try database.query { try InstanceIndex.relatives(of: description, in: $0) }
            .including(state.ledger, for: description)
        if let same = relatives.copies.first(where: { $0.sha256 == digest }) { return .known(same) }
        let flags = Set(description.flags).union(relatives.flags(description))
        let instance = StoredInstance(
            sequence: state.ledger.nextSequence, sopClassUID: description.sopClassUID,
            sopInstanceUID: description.sopInstanceUID, studyInstanceUID: description.studyInstanceUID,
            seriesInstanceUID: description.seriesInstanceUID, transferSyntax: description.transferSyntax,
            dataSetLength: writer.length, sha256: digest, peer: description.peer,
            received: description.received, modality: description.modality,
            bodyPartExamined: description.bodyPartExamined, patientKey: description.patientKey,
            flags: InstanceFlag.allCases.filter(flags.contains))
        let entry = CommitLedger.Entry(
            instance: instance, file: writer.number, description: instance.json, model: description.model)
        state.ledger.add(entry)
        return .new(Numbered(writer: writer, entry: entry))
    }

    /// Writes the trailer and makes the file durable. Blocks while the disk works.
    package func seal(_ numbered: Numbered) -> Result<StoredInstance, SpoolError> {
        let instance = numbered.entry.instance
        let fate: Fate
        let end: CommitLedger.State
        do throws(SpoolError) {
            try numbered.writer.seal(Trailer.encode(numbered.entry.description))
            (fate, end) = (.success(instance), .durable)
        } catch {
            // After a failed sync a file must not be trusted again, and so is not given back.
            (fate, end) = (.failure(error), .failed(error))
        }
        let twins = state.withLock { state in
            state.ledger.settle(instance.sequence, end)
            return state.twins.removeValue(forKey: instance.sequence) ?? []
        }
        for twin in twins { twin.resume(returning: fate) }
        return fate
    }

    /// Writes the rows of all that may be shown. Blocks while SQLite works; one caller at a time.
    package func publish() throws(SpoolError) {
        while true {
            let entries = state.withLock { $0.ledger.presentable(limit: Self.largestTransaction) }
            guard !entries.isEmpty else { return }
            do throws(SpoolError) {
                try insert(
                    entries.filter { $0.state == .durable }, durably: state.withLock { $0.ledger.hidesFailures })
            } catch {
                // The files are durable and acknowledged: their rows wait, here or for the next start.
                state.withLock { $0.trouble = error }
                throw error
            }
            state.withLock { state in
                state.ledger.forget(entries.count)
                state.trouble = nil
            }
        }
    }

    /// - Parameter durably: before any reader sees them.
    private func insert(_ entries: [CommitLedger.Entry], durably: Bool) throws(SpoolError) {
        guard !entries.isEmpty else { return }
        func insert(in database: Database) throws {
            for entry in entries {
                try InstanceIndex.insert(
                    .init(instance: entry.instance, file: entry.file), description: entry.description, in: database)
            }
            if let counter = kept.counter { try Counters.increment(counter, by: entries.count, in: database) }
            try AuditTable.append(entries.map { kept.audit($0.instance, $0.model) }, in: database)
        }
        if durably { try database.durably(insert) } else { try database.write(insert) }
    }
}

extension InstanceStore {
    private enum Backlog {
        case none
        /// The first without a row is not durable yet.
        case sealing(Int64)
        case presentable
    }

    /// What keeps the instances numbered up to `last` from being shown.
    private func backlog(through last: Int64) -> Backlog {
        state.withLock { state in
            guard let first = state.ledger.entries.first, first.instance.sequence <= last else { return .none }
            return first.state == .sealing ? .sealing(first.instance.sequence) : .presentable
        }
    }

    /// Waits until it is known whether the file of `sequence` is durable.
    private func fate(of sequence: Int64) async -> Fate {
        let fate: Fate? = await withCheckedContinuation { continuation in
            let entry: CommitLedger.Entry? = state.withLock { state in
                let entry = state.ledger[sequence]
                if entry?.state == .sealing { state.twins[sequence, default: []].append(continuation) }
                return entry
            }
            switch entry?.state {
            case .sealing: break  // Its seal resumes.
            case .durable: continuation.resume(returning: entry.map { .success($0.instance) })
            case .failed(let error): continuation.resume(returning: .failure(error))
            case nil: continuation.resume(returning: nil)
            }
        }
        if let fate { return fate }
        return Result { () throws(SpoolError) in try reader.locate(sequence).instance }
    }

    private func onBlockingThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: work()) }
        }
    }

    private func onIndexingThread(_ work: @escaping @Sendable () throws(SpoolError) -> Void) async throws(SpoolError) {
        let result: Result<Void, SpoolError> = await withCheckedContinuation { continuation in
            indexing.async { continuation.resume(returning: Result { () throws(SpoolError) in try work() }) }
        }
        try result.get()
    }

    /// Sees to it that rows are written soon, together with those that come meanwhile.
    private func schedule(after time: DispatchTimeInterval) {
        let isFirst = state.withLock { state in
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        guard isFirst else { return }
        indexing.asyncAfter(deadline: .now() + time) {
            self.state.withLock { $0.isScheduled = false }
            do throws(SpoolError) {
                try self.publish()
            } catch {
                // Told to whoever commits once too many wait, and to whoever waits for the rows.
                self.schedule(after: Self.pause)
            }
        }
    }
}
