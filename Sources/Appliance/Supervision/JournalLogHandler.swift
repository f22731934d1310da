import CSystemd
import Foundation
import Logging

/// Sends log lines to systemd's journal as entries with fields (sd_journal_sendv(3)): the text of the line, its
/// priority, and its metadata, whose keys are names of fields.
public struct JournalLogHandler: LogHandler {
    /// Of an entry, a field's name and its value.
    public typealias Field = (name: String, value: String)

    public var logLevel: Logger.Level = .info
    public var metadata: Logger.Metadata = [:]
    private let send: @Sendable ([Field]) -> Void

    /// - Parameter send: takes an entry.
    public init(send: @escaping @Sendable ([Field]) -> Void = sendToJournal) { self.send = send }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var fields: [Field] = [
            ("MESSAGE", event.message.description), ("PRIORITY", "\(event.level.journalPriority)"),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        for (name, value) in all.sorted(by: { $0.key < $1.key }) { fields.append((name, value.description)) }
        send(fields)
    }

    /// Whether the journal takes what this process writes to its standard error: `JOURNAL_STREAM` names the device and
    /// inode of that stream (systemd.exec(5)), unless somebody has put another in its place.
    public static var standardErrorIsJournal: Bool {
        guard let stream = ProcessInfo.processInfo.environment["JOURNAL_STREAM"] else { return false }
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0 else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }

    /// Where the journal does not take an entry, standard error has its line.
    public static let sendToJournal: @Sendable ([Field]) -> Void = { fields in
        let texts = fields.map { Array("\($0.name)=\($0.value)".utf8) }
        var result: Int32 = 0
        withBuffers(of: texts[...], []) { buffers in result = sd_journal_sendv(buffers, Int32(buffers.count)) }
        guard result < 0, let message = fields.first?.value else { return }
        FileHandle.standardError.write(Data((message + "\n").utf8))
    }

    /// Has all texts in memory at once, as iovec(3) wants them.
    private static func withBuffers(
        of texts: ArraySlice<[UInt8]>, _ buffers: [iovec], _ body: ([iovec]) -> Void
    ) {
        guard let text = texts.first else { return body(buffers) }
        text.withUnsafeBytes { bytes in
            // The journal only reads from it.
            let buffer = iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
            withBuffers(of: texts.dropFirst(), buffers + [buffer], body)
        }
    }
}

extension Logger.Level {
    /// syslog(3)'s; the lower, the worse.
    fileprivate var journalPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}

/// Writes log lines to standard error, without the fields that are for the journal: the line says it all.
public struct ConsoleLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    private var lines: StreamLogHandler

    public init(label: String) { lines = .standardError(label: label) }

    public var logLevel: Logger.Level {
        get { lines.logLevel }
        set { lines.logLevel = newValue }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var event = event
        event.metadata = nil
        lines.log(event: event)
    }
}
