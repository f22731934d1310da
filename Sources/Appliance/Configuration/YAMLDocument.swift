import Yams

/// Bytes of a YAML file → ``SettingNode``. The only file that knows the YAML library.
enum YAMLDocument {
    /// A configuration has a few hundred lines; what is longer is another file.
    static let maximumBytes = 256 * 1024
    /// Keys that stand twice are looked for one parse at a time.
    private static let maximumDuplicates = 50

    /// The top node, or nil after reporting why there is none.
    static func read(_ bytes: [UInt8], _ collector: IssueCollector) -> SettingNode? {
        guard bytes.count <= maximumBytes else {
            collector.report(nil, "", "the file has more than \(maximumBytes / 1024) KiB; this is no configuration")
            return nil
        }
        guard let text = text(bytes, collector) else { return nil }
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            Array(line.last == "\r" ? line.dropLast() : line)
        }
        YAMLGuard.check(lines, collector)
        guard collector.issues.isEmpty else { return nil }
        return compose(&lines, collector)
    }

    private static func text(_ bytes: [UInt8], _ collector: IssueCollector) -> String? {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            collector.report(nil, "", "the file is written in UTF-16; save it as UTF-8")
            return nil
        }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        if let text = String(validating: content, as: UTF8.self) { return text }
        var decoder = UTF8()
        var iterator = content.makeIterator()
        var place = Place(line: 1, column: 1)
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            place = scalar == "\n" ? Place(line: place.line + 1, column: 1)
                : Place(line: place.line, column: place.column + 1)
        }
        collector.report(place, "", "the file is not UTF-8 from here on; save it as UTF-8")
        return nil
    }

    /// The library gives up at the first group with a key that stands twice. To find all of them, and everything else
    /// that is wrong, the key it complains of gets another first letter (from Unicode's private use area, so that
    /// nobody's key is met and no column moves), is remembered by its place, and the text is parsed again.
    private static func compose(_ lines: inout [[Unicode.Scalar]], _ collector: IssueCollector) -> SettingNode? {
        var duplicates: [Place: String] = [:]
        while true {
            do {
                let text = String(String.UnicodeScalarView(lines.joined(separator: ["\n"])))
                guard let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() else {
                    collector.report(nil, "", "the file holds no settings")
                    return nil
                }
                let converter = NodeConverter(duplicates: duplicates, collector: collector)
                return converter.node(root, "", Place(line: 1, column: 1))
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let place = Place(line: context.mark.line, column: context.mark.column)
                let key = keys.first ?? ""
                guard duplicates.count < maximumDuplicates, mask(place, UInt32(duplicates.count), &lines) else {
                    collector.report(place, "", "the key `\(key.clipped)` stands twice in its group; keep one")
                    return nil
                }
                duplicates[place] = key
            } catch {
                report(error, collector)
                return nil
            }
        }
    }

    private static func mask(_ place: Place, _ number: UInt32, _ lines: inout [[Unicode.Scalar]]) -> Bool {
        guard lines.indices.contains(place.line - 1), let letter = Unicode.Scalar(0xE000 + number) else { return false }
        var column = place.column - 1
        var line = lines[place.line - 1]
        guard line.indices.contains(column) else { return false }
        if line[column] == "'" || line[column] == "\"" { column += 1 }
        guard line.indices.contains(column), !["'", "\"", "[", "{", "\\"].contains(line[column]) else { return false }
        line[column] = letter
        lines[place.line - 1] = line
        return true
    }

    private static func report(_ error: any Error, _ collector: IssueCollector) {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            collector.report(Place(line: mark.line, column: mark.column), "", sentence(problem))
        default:
            collector.report(nil, "", "the file is not YAML")
        }
    }

    /// The library speaks of tokens; a technician wants to know what to look at.
    private static func sentence(_ problem: String) -> String {
        let hint: String
        switch problem {
        case "mapping values are not allowed in this context":
            hint = "look at the indentation of this line and the one above, and put a value that holds `: ` in quotes"
        case "did not find expected key", "did not find expected '-' indicator", "could not find expected ':'":
            hint = "look at the indentation of this line and the one above; every key is followed by `: `"
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
            hint = "a bracket opened above is not closed, or a comma is missing"
        case "found unexpected end of stream":
            hint = "a quote or bracket opened above is not closed"
        case "found character that cannot start any token":
            hint = "put a value that begins with this character in quotes"
        default:
            hint = "look at this line and the one above"
        }
        return "this is not YAML (\(problem)): \(hint)"
    }
}

private struct NodeConverter {
    let duplicates: [Place: String]
    let collector: IssueCollector

    func node(_ node: Node, _ path: String, _ fallback: Place) -> SettingNode {
        let place = node.mark.map { Place(line: $0.line, column: $0.column) } ?? fallback
        switch node {
        case .scalar(let scalar):
            let isNothing = scalar.style == .plain && (scalar.string.isEmpty || scalar.string == "~")
            return SettingNode(place: place, content: isNothing ? .nothing : .text(scalar.string))
        case .sequence(let sequence):
            let elements = sequence.enumerated().map { self.node($1, "\(path)[\($0 + 1)]", place) }
            return SettingNode(place: place, content: .list(elements))
        case .mapping(let mapping):
            return SettingNode(place: place, content: .section(entries(mapping, path, place)))
        case .alias:
            // The guard refuses aliases and the parser resolves them: there are none.
            return SettingNode(place: place, content: .nothing)
        }
    }

    private func entries(_ mapping: Node.Mapping, _ path: String, _ fallback: Place) -> [SettingNode.Entry] {
        var entries: [SettingNode.Entry] = []
        for (keyNode, valueNode) in mapping {
            let place = keyNode.mark.map { Place(line: $0.line, column: $0.column) } ?? fallback
            guard case .scalar(let scalar) = keyNode else {
                collector.report(place, path, "a key must be a word; lists and groups cannot be keys")
                continue
            }
            if let key = duplicates[place] {
                let other = mapping.first { $0.key.scalar?.string == key }?.key.mark
                let again = other.map { " and on line \($0.line)" } ?? ""
                let full = path.isEmpty ? key : "\(path).\(key)"
                collector.report(place, full, "the key `\(full.clipped)` stands twice, here\(again); keep one")
                continue
            }
            let key = scalar.string
            let childPath = path.isEmpty ? key : "\(path).\(key)"
            entries.append(.init(key: key, place: place, value: node(valueNode, childPath, place)))
        }
        return entries
    }
}
