import Records

/// Asks one stage how it is, over its control socket.
struct StageWatch: Sendable {
    /// One that has not answered by then hangs.
    static let patience = Duration.seconds(5)
    /// Between two questions.
    static let interval = Duration.seconds(1)

    private let client: ControlClient
    private let patience: Duration

    init(_ stage: Stage, dataFolder: String, patience: Duration = StageWatch.patience) {
        client = ControlClient(dataFolder: dataFolder, stage: stage)
        self.patience = patience
    }

    func probe() async -> StageProbe {
        guard client.isRunning else { return .notRunning }
        return await withTaskGroup(of: StageProbe.self) { group in
            group.addTask { await ask() }
            group.addTask {
                // Ends early when the answer was faster.
                try? await Task.sleep(for: patience)
                return .silent
            }
            defer { group.cancelAll() }
            return await group.next() ?? .silent
        }
    }

    private func ask() async -> StageProbe {
        do throws(ControlError) {
            guard case .condition(let condition) = try await client.ask(.condition) else { return .answered(nil) }
            return .answered(condition)
        } catch {
            switch error {
            case .notRunning: return .notRunning
            // It ends, or begins.
            case .unreachable, .noAnswer: return .unreachable
            // It lives, and cannot be asked.
            case .refused, .pathTooLong, .cannotListen: return .answered(nil)
            }
        }
    }
}
