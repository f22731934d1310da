/// Reads the keys of one group and remembers which it was asked for; the rest are unknown.
final class SectionReader {
    private let context: SettingContext
    private let entries: [SettingNode.Entry]
    private var known: [String] = []
    private var missing: [(key: String, expected: String)] = []
    private var checksUnknown = true

    init(_ context: SettingContext, _ entries: [SettingNode.Entry]) {
        self.context = context
        self.entries = entries
    }

    var folder: String { context.folder }

    /// nil after reporting why.
    func required<Value>(_ key: String, _ setting: Setting<Value>) -> Value? {
        note(key, setting.expected, isRequired: true, defaultText: nil)
        guard let entry = entry(key) else {
            missing.append((key, setting.expected))
            return nil
        }
        return setting.read(child(entry))
    }

    /// The default where the key is absent, and also after reporting an error: the whole is void then.
    func optional<Value>(
        _ key: String, _ setting: Setting<Value>, default value: Value, shown: String? = nil
    ) -> Value {
        note(key, setting.expected, isRequired: false, defaultText: shown ?? "\(value)")
        guard let entry = entry(key) else { return value }
        return setting.read(child(entry)) ?? value
    }

    /// nil where the key is absent; `absence` says in words what that means.
    func optional<Value>(_ key: String, _ setting: Setting<Value>, absence: String) -> Value? {
        note(key, setting.expected, isRequired: false, defaultText: absence)
        return entry(key).flatMap { setting.read(child($0)) }
    }

    /// A group that may be left out: all its keys take their defaults then.
    func optionalSection<Value>(_ key: String, _ setting: Setting<Value>) -> Value? {
        note(key, setting.expected, isRequired: false, defaultText: nil)
        let place = context.node.place
        let empty = SettingNode.Entry(key: key, place: place, value: .init(place: place, content: .section([])))
        return setting.read(child(entry(key) ?? empty))
    }

    /// Reports something about a key that was read well but does not go with another.
    func report(_ key: String, _ message: String) {
        context.collector.report(entry(key)?.value.place ?? context.node.place, path(key), message)
    }

    func has(_ key: String) -> Bool { entry(key) != nil }

    /// Where the key that decides which others exist could not be read.
    func skipUnknownKeys() { checksUnknown = false }

    /// Reports missing and unknown keys. A misspelt key is one mistake, not two: no key is called missing that an
    /// unknown one was probably meant to be.
    func finish() {
        var meant: Set<String> = []
        for entry in entries where checksUnknown && !known.contains(entry.key) {
            if context.collector.isFull { return }
            let full = path(entry.key).clipped
            if entry.key == "<<" {
                context.collector.report(
                    entry.place, full, "`<<` would merge another group in; write the keys out here")
                continue
            }
            let free = known.filter { self.entry($0) == nil }
            let suggestion = Suggestion.nearest(to: entry.key, among: free)
                ?? Suggestion.nearest(to: entry.key, among: known)
            if let suggestion { meant.insert(suggestion) }
            let help = suggestion.map { "did you mean `\($0)`?" }
                ?? "known here: " + known.map { "`\($0)`" }.joined(separator: ", ")
            context.collector.report(
                entry.place, full, "unknown key `\(full)` on line \(entry.place.line); \(help)")
        }
        for (key, expected) in missing where !meant.contains(key) {
            context.collector.report(
                context.node.place, path(key), "the required key `\(path(key))` is missing; expected \(expected)")
        }
    }

    private func note(_ key: String, _ expected: String, isRequired: Bool, defaultText: String?) {
        known.append(key)
        let general = path(key).replacing(/\[[0-9]+\]/, with: "[]")
        context.collector.note(
            .init(path: general, expected: expected, isRequired: isRequired, defaultText: defaultText))
    }

    private func path(_ key: String) -> String {
        context.path.isEmpty ? key : "\(context.path).\(key)"
    }

    private func entry(_ key: String) -> SettingNode.Entry? {
        entries.first { $0.key == key }
    }

    private func child(_ entry: SettingNode.Entry) -> SettingContext {
        context.child(entry.value, path(entry.key))
    }
}
