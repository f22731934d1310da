import DICOM
import Records
import Spool
import TestSupport

/// What the courier's services do, call by call: `CourierService`, `ParcelQueue` and `CommitmentRequester`.
extension CourierSimulation {
    private static let batch = 8
    private static let reportTimeout = Duration.seconds(12 * 3600)

    private var courierTime: Duration { now - (courier?.started ?? .zero) }

    /// Reads on in what intake keeps.
    mutating func enqueue() throws(SpoolError) {
        guard let courier, let reader = try intakeReader() else { return }
        let instances = try reader.instances.instances(after: courier.spool.cursor(of: .intake), limit: Self.batch)
        guard let last = instances.last else { return }
        if plantedBug == .cursorBeforeParcels { try courier.spool.enqueue([last], of: .intake, for: []) }
        try courier.spool.enqueue(
            instances, of: .intake, for: destinations.map(\.name), now: Self.noon.timestamp)
        ledger.synchronize()
    }

    private mutating func intakeReader() throws(SpoolError) -> IntakeReader? {
        if courier?.intake == nil, let disk = courier?.disk {
            courier?.intake = try IntakeReader(folder: Self.intakeFolder, disk: disk)
        }
        return courier?.intake
    }

    // MARK: Delivery

    /// One step of one connection: takes a batch, sends an object, or writes down how it was answered.
    mutating func deliver(over number: Int) throws(SpoolError) {
        guard let connection = courier?.connections[number] else { return }
        if let (parcel, outcome) = connection.answer {
            courier?.connections[number].answer = nil
            record(outcome, of: parcel, over: connection)
        } else if let parcel = connection.batch.first {
            courier?.connections[number].batch.removeFirst()
            send(parcel, over: number)
        } else {
            try take(over: number, connection)
        }
    }

    private mutating func take(over number: Int, _ connection: Connection) throws(SpoolError) {
        guard let parcels = try courier?.queues[connection.destination].next(at: courierTime), !parcels.isEmpty
        else { return }
        ledger.synchronize()
        for parcel in parcels {
            if acts.forbids(Consignee(parcel)) {
                violation("\(parcel.destination) is sent \(parcel.sequence), which a person kept back")
            }
        }
        var batch: [Parcel] = []
        for parcel in parcels {
            do throws(SpoolError) {
                _ = try intakeReader()?.instances.locate(parcel.sequence)
                batch.append(parcel)
            } catch .notFound(let stage, let sequence) {
                let reason = "\(SpoolError.notFound(stage: stage, sequence: sequence))"
                record(.refused(reason), of: parcel, over: connection)
            } catch {
                record(.retry("\(error)"), of: parcel, over: connection)
            }
        }
        courier?.connections[number].batch = batch[...]
    }

    private mutating func send(_ parcel: Parcel, over number: Int) {
        guard let connection = courier?.connections[number] else { return }
        let consignee = Consignee(parcel)
        let bytes: [UInt8]
        do throws(SpoolError) {
            guard let reader = try intakeReader() else { return }
            bytes = try reader.instances.dataSet(parcel.sequence)
        } catch {
            courier?.connections[number].answer = (parcel, .retry("\(error)"))
            return
        }
        if plantedBug == .deliveredBeforeAnswer { record(.delivered, of: parcel, over: connection) }
        if destinations[connection.destination].isUp, !ledger.isExcused(consignee) {
            violation("\(parcel.destination) is sent \(parcel.sequence) again, and nothing excuses it")
        }
        let transmission = destinations[connection.destination].receive(parcel.sequence, bytes, using: &chance)
        switch transmission.outcome {
        case .delivered, .refused: ledger.answer(consignee)
        case .retry, .unavailable: break
        }
        if transmission.arrivedUnheard {
            ledger.answer(consignee)
            ledger.excuse(consignee, .answerLost)
        }
        courier?.connections[number].answer = (parcel, transmission.outcome)
        guard transmission.isBroken else { return }
        // Nobody could be asked about the rest either.
        for parcel in connection.batch { record(transmission.outcome, of: parcel, over: connection) }
        courier?.connections[number].batch = []
    }

    private mutating func record(_ outcome: DeliveryOutcome, of parcel: Parcel, over connection: Connection) {
        let consignee = Consignee(parcel)
        var subject = AuditSubject(destination: parcel.destination)
        subject.stage = parcel.stage
        subject.sequence = parcel.sequence
        let audit = switch outcome {
        case .delivered: [AuditEvent(.objectDelivered, at: Self.noon, of: subject)]
        case .refused: [AuditEvent(.objectRefused, at: Self.noon, of: subject)]
        case .retry, .unavailable: [AuditEvent]()
        }
        let time = courierTime
        do throws(SpoolError) {
            try courier?.queues[connection.destination].record(
                outcome, of: parcel, at: time, audit: audit, using: &chance)
            ledger.writeDown(consignee)
        } catch {
            ledger.excuse(consignee, .notWrittenDown)
        }
    }

    // MARK: Storage commitment

    /// Asks each destination that offers it about what it was sent.
    mutating func requestCommitment() throws(SpoolError) {
        for index in destinations.indices where destinations[index].commits {
            let name = destinations[index].name
            let overdue = courierTime - Self.reportTimeout
            if overdue > .zero, let spool = courier?.spool {
                for transaction in try spool.unreportedCommitments(for: name, begunBefore: overdue) {
                    try spool.abandonCommitment(transaction)
                }
            }
            guard let spool = courier?.spool else { return }
            let parcels = try spool.uncommitted(for: name, limit: Self.batch)
            guard !parcels.isEmpty, let transaction = UID("1.2.9.\(nextTransaction)") else { continue }
            nextTransaction += 1
            try spool.beginCommitment(transaction, of: parcels, for: name, at: courierTime)
            ledger.synchronize()
            try ask(index, transaction, parcels, spool)
        }
    }

    private mutating func ask(
        _ index: Int, _ transaction: UID, _ parcels: [Parcel], _ spool: CourierSpool
    ) throws(SpoolError) {
        guard destinations[index].isUp else { return try spool.abandonCommitment(transaction) }
        let report = destinations[index].commit(transaction, parcels.map(\.sequence), using: &chance)
        switch isCalm ? 0 : Int.random(in: 0..<6, using: &chance) {
        case 0, 1: try apply(report, cursor: nil)
        // Asked, and the answer to that lost: the report may still come.
        case 2:
            try spool.abandonCommitment(transaction)
            reports.append((now + .seconds(60), report))
        // Never.
        case 3: break
        // Twice, one of them on the association that asked.
        case 4:
            try apply(report, cursor: nil)
            reports.append((now + .seconds(60), report))
        default:
            let late = Duration.seconds(Int.random(in: 0...80_000, using: &chance))
            reports += [(now + .seconds(60), report), (now + late, report)]
        }
    }

    /// Reads on in what peers reported to intake.
    mutating func takeReports() throws(SpoolError) {
        guard let courier, let reader = try intakeReader() else { return }
        for row in try reader.commitmentReports(after: courier.spool.commitmentCursor(), limit: Self.batch) {
            guard let report = SimulatedDestination.Report(text: row.report) else {
                violation("report \(row.sequence) is not what was kept")
                continue
            }
            try apply(report, cursor: row.sequence)
        }
    }

    private mutating func apply(
        _ report: SimulatedDestination.Report, cursor: Int64?
    ) throws(SpoolError) {
        do throws(SpoolError) {
            let outcome = try courier?.spool.report(report.transactionUID, cursor: cursor, at: Self.noon) { parcel in
                report.judgement(of: parcel.sequence)
            }
            for parcel in outcome?.requeued ?? [] { ledger.excuse(Consignee(parcel), .commitmentFailed) }
            if outcome != nil { ledger.synchronize() }
        } catch {
            // Perhaps taken down, perhaps not.
            for destination in destinations where destination.commits {
                for sequence in report.failed {
                    ledger.excuse(Consignee(destination: destination.name, sequence: sequence), .commitmentFailed)
                }
            }
            throw error
        }
    }
}
