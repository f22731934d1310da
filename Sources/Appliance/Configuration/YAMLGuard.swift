/// Looks over the text before the YAML parser does and refuses what this file has no use for.
///
/// Anchors with aliases make a file that says something else than it seems to, and a key that holds nested aliases
/// takes the parser for ever; the parser descends by recursion, so deep nesting would end on the stack. Both must be
/// known before it runs. This is a scanner of tokens' beginnings (YAML 1.1 chapter 5), not a parser: it knows
/// quotes, comments and flow brackets, and takes each line's tokens as they come.
struct YAMLGuard {
    /// The schema needs five.
    static let maximumNesting = 16

    private let collector: IssueCollector
    private var quote: Unicode.Scalar?
    /// Columns of the block collections that are open, and the number of open brackets.
    private var indents: [Int] = []
    private var flowDepth = 0
    /// Lines deeper than this belong to a refused block text.
    private var blockTextIndent: Int?
    private var sawContent = false
    private var isTooDeep = false

    /// Reports everything refused in `lines`; nothing reported: the text may go to the parser.
    static func check(_ lines: [[Unicode.Scalar]], _ collector: IssueCollector) {
        var state = YAMLGuard(collector: collector)
        for (index, line) in lines.enumerated() where !state.isTooDeep {
            state.checkCharacters(line, index + 1)
            state.scan(line, index + 1)
        }
    }

    private init(collector: IssueCollector) { self.collector = collector }

    private func refuse(_ line: Int, _ offset: Int, _ message: String) {
        collector.report(Place(line: line, column: offset + 1), "", message)
    }

    /// Line separators other than line feed would make the parser's line numbers differ from the editor's.
    private func checkCharacters(_ line: [Unicode.Scalar], _ number: Int) {
        guard let offset = line.firstIndex(where: { scalar in
            switch scalar.value {
            case 0x09: false
            case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
            default: false
            }
        }) else { return }
        let code = String(line[offset].value, radix: 16, uppercase: true)
        refuse(number, offset, "an invisible control character (U+\(code)) stands here; delete it")
    }

    private mutating func scan(_ line: [Unicode.Scalar], _ number: Int) {
        let content = line.firstIndex { $0 != " " } ?? line.count
        guard content < line.count else { return }
        if let indent = blockTextIndent {
            if content > indent { return }
            blockTextIndent = nil
        }
        var position = content
        if quote != nil {
            position = endOfQuote(line, from: 0)
        } else if flowDepth == 0 {
            if line[content] == "\t" {
                let rest = line[content...].first { $0 != " " && $0 != "\t" }
                if rest != nil && rest != "#" {
                    refuse(number, content, "a tab stands in the indentation; YAML takes spaces only")
                }
                return
            }
            if scanMarker(line, number) { return }
        }
        while position < line.count, !isTooDeep {
            position = scanToken(line, number, at: position, lineIndent: content)
        }
    }

    /// Document markers and directives (YAML 1.1 chapter 9), which stand at the beginning of a line.
    private mutating func scanMarker(_ line: [Unicode.Scalar], _ number: Int) -> Bool {
        if line[0] == "%" {
            refuse(number, 0, "a YAML directive (`%`) stands here; this file takes none: delete the line")
            return true
        }
        guard line.count == 3 || line.count > 3 && (line[3] == " " || line[3] == "\t") else { return false }
        let marker = String(String.UnicodeScalarView(line.prefix(3)))
        guard marker == "---" || marker == "..." else { return false }
        if marker == "..." || sawContent {
            refuse(number, 0, "`\(marker)` would begin another document here; all settings stand in one: delete it")
        }
        sawContent = true
        indents = []
        return line.count == 3
    }

    /// Scans what begins at `position` and returns where to go on.
    private mutating func scanToken(
        _ line: [Unicode.Scalar], _ number: Int, at position: Int, lineIndent: Int
    ) -> Int {
        let scalar = line[position]
        let next = position + 1 < line.count ? line[position + 1] : " "
        let isAlone = next == " " || next == "\t"
        if scalar == " " || scalar == "\t" { return position + 1 }
        if scalar == "#", position == 0 || line[position - 1] == " " || line[position - 1] == "\t" {
            return line.count
        }
        sawContent = true
        if flowDepth == 0 { enter(position, number) }
        switch scalar {
        case "-" where isAlone && flowDepth == 0, ":" where isAlone || flowDepth > 0, ",":
            return position + 1
        case "?" where isAlone:
            refuse(number, position, "`?` would begin a key of several parts; write `key: value`")
        case "[", "{":
            flowDepth += 1
            checkDepth(number, position)
        case "]", "}":
            flowDepth = max(0, flowDepth - 1)
        case "'", "\"":
            quote = scalar
            return endOfQuote(line, from: position + 1)
        case "&", "*":
            let name = scalar == "&" ? "an anchor (`&`)" : "an alias (`*`)"
            refuse(number, position, "\(name) stands here; this file takes none: write the value out, in quotes "
                + "if it begins with `\(scalar)`")
            return endOfPlain(line, from: position + 1)
        case "!":
            refuse(number, position, "a YAML type (`!`) stands here; this file takes none: write the plain value, "
                + "in quotes if it begins with `!`")
            return endOfPlain(line, from: position + 1)
        case "|" where flowDepth == 0, ">" where flowDepth == 0:
            refuse(number, position, "`\(scalar)` would begin text of several lines; no setting takes that: write "
                + "the value on the line of its key")
            blockTextIndent = lineIndent
            return line.count
        default:
            return endOfPlain(line, from: position)
        }
        return position + 1
    }

    private mutating func enter(_ column: Int, _ number: Int) {
        while let last = indents.last, last > column { indents.removeLast() }
        if indents.last != column {
            indents.append(column)
            checkDepth(number, column)
        }
    }

    private mutating func checkDepth(_ number: Int, _ offset: Int) {
        guard indents.count + flowDepth > Self.maximumNesting else { return }
        isTooDeep = true
        refuse(number, offset, "this is nested more than \(Self.maximumNesting) levels deep; no setting is")
    }

    /// The position after the closing quote, or the end of the line if the text goes on.
    private mutating func endOfQuote(_ line: [Unicode.Scalar], from start: Int) -> Int {
        var position = start
        while position < line.count {
            let scalar = line[position]
            if scalar == "\\", quote == "\"" {
                position += 2
            } else if scalar == quote {
                if quote == "'", position + 1 < line.count, line[position + 1] == "'" {
                    position += 2
                } else {
                    quote = nil
                    return position + 1
                }
            } else {
                position += 1
            }
        }
        return line.count
    }

    /// Where an unquoted value ends: before `: `, before a comment, and in brackets before their punctuation.
    private func endOfPlain(_ line: [Unicode.Scalar], from start: Int) -> Int {
        var position = start
        while position < line.count {
            let scalar = line[position]
            let next = position + 1 < line.count ? line[position + 1] : " "
            let isBlank = next == " " || next == "\t"
            if scalar == ":", isBlank { return position }
            if scalar == " ", next == "#" { return position }
            if flowDepth > 0, [",", "[", "]", "{", "}"].contains(scalar) { return position }
            position += 1
        }
        return line.count
    }
}
