import CSystemd

/// The service manager that started this process, as far as there is one (sd_notify(3), sd_watchdog_enabled(3)).
public struct ServiceManager: Sendable {
    /// What it is told.
    public enum Notification: Sendable, Equatable {
        /// The service does what it is there for.
        case ready
        /// For a person: shown by `systemctl status`.
        case status(String)
        /// The service has begun to end.
        case stopping
        /// All parts have moved.
        case watchdog

        /// A line of a status may be so long, in bytes; `systemctl` shows one line of a terminal.
        static let longestStatus = 480

        private static func line(_ words: String) -> String {
            var line = ""
            for scalar in words.unicodeScalars {
                let character = scalar.value < 0x20 ? " " : Character(scalar)
                guard line.utf8.count + character.utf8.count <= longestStatus else { break }
                line.append(character)
            }
            return line
        }

        /// As it is sent.
        var message: String {
            switch self {
            case .ready: "READY=1"
            // A line feed would begin another assignment, and a name from outside could hold one.
            case .status(let words):
                "STATUS=" + Self.line(words)
            case .stopping: "STOPPING=1"
            case .watchdog: "WATCHDOG=1"
            }
        }
    }

    /// The ports that it opened for this process.
    public let sockets: [ListeningSocket]
    /// Within which it wants to hear of the watchdog; nil where it does not watch.
    public let watchdogInterval: Duration?
    private let send: @Sendable (String) -> Void

    /// - Parameter send: takes what sd_notify(3) would.
    public init(
        watchdogInterval: Duration?, sockets: [ListeningSocket] = [], send: @escaping @Sendable (String) -> Void
    ) {
        self.watchdogInterval = watchdogInterval
        self.sockets = sockets
        self.send = send
    }

    /// That of this process, by its environment. Without one nothing is told to anybody.
    public static func ofThisProcess() -> ServiceManager {
        var microseconds: UInt64 = 0
        let isWatched = sd_watchdog_enabled(0, &microseconds) > 0
        return ServiceManager(
            watchdogInterval: isWatched ? .microseconds(Int64(clamping: microseconds)) : nil,
            sockets: ListeningSocket.handedOver()
        ) {
            // Fails where the manager is gone, of which nobody here could make anything.
            _ = sd_notify(0, $0)
        }
    }

    public func notify(_ notification: Notification) { send(notification.message) }
}
