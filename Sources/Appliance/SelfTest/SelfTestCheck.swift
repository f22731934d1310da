/// One part of the self-test: looks at one thing and says what it found.
///
/// A check changes nothing that matters and works beside running stages as well as before them. It has limits of its
/// own on how long it takes; what hangs all the same is ended by whoever started the self-test.
public protocol SelfTestCheck: Sendable {
    var subject: SelfTestSubject { get }

    /// - Parameter progress: says how far a long look has come, as a share from 0 to 1.
    /// - Returns: at least one finding.
    func run(_ progress: @escaping @Sendable (Double) -> Void) async -> [SelfTestFinding]
}

/// What a check looks at. The order is that of the self-test.
public enum SelfTestSubject: String, Sendable, Codable, CaseIterable {
    case configuration, inference, spool, disk, clock, network, stages, lamps
}

/// How good something is.
public enum SelfTestVerdict: String, Sendable, Codable, Comparable, CaseIterable {
    case ok
    /// A person should look at it. Another version of the program would not do better.
    case attention
    /// This version of the program, or of the image, does not do its work on this box. A version that was started on
    /// trial is given up for it, so nothing else may ever be called that: no outage, no full disk, no wrong clock.
    case failed

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .ok: 0
        case .attention: 1
        case .failed: 2
        }
    }
}

/// Something that a check found out.
public struct SelfTestFinding: Sendable, Equatable {
    public var verdict: SelfTestVerdict
    public var statement: SelfTestStatement

    public init(_ verdict: SelfTestVerdict, _ statement: SelfTestStatement) {
        (self.verdict, self.statement) = (verdict, statement)
    }
}
