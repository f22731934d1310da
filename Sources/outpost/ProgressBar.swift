import Foundation

/// Shows on standard error how far a long task has come: a bar on a terminal, a plain line now and then elsewhere, and
/// nothing at all where the task is over at once.
struct ProgressBar {
    /// What standard error is.
    enum Output {
        case terminal, plain

        static var standardError: Output { isatty(STDERR_FILENO) == 1 ? .terminal : .plain }

        /// Between two lines. The first one waits as long, so that short tasks show none.
        var interval: Duration { self == .terminal ? .milliseconds(200) : .seconds(10) }
    }

    static let barCharacters = 30

    private let title: String
    private let unit: String
    var total: Int64
    private let output: Output
    private let start = ContinuousClock.now
    private var shown: ContinuousClock.Instant
    private var isOpen = false

    /// - Parameters:
    ///   - title: what is being done.
    ///   - unit: what is counted, in the plural.
    ///   - total: how many there are; 0 where nobody knows.
    init(_ title: String, unit: String, total: Int64, output: Output = .standardError) {
        self.title = title
        self.unit = unit
        self.total = total
        self.output = output
        shown = start
    }

    /// Says that `done` are done; shows it if the last time is long enough ago.
    mutating func update(_ done: Int64) {
        let now = ContinuousClock.now
        guard now - shown >= output.interval else { return }
        shown = now
        let text = line(done, after: now - start)
        switch output {
        // Back to the line's beginning, and cleared to its end.
        case .terminal: write("\r\u{1B}[K" + text)
        case .plain: write(text + "\n")
        }
        isOpen = output == .terminal
    }

    /// Takes the bar away, for what follows.
    mutating func finish() {
        if isOpen { write("\r\u{1B}[K") }
        isOpen = false
    }

    /// What is shown after `elapsed`: bar, numbers, rate and remaining time.
    func line(_ done: Int64, after elapsed: Duration) -> String {
        let seconds = max(Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18, 0.001)
        // Far above any real one, and fit for an integer.
        let rate = min(Double(done) / seconds, 1e15)
        guard total > 0 else { return "\(title)  \(done) \(unit)  \(Int(rate))/s" }
        // What grows while it is looked at may be more in the end than it was in the beginning.
        let share = min(Double(done) / Double(total), 1)
        let filled = Int(share * Double(Self.barCharacters))
        let bar = output == .terminal
            ? " [" + String(repeating: "#", count: filled) + String(repeating: ".", count: Self.barCharacters - filled)
                + "]" : ""
        let remaining = rate > 0 && done < total ? "  \(Self.time(Double(total - done) / rate)) left" : ""
        return "\(title)\(bar) \(Int(share * 100)) %  \(done) of \(total) \(unit)  \(Int(rate))/s\(remaining)"
    }

    /// `42 s`, `3 min 5 s`, `2 h 10 min`.
    private static func time(_ seconds: Double) -> String {
        // A rate near nothing makes times that no integer holds.
        let seconds = Int(min(seconds.rounded(.up), 1e9))
        return switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
        default: "\(seconds / 3600) h \(seconds / 60 % 60) min"
        }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
