import Foundation
import Records

/// What a support bundle shows of the units' log: of each event its name and those details that are about the box, with
/// names for the UIDs. What is not known to be harmless is not shown, and counted.
struct JournalDisclosure {
    enum Detail {
        case shown
        /// Replaced by a name (``Pseudonyms``).
        case named
        case withheld
    }

    /// By the name of the detail; others are withheld. Withheld on purpose are `finding`, `probability` and `present`,
    /// which tell of a patient's health, and `account` and `by`, which tell of the staff.
    static let details: [String: Detail] = [
        "sopInstanceUID": .named, "studyInstanceUID": .named, "transactionUID": .named,
        "reason": .shown, "destination": .shown, "peer": .shown, "address": .shown, "sequence": .shown, "file": .shown,
        "bytes": .shown, "version": .shown, "stage": .shown, "parcels": .shown, "parcel": .shown, "objects": .shown,
        "model": .shown, "committed": .shown, "use": .shown, "tls": .shown, "throughSequence": .shown,
        "threads": .shown, "status": .shown, "sentAgain": .shown, "report": .shown, "port": .shown, "now": .shown,
        "models": .shown, "memoryBytes": .shown, "freePercent": .shown, "first": .shown, "failed": .shown,
        "discardedPartial": .shown, "destinations": .shown, "days": .shown, "called": .shown, "before": .shown,
        "association": .shown, "aeTitle": .shown, "adopted": .shown, "act": .shown, "part": .shown, "seconds": .shown,
        "state": .shown, "board": .shown, "lamps": .shown, "button": .shown, "event": .shown,
        "finding": .withheld, "probability": .withheld, "present": .withheld, "account": .withheld, "by": .withheld,
    ]

    /// An entry, as the bundle has it.
    struct Entry: Encodable, Equatable {
        /// Microseconds since 1970.
        var microseconds: String?
        var unit: String?
        var priority: String?
        var message: String
    }

    let pseudonyms: Pseudonyms
    /// Lines that are shown; and those that are not, because nobody knows what they hold.
    private(set) var entries: [Entry] = []
    private(set) var withheld = 0

    init(pseudonyms: Pseudonyms) { self.pseudonyms = pseudonyms }

    /// Takes lines as `journalctl --output=json` writes them (systemd.journal-fields(7)).
    mutating func add(_ lines: Data) {
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            guard let fields = try? JSONSerialization.jsonObject(with: line) as? [String: Any],
                // Bytes that are no text come as a list of numbers.
                let text = fields["MESSAGE"] as? String
            else {
                withheld += 1
                continue
            }
            let isManagers = fields["_PID"] as? String == "1"
            guard let message = isManagers ? pseudonyms.masking(text) : disclose(text) else {
                withheld += 1
                continue
            }
            entries.append(Entry(
                microseconds: fields["__REALTIME_TIMESTAMP"] as? String,
                unit: (fields["UNIT"] ?? fields["_SYSTEMD_UNIT"]) as? String, priority: fields["PRIORITY"] as? String,
                message: message))
        }
    }

    /// What may be shown of a line of the program; nil where it is none that the program writes by itself.
    func disclose(_ line: String) -> String? {
        // A handler that is not the journal's puts time, level and label before the event.
        var words = Self.words(line)[...]
        while let word = words.first, Stage(rawValue: word.text) == nil { words = words.dropFirst() }
        guard words.count >= 2, let stage = words.popFirst(), let event = words.popFirst(),
            event.text.allSatisfy({ $0.isASCII && $0.isLetter })
        else {
            // The runtime's last words say in which file of the source it ended.
            guard let end = line.range(of: "Fatal error: ") else { return nil }
            return pseudonyms.masking(line[end.lowerBound...])
        }
        let shown = words.map { word -> String in
            guard let name = word.name else { return "…" }
            return switch Self.details[name] ?? .withheld {
            case .shown: "\(name)=\(pseudonyms.masking(word.text))"
            case .named: "\(name)=\(pseudonyms.name(word.text))"
            case .withheld: "\(name)=…"
            }
        }
        return ([stage.text, event.text] + shown).joined(separator: " ")
    }

    private struct Word {
        /// Of `name=value`.
        var name: String?
        var text: String
    }

    /// Splits an event's line; values in quotes hold no quotes (``EventLog``).
    private static func words(_ line: String) -> [Word] {
        line.matches(of: /(?:([A-Za-z]+)=)?(?:"([^"]*)"|([^ ]+))/).map { match in
            Word(
                name: match.output.1.map(String.init),
                text: String(match.output.2 ?? match.output.3 ?? ""))
        }
    }
}
