import Records
import Spool

/// What the courier says of itself: what it sends, whom it cannot reach, what is refused.
struct CourierCondition: Sendable {
    struct Queue: Sendable {
        var queue: SharedDestinationQueue
        /// It is spoken to over DICOMweb.
        var isHub: Bool
    }

    let spool: CourierSpool
    /// In the order of the configuration.
    let queues: [Queue]

    var condition: StageCondition {
        let counts: [String: QueueSummary]
        do throws(SpoolError) {
            counts = try spool.counts()
        } catch {
            return StageCondition(stage: .courier, summary: "The queues cannot be read: \(error)")
        }
        var troubles: [StageCondition.Trouble] = []
        var sentences: [String] = []
        var isSending = false
        for each in queues {
            let name = each.queue.name
            guard let count = counts[name] else { continue }
            let waiting = count.queued + count.sending + count.waiting
            if waiting > 0, let time = each.queue.unreachable {
                let seconds = Int(time.components.seconds)
                troubles.append(.destinationUnreachable(
                    name: name, isHub: each.isHub, seconds: seconds, waiting: waiting))
                sentences.append(
                    "\(name) cannot be reached for \(Self.words(seconds: seconds)), \(counted(waiting, "object")) "
                        + (waiting == 1 ? "waits" : "wait"))
            } else if count.sending > 0 {
                isSending = true
                sentences.append("sending to \(name), \(counted(waiting, "object")) to go")
            }
            if count.refused > 0 {
                troubles.append(.objectsRefused(destination: name, count: count.refused))
                sentences.append("\(name) has refused \(counted(count.refused, "object"))")
            }
        }
        let summary = sentences.joined(separator: "; ")
        return StageCondition(
            stage: .courier, activities: isSending ? [.delivering] : [], troubles: troubles,
            summary: summary.isEmpty ? "Nothing is to be sent" : summary.prefix(1).uppercased() + summary.dropFirst())
    }

    /// As much as a person wants to know.
    static func words(seconds: Int) -> String {
        switch seconds {
        case ..<120: counted(seconds, "second")
        case ..<7200: counted(seconds / 60, "minute")
        case ..<172_800: counted(seconds / 3600, "hour")
        default: counted(seconds / 86400, "day")
        }
    }
}
