import DICOM
import Records
import Spool
import TestSupport

/// A destination and the network on the way to it: up or down, with refusals, failures that pass, and connections that
/// break before or after the object has arrived. What it has, it has for good, unless it says that it lost it.
struct SimulatedDestination {
    /// How one object fared.
    struct Transmission {
        var outcome: DeliveryOutcome
        /// The connection broke: nothing more goes over it.
        var isBroken = false
        /// The object is there although the sender does not know.
        var arrivedUnheard = false
    }

    /// What a report of a storage commitment says, as text for intake's table of reports.
    struct Report {
        var transactionUID: UID
        var committed: [Int64]
        var failed: [Int64]
    }

    let name: String
    /// Whether it offers storage commitment.
    let commits: Bool
    /// It refuses each object whose number is a multiple of it; nil: none.
    let refusesMultiplesOf: Int64?
    /// How old a parcel for it may become; nil: it never expires.
    var expiry: Duration?
    var isUp = true
    /// Nothing goes wrong but what never goes right.
    var isCalm = false
    private(set) var objects: [Int64: Digest] = [:]
    private(set) var refused: Set<Int64> = []
    /// What it has answered for by storage commitment.
    private(set) var promised: Set<Int64> = []

    /// Whether it has this object, bit for bit.
    func has(_ instance: StoredInstance) -> Bool { objects[instance.sequence] == instance.sha256 }

    mutating func receive(
        _ sequence: Int64, _ bytes: [UInt8], using chance: inout SeededGenerator
    ) -> Transmission {
        guard isUp else { return Transmission(outcome: .unavailable("no route to the host"), isBroken: true) }
        if let refusesMultiplesOf, sequence.isMultiple(of: refusesMultiplesOf) {
            refused.insert(sequence)
            return Transmission(outcome: .refused("SOP class not supported"))
        }
        switch isCalm ? .max : Int.random(in: 0..<12, using: &chance) {
        case 0: return Transmission(outcome: .retry("out of resources"))
        case 1: return Transmission(outcome: .unavailable("the connection broke"), isBroken: true)
        case 2:
            objects[sequence] = Digest(ofData: bytes)
            return Transmission(outcome: .unavailable("the connection broke"), isBroken: true, arrivedUnheard: true)
        default:
            objects[sequence] = Digest(ofData: bytes)
            return Transmission(outcome: .delivered)
        }
    }

    /// Judges what it is asked to commit to. Where it fails, it may or may not have the object still; some it leaves
    /// out.
    mutating func commit(
        _ transactionUID: UID, _ sequences: [Int64], using chance: inout SeededGenerator
    ) -> Report {
        var report = Report(transactionUID: transactionUID, committed: [], failed: [])
        for sequence in sequences {
            let luck = isCalm ? .max : Int.random(in: 0..<12, using: &chance)
            if promised.contains(sequence) || (objects[sequence] != nil && luck > 2) {
                promised.insert(sequence)
                report.committed.append(sequence)
            } else if luck != 2 {
                if luck == 0 { objects[sequence] = nil }
                report.failed.append(sequence)
            }
        }
        return report
    }
}

extension SimulatedDestination.Report {
    var text: String {
        let lists = [committed, failed].map { $0.map(String.init).joined(separator: ",") }
        return "\(transactionUID.value);\(lists[0]);\(lists[1])"
    }

    /// Nil for what no destination writes.
    init?(text: String) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        guard parts.count == 3, let uid = UID(String(parts[0])) else { return nil }
        let numbers = parts.dropFirst().map { $0.split(separator: ",").compactMap { Int64($0) } }
        self.init(transactionUID: uid, committed: numbers[0], failed: numbers[1])
    }

    func judgement(of sequence: Int64) -> CommitmentJudgement {
        if committed.contains(sequence) { return .committed }
        return failed.contains(sequence) ? .failed(reason: "no such object instance") : .unmentioned
    }
}
