import Records
import Spool

/// What has to hold whenever faults are gone, and what has to hold once everything has come to rest.
extension CourierSimulation {
    /// Looks at both spools through the processes that have them open.
    mutating func examine(_ when: String) {
        do throws(SpoolError) {
            while intake?.numbered.isEmpty == false { try seal() }
            guard let intake, let courier,
                let reader = try CourierReader(folder: Self.courierFolder, disk: courier.disk)
            else { return }
            // Rows follow within milliseconds where the process lives on.
            try intake.spool.instances.publish()
            let instances = try intake.spool.instances.reader.instances(after: 0, limit: .max)
            let parcels = try reader.parcels(ParcelSelection(), limit: .max)
            let found = examineObjects(instances, intake.spool.instances)
                + examineParcels(parcels, of: instances, readThrough: try reader.cursor(of: .intake))
                + Self.examineCounts(try reader.queues(), parcels)
            for text in found { violation("\(when): \(text)") }
        } catch {
            violation("\(when): the examination fails: \(error)")
        }
    }

    /// Every acknowledged object is there, bit for bit, or was released. Perhaps under the number of an earlier
    /// attempt, which failed as far as its sender knows: nobody has seen the later number then.
    private func examineObjects(_ instances: [StoredInstance], _ store: InstanceStore) -> [String] {
        var found: [String] = []
        let missing = store.recovery.missing
        if !missing.isEmpty { found.append("files of \(missing) are missing") }
        for instance in instances {
            // Checked against its digest as it is read.
            if (try? store.reader.dataSet(instance.sequence)) == nil { found.append("\(instance.sequence) is damaged") }
        }
        for (sequence, instance) in acknowledged.sorted(by: { $0.key < $1.key }) {
            if !instances.contains(where: { $0.isSameObject(as: instance) }), !released.contains(sequence) {
                found.append("\(sequence) was acknowledged and is not there")
            }
        }
        return found
    }

    /// No cursor skips an object, no destination is credited with what it does not have, and what a person was told
    /// that it is done is done.
    private func examineParcels(
        _ parcels: [Parcel], of instances: [StoredInstance], readThrough cursor: Int64
    ) -> [String] {
        var found: [String] = []
        var byConsignee: [Consignee: Parcel] = [:]
        for parcel in parcels { byConsignee[Consignee(parcel)] = parcel }
        for instance in instances where instance.sequence <= cursor {
            for destination in destinations {
                let consignee = Consignee(destination: destination.name, sequence: instance.sequence)
                guard let parcel = byConsignee[consignee] else {
                    found.append("\(instance.sequence) has no parcel for \(destination.name)")
                    continue
                }
                // Nobody in this simulation lets anything out of quarantine.
                if instance.isQuarantined != (parcel.state == .quarantined) {
                    let place = instance.isQuarantined ? "in" : "not in"
                    found.append("\(instance.sequence) is \(place) quarantine, and its parcel \(parcel.state)")
                }
                // What awaits commitment may turn out to be lost, and is sent again.
                let isAnsweredFor = parcel.state == .committed || (parcel.state == .delivered && !destination.commits)
                if isAnsweredFor, !destination.has(instance) {
                    found.append("\(destination.name) does not have \(instance.sequence), which is \(parcel.state)")
                }
            }
        }
        for parcel in parcels where parcel.state == .refused {
            let destination = destinations.first { $0.name == parcel.destination }
            // What was given up and released meanwhile cannot be sent when a person asks for it after all.
            if destination?.refused.contains(parcel.sequence) != true, !released.contains(parcel.sequence) {
                let reason = parcel.lastError ?? ""
                found.append("\(parcel.sequence) is refused, but not by \(parcel.destination): \(reason)")
            }
        }
        for (consignee, state) in acts.kept.sorted(by: { $0.key.sequence < $1.key.sequence }) {
            guard let parcel = byConsignee[consignee], parcel.state != state else { continue }
            found.append("\(consignee.sequence) for \(consignee.destination) is \(parcel.state), not \(state)")
        }
        return found
    }

    /// Counts that are kept are what counting gives.
    private static func examineCounts(_ queues: [QueueSummary], _ parcels: [Parcel]) -> [String] {
        let byDestination = Dictionary(grouping: parcels, by: \.destination)
        return queues.compactMap { queue in
            let states = Dictionary(grouping: byDestination[queue.destination] ?? [], by: \.state)
            func count(_ state: Parcel.State) -> Int { states[state]?.count ?? 0 }
            let counted = [
                count(.queued), count(.sending), count(.waiting), count(.delivered), count(.committed),
                count(.refused), count(.held), count(.quarantined), count(.expired), count(.dropped),
            ]
            let kept = [
                queue.queued, queue.sending, queue.waiting, queue.delivered, queue.committed, queue.refused,
                queue.held, queue.quarantined, queue.expired, queue.dropped,
            ]
            return kept == counted ? nil : "\(queue.destination) counts \(kept), but there are \(counted)"
        }
    }

    /// After a long time without faults, each parcel has come to its end, unless a person keeps it.
    mutating func examineRest() {
        do throws(SpoolError) {
            guard let intake, let courier,
                let reader = try CourierReader(folder: Self.courierFolder, disk: courier.disk)
            else { return violation("at rest: the processes do not run") }
            // Not at each examination: it makes durable what it read.
            for (stage, folder) in [(Stage.intake, Self.intakeFolder), (.courier, Self.courierFolder)] {
                let audit = try AuditReader(stage: stage, folder: folder, disk: courier.disk)
                if let fault = try audit?.verify().fault { violation("the audit log of \(stage.rawValue): \(fault)") }
            }
            let newest = try intake.spool.instances.reader.instances(after: 0, limit: .max).last?.sequence ?? 0
            if try reader.cursor(of: .intake) < newest { violation("at rest: objects are not read") }
            for parcel in try reader.parcels(ParcelSelection(), limit: .max) {
                outcome.parcels[parcel.state, default: 0] += 1
                if !isEnd(parcel) { violation("at rest: \(parcel)") }
            }
        } catch {
            violation("at rest: the examination fails: \(error)")
        }
    }

    private func isEnd(_ parcel: Parcel) -> Bool {
        guard let destination = destinations.first(where: { $0.name == parcel.destination }) else { return false }
        return switch parcel.state {
        case .queued, .sending, .waiting: false
        case .expired: expiries.mayBeExpired.contains(Consignee(parcel))
        case .delivered: !destination.commits
        case .committed: destination.promised.contains(parcel.sequence)
        case .refused: destination.refused.contains(parcel.sequence) || released.contains(parcel.sequence)
        case .held: acts.mayBeHeld.contains(Consignee(parcel))
        case .quarantined: true
        case .dropped: acts.mayBeDropped.contains(Consignee(parcel))
        }
    }
}
