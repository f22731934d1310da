import DICOM
import Records

/// A hub's answer to one store request: the HTTP status and, if the body could be read, what it says of each object.
struct STOWAnswer: Sendable {
    var status: UInt
    var response: STOWResponse?
    /// The body is a page about certificates: nginx says 400 where a client's certificate is missing or not trusted.
    var complainsOfCertificate = false
    /// How long the hub asks to be left alone.
    var retryAfter: Duration?
}

/// What an answer means. Pure: the same answer always means the same.
///
/// The objects' own statements go before the HTTP status: Orthanc answers 400 for one bad object among good ones that
/// it has stored, leaves out of its answer an object that it cannot parse, and 202 covers anything (PS3.18 table
/// 10.5.3-1).
enum STOWJudgement {
    enum Verdict: Equatable {
        case outcome(DeliveryOutcome)
        /// The answer does not say which of several objects it means: each is tried in a request of its own.
        case tryAlone
    }

    static func verdict(of sopInstanceUID: UID, sentAlone: Bool, answer: STOWAnswer) -> Verdict {
        switch answer.response?.statements[sopInstanceUID] {
        case .stored:
            return .outcome(.delivered)
        case .failed(let reason):
            return .outcome(outcome(ofReason: reason))
        case .contradictory:
            return .outcome(.retry("the hub says both that it stored the object and that it did not"))
        case nil:
            let unnamed = answer.response?.unnamedFailures ?? []
            guard sentAlone else {
                let mayBeOneOfThem = !answer.complainsOfCertificate && blamesTheRequest(answer.status)
                return mayBeOneOfThem || !unnamed.isEmpty ? .tryAlone : .outcome(outcome(ofStatus: answer))
            }
            return .outcome(unnamed.first.map { outcome(ofReason: $0) } ?? outcome(ofStatus: answer))
        }
    }

    /// The outcome of what is not sent any more, or nil where the next request may fare better than this one.
    static func reasonToStop(_ answer: STOWAnswer) -> DeliveryOutcome? {
        if !answer.complainsOfCertificate, (200..<300).contains(answer.status) || blamesTheRequest(answer.status) {
            return nil
        }
        let outcome = outcome(ofStatus: answer)
        if case .unavailable = outcome { return outcome }
        return nil
    }

    /// Statuses that one object can bring upon a whole request. 500 belongs here: one that a hub stumbles over must not
    /// hold up the others that happen to travel with it.
    private static func blamesTheRequest(_ status: UInt) -> Bool {
        [400, 409, 413, 415, 422, 500].contains(status)
    }

    /// Failure Reasons: PS3.18 table I.2-2, PS3.4 table B.2-1, PS3.7 annex C.
    private static func outcome(ofReason reason: UInt16?) -> DeliveryOutcome {
        guard let reason else { return .retry("the hub did not store the object and gives no reason") }
        let code = "failure reason \(reason.hexadecimal)"
        switch reason {
        case 0xA900...0xA9FF: return .refused("the hub says that the data set does not match its SOP class (\(code))")
        case 0xC122: return .refused("the hub does not take the object's transfer syntax (\(code))")
        case 0xC000...0xCFFF: return .refused("the hub cannot understand the object (\(code))")
        case 0x0122: return .refused("the hub does not take objects of this SOP class (\(code))")
        case 0x0106, 0x0117: return .refused("the hub calls the object invalid (\(code))")
        // "Already registered" (PS3.7 annex C) is a word about the UID, not about these bytes: the hub did not take
        // them, and what it has may be another object. Had it been stored by an earlier attempt whose answer was lost,
        // nothing is lost by saying so; had it not, calling it delivered would let the only copy be given up. B00E is
        // 45070, which Azure's DICOM service gives for a UID that it has.
        case 0x0111, 0xB00E:
            return .refused("the hub already has an object with this UID (\(code)); compare the two")
        case 0xA700...0xA7FF: return .retry("the hub is out of resources (\(code))")
        case 0x0124: return .retry("the hub does not permit the appliance to store (\(code)); check its permissions")
        case 0x0110: return .retry("the hub failed while it processed the object (\(code))")
        default: return .retry("the hub did not store the object (\(code))")
        }
    }

    private static func outcome(ofStatus answer: STOWAnswer) -> DeliveryOutcome {
        let status = answer.status
        if answer.complainsOfCertificate || status == 495 || status == 496 {
            return .unavailable(
                "the hub does not accept the appliance's client certificate (HTTP \(status)); check that it has not"
                    + " expired and comes from an authority that the hub trusts")
        }
        switch status {
        case 200..<300:
            return .retry("the hub answered HTTP \(status) without saying that it stored the object")
        case 400, 409, 413, 415, 422:
            return .refused("the hub refused the object (HTTP \(status)\(words(for: status)))")
        case 401, 403, 407:
            return .unavailable(
                "the hub does not permit the appliance to store (HTTP \(status)); check the client certificate and the"
                    + " appliance's permissions at the hub")
        case 300..<400, 404, 405, 406, 410:
            return .unavailable(
                "the hub has no store service at this URL (HTTP \(status)); check the destination's url")
        case 507:
            return .unavailable("the hub is out of resources (HTTP 507)")
        // One object may be all that it stumbles over.
        case 500:
            return .retry("the hub failed while it processed the object (HTTP 500)")
        case 429, 503:
            return .unavailable("the hub cannot store at the moment (HTTP \(status))", retryAfter: answer.retryAfter)
        default:
            return .unavailable("the hub cannot store at the moment (HTTP \(status))")
        }
    }

    private static func words(for status: UInt) -> String {
        switch status {
        case 413: ": it is larger than the hub allows"
        case 415: ": the hub does not take its format"
        default: ""
        }
    }
}
