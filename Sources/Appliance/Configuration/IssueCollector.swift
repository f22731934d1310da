/// What a key means, as the schema told the reader: for the example file's test and for documentation.
struct KeyDescription: Equatable {
    /// List elements without their number: `destinations[].host`.
    var path: String
    /// Such as `a whole number from 1 to 65535`.
    var expected: String
    var isRequired: Bool
    /// As it would be written in the file.
    var defaultText: String?
}

/// Gathers all that is wrong, so that a technician mends a file once and not error by error.
///
/// Lives within one call of the parser and never leaves it.
final class IssueCollector {
    /// More are not of use to anyone; a hostile file could hold a hundred thousand.
    static let maximumIssues = 200

    private(set) var issues: [ConfigurationIssue] = []
    private(set) var keys: [KeyDescription] = []

    var isFull: Bool { issues.count >= Self.maximumIssues }

    func report(_ place: Place?, _ path: String, _ message: String) {
        guard !isFull else { return }
        issues.append(.init(line: place?.line, column: place?.column, path: path, message: message))
    }

    func note(_ key: KeyDescription) {
        if !keys.contains(where: { $0.path == key.path }) { keys.append(key) }
    }

    /// In the order of the file.
    var sorted: [ConfigurationIssue] {
        issues.enumerated().sorted { left, right in
            (left.element.line ?? 0, left.element.column ?? 0, left.offset)
                < (right.element.line ?? 0, right.element.column ?? 0, right.offset)
        }.map(\.element)
    }
}
