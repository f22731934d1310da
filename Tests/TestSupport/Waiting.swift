/// How long tests wait for anything before they fail: generous, because build machines are slow.
public let patience: Duration = .seconds(60)

/// Waits until `condition` holds. The one place where tests poll.
///
/// - Throws: `TestSupportError` naming `what` when `limit` has passed; whatever `condition` throws.
public func eventually(
    _ what: String, within limit: Duration = patience, isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw TestSupportError("\(what) did not happen within \(limit)") }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Waits until `values` gives some, and gives them.
public func eventually<Value>(
    _ what: String, within limit: Duration = patience, isolation: isolated (any Actor)? = #isolation,
    _ values: () async throws -> [Value]
) async throws -> [Value] {
    var found: [Value] = []
    try await eventually(what, within: limit) {
        found = try await values()
        return !found.isEmpty
    }
    return found
}
