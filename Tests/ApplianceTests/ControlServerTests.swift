import Foundation
import NIOPosix
import Records
import Spool
import Synchronization
import Testing
import TestSupport

@testable import Appliance

@Suite("The courier's control socket", .serialized)
struct ControlServerTests {
    @Test("An act over many parcels goes step by step to its end, once, and tells how far it has come")
    func many() async throws {
        let harness = try ControlHarness(parcels: 5500)
        try await harness.serving {
            var told: [Int] = []
            let answer = try await harness.change(.hold) { told.append($0) }
            #expect(answer == .done(changed: 5500, first: [1, 2, 3, 4, 5]))
            #expect(told == told.sorted())
            #expect(try harness.queue().held == 5500)
            // What is released can be held again, and what is retried retried: it ends all the same.
            _ = try await harness.change(.drop)
            #expect(
                try await harness.change(.retry, ParcelSelection(states: [.dropped, .waiting]))
                    == .done(changed: 5500, first: [1, 2, 3, 4, 5]))
            #expect(try harness.queue().waiting == 5500)
        }
    }

    @Test("Numbers, states and destinations each narrow what is meant")
    func selection() async throws {
        let harness = try ControlHarness(parcels: 2500)
        try await harness.serving {
            let numbers: [Parcel.ID] = [2500, 7, 99_999, 1300]
            #expect(
                try await harness.change(.hold, ParcelSelection(ids: numbers))
                    == .done(changed: 3, first: [7, 1300, 2500]))
            #expect(
                try await harness.change(.drop, ParcelSelection(states: [.held], ids: [7, 8]))
                    == .done(changed: 1, first: [7]))
            #expect(
                try await harness.change(.drop, ParcelSelection(destination: "hub")) == .done(changed: 0, first: []))
            let queue = try harness.queue()
            #expect(queue.queued == 2497)
            #expect(queue.held == 2)
            #expect(queue.dropped == 1)
        }
    }

    @Test("A held queue gives nothing out until it is released; an unknown one is refused")
    func wholeQueue() async throws {
        let harness = try ControlHarness(parcels: 0)
        try await harness.serving {
            _ = try await harness.client.ask(.holdQueue(destination: "pacs"))
            #expect(try harness.queue().isHeld, "also before the first parcel")
            try harness.enqueue(1)
            #expect(try harness.queue().isHeld)
            #expect(try harness.spool.take(for: "pacs", limit: 1, at: .zero).isEmpty)
            _ = try await harness.client.ask(.releaseQueue(destination: "pacs"))
            #expect(try harness.spool.take(for: "pacs", limit: 1, at: .zero).count == 1)
            await #expect(throws: ControlError.self) {
                _ = try await harness.client.ask(.holdQueue(destination: "nowhere"))
            }
        }
    }

    @Test("Two who ask at once change each parcel once")
    func twoClients() async throws {
        let harness = try ControlHarness(parcels: 4000)
        try await harness.serving {
            async let one = harness.change(.hold)
            async let two = harness.change(.hold)
            let changed = try await [one, two].reduce(0) { sum, answer in
                guard case .done(let changed, _) = answer else { return sum }
                return sum + changed
            }
            #expect(changed == 4000)
            #expect(try harness.queue().held == 4000)
        }
    }

    @Test("A stop in the middle of an act is answered, with how much was done")
    func stop() async throws {
        let harness = try ControlHarness(parcels: 20_000)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await harness.server.run() }
            do {
                try await eventually("a listening server") { (try? await harness.client.ask(.pauses)) != nil }
                // Where the act is faster than the stop there is nothing to refuse.
                var changed = 20_000
                do throws(ControlError) {
                    _ = try await harness.change(.hold) { _ in group.cancelAll() }
                } catch {
                    guard case .refused(let reason, let before) = error else { throw error }
                    #expect(reason.contains("stopped"))
                    changed = before
                }
                #expect(try harness.queue().held == changed)
            } catch {
                Issue.record(error)
            }
            group.cancelAll()
        }
        #expect(!FileManager.default.fileExists(atPath: harness.socketPath))
    }

    @Test("Who asked stands in the audit log as the kernel says it, and whom sudo acted for as the client says it")
    func account() async throws {
        let harness = try ControlHarness(parcels: 3)
        // Whatever the client takes itself for, the kernel knows better.
        let claim = Account(userID: 65534, sudoUser: "technician\nroot")
        let client = ControlClient(
            dataFolder: harness.folder.file("data").path, stage: .courier, account: claim)
        try await harness.serving {
            _ = try await client.ask(.change(act: .hold, parcels: ParcelSelection()))
            let nobody = ControlClient(
                dataFolder: harness.folder.file("data").path, stage: .courier, account: Account(userID: 0))
            _ = try await nobody.ask(.change(act: .release, parcels: ParcelSelection()))
        }
        let account = try Tool.run("id", ["-un"]).text.trimmingCharacters(in: .whitespacesAndNewlines)
        let rows = try AuditedRow.all(of: .courier, in: harness.server.socket.folder)
        let held = [String](repeating: "queueHeld", count: 3)
        #expect(rows.compactMap { $0["kind"] } == held + [String](repeating: "queueReleased", count: 3))
        #expect(rows.allSatisfy { $0["account"] == account })
        let claims = [String?](repeating: "technician?root", count: 3) + [nil, nil, nil]
        #expect(rows.map { $0["sudoUser"] } == claims)
    }

    @Test("A stage does for those who ask what is its own, and says so of the rest")
    func otherStage() async throws {
        let harness = try ControlHarness(parcels: 1)
        try await harness.serving {
            await #expect(throws: ControlError.refused(reason: "this is nothing that this stage does", changed: 0)) {
                _ = try await harness.client.ask(.audit(act: .exported(sequence: 1)))
            }
        }
        let folder = try TemporaryFolder()
        let spool = try AnalysisSpool(folder: folder.path)
        let time = KeptClock(floor: nil, database: nil) { ClockReading.system() }
        let control = ObjectControl(store: spool.instances, time: time)
        for request in [ControlRequest.pauses, .holdQueue(destination: "pacs"), .audit(act: .exported(sequence: 1))] {
            guard case .failed = await control.answer(request, of: .current, progress: { _ in true }) else {
                Issue.record("\(request) was done")
                continue
            }
        }
        #expect(try AuditedRow.all(of: .analysis, in: folder.path).isEmpty)
    }

    /// Only one who may become somebody else can try it, and only where that one may enter the temporary folder.
    static let hasOtherAccount: Bool = {
        let script = "import os, sys; os.setuid(65534); os.stat(sys.argv[1] + '/.')"
        guard geteuid() == 0, let folder = try? TemporaryFolder(), chmod(folder.path, 0o755) == 0 else { return false }
        return (try? Tool.run(Repository.python, ["-c", script, folder.path]).exitCode) == 0
    }()

    @Test("Another account is refused even where the files let it in", .enabled(if: hasOtherAccount))
    func otherAccount() async throws {
        let harness = try ControlHarness(parcels: 1)
        let script = """
            import os, socket, sys, time
            os.setuid(65534)
            client = socket.socket(socket.AF_UNIX)
            client.connect(sys.argv[1])
            # The refusal does not wait for the request, and the one who sends it must hear of it all the same.
            time.sleep(0.1)
            client.sendall(b'{"request":{"holdQueue":{"destination":"pacs"}}}\\n')
            print(client.recv(4096).decode())
            """
        try await harness.serving {
            #expect(chmod(harness.socketPath, 0o666) == 0)
            for folder in [harness.folder.path, harness.folder.file("data").path, harness.server.socket.folder] {
                #expect(chmod(folder, 0o755) == 0)
            }
            let result = try await Subprocess.run([Repository.python, "-c", script, harness.socketPath])
            #expect(result.output.contains("only root and the account that runs courier"), "\(result.text)")
            #expect(try !harness.queue().isHeld)
        }
    }

    @Test("The socket is its owner's alone, replaces one that a crash left, and is gone afterwards")
    func socketFile() async throws {
        let harness = try ControlHarness(parcels: 0)
        let script = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])"
        #expect(try Tool.run(Repository.python, ["-c", script, harness.socketPath]).exitCode == 0)
        try await harness.serving {
            let attributes = try FileManager.default.attributesOfItem(atPath: harness.socketPath)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let folder = try FileManager.default.attributesOfItem(atPath: harness.server.socket.folder)
            #expect(folder[.posixPermissions] as? Int == 0o700)
        }
        #expect(!FileManager.default.fileExists(atPath: harness.socketPath))
    }

    @Test("A path that no socket can have is said, and ends the server and nothing else")
    func longPath() async throws {
        let harness = try ControlHarness(parcels: 1, dataFolder: String(repeating: "d", count: 100))
        await harness.server.run()
        #expect(throws: ControlError.self) { try harness.server.socket.check() }
        await #expect(throws: ControlError.self) { _ = try await harness.client.ask(.pauses) }
        #expect(try harness.spool.take(for: "pacs", limit: 1, at: .zero).count == 1)
    }

    /// A connection that is accepted and that nobody takes any more would end the process.
    @Test("It ends in order while others connect")
    func endsWhileOthersConnect() async throws {
        let harness = try ControlHarness(parcels: 1)
        for _ in 0..<20 {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            try await harness.serving {
                for _ in 0..<16 {
                    // Nobody waits for it: the server ends meanwhile.
                    ClientBootstrap(group: group).connect(unixDomainSocketPath: harness.socketPath)
                        .whenComplete { _ in }
                }
            }
            try await group.shutdownGracefully()
        }
    }

    @Test("Without a courier the client says so")
    func notRunning() async throws {
        let folder = try TemporaryFolder()
        await #expect(throws: ControlError.notRunning(.courier)) {
            _ = try await ControlClient(dataFolder: folder.path, stage: .courier).ask(.pauses)
        }
    }

    @Test("Whatever is sent is answered with a reason or closed, and others are served all the while")
    func hostile() async throws {
        let harness = try ControlHarness(parcels: 10)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("hostile_control_client.py").path
        try await harness.serving {
            let result = try await Subprocess.run([Repository.python, script, harness.socketPath]).requireSuccess()
            #expect(result.output.contains("all answered or closed"))
            // The last of the many may not have been counted out yet.
            try await eventually("room for one more") { (try? await harness.client.ask(.pauses)) != nil }
            #expect(try await harness.change(.hold) == .done(changed: 10, first: [1, 2, 3, 4, 5]))
        }
    }
}
