import Logging
import Records

extension Event {
    /// What the journal has of it beside the line; `JournalLogHandler` takes it from a line's metadata.
    func journalFields(of stage: Stage) -> Logger.Metadata {
        var fields: Logger.Metadata = [
            "MESSAGE_ID": "\(kind.messageID)", "OUTPOST_STAGE": "\(stage.rawValue)",
            "OUTPOST_EVENT": "\(kind.rawValue)",
        ]
        for (name, value) in details { fields["OUTPOST_" + Self.fieldName(name)] = "\(value)" }
        return fields
    }

    /// `sopInstanceUID` → `SOP_INSTANCE_UID`: a word begins where a capital follows a small letter.
    static func fieldName(_ name: String) -> String {
        var field = ""
        var wasSmall = false
        for character in name {
            if wasSmall, character.isUppercase { field += "_" }
            wasSmall = character.isLowercase || character.isNumber
            field += character.uppercased()
        }
        return field
    }
}
