/// Lets callers that arrive together share one piece of work, in the order in which they came.
///
/// The first caller works for all who wait and then hands the lead to the next, so there is no background task and
/// batches never overlap.
actor GroupCommit<Item: Sendable, Outcome: Sendable> {
    private enum Turn {
        case done(Outcome)
        case lead
    }

    private struct Follower {
        let item: Item
        let turn: CheckedContinuation<Turn, Never>
    }

    /// More would only lengthen the wait of the first in the batch.
    private let largestBatch: Int
    private let work: @Sendable ([Item]) async -> [Outcome]
    private var followers: [Follower] = []
    private var busy = false

    /// - Parameter work: answers for each item of a batch, in order.
    init(largestBatch: Int, work: @escaping @Sendable ([Item]) async -> [Outcome]) {
        self.largestBatch = largestBatch
        self.work = work
    }

    func commit(_ item: Item) async -> Outcome {
        if busy {
            let turn = await withCheckedContinuation { followers.append(Follower(item: item, turn: $0)) }
            if case .done(let outcome) = turn { return outcome }
        }
        busy = true
        let companions = Array(followers.prefix(largestBatch - 1))
        followers.removeFirst(companions.count)
        let outcomes = await work([item] + companions.map(\.item))
        precondition(outcomes.count == companions.count + 1, "a batch answers for each of its items")
        for (companion, outcome) in zip(companions, outcomes.dropFirst()) {
            companion.turn.resume(returning: .done(outcome))
        }
        if followers.isEmpty {
            busy = false
        } else {
            // The next leader keeps its item; nobody else may start in between, so `busy` stays true.
            followers.removeFirst().turn.resume(returning: .lead)
        }
        return outcomes[0]
    }
}
