import DICOM
import Foundation
import Records
import Spool
import Testing
import TestSupport

@Suite("What stages hand on")
struct StageTests {
    @Test("A late instance opens its study again and completes it a second time")
    func reopened() async throws {
        let fixture = try SpoolFixture()
        let first = try await fixture.keep([1], 1).instance
        let spool = try #require(fixture.spool)
        #expect(try spool.openStudies().map(\.newestSequence) == [first.sequence])
        try await spool.complete(study: first.studyInstanceUID, throughSequence: first.sequence, at: noon)
        #expect(try spool.openStudies().isEmpty)
        let late = try await fixture.keep([2], 2).instance
        #expect(try spool.openStudies().map(\.newestSequence) == [late.sequence])
        try await spool.complete(study: late.studyInstanceUID, throughSequence: late.sequence, at: noon)
        let reader = try #require(try IntakeReader(folder: fixture.path))
        let completions = try reader.completions(after: 0, limit: 10)
        #expect(completions.map(\.throughSequence) == [first.sequence, late.sequence])
        #expect(try reader.completions(after: completions[0].sequence, limit: 10) == [completions[1]])
    }

    @Test("A reader of a stage that never ran is told so and not failed")
    func neverRan() throws {
        let folder = try TemporaryFolder()
        #expect(try IntakeReader(folder: folder.url.path) == nil)
        #expect(try AnalysisReader(folder: folder.url.path) == nil)
        #expect(try CourierReader(folder: folder.url.path) == nil)
    }

    @Test("An outcome is written once however often it is repeated")
    func outcomes() async throws {
        let fixture = try SpoolFixture()
        let instance = try await fixture.keep([1], 1).instance
        let folder = try TemporaryFolder()
        let analysis = try AnalysisSpool(folder: folder.url.path)
        #expect(try !analysis.hasOutcome(instance))
        let outcome = AnalysisOutcome(
            instance: instance, state: .notAnalysed, reason: "no model", model: nil, findings: [], results: [])
        try await analysis.record(outcome, of: instance, at: noon)
        try await analysis.record(outcome, of: instance, at: noon)
        #expect(try analysis.hasOutcome(instance))
        let reader = try #require(try AnalysisReader(folder: folder.url.path))
        #expect(try reader.outcomes(ofStudy: instance.studyInstanceUID) == [outcome])
        #expect(try reader.database.counters() == ["notAnalysed": 1])
    }

    @Test("Attempts at an image are counted over restarts, until it has an outcome")
    func attempts() async throws {
        let fixture = try SpoolFixture()
        let instance = try await fixture.keep([1], 1).instance
        let folder = try TemporaryFolder()
        for number in 1...3 {
            let analysis = try ProcessStart.paused { try AnalysisSpool(folder: folder.url.path) }
            #expect(try analysis.beginAttempt(instance) == number)
        }
<<<<<<< HEAD
        let analysis = try AnalysisSpool(folder: folder.url.path)
        try await analysis.record(AnalysisOutcome(
            instance: instance, state: .notAnalysed, reason: "no model", model: nil, findings: [], results: []),
            of: instance, at: noon)
        #expect(try analysis.beginAttempt(instance) == 1)
    }
}
=======
        let analysis = try ProcessStart.paused { try AnalysisSpool(folder: folder.url.path) }
        try analysis.record(AnalysisOutcome(
            instance: instance, state: .notAnalysed, reason: "no model", model: nil, findings: [], results: []))
        #expect(try analysis.beginAttempt(instance) == 1)
    }
}

@Suite("The courier's queues")
struct CourierSpoolTests {
    private func instances(_ count: Int) async throws -> [StoredInstance] {
        let fixture = try SpoolFixture()
        for number in 1...count { try await fixture.keep([UInt8(number)], number) }
        return try fixture.store.reader.instances(after: 0, limit: count)
    }

    @Test("Queueing moves the cursor with it, and twice is once")
    func enqueue() async throws {
        let folder = try TemporaryFolder()
        let spool = try CourierSpool(folder: folder.url.path)
        let objects = try await instances(3)
        try spool.enqueue(objects, of: .intake, for: ["pacs", "hub"])
        try spool.enqueue(objects, of: .intake, for: ["pacs", "hub"])
        #expect(try spool.cursor(of: .intake) == 3)
        #expect(try spool.cursor(of: .analysis) == 0)
        #expect(try spool.next(for: "pacs", limit: 10).map(\.sequence) == [1, 2, 3])
        #expect(try spool.next(for: "hub", limit: 2).count == 2)
    }

    @Test("Results go before images, and what keeps failing goes behind what is new")
    func order() async throws {
        let folder = try TemporaryFolder()
        let spool = try CourierSpool(folder: folder.url.path)
        let objects = try await instances(3)
        try spool.enqueue(Array(objects[..<2]), of: .intake, for: ["pacs"])
        try spool.enqueue(Array(objects[2...]), of: .analysis, for: ["pacs"])
        let first = try spool.next(for: "pacs", limit: 10)
        #expect(first.map(\.stage) == [.analysis, .intake, .intake])
        try spool.markSending([first[0]])
        try spool.finish(first[0].id, .waiting, error: "nobody answers")
        #expect(try spool.next(for: "pacs", limit: 10).map(\.stage) == [.intake, .intake, .analysis])
    }

    @Test("What was in flight at a crash is tried again; delivered and refused are not")
    func crash() async throws {
        let folder = try TemporaryFolder()
        var spool: CourierSpool? = try CourierSpool(folder: folder.url.path)
        try spool?.enqueue(try await instances(3), of: .intake, for: ["pacs"])
        let parcels = try #require(try spool?.next(for: "pacs", limit: 3))
        try spool?.markSending(parcels)
        try spool?.finish(parcels[0].id, .delivered, error: nil)
        try spool?.finish(parcels[1].id, .refused, error: "wrong class")
        spool = nil
        let reopened = try ProcessStart.paused { try CourierSpool(folder: folder.url.path) }
        #expect(try reopened.next(for: "pacs", limit: 3).map(\.id) == [parcels[2].id])
        let queue = try #require(try CourierReader(folder: folder.url.path)?.queues().first)
        #expect(queue.delivered == 1)
        #expect(queue.refused == 1)
        #expect(queue.pending == 1)
        #expect(queue.lastError == "wrong class")
    }
}
>>>>>>> a737506ae8dde4e7e794e921ed391ae34bdda1a2
