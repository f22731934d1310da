import Foundation
import Logging
import NIOPosix
import Records
import Spool
import TestSupport
import Testing

@testable import Appliance

/// A stage that does nothing for anybody.
private struct IdleControl: StageControl {
    func answer(
        _ request: ControlRequest, of account: Account, progress: (Int) async -> Bool
    ) async -> ControlAnswer { notOffered }
}

@Suite("Asking a stage")
struct StageWatchTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func probe(patience limit: Duration = patience) async -> StageProbe {
        await StageWatch(.analysis, dataFolder: folder.path, patience: limit).probe()
    }

    /// Holds the stage's folder, as its process would, while `body` runs.
    private func holding(_ body: () async throws -> Void) async throws {
        let home = StageFiles.folder(.analysis, in: folder.path)
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        let lock = try StageLock(stage: .analysis, folder: home)
        try await body()
        withExtendedLifetime(lock) {}
    }

    /// A stage that answers.
    private func serving(_ condition: StageCondition, _ body: () async throws -> Void) async throws {
        let socket = ControlSocket(dataFolder: folder.path, stage: .analysis)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = ControlServer(
            socket: socket, control: IdleControl(), condition: { condition },
            events: EventLog(stage: .analysis, database: nil, logger: logger))
        try await holding {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await server.run() }
                defer { group.cancelAll() }
                try await eventually("a socket") { FileManager.default.fileExists(atPath: socket.path) }
                try await body()
            }
        }
    }

    @Test("Where no process holds the folder, nothing runs")
    func dead() async throws {
        #expect(await probe() == .notRunning)
        try await holding {}
        #expect(await probe() == .notRunning)
    }

    @Test("A process without a socket is on its way up")
    func starting() async throws {
        try await holding { #expect(await probe() == .unreachable) }
    }

    @Test("A condition arrives as it was said")
    func answered() async throws {
        let condition = StageCondition(
            stage: .analysis, activities: [.analysing],
            troubles: [
                .diskNearlyFull(freePercent: 7), .diskFull, .modelRefused(file: "chest.onnx"), .clockUntrusted,
                .destinationUnreachable(name: "hub", isHub: true, seconds: 720, waiting: 340),
                .objectsRefused(destination: "pacs", count: 2), .partOverdue(.inference, seconds: 61),
            ],
            summary: "Аналіз")
        try await serving(condition) {
            try await eventually("an answer") { await probe() == .answered(condition) }
        }
    }

    @Test("A process that is stopped, so that only the kernel takes the question, hangs")
    func stopped() async throws {
        let socket = ControlSocket(dataFolder: folder.path, stage: .analysis)
        try await holding {
            // Listens and accepts nobody.
            let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.autoRead, value: false)
                .bind(unixDomainSocketPath: socket.path).get()
            #expect(await probe(patience: .milliseconds(50)) == .silent)
            try await listener.close()
            #expect(await probe() == .unreachable, "nobody listens any more")
        }
    }
}
