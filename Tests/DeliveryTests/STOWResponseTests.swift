import DICOM
import Foundation
import Testing

@testable import Delivery

struct STOWResponseTests {
    private let uid = UID(known: "1.2.3")

    private func response(_ json: String) throws -> STOWResponse { try STOWResponse(json: json.utf8) }

    private func item(_ uid: String, _ reason: String? = nil) -> String {
        let reason = reason.map { ",\"00081197\":{\"vr\":\"US\",\"Value\":[\($0)]}" } ?? ""
        return "{\"00081155\":{\"vr\":\"UI\",\"Value\":[\"\(uid)\"]}\(reason)}"
    }

    private func body(referenced: [String] = [], failed: [String] = [], other: [String] = []) -> String {
        func sequence(_ items: [String]) -> String { "{\"vr\":\"SQ\",\"Value\":[\(items.joined(separator: ","))]}" }
        return "{\"00081199\":\(sequence(referenced)),\"00081198\":\(sequence(failed)),\"0008119A\":\(sequence(other))}"
    }

    @Test func readsWhatOrthancWrites() throws {
        // Orthanc leaves Value out where a sequence is empty.
        let read = try response(
            "{\"00080005\":{\"Value\":[\"ISO_IR 100\"],\"vr\":\"CS\"},\"00081198\":{\"vr\":\"SQ\"},"
                + "\"00081199\":{\"Value\":["
                + item("1.2.3") + "],\"vr\":\"SQ\"}}")
        #expect(read.statements == [uid: .stored])
        #expect(read.unnamedFailures.isEmpty)
    }

    @Test func tellsFailuresApart() throws {
        let read = try response(
            body(
                referenced: [item("1.1"), item("1.4")],
                failed: [item("1.2", "43264"), item("1.3"), item("1.4", "272"), "{\"00081197\":{\"Value\":[290]}}"],
                other: ["{\"00081197\":{\"vr\":\"US\",\"Value\":[\"49152\"]}}"]))
        #expect(
            read.statements == [
                UID(known: "1.1"): .stored, UID(known: "1.2"): .failed(reason: 0xA900),
                UID(known: "1.3"): .failed(reason: nil), UID(known: "1.4"): .contradictory,
            ])
        #expect(read.unnamedFailures == [0x0122, 0xC000])
    }

    @Test(arguments: [
        "", "null", "[]", "7", "\"\"", "<html>", "{", "{\"00081199\":", "\u{0}\u{1}\u{2}",
        String(repeating: "[", count: 1 << 20), String(repeating: "{\"00081199\":", count: 50_000),
    ])
    func refusesWhatIsNotAnAnswer(json: String) {
        #expect(throws: STOWResponseError.unreadable) { try STOWResponse(json: json.utf8) }
    }

    @Test(arguments: [
        "{}", "{\"00081199\":null}", "{\"00081199\":[]}", "{\"00081199\":{\"Value\":null}}",
        "{\"00081199\":{\"Value\":[null,1,\"x\",[],{}]}}",
        "{\"00081199\":{\"Value\":[{\"00081155\":{\"Value\":[\"../../etc\"]}}]}}",
        "{\"00081199\":{\"Value\":[{\"00081155\":{\"Value\":[12]}}]}}",
        "{\"00081199\":{\"Value\":[{\"00081155\":{\"Value\":[\"\"]}}]}}",
    ])
    func hostileItemsSayNothing(json: String) throws {
        #expect(try response(json).statements.isEmpty)
    }

    @Test func aBrokenItemDoesNotSpoilItsNeighbours() throws {
        let read = try response(
            body(
                referenced: ["17", item("not a UID"), item("1.2.3")],
                failed: [item("1.9", "-1"), item("1.8", "70000")]))
        #expect(read.statements[uid] == .stored)
        #expect(read.statements[UID(known: "1.9")] == .failed(reason: nil))
        #expect(read.statements[UID(known: "1.8")] == .failed(reason: nil))
    }

    @Test func aManyItemsAnswerIsReadInBoundedTime() throws {
        let read = try response(body(referenced: (1...8000).map { item("1.2.\($0)") }))
        #expect(read.statements.count == 8000)
    }
}

struct STOWJudgementTests {
    private let uid = UID(known: "1.2.3")

    private enum Kind { case delivered, retry, unavailable, refused, tryAlone }

    private func kind(_ answer: STOWAnswer, alone: Bool = true) -> Kind {
        switch STOWJudgement.verdict(of: uid, sentAlone: alone, answer: answer) {
        case .outcome(.delivered): .delivered
        case .outcome(.retry): .retry
        case .outcome(.unavailable): .unavailable
        case .outcome(.refused), .outcome(.unsendable): .refused
        case .tryAlone: .tryAlone
        }
    }

    private func failed(_ reason: UInt16) throws -> STOWAnswer {
        let json = "{\"00081198\":{\"Value\":[{\"00081155\":{\"Value\":[\"1.2.3\"]},"
            + "\"00081197\":{\"Value\":[\(reason)]}}]}}"
        return STOWAnswer(status: 409, response: try STOWResponse(json: json.utf8))
    }

    @Test(arguments: [0xA900, 0xA9FF, 0xC000, 0xC122, 0xCFFF, 0x0122, 0x0117, 0x0111] as [UInt16])
    func whatCannotChangeIsRefused(reason: UInt16) throws {
        #expect(kind(try failed(reason)) == .refused)
        #expect(kind(try failed(reason), alone: false) == .refused)
    }

    @Test(arguments: [0xA700, 0xA7FF, 0x0110, 0x0124, 0x0000, 0x1234] as [UInt16])
    func whatMayPassIsRetried(reason: UInt16) throws {
        #expect(kind(try failed(reason)) == .retry)
    }

    @Test(arguments: [200, 202, 500] as [UInt])
    func aStatusThatMayBeTheObjectsIsRetried(status: UInt) {
        #expect(kind(STOWAnswer(status: status)) == .retry)
    }

    @Test(arguments: [301, 401, 403, 404, 408, 425, 429, 495, 496, 502, 503, 504, 507] as [UInt])
    func aStatusThatAnyObjectWouldGetIsTheHubs(status: UInt) {
        #expect(kind(STOWAnswer(status: status)) == .unavailable)
    }

    @Test(arguments: [400, 409, 413, 415, 422] as [UInt])
    func aStatusThatBlamesTheObjectRefusesItOnlyAlone(status: UInt) {
        #expect(kind(STOWAnswer(status: status)) == .refused)
        #expect(kind(STOWAnswer(status: status), alone: false) == .tryAlone)
        #expect(kind(STOWAnswer(status: status, complainsOfCertificate: true)) == .unavailable)
        #expect(kind(STOWAnswer(status: status, complainsOfCertificate: true), alone: false) == .unavailable)
    }

    @Test func oneObjectThatUpsetsTheHubIsFound() {
        #expect(kind(STOWAnswer(status: 500), alone: false) == .tryAlone)
        #expect(kind(STOWAnswer(status: 503), alone: false) == .unavailable)
    }

    @Test func theObjectsOwnStatementGoesBeforeTheStatus() throws {
        let json = "{\"00081199\":{\"Value\":[{\"00081155\":{\"Value\":[\"1.2.3\"]}}]}}"
        #expect(kind(STOWAnswer(status: 400, response: try STOWResponse(json: json.utf8))) == .delivered)
    }

    @Test func whatHoldsForAllEndsTheBatch() {
        for status in [401, 403, 404, 429, 502, 503] as [UInt] {
            #expect(STOWJudgement.reasonToStop(STOWAnswer(status: status)) != nil, "\(status)")
        }
        for status in [200, 202, 400, 409, 413, 415, 500] as [UInt] {
            #expect(STOWJudgement.reasonToStop(STOWAnswer(status: status)) == nil, "\(status)")
        }
        #expect(STOWJudgement.reasonToStop(STOWAnswer(status: 400, complainsOfCertificate: true)) != nil)
    }
}
