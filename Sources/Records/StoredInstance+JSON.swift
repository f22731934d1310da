extension StoredInstance {
    /// The instance as JSON, byte for byte as Foundation's encoder writes it with sorted keys and without escaped
    /// slashes.
    ///
    /// Every object that is received is described so; of a small one, Foundation's encoder would take 5 % of the whole.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { instance in
            instance.add("bodyPartExamined", text: bodyPartExamined)
            instance.add("dataSetLength", number: dataSetLength)
            instance.add("flags", texts: flags.map(\.rawValue))
            instance.add("modality", text: modality)
            instance.add("patientKey", text: patientKey?.description)
            instance.add("peer") { json in
                json.add("address", text: peer.address)
                json.add("calledAETitle", text: peer.calledAETitle)
                json.add("callingAETitle", text: peer.callingAETitle)
            }
            instance.add("receivedAt") { json in
                if !received.isTrusted { json.addFalse("isTrusted") }
                json.add("microseconds", number: received.timestamp.microseconds)
            }
            instance.add("sequence", number: sequence)
            instance.add("seriesInstanceUID", text: seriesInstanceUID.value)
            instance.add("sha256", text: sha256.description)
            instance.add("sopClassUID", text: sopClassUID.value)
            instance.add("sopInstanceUID", text: sopInstanceUID.value)
            instance.add("studyInstanceUID", text: studyInstanceUID.value)
            instance.add("transferSyntax", text: transferSyntax.uid.value)
        }
        return writer.bytes
    }
}

/// Puts JSON together, in the order in which it is told.
private struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(1024) }

    mutating func object(_ members: (inout JSONWriter) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        members(&self)
        // Behind the last member stands the comma for a next one.
        if bytes.last == UInt8(ascii: ",") { bytes.removeLast() }
        bytes.append(UInt8(ascii: "}"))
    }

    mutating func add(_ key: StaticString, _ members: (inout JSONWriter) -> Void) {
        add(key)
        object(members)
        bytes.append(UInt8(ascii: ","))
    }

    /// Nothing where there is no text.
    mutating func add(_ key: StaticString, text: String?) {
        guard let text else { return }
        add(key)
        add(text)
        bytes.append(UInt8(ascii: ","))
    }

    mutating func add(_ key: StaticString, texts: [String]) {
        add(key)
        bytes.append(UInt8(ascii: "["))
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            add(text)
        }
        bytes += Array("],".utf8)
    }

    mutating func add(_ key: StaticString, number: Int64) {
        add(key)
        bytes += Array("\(number),".utf8)
    }

    mutating func addFalse(_ key: StaticString) {
        add(key)
        bytes += Array("false,".utf8)
    }

    /// - Parameter key: without anything that JSON would escape.
    private mutating func add(_ key: StaticString) {
        bytes.append(UInt8(ascii: "\""))
        key.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    /// A string with what has to be escaped (RFC 8259 section 7).
    private mutating func add(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x08: bytes += Array(#"\b"#.utf8)
            case 0x09: bytes += Array(#"\t"#.utf8)
            case 0x0A: bytes += Array(#"\n"#.utf8)
            case 0x0C: bytes += Array(#"\f"#.utf8)
            case 0x0D: bytes += Array(#"\r"#.utf8)
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += Array((byte < 0x10 ? #"\u000"# : #"\u00"#).utf8) + Array(digits.utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
