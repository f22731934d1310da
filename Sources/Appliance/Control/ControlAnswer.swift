import Foundation
import Records

/// What a stage says: lines of JSON. Any number of `progress`, then one of the others.
public enum ControlAnswer: Sendable, Codable, Equatable {
    case progress(changed: Int)
    /// `first` are the numbers of the first few parcels that changed.
    case done(changed: Int, first: [Parcel.ID])
    /// By destination; those that may be asked are left out.
    case pauses(seconds: [String: Double])
    case condition(StageCondition)
    case lamps(LampReport)
    /// What is written in `reason` is a sentence for a person. `changed` parcels were changed before that.
    case failed(reason: String, changed: Int)

    /// Reads an answer's line, without its line feed.
    init(line: [UInt8]) throws { self = try JSONDecoder().decode(ControlAnswer.self, from: Data(line)) }

    /// The answer as a line, its line feed included.
    var line: [UInt8] {
        get throws { try ControlLine.encode(self) }
    }
}
