/// A position in the configuration file.
struct Place: Hashable, Comparable {
    /// From 1.
    var line: Int
    /// In Unicode scalars, from 1.
    var column: Int

    static func < (left: Place, right: Place) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// What stands in the file, before anything is known of its meaning.
///
/// Scalars are text and nothing else: `no`, `0123` and `1e3` are what the technician typed. The schema alone decides
/// what is a number; YAML's implicit types never come into it.
struct SettingNode {
    enum Content {
        case text(String)
        /// A key without a value.
        case nothing
        case list([SettingNode])
        /// In the order of the file; keys are unique.
        case section([Entry])
    }

    struct Entry {
        var key: String
        var place: Place
        var value: SettingNode
    }

    var place: Place
    var content: Content

    /// For sentences: what stands here.
    var kind: String {
        switch content {
        case .text(let text): "`\(text.clipped)`"
        case .nothing: "empty"
        case .list: "a list"
        case .section: "a group of keys"
        }
    }
}

extension String {
    /// At most this many characters of a wrong value are repeated in a sentence.
    private static var clippedLimit: Int { 60 }

    /// Fit for one line of a terminal.
    var clipped: String {
        var shown = String(String.UnicodeScalarView(unicodeScalars.prefix(Self.clippedLimit).map {
            $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "?" : $0
        }))
        if unicodeScalars.count > Self.clippedLimit { shown += "..." }
        return shown
    }
}
