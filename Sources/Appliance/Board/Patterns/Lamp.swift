/// What a lamp is for. A board has some of them, and ``health`` always.
public enum Lamp: String, Sendable, Codable, CaseIterable {
    /// Whether the box works.
    case health
    /// Whether what is to be sent can be sent: the hub and the archives.
    case hub
    /// Whether it is doing something.
    case activity
    /// Whether somebody should look at something, though the box works.
    case attention
}
