/// What a control socket takes, so that nobody who may connect can use the stage up.
public enum ControlLimits {
    /// Of a request's line, in bytes: ``numbers`` of ten digits with their commas, and as much again.
    public static let lineBytes = 32 * 1024
    /// Parcels or objects that one request may name. More parcels are better named by their state.
    public static let numbers = 1000
    /// Of a destination's or an account's name, in bytes; real ones are shorter.
    public static let nameBytes = 256
    /// For how long the board shows a state that somebody wants to see. No longer than an update may take: who asked
    /// may never come back, and a lamp must not lie for ever.
    public static let shownSeconds = 1...3600
    /// People and scripts that ask at the same time.
    static let connections = 16
    /// How long a client may take to send a request, or to take an answer.
    static let patienceSeconds: Int64 = 10
    /// How long one that is refused may stay connected.
    static let refusedSeconds: Int64 = 1
    /// How long a client waits for the next line of an answer; a step takes milliseconds, but disks do stall.
    static let answerSeconds: Int64 = 120
    /// Parcels that an answer names.
    static let named = 5
    /// Between two lines that tell of progress.
    static let progressInterval = Duration.milliseconds(200)
}
