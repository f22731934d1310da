extension AuditEvent {
    /// More than any event can take: every field at its longest, and its key. In bytes.
    public static let longestJSON = 4096

    /// The event as one line of JSON, always the same for the same event: keys in alphabetical order, those without a
    /// value left out, no white space, nothing but printable ASCII. These are the bytes that the log's hash is of.
    ///
    /// `time` is ISO 8601 in UTC to the millisecond; `timeIsTrusted` stands only where it is false.
    public var canonicalJSON: String {
        var account: String?
        var sudoUser: String?
        var address: String?
        var aeTitle: String?
        switch actor {
        case .appliance: break
        case .peer(let title, let from): (aeTitle, address) = (title.value, from.value)
        case .account(let name, let user): (account, sudoUser) = (name.value, user?.value)
        }
        var json = JSONLine()
        json.add("account", text: account)
        json.add("address", text: address)
        json.add("aeTitle", text: aeTitle)
        json.add("anchorHash", text: subject.anchor?.hash.description)
        json.add("anchorNumber", number: subject.anchor?.number)
        json.add("clockBefore", text: subject.clockBefore?.description)
        json.add("code", number: reason?.code.map(Int64.init))
        json.add("destination", text: subject.destination?.value)
        json.add("file", text: subject.file?.value)
        json.add("kind", text: kind.rawValue)
        json.add("model", text: model?.name?.value)
        json.add("modelSHA256", text: model?.sha256.description)
        json.add("modelVersion", text: model?.version?.value)
        json.add("reason", text: reason?.text.value)
        json.add("sequence", number: subject.sequence)
        json.add("sha256", text: subject.sha256?.description)
        json.add("sopInstanceUID", text: subject.sopInstanceUID?.value)
        json.add("stage", text: subject.stage?.rawValue)
        json.add("studyInstanceUID", text: subject.studyInstanceUID?.value)
        json.add("sudoUser", text: sudoUser)
        json.add("time", text: time.timestamp.description)
        json.addIfFalse("timeIsTrusted", time.isTrusted)
        json.add("transactionUID", text: subject.transactionUID?.value)
        return json.text
    }
}

/// Puts one flat JSON object together, in the order in which it is told.
private struct JSONLine {
    private var members = ""

    init() { members.reserveCapacity(512) }

    var text: String { "{" + members + "}" }

    /// - Parameter text: without anything that JSON would escape, as ``AuditText`` and identifiers are.
    mutating func add(_ key: StaticString, text: String?) {
        guard let text else { return }
        name(key)
        members += "\""
        members += text
        members += "\""
    }

    mutating func add(_ key: StaticString, number: Int64?) {
        guard let number else { return }
        name(key)
        members += String(number)
    }

    mutating func addIfFalse(_ key: StaticString, _ value: Bool) {
        guard !value else { return }
        name(key)
        members += "false"
    }

    private mutating func name(_ key: StaticString) {
        members += members.isEmpty ? "\"" : ",\""
        members += key.description
        members += "\":"
    }
}
