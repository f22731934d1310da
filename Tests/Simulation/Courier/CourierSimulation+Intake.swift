import DICOM
import Records
import Spool
import TestSupport

/// What intake does: takes objects, keeps reports, makes room.
extension CourierSimulation {
    private static let longestObject = 2000
    private static let unreadReports = 8
    private static let releasedAtOnce = 4

    mutating func intakeStep() {
        do throws(SpoolError) {
            try startIntake()
            guard let intake else { return }
            switch Int.random(in: 0..<5, using: &chance) {
            case 0, 1: try number(intake.spool)
            case 2, 3: try seal()
            default: try intake.spool.instances.publish()
            }
        } catch {
            // The sender was told, or the rows are written later.
        }
    }

    private mutating func number(_ spool: IntakeSpool) throws(SpoolError) {
        let isNew = !isCalm && (unacknowledged.isEmpty || Bool.random(using: &chance))
        guard let object = isNew ? nextObject : unacknowledged.first else { return }
        if isNew { nextObject += 1 } else { unacknowledged.removeFirst() }
        do throws(SpoolError) {
            let writer = try spool.instances.begin()
            try writer.append(Self.bytes(of: object))
            switch try spool.instances.number(writer, Self.description(of: object)) {
            case .known(let instance): acknowledge(instance)
            // Objects come one by one: its own earlier attempt failed meanwhile.
            case .twin: unacknowledged.append(object)
            case .new(let numbered): intake?.numbered.append((object, numbered))
            }
        } catch {
            unacknowledged.append(object)
            throw error
        }
    }

    /// Makes one of the numbered objects durable.
    mutating func seal() throws(SpoolError) {
        guard let spool = intake?.spool, let count = intake?.numbered.count, count > 0,
            let (object, numbered) = intake?.numbered.remove(at: Int.random(in: 0..<count, using: &chance))
        else { return }
        switch spool.instances.seal(numbered) {
        case .success(let instance): acknowledge(instance)
        case .failure(let error):
            unacknowledged.append(object)
            throw error
        }
    }

    private mutating func acknowledge(_ instance: StoredInstance) { acknowledged[instance.sequence] = instance }

    static func bytes(of object: Int) -> [UInt8] {
        var chance = SeededGenerator(seed: UInt64(object))
        let count = Int.random(in: 8...longestObject, using: &chance)
        var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: object), count: count)
        withUnsafeBytes(of: chance.next()) { bytes.replaceSubrange(0..<8, with: Array($0)) }
        return bytes
    }

    private static func description(of object: Int) -> InstanceDescription {
        func uid(_ text: String) -> UID { UID(text) ?? UID(known: "1.2") }
        return InstanceDescription(
            sopClassUID: SOPClass.secondaryCaptureImageStorage, sopInstanceUID: uid("1.2.3.\(object)"),
            studyInstanceUID: uid("1.9.\(object / 4)"), seriesInstanceUID: uid("1.9.\(object / 4).1"),
            transferSyntax: .explicitVRLittleEndian,
            peer: Peer(callingAETitle: "CT1", calledAETitle: "OUTPOST", address: "127.0.0.1"),
            received: noon, modality: "CT", bodyPartExamined: nil,
            flags: object.isMultiple(of: 9) ? [.unreadable] : [])
    }

    // MARK: Reports of storage commitments

    /// Keeps those for the courier that have come by now; a peer whose report is not kept reports again.
    mutating func receiveReports() {
        let due = reports.filter { isCalm || $0.due <= now }
        reports.removeAll { isCalm || $0.due <= now }
        for (_, report) in due {
            do throws(SpoolError) {
                try startIntake()
                guard let intake,
                    let courier = try CourierReader(folder: Self.courierFolder, disk: intake.disk),
                    try courier.awaitsReport(of: report.transactionUID)
                else { continue }
                try intake.spool.keepCommitmentReport(
                    report.text, unreadAfter: courier.commitmentCursor(), limit: Self.unreadReports)
            } catch {
                reports.append((now + .seconds(600), report))
            }
        }
    }

    // MARK: Disk pressure

    /// Gives up the oldest objects that have arrived wherever they were to go.
    mutating func makeRoom() {
        do throws(SpoolError) {
            try startIntake()
            guard let intake, let courier = try CourierReader(folder: Self.courierFolder, disk: intake.disk)
            else { return }
            let instances = try intake.spool.instances.reader.instances(after: 0, limit: 256)
            let settled = plantedBug == .releaseOfAnything
                ? Set(instances.map(\.sequence)) : try courier.settled(instances, of: .intake)
            let releasable = Array(instances.filter { settled.contains($0.sequence) }
                .prefix(Self.releasedAtOnce))
            guard !releasable.isEmpty else { return }
            for instance in releasable { judgeRelease(of: instance) }
            // Where it fails half way, they may be gone or not.
            released.formUnion(releasable.map(\.sequence))
            try intake.spool.instances.release(releasable, at: Self.noon)
        } catch {
            // Tried again at the next pressure.
        }
    }

    /// By what the destinations themselves know, not by the courier's word.
    private mutating func judgeRelease(of instance: StoredInstance) {
        var arrived = 0
        for destination in destinations {
            let consignee = Consignee(destination: destination.name, sequence: instance.sequence)
            if destination.has(instance), !destination.commits || destination.promised.contains(instance.sequence) {
                arrived += 1
            } else if !acts.mayBeDropped.contains(consignee), !expiries.mayBeExpired.contains(consignee) {
                violation("\(instance.sequence) is released before \(destination.name) has it")
            }
        }
        if arrived == 0 { violation("\(instance.sequence) is released and nobody has it") }
    }
}
