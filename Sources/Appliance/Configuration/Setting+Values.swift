import DICOM

extension Setting where Value == Int {
    /// Decimal digits only: YAML 1.1 reads `010` as eight and `1:30` as ninety, and nobody who types them means it.
    static func integer(in range: ClosedRange<Int>, unit: String? = nil) -> Setting {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            + (unit.map { ", in \($0)" } ?? "")
        return scalar(expected) { text, _ throws(Misfit) in
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { throw Misfit() }
            guard text == "0" || !text.hasPrefix("0") else { throw Misfit(hint: "write it without leading zeros") }
            // Too many digits for Int are out of any range.
            guard let number = Int(text), range.contains(number) else { throw Misfit() }
            return number
        }
    }

    static func seconds(in range: ClosedRange<Int>) -> Setting { integer(in: range, unit: "seconds") }
    static var port: Setting { integer(in: 1...65535) }
}

extension Setting where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a few words.
    static func choice(_ type: Value.Type = Value.self) -> Setting {
        let words = Value.allCases.map(\.rawValue)
        let expected = "one of " + words.map { "`\($0)`" }.joined(separator: ", ")
        return scalar(expected) { text, _ throws(Misfit) in
            if let value = Value(rawValue: text) { return value }
            throw Misfit(hint: Suggestion.nearest(to: text, among: words).map { "did you mean `\($0)`?" })
        }
    }
}

extension Setting where Value == UID {
    static var uid: Setting {
        scalar("a UID: digits and dots, at most 64 characters") { text, _ throws(Misfit) in
            guard let uid = UID(text) else { throw Misfit() }
            return uid
        }
    }
}

extension Setting where Value == String {
    /// Linux' PATH_MAX, with its final zero byte.
    private static var pathLimitBytes: Int { 4095 }

    /// A file or folder; a relative one starts from the configuration file's folder, as nobody knows a service's own.
    static func path(_ what: String) -> Setting {
        scalar("the path of \(what)") { text, context throws(Misfit) in try path(text, context) }
    }

    private static func path(_ text: String, _ context: SettingContext) throws(Misfit) -> String {
        guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value < 0x20 }) else { throw Misfit() }
        guard !text.hasPrefix("~") else { throw Misfit(hint: "`~` is not expanded; write the whole path") }
        let path = text.hasPrefix("/") || context.folder.isEmpty ? text
            : context.folder.hasSuffix("/") ? context.folder + text : context.folder + "/" + text
        guard path.utf8.count <= pathLimitBytes else { throw Misfit(hint: "it has more than \(pathLimitBytes) bytes") }
        return path
    }

    /// A certificate or a key: a path, or the name of a credential that systemd hands to the unit.
    static var pemFile: Setting {
        scalar("the path of a PEM file, or `credential:NAME`") { text, context throws(Misfit) in
            guard let credential = Credential(text) else { return try path(text, context) }
            guard credential.isNameValid else {
                throw Misfit(hint: "a credential's name has 1 to 64 ASCII letters, digits, `.`, `-` or `_`")
            }
            return credential.path(in: context.credentialsFolder)
        }
    }

    /// 1 to 16 printable ASCII characters, no backslash: fits VR SH and AE alike (PS3.5 6.2).
    static var stationName: Setting {
        scalar("1 to 16 ASCII letters, digits, spaces or signs, no backslash, no space at either end", dicomText)
    }

    /// VR AE (PS3.5 6.2): spaces at the ends mean nothing, so that they are surely a slip.
    static var aeTitle: Setting {
        scalar("an AE title: 1 to 16 ASCII characters, no backslash, no space at either end", dicomText)
    }

    private static func dicomText(_ text: String, _: SettingContext) throws(Misfit) -> String {
        guard (1...16).contains(text.unicodeScalars.count) else {
            throw Misfit(hint: "it has \(text.unicodeScalars.count) characters")
        }
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x5C }) else { throw Misfit() }
        guard !text.hasPrefix(" "), !text.hasSuffix(" ") else { throw Misfit() }
        return text
    }

    /// VR CS (PS3.5 6.2), folded to upper case.
    static func code(_ what: String) -> Setting {
        scalar("\(what): 1 to 16 letters A to Z, digits, spaces or `_`") { text, _ throws(Misfit) in
            let code = text.uppercased()
            guard (1...16).contains(code.utf8.count), !code.hasPrefix(" "), !code.hasSuffix(" "),
                code.utf8.allSatisfy({
                    (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x20 || $0 == 0x5F
                })
            else { throw Misfit() }
            return code
        }
    }

    /// What files, log lines and the command line call a destination.
    static var label: Setting {
        scalar("1 to 32 of `a-z`, `0-9` and `-`") { text, _ throws(Misfit) in
            guard text.wholeMatch(of: /[a-z0-9-]{1,32}/) != nil else { throw Misfit() }
            return text
        }
    }
}
