import Records

/// What is wrong with an audit log: the first thing that is.
public enum AuditFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The log says of itself that it is another stage's.
    case otherStage(found: Stage)
    /// Rows were taken out.
    case missingRows(after: Int64, next: Int64)
    /// The row's event is not what was sealed, though the row after it still builds on the seal. Or the row before was
    /// changed and sealed anew.
    case changedEvent(number: Int64)
    /// The row does not follow from the one before it, nor the next one from it: rows were exchanged, or it comes from
    /// another log.
    case strangeRow(number: Int64)
    /// The row holds something that this program does not write.
    case malformedRow(number: Int64)
    /// The log begins behind its first row, and no row says that the earlier ones were removed as a segment.
    case unattestedAnchor(AuditHead)
    /// The log ends before a row that was there once.
    case headMissing(expected: AuditHead, newest: Int64)
    /// The row is not the one that was there once: it, or one before it, was changed and the rest sealed anew.
    case headDiffers(expected: AuditHead)
    /// The row was removed with a segment, whose file has to be looked at for it.
    case headRemoved(expected: AuditHead, anchor: Int64)

    /// What happened, to what, and what to do.
    public var description: String {
        switch self {
        case .otherStage(let found):
            "this is the log of \(found.rawValue): a database was put in place of another. \(Self.whatToDo)"
        case .missingRows(let after, let next):
            (next - after == 2 ? "row \(after + 1) is missing" : "rows \(after + 1) to \(next - 1) are missing")
                + ". \(Self.whatToDo)"
        case .changedEvent(let number):
            "row \(number) does not match its hash: the event in it was changed, or the row before it was changed "
                + "and sealed anew. \(Self.whatToDo)"
        case .strangeRow(let number):
            "row \(number) does not belong where it stands: rows were exchanged, or it comes from another log. "
                + Self.whatToDo
        case .malformedRow(let number):
            "row \(number) holds something that Outpost does not write. \(Self.whatToDo)"
        case .unattestedAnchor(let anchor):
            "rows 1 to \(anchor.number) are gone, and no row says that they were removed as a segment. "
                + Self.whatToDo
        case .headMissing(let expected, let newest):
            "the log ends at row \(newest), but there was a row \(expected.number): the end was cut off, or an older "
                + "copy of the database was put back. \(Self.whatToDo)"
        case .headDiffers(let expected):
            "row \(expected.number) is not the one that was noted: it, or a row before it, was changed and the rest "
                + "sealed anew. \(Self.whatToDo)"
        case .headRemoved(let expected, let anchor):
            "row \(expected.number) was removed with the rows up to \(anchor); look for it in the files of the removed "
                + "segments, or give a newer head"
        }
    }

    private static let whatToDo =
        "Stop the unit, keep a copy of its folder as it is, and tell the central team"
}
