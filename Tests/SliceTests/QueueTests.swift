import Foundation
import Testing
import TestSupport

/// `outpost queue` with the whole program and a real PACS.
@Suite("Queues in the hands of people", .serialized)
struct QueueTests {
    /// The part of `outpost queue show --json` that these tests look at.
    private struct Shown: Decodable {
        var id: Int
        var state: String
        var sopInstanceUID: String
        var bytes: Int
        var lastError: String?
    }

    /// The part of a line of `outpost audit export`.
    private struct AuditLine: Decodable {
        struct Event: Decodable {
            var kind: String
            var account: String?
            var destination: String?
            var sequence: Int?
        }
        var event: Event
    }

    @Test("What a PACS refuses is shown with its reason, and arrives when the cause is mended and it is retried")
    func refusedThenRetried() async throws {
        let port = try freePort()
        let site = try await Site(pacsPort: port)
        let received = site.folder.file("received")
        try FileManager.default.createDirectory(at: received, withIntermediateDirectories: true)
        let refusing = try Subprocess.refusingPACS(in: site.folder, port: port)
        let intake = try site.start("intake")
        let courier = try site.start("courier")
        try await site.listening()
        let file = try await Repository.pydicomFiles().appendingPathComponent("CT_small.dcm")
        try await site.send([file]).requireSuccess()

        let refused = try await eventually("a refused parcel", within: patience * 3) {
            try await shown(site, ["--destination", "pacs", "--state", "refused"])
        }
        #expect(refused.count == 1)
        #expect(refused[0].lastError != nil)
        #expect(refused[0].sopInstanceUID == "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322")
        #expect(refused[0].bytes > 30_000)
        let table = try await site.run(["queue", "show", "--state", "refused"]).requireSuccess().output
        #expect(table.contains("1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322"))

        try await refusing.stop()
        let mended = try Subprocess(["storescp", "-od", received.path, "\(port)"])
        try await eventually("an answer of storescp") {
            try await Subprocess.run(["echoscu", "127.0.0.1", "\(port)"]).status == 0
        }
        let retried = try await site.run(["queue", "retry", "--state", "refused"]).requireSuccess()
        #expect(retried.output.hasPrefix("retried 1 parcel"))
        try await eventually("the object", within: patience * 3) {
            try FileManager.default.contentsOfDirectory(atPath: received.path).count == 1
        }
        try await eventually("the end of the parcel") {
            try await shown(site, ["\(refused[0].id)"]).map(\.state) == ["delivered"]
        }
        for program in [courier, intake, mended] { try await program.stop() }
        try await site.stop()
    }

    @Test("What is held stays while others arrive, and arrives when released; what is dropped never does")
    func holdReleaseDrop() async throws {
        let site = try await Site()
        let intake = try site.start("intake")
        let courier = try site.start("courier")
        try await site.listening()
        try await eventually("a courier that listens") {
            try await site.run(["queue", "hold", "--destination", "pacs"]).status == 0
        }
        let files = try await Repository.pydicomFiles()
        for name in ["CT_small.dcm", "MR_small.dcm", "rtplan.dcm"] {
            try await site.send([files.appendingPathComponent(name)]).requireSuccess()
        }
        var parcels: [Shown] = []
        try await eventually("three parcels", within: patience * 3) {
            parcels = try await shown(site, ["--destination", "pacs"])
            return parcels.count == 3
        }
        #expect(parcels.map(\.state) == ["queued", "queued", "queued"])
        let (kept, dropped, sent) = (parcels[0], parcels[1], parcels[2])
        try await site.run(["queue", "hold", "\(kept.id)"]).requireSuccess()
        let unasked = try await site.run(["queue", "drop", "\(dropped.id)"])
        #expect(unasked.status == 64, "nobody could be asked: \(unasked.text)")
        #expect(try await shown(site, ["\(dropped.id)"]).map(\.state) == ["queued"])
        #expect(try await typing("2", site, ["queue", "drop", "\(dropped.id)"]).status == 1, "another number")
        #expect(try await shown(site, ["\(dropped.id)"]).map(\.state) == ["queued"])
        let asked = try await typing("1", site, ["queue", "drop", "\(dropped.id)"]).requireSuccess()
        #expect(asked.errors.contains("pacs would not get 1 object"), "\(asked.text)")
        #expect(try await site.run(["queue", "hold"]).status == 64, "nothing was selected")
        try await site.run(["queue", "release", "--destination", "pacs"]).requireSuccess()
        try await eventually("the parcel that nobody keeps back", within: patience * 3) {
            try await shown(site, ["\(sent.id)"]).map(\.state) == ["delivered"]
        }
        // Both stand before it in the queue.
        #expect(try await shown(site, ["\(kept.id)", "\(dropped.id)"]).map(\.state) == ["held", "dropped"])
        #expect(try await site.pacs.instances(sopInstanceUID: kept.sopInstanceUID).isEmpty)
        let released = try await site.run(["queue", "release", "\(kept.id)", "--json"]).requireSuccess()
        #expect(released.output.filter { !$0.isWhitespace } == #"{"changed":1,"first":[\#(kept.id)]}"#)
        try await eventually("the released parcel", within: patience * 3) {
            try await shown(site, ["\(kept.id)"]).map(\.state) == ["delivered"]
        }
        #expect(try await site.pacs.instances(sopInstanceUID: kept.sopInstanceUID).count == 1)
        #expect(try await site.pacs.instances(sopInstanceUID: dropped.sopInstanceUID).isEmpty)

        try await courier.stop()
        // Without a courier there is something to see and nobody to ask.
        #expect(try await shown(site, ["\(dropped.id)"]).map(\.state) == ["dropped"])
        try await site.run(["queue", "list"]).requireSuccess()
        let refusal = try await site.run(["queue", "retry", "--all"])
        #expect(refusal.status == 69)
        #expect(refusal.errors.contains("the courier does not run"))
        let account = try await Subprocess.run(["id", "-un"]).requireSuccess().output
        let log = try await site.run(["audit", "export", "--stage", "courier"]).requireSuccess().output
        let acts = try log.split(separator: "\n").map { try JSONDecoder().decode(AuditLine.self, from: Data($0.utf8)) }
            .map(\.event).filter { $0.account != nil }
        #expect(acts.map(\.kind) == [
            "queueHeld", "queueHeld", "queueDropped", "queueReleased", "queueReleased",
        ])
        #expect(acts.allSatisfy { $0.account == account.trimmingCharacters(in: .whitespacesAndNewlines) })
        #expect(acts.allSatisfy { $0.destination == "pacs" })
        try await site.run(["audit", "verify", "--stage", "courier"]).requireSuccess()
        try await intake.stop()
        try await site.stop()
    }

    /// What `outpost` says to somebody at a terminal who types `text`.
    private func typing(_ text: String, _ site: Site, _ arguments: [String]) async throws -> Subprocess.Result {
        let script = """
            import os, pty, subprocess, sys
            person, terminal = pty.openpty()
            os.write(person, sys.argv[1].encode() + b"\\n")
            sys.exit(subprocess.run(sys.argv[2:], stdin=terminal).returncode)
            """
        return try await Subprocess.run(
            [Repository.python, "-c", script, text, Site.program] + arguments + ["--config", site.configuration.path])
    }

    private func shown(_ site: Site, _ arguments: [String]) async throws -> [Shown] {
        try await site.run(["queue", "show", "--json"] + arguments).requireSuccess().output.split(separator: "\n")
            .map { try JSONDecoder().decode(Shown.self, from: Data($0.utf8)) }
    }
}
