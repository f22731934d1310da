import DICOM
import Records
import Spool
import TestSupport

/// Intake's spool under several senders on a disk that loses power, over many lives, all from one seed.
///
/// Each life ends by a loss of power, the end of the process, or an orderly stop, at an operation that chance chooses.
/// The next one begins with an examination: what was acknowledged has to be there, bit for bit, and what is there has
/// to be something that a sender sent. Senders take turns, so that a seed repeats its run.
///
/// It takes the steps of a commit one by one, in any order that threads could bring about: numbers, syncs and rows of
/// several senders alternate as chance chooses.
public struct SpoolSimulation {
    /// What may happen to the disk beside its loss of power.
    public struct Faults: Sendable {
        /// Operations that fail now and then, on files that `concerns` chooses.
        public var failing: [StorageOperation]
        public var concerns: @Sendable (_ path: String) -> Bool
        /// The disk is full now and then.
        public var fullDisk: Bool
        /// A planted bug: synchronising these does nothing.
        public var ignoresSynchronize: (@Sendable (_ path: String) -> Bool)?

        public init(
            failing: [StorageOperation] = [], fullDisk: Bool = false,
            ignoresSynchronize: (@Sendable (_ path: String) -> Bool)? = nil,
            concerns: @escaping @Sendable (_ path: String) -> Bool = { _ in true }
        ) {
            self.ignoresSynchronize = ignoresSynchronize
            self.failing = failing
            self.concerns = concerns
            self.fullDisk = fullDisk
        }
    }

    /// What was seen in a run.
    public struct Outcome: Sendable, Equatable {
        public var acknowledged = 0
        public var refused = 0
        public var powerLosses = 0
        public var ends = 0
        /// What the spool promised and did not keep; empty as it should be.
        public var violations: [String] = []
        /// Mutating operations of the whole run.
        public var operations = 0
    }

    private static let folder = "/data/intake"
    private static let senders = 3
    /// Longest object in bytes: written in several pieces.
    private static let longestObject = 150_000
    /// Most objects are shorter than this.
    private static let shortObject = 5_000
    private static let filling = [UInt8](repeating: 0x5A, count: 248)
    /// A life ends within so many operations, as far as it has so many.
    private static let longestLife = 160
    private static let stepsPerLife = 40

    private struct Sender {
        enum State {
            case sending
            /// Numbered; its file is not durable yet.
            case numbered(InstanceStore.Numbered)
            /// The same object is being made durable for another sender.
            case twin(of: Int64)
        }

        var writer: InstanceWriter
        var description: InstanceDescription
        var bytes: [UInt8]
        var sent = 0
        var state = State.sending
    }

    private let storage: SimulatedStorage
    private let faults: Faults
    private var chance: SeededGenerator
    private var senders: [Sender?] = Array(repeating: nil, count: Self.senders)
    /// How the files of this life's numbers ended.
    private var fates: [Int64: Result<StoredInstance, SpoolError>] = [:]
    private var nextObject = 1
    /// All that was ever begun, by digest.
    private var offered: Set<Records.Digest> = []
    private var acknowledged: [StoredInstance] = []
    private var completed: [(study: UID, through: Int64)] = []
    private var outcome = Outcome()

    public init(seed: UInt64, faults: Faults = Faults()) {
        storage = SimulatedStorage(seed: seed, sleep: { _ in })
        chance = SeededGenerator(seed: seed)
        self.faults = faults
        storage.ignoreSynchronize(where: faults.ignoresSynchronize)
    }

    /// Lives `lives` lives and examines the spool after each.
    public mutating func run(lives: Int) -> Outcome {
        for life in 1...lives {
            live()
            senders = Array(repeating: nil, count: Self.senders)
            fates = [:]
            storage.dropFailures()
            storage.limit(bytes: nil)
            examine(life)
        }
        outcome.acknowledged = acknowledged.count
        outcome.operations = storage.operationCount
        return outcome
    }

    private mutating func live() {
        let disk = SimulatedDisk(storage)
        let end = storage.operationCount + Int.random(in: 1...Self.longestLife, using: &chance)
        let losesPower = Int.random(in: 0..<3, using: &chance) > 0
        if losesPower { storage.cutPower(beforeOperation: end) } else { disk.endProcess(beforeOperation: end) }
        planFaults()
        do {
            let spool = try IntakeSpool(folder: Self.folder, disk: disk)
            for _ in 0..<Self.stepsPerLife where disk.isAlive { step(spool) }
        } catch {
            // A start that a crash or a fault cut short: the next one has to cope.
        }
        if losesPower {
            outcome.powerLosses += 1
            storage.losePower(seed: chance.next())
        } else {
            outcome.ends += 1
            disk.endProcess()
        }
    }

    private mutating func planFaults() {
        for operation in faults.failing where Bool.random(using: &chance) {
            let occurrence = Int.random(in: 1...20, using: &chance)
            storage.plan(StorageFailure(operation, occurrence: occurrence, concerns: faults.concerns))
        }
        if faults.fullDisk, Bool.random(using: &chance) {
            storage.limit(bytes: storage.usedBytes + Int.random(in: 0...300_000, using: &chance))
        }
    }

    // MARK: Senders

    private mutating func step(_ spool: IntakeSpool) {
        let number = Int.random(in: 0..<Self.senders, using: &chance)
        do throws(SpoolError) {
            guard var sender = senders[number] else {
                switch Int.random(in: 0..<8, using: &chance) {
                case 0: return try complete(spool)
                case 1, 2: return try spool.instances.publish()
                default: break
                }
                senders[number] = try begin(spool)
                return
            }
            senders[number] = nil
            switch sender.state {
            case .numbered(let numbered):
                let fate = spool.instances.seal(numbered)
                fates[numbered.sequence] = fate
                acknowledged.append(try fate.get())
                return
            case .twin(let sequence):
                guard let fate = fates[sequence] else {
                    senders[number] = sender
                    return
                }
                acknowledged.append(try fate.get())
                return
            case .sending: break
            }
            if Int.random(in: 0..<12, using: &chance) == 0 { return spool.instances.discard(sender.writer) }
            if sender.sent < sender.bytes.count {
                let piece = min(Int.random(in: 1...80_000, using: &chance), sender.bytes.count - sender.sent)
                try sender.writer.append(Array(sender.bytes[sender.sent..<sender.sent + piece]))
                sender.sent += piece
                senders[number] = sender
            } else {
                switch try spool.instances.number(sender.writer, sender.description) {
                case .known(let instance):
                    acknowledged.append(instance)
                    return
                case .twin(let sequence): sender.state = .twin(of: sequence)
                case .new(let numbered): sender.state = .numbered(numbered)
                }
                senders[number] = sender
            }
        } catch {
            outcome.refused += 1
        }
    }

    private mutating func begin(_ spool: IntakeSpool) throws(SpoolError) -> Sender {
        // Now and then an object that came before comes again.
        let isNew = nextObject == 1 || Int.random(in: 0..<6, using: &chance) > 0
        let object = isNew ? nextObject : Int.random(in: 1..<nextObject, using: &chance)
        if isNew { nextObject += 1 }
        let bytes = Self.bytes(of: object)
        offered.insert(Digest(ofData: bytes))
        return Sender(writer: try spool.instances.begin(), description: Self.description(of: object), bytes: bytes)
    }

    /// Completes the study of the newest object.
    private mutating func complete(_ spool: IntakeSpool) throws(SpoolError) {
        guard let open = try spool.openStudies().first else { return }
        try spool.completeShown(study: open.studyInstanceUID, throughSequence: open.newestSequence, at: Self.noon)
        completed.append((study: open.studyInstanceUID, through: open.newestSequence))
    }

    private static func bytes(of object: Int) -> [UInt8] {
        var chance = SeededGenerator(seed: UInt64(object))
        let longest = Int.random(in: 0..<4, using: &chance) == 0 ? longestObject : shortObject
        let count = Int.random(in: 1...longest, using: &chance)
        var bytes: [UInt8] = []
        while bytes.count < count {
            // No two sectors of an object are the same.
            withUnsafeBytes(of: chance.next()) { bytes.append(contentsOf: Array($0)) }
            bytes.append(contentsOf: filling)
        }
        return Array(bytes[..<count])
    }

    private static func description(of object: Int) -> InstanceDescription {
        func uid(_ text: String) -> UID { UID(text) ?? UID(known: "1.2") }
        let study = "1.9.\(object / 4 + 1)"
        return InstanceDescription(
            sopClassUID: SOPClass.secondaryCaptureImageStorage, sopInstanceUID: uid("1.2.3.\(object)"),
            studyInstanceUID: uid(study), seriesInstanceUID: uid("\(study).1"),
            transferSyntax: .explicitVRLittleEndian,
            peer: Peer(callingAETitle: "CT1", calledAETitle: "OUTPOST", address: "127.0.0.1"),
            received: noon, modality: "CT", bodyPartExamined: nil)
    }

    private static let noon = RecordedTime(Timestamp(microseconds: 1_700_000_000_000_000), isTrusted: true)

    // MARK: Examination

    /// Looks at the spool as the next start finds it.
    private mutating func examine(_ life: Int) {
        func violation(_ text: String) { outcome.violations.append("life \(life): \(text)") }
        let disk = SimulatedDisk(storage)
        defer { disk.endProcess() }
        do {
            let spool = try IntakeSpool(folder: Self.folder, disk: disk)
            let found = try spool.instances.reader.instances(after: 0, limit: .max)
            let recovery = spool.instances.recovery
            if !recovery.missing.isEmpty { violation("files of \(recovery.missing) are missing") }
            // What these faults do is no reason for it: completions would be gone.
            let broken = try disk.names(in: Self.folder).filter { $0.contains(".broken-") }
            if !broken.isEmpty { violation("\(broken) were set aside: \(recovery.setAside?.reason ?? "before")") }
            for instance in acknowledged where !found.contains(where: { $0.isSameObject(as: instance) }) {
                violation("number \(instance.sequence) was acknowledged and is not there")
            }
            for instance in found {
                // Checked against its digest as it is read.
                _ = try spool.instances.reader.dataSet(instance.sequence)
                if !offered.contains(instance.sha256) { violation("number \(instance.sequence) was never sent") }
            }
            if Set(found.map(\.sopInstanceUID)).count != found.count { violation("an object is there twice") }
            guard let reader = try IntakeReader(folder: Self.folder, disk: disk) else { return }
            let completions = try reader.completions(after: 0, limit: .max)
            for (study, through) in completed {
                if !completions.contains(where: { $0.studyInstanceUID == study && $0.throughSequence == through }) {
                    violation("the completion of a study through \(through) is not there")
                }
            }
        } catch {
            violation("the next start fails: \(error)")
        }
        // Reported once.
        if !outcome.violations.isEmpty { (acknowledged, completed) = ([], []) }
    }
}

extension StoredInstance {
    /// Whether it is the same object as `other`, whatever number it was kept under.
    func isSameObject(as other: StoredInstance) -> Bool {
        sopInstanceUID == other.sopInstanceUID && sha256 == other.sha256
    }
}
