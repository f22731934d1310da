import Delivery
import Records
import Spool

/// Works off one destination's queue over one connection at a time, for as long as it runs.
struct ParcelQueue: Sendable {
    /// How often the queue looks for new work and the database of an earlier stage for its first row.
    static let poll = Duration.milliseconds(250)
    /// After the courier's own database could not be used.
    static let pauseAfterFailure = Duration.seconds(5)

    let destination: any Destination
    let supply: ParcelSupply

    func run() async throws {
        // What was answered until the end is written down also where the end is a cancellation.
        defer { supply.writeDown() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await supply.keepRecords() }
            group.addTask {
                while true {
                    await supply.deliver(to: destination)
                    try await Task.sleep(for: supply.pause)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
