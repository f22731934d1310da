import Appliance
import Records
import Spool

/// Cuts what comes over the courier's control socket into lines, in pieces of the length in the first byte, and reads
/// each as a request. What is taken keeps to the limits and comes back the same after encoding.
func fuzzControl(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let setting = input.first else { return 0 }
    let inPieces = requests(input.dropFirst(), pieceLength: Int(setting) + 1)
    let atOnce = requests(input.dropFirst(), pieceLength: max(1, input.count))
    precondition(inPieces == atOnce, "the pieces in which requests come change them")
    for request in inPieces {
        switch request.request {
        case .change(_, let parcels):
            precondition(parcels.ids.count <= ControlLimits.numbers, "a request names too many parcels")
        case .audit(.found(_, let sequences)):
            precondition(sequences.count <= ControlLimits.numbers, "a request names too many objects")
        case .showState(_, let seconds):
            precondition(ControlLimits.shownSeconds.contains(seconds), "a state is to be shown for too long")
        case .audit(.exported), .audit(.configured), .holdQueue, .releaseQueue, .pauses, .condition, .identify, .lamps:
            break
        }
        guard let line = try? request.line, line.last == UInt8(ascii: "\n") else {
            preconditionFailure("a request cannot be written")
        }
        // A destination of characters that JSON escapes is longer as a line than it was.
        guard line.count <= ControlLimits.lineBytes else { continue }
        precondition((try? ControlMessage(line: line.dropLast())) == request, "a request reads as something else")
    }
    return 0
}

/// The requests up to the first that cannot be taken.
private func requests(_ bytes: ArraySlice<UInt8>, pieceLength: Int) -> [ControlMessage] {
    var reader = ControlLineReader()
    var requests: [ControlMessage] = []
    var rest = bytes
    do throws(ControlRequestError) {
        while !rest.isEmpty {
            reader.append(rest.prefix(pieceLength))
            rest = rest.dropFirst(pieceLength)
            while let line = try reader.next() { requests.append(try ControlMessage(line: line)) }
        }
    } catch {
        // The connection ends here.
    }
    return requests
}

extension Seeds {
    static func controls() -> [[UInt8]] {
        let requests: [ControlRequest] = [
            .pauses, .condition, .holdQueue(destination: "pacs"), .releaseQueue(destination: "клініка"),
            .change(act: .retry, parcels: ParcelSelection()),
            .change(act: .hold, parcels: ParcelSelection(destination: "pacs")),
            .change(act: .release, parcels: ParcelSelection(states: Parcel.State.allCases)),
            .change(act: .drop, parcels: ParcelSelection(destination: "hub", states: [.refused], ids: [1, 2, .max])),
            .audit(act: .exported(sequence: 7)),
            .audit(act: .found(fault: .contradictory, sequences: [1, .max])),
            .audit(act: .configured(sha256: Digest(ofData: []), from: .bootPartition)),
            .showState(.updating, seconds: 60), .identify, .lamps,
        ]
        let lines = (requests.map { ControlMessage($0) } + [ControlMessage(.pauses, sudoUser: "technician")])
            .compactMap { try? $0.line }
        return lines.map { [3] + $0 } + [[200] + Array(lines.joined())]
    }
}
