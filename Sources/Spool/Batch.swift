import Dispatch
import GRDB
import Records
import Synchronization

/// A finished writer with its description, waiting for a sequence number.
struct PendingInstance: Sendable {
    let writer: InstanceWriter
    let description: InstanceDescription
}

/// Makes a batch of finished writers durable and then visible, in order.
struct Batch: Sendable {
    let database: StageDatabase
    let prepared: PreparedFiles
    /// What the stage calls what it kept; nil where it does not count that.
    let counter: String?

    /// An instance with its number.
    private struct Newcomer {
        var instance: StoredInstance
        /// The same as JSON, for trailer and index.
        var description: [UInt8]
    }

    /// How far an item has come.
    private enum Progress: Sendable {
        case failed(SpoolError)
        /// Kept by an earlier batch.
        case known(StoredInstance)
        /// The same bytes as an earlier item of this batch: it shares that one's fate.
        case twin(of: Int)
        case keep(Newcomer)
    }

    /// Blocks while the disk works. Answers for each item, in order.
    func keep(_ items: [PendingInstance], nextSequence: inout Int64) -> [Result<Keeping, SpoolError>] {
        var progress: [Progress] = []
        for item in items { progress.append(number(item, after: progress, nextSequence: &nextSequence)) }
        progress = makeDurable(items, progress)
        progress = makeVisible(items, progress)
        for (item, step) in zip(items, progress) {
            switch step {
            // Where emptying fails, the next start's recovery finds the file.
            case .known, .twin: try? prepared.giveBack(item.writer.number, item.writer.file)
            // After a failed sync a file must not be trusted again, and so is not given back.
            case .failed, .keep: break
            }
        }
        return progress.map { result($0, in: progress) }
    }

    private func result(_ step: Progress, in progress: [Progress]) -> Result<Keeping, SpoolError> {
        switch step {
        case .failed(let error): .failure(error)
        case .known(let instance): .success(.duplicate(instance))
        case .keep(let new): .success(.new(new.instance))
        case .twin(let original): result(progress[original], in: progress).map { .duplicate($0.instance) }
        }
    }

    /// Gives the next sequence number, unless the same bytes are there already.
    private func number(
        _ item: PendingInstance, after earlier: [Progress], nextSequence: inout Int64
    ) -> Progress {
        let description = item.description
        do throws(SpoolError) {
            let digest = item.writer.digest()
            let relatives = try database.query { try InstanceIndex.relatives(of: description, in: $0) }
            if let same = relatives.copies.first(where: { $0.sha256 == digest }) { return .known(same) }
            var together: [StoredInstance] = []
            for (index, step) in earlier.enumerated() {
                guard case .keep(let other) = step else { continue }
                if other.instance.sopInstanceUID == description.sopInstanceUID, other.instance.sha256 == digest {
                    return .twin(of: index)
                }
                together.append(other.instance)
            }
            let flags = Set(description.flags).union(relatives.including(together, for: description).flags(description))
            let instance = StoredInstance(
                sequence: nextSequence, sopClassUID: description.sopClassUID,
                sopInstanceUID: description.sopInstanceUID, studyInstanceUID: description.studyInstanceUID,
                seriesInstanceUID: description.seriesInstanceUID, transferSyntax: description.transferSyntax,
                dataSetLength: item.writer.length, sha256: digest, peer: description.peer,
                receivedAt: description.receivedAt, modality: description.modality,
                bodyPartExamined: description.bodyPartExamined, patientKey: description.patientKey,
                flags: InstanceFlag.allCases.filter(flags.contains))
            let json = try Trailer.describe(instance)
            nextSequence += 1
            return .keep(Newcomer(instance: instance, description: json))
        } catch {
            return .failed(error)
        }
    }

    /// Writes trailers and syncs, side by side: this is where the time goes.
    private func makeDurable(_ items: [PendingInstance], _ progress: [Progress]) -> [Progress] {
        let outcome = Mutex(progress)
        DispatchQueue.concurrentPerform(iterations: items.count) { index in
            guard case .keep(let new) = progress[index] else { return }
            do throws(SpoolError) {
                try items[index].writer.seal(Trailer.encode(new.description))
            } catch {
                outcome.withLock { $0[index] = .failed(error) }
            }
        }
        return outcome.withLock { $0 }
    }

    private func count(_ progress: [Progress], in database: Database) throws {
        let kept = progress.count { if case .keep = $0 { true } else { false } }
        if let counter, kept > 0 { try Counters.increment(counter, by: kept, in: database) }
    }

    /// One transaction of the index for the whole batch, so that numbers appear in ascending order.
    private func makeVisible(_ items: [PendingInstance], _ progress: [Progress]) -> [Progress] {
        do throws(SpoolError) {
            try database.write { database in
                for (item, step) in zip(items, progress) {
                    guard case .keep(let new) = step else { continue }
                    try InstanceIndex.insert(
                        .init(instance: new.instance, file: item.writer.number), description: new.description,
                        in: database)
                }
                try count(progress, in: database)
            }
            return progress
        } catch {
            // The files are durable and the next start adopts them; but what the index cannot show is not acknowledged.
            return progress.map { step in
                if case .keep = step { .failed(error) } else { step }
            }
        }
    }
}
