/// What a value must be: a sentence's end that says so, and how to read it.
///
/// Settings are built of each other: a list of sections is `.list(of: .section { … })`, so that the schema is
/// written once and unknown keys, wrong types and the example's completeness fall out of it.
struct Setting<Value> {
    /// Completes "expected …", with range and unit.
    let expected: String
    /// The value, or nil after reporting why there is none.
    let read: (SettingContext) -> Value?
}

/// A node and where it stands.
struct SettingContext {
    var node: SettingNode
    /// Such as `destinations[2].host`; elements count from 1.
    var path: String
    /// What relative paths start from.
    var folder: String
    /// Where this process finds its credentials; nil where it has none.
    var credentialsFolder: String?
    var collector: IssueCollector

    func child(_ node: SettingNode, _ path: String) -> SettingContext {
        SettingContext(
            node: node, path: path, folder: folder, credentialsFolder: credentialsFolder, collector: collector)
    }

    func report(_ message: String, at place: Place? = nil) {
        collector.report(place ?? node.place, path, message)
    }

    /// The sentence for a value that is not what the schema expects.
    func misfit(expected: String, hint: String? = nil) {
        let end = hint.map { " (\($0))" } ?? ""
        if case .nothing = node.content {
            report("`\(path)` has no value; expected \(expected)\(end)")
        } else {
            report("`\(path)` is \(node.kind); expected \(expected)\(end)")
        }
    }
}

/// Why a text does not fit; the payload says what to write, where that is known.
struct Misfit: Error {
    var hint: String?
}

extension Setting {
    /// A single value. `parse` sees the very characters of the file.
    static func scalar(
        _ expected: String, _ parse: @escaping (String, SettingContext) throws(Misfit) -> Value
    ) -> Setting {
        Setting(expected: expected) { context in
            guard case .text(let text) = context.node.content else {
                context.misfit(expected: expected)
                return nil
            }
            do throws(Misfit) {
                return try parse(text, context)
            } catch {
                context.misfit(expected: expected, hint: error.hint)
                return nil
            }
        }
    }

    /// A group of keys.
    static func section(_ expected: String, _ body: @escaping (SectionReader) -> Value?) -> Setting {
        Setting(expected: expected) { context in
            guard case .section(let entries) = context.node.content else {
                context.misfit(expected: expected)
                return nil
            }
            let reader = SectionReader(context, entries)
            let value = body(reader)
            reader.finish()
            return value
        }
    }

    /// A list of such values; `isDistinct`, where given, is what no two of them may share.
    static func list<Element>(
        of element: Setting<Element>, minimum: Int, maximum: Int, distinctBy identity: ((Element) -> String)? = nil
    ) -> Setting where Value == [Element] {
        let amount = minimum == 0 ? "at most \(maximum)" : "\(minimum) to \(maximum)"
        let expected = "a list of \(amount), each \(element.expected)"
        return Setting(expected: expected) { context in
            guard case .list(let nodes) = context.node.content else {
                context.misfit(expected: expected, hint: "write a list as `[A, B]` or one `- A` a line")
                return nil
            }
            guard (minimum...maximum).contains(nodes.count) else {
                let count = nodes.isEmpty ? "an empty list" : "a list of \(nodes.count)"
                context.report("`\(context.path)` is \(count); expected \(expected)")
                return nil
            }
            var values: [Element] = []
            var seen: [String: Int] = [:]
            for (index, node) in nodes.enumerated() {
                let child = context.child(node, "\(context.path)[\(index + 1)]")
                guard let value = element.read(child) else { continue }
                values.append(value)
                guard let key = identity?(value) else { continue }
                if let first = seen[key] {
                    child.report("`\(key.clipped)` stands twice in `\(context.path)`, here and on line \(first); "
                        + "expected each one once")
                } else {
                    seen[key] = node.place.line
                }
            }
            return values.count == nodes.count ? values : nil
        }
    }
}
