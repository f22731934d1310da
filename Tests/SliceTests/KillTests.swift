import Foundation
import Spool
import Testing
import TestSupport

@Suite("Killed and started again", .serialized)
struct KillTests {
    @Test("Each unit is killed once in the middle of its work and goes on where it was; nothing acknowledged is lost")
    func killEach() async throws {
        let site = try await Site()
        var units: [String: Subprocess] = [:]
        for unit in ["intake", "analysis", "courier", "board"] { units[unit] = try site.start(unit) }
        try await site.listening()

        // Intake, while it receives: what had no success is sent again, as modalities do.
        var acknowledged: [URL] = []
        for seed in 31...34 {
            let file = try await site.phantom(seed: seed, nodule: seed % 2 == 0)
            if seed == 32 {
                let sending = try Subprocess(
                    ["storescu", "-aec", "OUTPOST", "127.0.0.1", "\(site.port)", file.path])
                units["intake"]?.send(SIGKILL)
                try await eventually("the end of the sender") { !sending.isRunning }
                try await eventually("the end of intake") { units["intake"]?.isRunning == false }
                units["intake"] = try site.start("intake")
                try await site.listening()
            }
            try await site.send([file]).requireSuccess()
            acknowledged.append(file)
        }

        // Analysis and the courier, as soon as each has begun.
        for unit in ["analysis", "courier"] {
            units[unit]?.send(SIGKILL)
            try await eventually("the end of \(unit)") { units[unit]?.isRunning == false }
            let down = try await site.status()
            #expect(down.units.first { $0.stage == unit }?.running == false)
            units[unit] = try site.start(unit)
        }

        let status = try await site.settled(instances: 4)
        #expect(status.studies.count == 4)
        #expect(status.studies.allSatisfy { $0.analysed == 1 })
        for destination in ["pacs", "hub"] {
            #expect(try status.queue(destination).delivered == 12)
            #expect(try status.queue(destination).refused == 0)
        }
        for archive in [site.pacs, site.hub] {
            let modalities = try await site.modalities(in: archive)
            #expect(modalities.filter { $0 == "DX" }.count == 4)
            #expect(modalities.filter { $0 == "SR" }.count == 4)
            #expect(modalities.filter { $0 == "OT" }.count == 4)
        }
        for unit in units.values { try await unit.stop() }
        try await site.stop()
    }

    @Test("An image that ended the analysis again and again is set aside, and the next one is looked at")
    func poison() async throws {
        let site = try await Site()
        let intake = try site.start("intake")
        try await site.listening()
        try await site.send([try await site.phantom(seed: 35), try await site.phantom(seed: 36)]).requireSuccess()
        let data = site.folder.file("data").path
        let reader = try #require(try IntakeReader(folder: StageFiles.folder(.intake, in: data)))
        let first = try await eventually("the first row") { try reader.instances.instances(after: 0, limit: 1) }[0]
        // What three crashes in the middle of the first image leave behind.
        for _ in 1...3 {
            _ = try AnalysisSpool(folder: StageFiles.folder(.analysis, in: data)).beginAttempt(first)
        }
        let others = [try site.start("analysis"), try site.start("courier")]
        let status = try await site.settled(instances: 2)
        #expect(status.studies.flatMap(\.notAnalysed).map(\.reason).count { $0.contains("set aside") } == 1)
        #expect(status.studies.reduce(0) { $0 + $1.analysed } == 1)
        for unit in others + [intake] { try await unit.stop() }
        try await site.stop()
    }

    @Test("A hub that goes away is waited for, and the PACS does not wait with it")
    func outage() async throws {
        let site = try await Site()
        try await site.hub.stop()
        let outpost = try site.start()
        try await site.listening()
        try await site.send([try await site.phantom(seed: 41)]).requireSuccess()
        try await eventually("delivery to the PACS and a hub that is waited for") {
            let status = try await site.status()
            return try status.queue("pacs").delivered == 3 && status.queue("hub").waiting > 0
        }
        let hub = try await PeerProgram.hub(site.folder.file("hub"))
        let status = try await site.settled(instances: 1)
        #expect(try status.queue("hub").delivered == 3)
        #expect(try await site.modalities(in: hub).sorted() == ["DX", "OT", "SR"])
        try await outpost.stop()
        try await hub.stop()
        try await site.pacs.stop()
    }
}
