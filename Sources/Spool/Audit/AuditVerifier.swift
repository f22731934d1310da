import Records

/// Follows a log's rows from its anchor, one by one, to the first that does not follow from the one before. A pure
/// value: rows in, a fault out.
struct AuditVerifier {
    let stage: Stage
    /// Where the log begins.
    let anchor: AuditHead
    /// The newest row that was found good.
    private(set) var head: AuditHead
    /// A place that the log must pass through.
    private let expected: AuditHead?
    /// A row whose hash is not its own; the row after it tells more.
    private var suspect: AuditHead?

    init(stage: Stage, anchor: AuditHead, expecting expected: AuditHead?) {
        self.stage = stage
        self.anchor = anchor
        self.expected = expected
        head = anchor
    }

    /// Before the first row: what the anchor itself tells.
    func begin() -> AuditFault? {
        guard let expected else { return nil }
        if expected.number < anchor.number { return .headRemoved(expected: expected, anchor: anchor.number) }
        return expected.number == anchor.number && expected != anchor ? .headDiffers(expected: expected) : nil
    }

    /// The next row. After a fault the rest tells nothing.
    mutating func check(_ row: AuditRow) -> AuditFault? {
        if let suspect { return explain(suspect, by: row) }
        guard row.number == head.number + 1 else { return .missingRows(after: head.number, next: row.number) }
        guard let event = row.event, let hash = row.hash, row.isJSON else { return .malformedRow(number: row.number) }
        let found = AuditHead(number: row.number, hash: hash)
        guard hash == AuditHash.of(event, number: row.number, after: head.hash, in: stage) else {
            suspect = found
            return nil
        }
        if let expected, expected.number == found.number, expected != found { return .headDiffers(expected: expected) }
        head = found
        return nil
    }

    /// After the last row.
    func finish() -> AuditFault? {
        if let suspect { return .changedEvent(number: suspect.number) }
        guard let expected, expected.number > head.number else { return nil }
        return .headMissing(expected: expected, newest: head.number)
    }

    private func explain(_ suspect: AuditHead, by next: AuditRow) -> AuditFault {
        guard let event = next.event, next.number == suspect.number + 1,
            next.hash == AuditHash.of(event, number: next.number, after: suspect.hash, in: stage)
        else { return .strangeRow(number: suspect.number) }
        return .changedEvent(number: suspect.number)
    }
}
