import ServiceLifecycle

/// Runs `body` until the process is told to stop. That ends it in order and is no failure.
func untilShutdown(_ body: @escaping @Sendable () async throws -> Void) async throws {
    do {
        try await cancelWhenGracefulShutdown(body)
    } catch is CancellationError {
        // What is not done yet goes on from the cursor at the next start.
    }
}
