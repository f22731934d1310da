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
        let analysis = try AnalysisSpool(folder: folder.url.path)
        try await analysis.record(AnalysisOutcome(
            instance: instance, state: .notAnalysed, reason: "no model", model: nil, findings: [], results: []),
            of: instance, at: noon)
        #expect(try analysis.beginAttempt(instance) == 1)
    }
}
