import Spool

extension StageDatabase {
    /// How often it is looked at.
    private static var watchInterval: Duration { .seconds(1) }

    /// Returns never, and throws once the database takes nothing more: the process is to end, and its supervisor to
    /// start it anew.
    func watch() async throws {
        while true {
            if let failure { throw failure }
            try await Task.sleep(for: Self.watchInterval)
        }
    }
}
