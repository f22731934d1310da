import Foundation

/// One message of the control socket.
enum ControlLine {
    static let feed = UInt8(ascii: "\n")

    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        // JSON without white space has no line feed in it.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value)) + [feed]
    }
}

/// Cuts what comes over a socket into lines. A pure value; it holds no more than one line.
public struct ControlLineReader: Sendable {
    private let longest: Int
    private var bytes: [UInt8] = []
    /// Up to there is no line feed.
    private var searched = 0

    public init(longest: Int = ControlLimits.lineBytes) { self.longest = longest }

    /// Takes what came. Take the lines out with ``next()`` before more is given.
    public mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    /// The next whole line, without its line feed; nil where there is none yet.
    ///
    /// - Throws: `tooLong`, after which nothing can be read any more.
    public mutating func next() throws(ControlRequestError) -> [UInt8]? {
        guard let end = bytes[searched...].firstIndex(of: ControlLine.feed) else {
            searched = bytes.count
            if bytes.count > longest { throw .tooLong }
            return nil
        }
        let line = Array(bytes[..<end])
        bytes.removeSubrange(...end)
        searched = 0
        if line.count > longest { throw .tooLong }
        return line
    }
}
