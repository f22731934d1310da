import Testing
import TestSupport

/// One hub (Orthanc with DICOMweb behind nginx) for a whole suite: `@Suite(.hub)`, then `Hub.shared()`.
struct HubTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let peer = try await PeerProgram.hub(folder.url)
        try await Hub.$current.withValue(peer) { try await function() }
        try await peer.stop()
    }
}

enum Hub {
    @TaskLocal static var current: PeerProgram?

    static func shared() throws -> PeerProgram { try #require(current, "the suite needs the trait .hub") }
}

extension Trait where Self == HubTrait {
    static var hub: Self { Self() }
}
