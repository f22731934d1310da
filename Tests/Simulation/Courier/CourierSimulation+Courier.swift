import DICOM
import Records
import Spool
import TestSupport

/// What the courier's services do, call by call: `CourierService`, `ParcelSupply` and `CommitmentRequester`.
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
        let isClockTrusted = isCalm || Int.random(in: 0..<4, using: &chance) > 0
        if isClockTrusted { expiries.queue(instances.map(\.sequence), at: now) }
        try courier.spool.enqueue(
            instances, of: .intake, for: destinations.map(\.name), now: isClockTrusted ? wallClock.timestamp : nil)
        ledger.synchronize()
    }

    /// Gives up what is too old for a destination's configuration.
    mutating func expire() throws(SpoolError) {
        for destination in destinations {
            guard let age = destination.expiry else { continue }
            let before = Timestamp(microseconds: wallClock.timestamp.microseconds - age.wholeMicroseconds)
            expiries.mayBeExpired.formUnion(try targets(destination.name, [.queued, .waiting], limit: .max))
            let parcels = try courier?.spool.expire(
                for: destination.name, queuedBefore: plantedBug == .expiryByAnyClock ? .distantFuture : before,
                at: wallClock) ?? []
            for parcel in parcels {
                acts.kept[Consignee(parcel)] = .expired
                if !expiries.allows(parcel.sequence, after: age, at: now) {
                    violation("\(parcel.sequence) expires for \(parcel.destination) before its time")
                }
            }
        }
    }

    private mutating func intakeReader() throws(SpoolError) -> IntakeReader? {
        if courier?.intake == nil, let disk = courier?.disk {
            courier?.intake = try IntakeReader(folder: Self.intakeFolder, disk: disk)
        }
        return courier?.intake
    }

    // MARK: Delivery

    /// One step of one connection: takes a batch, sends an object, or writes down how some were answered.
    mutating func deliver(over number: Int) throws(SpoolError) {
        guard let connection = courier?.connections[number] else { return }
        // An answer may wait for others, while the next objects are on their way.
        if !connection.answers.isEmpty, connection.batch.isEmpty || Int.random(in: 0..<3, using: &chance) == 0 {
            writeDown(over: number)
        } else if let parcel = connection.batch.first {
            // The next ones are taken while the last of those before is on its way.
            if connection.batch.count == 1, Bool.random(using: &chance) { try take(over: number) }
            courier?.connections[number].batch.removeFirst()
            send(parcel, over: number)
        } else {
            try take(over: number)
        }
    }

    private mutating func take(over number: Int) throws(SpoolError) {
        writeDown(over: number)
        guard let connection = courier?.connections[number] else { return }
        let room = plantedBug == .unboundedFlight ? Self.batch : Self.batch - connection.batch.count
        guard let parcels = try courier?.queues[connection.destination].next(limit: room, at: courierTime),
            !parcels.isEmpty
        else { return }
        ledger.synchronize()
        try examineFlight(parcels[0].destination)
        for parcel in parcels {
            if acts.forbids(Consignee(parcel)) {
                violation("\(parcel.destination) is sent \(parcel.sequence), which a person or its age kept back")
            }
        }
        for parcel in parcels {
            do throws(SpoolError) {
                _ = try intakeReader()?.instances.locate(parcel.sequence)
                courier?.connections[number].batch.append(parcel)
            } catch .notFound(let stage, let sequence) {
                let reason = "\(SpoolError.notFound(stage: stage, sequence: sequence))"
                courier?.connections[number].answers.append((parcel, .unsendable(reason)))
            } catch {
                courier?.connections[number].answers.append((parcel, .retry("\(error)")))
            }
        }
    }

    /// What a crash at this moment would send again is bounded.
    private mutating func examineFlight(_ name: String) throws(SpoolError) {
        let sending = try courier?.spool.queues().first { $0.destination == name }?.sending ?? 0
        if sending > Self.batch * Self.connectionsPerDestination {
            violation("\(sending) parcels are in flight to \(name)")
        }
    }

    private mutating func send(_ parcel: Parcel, over number: Int) {
        guard let connection = courier?.connections[number] else { return }
        let consignee = Consignee(parcel)
        let bytes: [UInt8]
        do throws(SpoolError) {
            guard let reader = try intakeReader() else { return }
            bytes = try reader.instances.dataSet(parcel.sequence)
        } catch {
            courier?.connections[number].answers.append((parcel, .retry("\(error)")))
            return
        }
        if plantedBug == .deliveredBeforeAnswer { record([(parcel, .delivered)], over: connection) }
        if destinations[connection.destination].isUp, !ledger.isExcused(consignee) {
            violation("\(parcel.destination) is sent \(parcel.sequence) again, and nothing excuses it")
        }
        let transmission = destinations[connection.destination].receive(parcel.sequence, bytes, using: &chance)
        switch transmission.outcome {
        case .delivered, .refused: ledger.answer(consignee)
        case .retry, .unavailable, .unsendable: break
        }
        if transmission.arrivedUnheard {
            ledger.answer(consignee)
            ledger.excuse(consignee, .answerLost)
        }
        courier?.connections[number].answers.append((parcel, transmission.outcome))
        guard transmission.isBroken, let rest = courier?.connections[number].batch else { return }
        // Nobody could be asked about the rest either.
        courier?.connections[number].answers += rest.map { ($0, transmission.outcome) }
        courier?.connections[number].batch = []
    }

    private mutating func writeDown(over number: Int) {
        guard let connection = courier?.connections[number], !connection.answers.isEmpty else { return }
        courier?.connections[number].answers = []
        record(connection.answers, over: connection)
    }

    private mutating func record(_ answers: [(parcel: Parcel, outcome: DeliveryOutcome)], over connection: Connection) {
        let attempts = answers.map { DeliveryAttempt($0.parcel, $0.outcome, audit: audit($0.parcel, $0.outcome)) }
        let time = courierTime
        do throws(SpoolError) {
            try courier?.queues[connection.destination].record(attempts, at: time, using: &chance)
            for (parcel, _) in answers { ledger.writeDown(Consignee(parcel)) }
        } catch {
            for (parcel, _) in answers { ledger.excuse(Consignee(parcel), .notWrittenDown) }
        }
    }

    private func audit(_ parcel: Parcel, _ outcome: DeliveryOutcome) -> [AuditEvent] {
        var subject = AuditSubject(destination: parcel.destination)
        subject.stage = parcel.stage
        subject.sequence = parcel.sequence
        return switch outcome {
        case .delivered: [AuditEvent(.objectDelivered, at: wallClock, of: subject)]
        case .refused, .unsendable: [AuditEvent(.objectRefused, at: wallClock, of: subject)]
        case .retry, .unavailable: []
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
