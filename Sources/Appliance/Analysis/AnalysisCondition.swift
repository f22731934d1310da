import Foundation
import Records
import Synchronization

/// What analysis says of itself: whether it computes, and which networks it does not run.
final class AnalysisCondition: Sendable {
    private struct State {
        var underWay = 0
        var done = 0
    }

    /// Names of files.
    private let refused: [String]
    private let state = Mutex(State())

    /// - Parameter paths: of the configured networks that are not run.
    init(refused paths: [String]) { refused = paths.map { URL(fileURLWithPath: $0).lastPathComponent } }

    func imageBegan() { state.withLock { $0.underWay += 1 } }

    func imageEnded() {
        state.withLock { state in
            state.underWay -= 1
            state.done += 1
        }
    }

    var condition: StageCondition {
        let state = state.withLock { $0 }
        let done = "\(counted(state.done, "image")) since the start"
        var summary = state.underWay > 0 ? "Analysing an image; \(done) before it" : "Waiting for studies; \(done)"
        if !refused.isEmpty { summary += "; \(counted(refused.count, "network")) refused" }
        return StageCondition(
            stage: .analysis, activities: state.underWay > 0 ? [.analysing] : [],
            troubles: refused.map { .modelRefused(file: $0) }, summary: summary)
    }
}
