/// One thing that is wrong in a configuration file.
public struct ConfigurationIssue: Sendable, Equatable, Codable {
    /// Counted from 1; nil where the file as a whole is meant.
    public var line: Int?
    /// In characters (Unicode scalars), counted from 1; nil where the line as a whole is meant.
    public var column: Int?
    /// The key's path, such as `destinations[2].host`; list elements count from 1. Empty for the file as a whole.
    public var path: String
    /// What is wrong, what was expected and, where it is known, what to write instead.
    public var message: String

    public init(line: Int?, column: Int?, path: String, message: String) {
        self.line = line
        self.column = column
        self.path = path
        self.message = message
    }

    /// `FILE:LINE:COLUMN: sentence`, the form that editors and terminals make a link of.
    public func description(file: String) -> String {
        var place = file
        if let line { place += ":\(line)" }
        if line != nil, let column { place += ":\(column)" }
        return "\(place): \(message)"
    }
}

/// A configuration file that cannot be used: everything that is wrong with it, in the order of its lines.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    public var file: String
    /// Never empty.
    public var issues: [ConfigurationIssue]

    public init(file: String, issues: [ConfigurationIssue]) {
        self.file = file
        self.issues = issues
    }

    public var description: String {
        issues.map { $0.description(file: file) }.joined(separator: "\n")
    }
}
