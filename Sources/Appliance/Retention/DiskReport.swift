import Spool

/// What intake shows of its disk.
public struct DiskReport: Codable, Sendable, Equatable {
    static let gauge = "disk"

    public var space: DiskSpace
    /// At the rate of the last hour; nil where it does not fill or too little is known.
    public var hoursUntilFull: Double?
    /// Modalities are told to come back later.
    public var refuses: Bool
}
