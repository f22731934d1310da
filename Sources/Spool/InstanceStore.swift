import DICOM
import Dispatch
import GRDB
import Records
import Synchronization

/// What the receiver knows of an instance apart from its bytes.
public struct InstanceDescription: Sendable, Equatable {
    public var sopClassUID: UID
    public var sopInstanceUID: UID
    public var studyInstanceUID: UID
    public var seriesInstanceUID: UID
    public var transferSyntax: TransferSyntax
    public var peer: Peer
    public var receivedAt: Timestamp
    public var modality: String?
    public var bodyPartExamined: String?
    public var patientKey: Records.Digest?
    /// What the receiver saw; the store adds what only it can know.
    public var flags: [InstanceFlag]

    public init(
        sopClassUID: UID, sopInstanceUID: UID, studyInstanceUID: UID, seriesInstanceUID: UID,
        transferSyntax: TransferSyntax, peer: Peer, receivedAt: Timestamp, modality: String?, bodyPartExamined: String?,
        patientKey: Records.Digest? = nil, flags: [InstanceFlag] = []
    ) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.studyInstanceUID = studyInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.transferSyntax = transferSyntax
        self.peer = peer
        self.receivedAt = receivedAt
        self.modality = modality
        self.bodyPartExamined = bodyPartExamined
        self.patientKey = patientKey
        self.flags = flags
    }
}

/// How an instance was kept.
public enum Keeping: Sendable, Equatable {
    /// With ``InstanceFlag/conflictingBytes`` where other bytes are known under its UID: both are kept.
    case new(StoredInstance)
    /// The same bytes under the same UID were there already; nothing was written.
    case duplicate(StoredInstance)

    public var instance: StoredInstance {
        switch self { case .new(let instance), .duplicate(let instance): instance }
    }
}

/// Keeps the instances of one stage: files that explain themselves, and an index over them.
///
/// Once ``commit(_:_:)`` returns, the instance survives a power cut at any later moment. It costs one fdatasync of a
/// file whose name was durable beforehand. Sequence numbers become visible in ascending order, so a reader that
/// remembers the last one it saw misses nothing.
public final class InstanceStore: Sendable {
    /// Syncs of one batch run side by side on this many threads at most.
    static let largestBatch = 16

    public let stage: Stage
    public let database: StageDatabase
    public let reader: InstanceReader
    /// What was found when the store was opened.
    public let recovery: RecoveryReport

    private let folder: InstanceFolder
    private let prepared: PreparedFiles
    private let commits: GroupCommit<PendingInstance, Result<Keeping, SpoolError>>

    /// The next sequence number; batches never overlap, so the lock is never contended.
    private final class Numbering: Sendable {
        let next: Mutex<Int64>
        init(next: Int64) { self.next = Mutex(next) }
    }

    /// - Parameters:
    ///   - root: the stage's own folder.
    ///   - database: the stage's database, migrated with ``InstanceIndex`` and, where it counts, ``Counters``.
    ///   - counter: what the stage calls what it kept, counted in the index's transaction; nil where it counts none.
    init(
        stage: Stage, root: String, database: StageDatabase, disk: any Disk, counter: String? = nil
    ) throws(SpoolError) {
        self.stage = stage
        self.database = database
        let folder = InstanceFolder(root: StageFiles.instances(root), disk: disk)
        self.folder = folder
        reader = InstanceReader(stage: stage, database: database, folder: folder)
        let found = try Recovery.run(folder: folder, database: database)
        recovery = found.report
        let prepared = PreparedFiles(folder: folder, free: found.free, next: found.nextFile)
        self.prepared = prepared
        let batch = Batch(database: database, prepared: prepared, counter: counter)
        let numbering = Numbering(next: found.nextSequence)
        commits = GroupCommit(largestBatch: Self.largestBatch) { items in
            await withCheckedContinuation { continuation in
                // Syncs block for milliseconds: off the cooperative pool.
                DispatchQueue.global().async {
                    continuation.resume(returning: numbering.next.withLock { batch.keep(items, nextSequence: &$0) })
                }
            }
        }
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

    /// Makes the instance durable and visible.
    public func commit(
        _ writer: InstanceWriter, _ description: InstanceDescription
    ) async throws(SpoolError) -> Keeping {
        try await commits.commit(PendingInstance(writer: writer, description: description)).get()
    }

    /// Drops a half-received instance.
    public func discard(_ writer: InstanceWriter) {
        // A file that cannot be emptied is left for the next start's recovery to find.
        try? prepared.giveBack(writer.number, writer.file)
    }
}
