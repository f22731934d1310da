import Foundation
import Testing

@testable import Appliance

/// A file that is right, with as little in it as can be.
private let minimal = """
    station:
      name: XRAY 1
    data_folder: data
    intake:
      ae_title: OUTPOST
    """

private func parse(_ text: String) throws(ConfigurationError) -> ApplianceConfiguration {
    try ConfigurationFile.parse(Array(text.utf8), file: "site.yaml", folder: "/etc/outpost")
}

/// The errors, one line each; fails the test where there are none.
private func errors(_ text: String) -> [String] {
    errors(bytes: Array(text.utf8))
}

private func errors(bytes: [UInt8]) -> [String] {
    do {
        _ = try ConfigurationFile.parse(bytes, file: "site.yaml", folder: "/etc/outpost")
        Issue.record("the file was taken")
        return []
    } catch {
        return error.issues.map { $0.description(file: error.file) }
    }
}

private let exampleURL = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../provisioning/sites/example.yaml").standardizedFileURL

@Suite("Configuration: what is read")
struct ConfigurationReadingTests {
    @Test("The least file takes every default")
    func defaults() throws {
        let configuration = try parse(minimal)
        #expect(configuration == ApplianceConfiguration(
            station: .init(name: "XRAY 1", language: .english), dataFolder: "/etc/outpost/data",
            intake: .init(
                aeTitle: "OUTPOST", address: "0.0.0.0", port: 11112, tls: nil, callingAETitles: nil,
                allowedAddresses: nil, maximumAssociations: 32, maximumAssociationsPerAddress: 16,
                maximumPDULength: 131_072, privateSOPClasses: [], storageCommitmentPeers: [],
                studyQuietSeconds: 60, artimSeconds: 30, idleSeconds: 60, writeSeconds: 60),
            analysis: .init(font: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", models: []),
            destinations: []))
    }

    @Test("A full file is read as written; codes become capitals, paths start from the file's folder")
    func full() throws {
        let configuration = try parse(minimal + """

              port: 104
              calling_ae_titles: [CT 1, "MR"]
            analysis:
              threads: 4
              models:
                - {file: ../models/chest.onnx, modalities: [dx, CR], body_parts: [chest]}
            destinations:
              - name: pacs-1
                kind: dicom
                host: 10.0.0.7
                port: 11112
                ae_title: PACS
                send: [results, images]
                retry_minimum_seconds: 10
                retry_maximum_seconds: 10
              - name: hub
                kind: stow
                url: https://[2001:db8::1]:8443/dicom-web
                ca_certificate: ca.pem
                client_certificate: /c.pem
                client_key: k.pem
                send: [images]
            """)
        #expect(configuration.intake.port == 104)
        #expect(configuration.intake.callingAETitles == ["CT 1", "MR"])
        #expect(configuration.analysis.models == [
            .init(file: "/etc/outpost/../models/chest.onnx", modalities: ["DX", "CR"], bodyParts: ["CHEST"])
        ])
        #expect(configuration.destinations == [
            .init(
                name: "pacs-1",
                transport: .dicom(
                    .init(host: "10.0.0.7", port: 11112, aeTitle: "PACS", callingAETitle: "OUTPOST"),
                    asksForCommitment: false),
                send: [.results, .images], retryMinimumSeconds: 10, retryMaximumSeconds: 10),
            .init(
                name: "hub",
                transport: .stow(.init(
                    url: "https://[2001:db8::1]:8443/dicom-web", caCertificate: "/etc/outpost/ca.pem",
                    clientCertificate: "/c.pem", clientKey: "/etc/outpost/k.pem")),
                send: [.images], retryMinimumSeconds: 5, retryMaximumSeconds: 300),
        ])
    }

    @Test("Types are the schema's: what YAML takes for truth values, numbers or null is text where text is due",
        arguments: ["no", "yes", "0123", "1e3", "null", "12:30", "0x10", "1_000", "3.0", "true", "2020-01-01"])
    func textStaysText(word: String) throws {
        let text = minimal.replacing("ae_title: OUTPOST", with: "ae_title: \(word)")
        #expect(try parse(text).intake.aeTitle == word)
    }

    @Test("Line ends of Windows, a byte order mark, a leading document marker and quotes change nothing")
    func variants() throws {
        let expected = try parse(minimal)
        #expect(try parse("\u{FEFF}# site\n---\n" + minimal.replacing("\n", with: "\r\n")) == expected)
        #expect(try parse(minimal.replacing("name: XRAY 1", with: "\"name\": 'XRAY 1'")) == expected)
        #expect(try parse("{station: {name: XRAY 1}, data_folder: data, intake: {ae_title: OUTPOST}}") == expected)
    }

    @Test("Signs that YAML gives a meaning are plain text in quotes, in the middle of a value and in comments")
    func harmlessSigns() throws {
        for title in ["A &B *C", "'*ALL'", "\"&A\"", "'it''s'", "\"!\"", "A!B # *comment &here"] {
            _ = try parse(minimal.replacing("OUTPOST", with: title))
        }
    }
}

@Suite("Configuration: the example file")
struct ConfigurationExampleTests {
    @Test("It parses")
    func parses() throws {
        let configuration = try ConfigurationFile.load(exampleURL.path).settings
        #expect(configuration.destinations.map(\.name) == ["pacs", "hub"])
        #expect(configuration.analysis.models.count == 1)
    }

    @Test("Every key the parser knows stands in it, under a comment with its range and default")
    func documentsEveryKey() throws {
        let text = try String(contentsOf: exampleURL, encoding: .utf8)
        let collector = IssueCollector()
        let node = try #require(YAMLDocument.read(Array(text.utf8), collector))
        _ = ConfigurationSchema.root.read(
            SettingContext(node: node, path: "", folder: "/", collector: collector))
        #expect(collector.issues.isEmpty)
        // Both kinds of destination are there, so that the schema was asked for all its keys.
        let kinds = try #require(text.matches(of: /kind: (\w+)/).map { String($0.1) } as [String]?)
        #expect(Set(kinds) == Set(ConfigurationSchema.DestinationKind.allCases.map(\.rawValue)))
        #expect(collector.keys.count == 60)

        let places = firstPlaces(node, path: "")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for key in collector.keys {
            guard let place = places[key.path] else {
                Issue.record("`\(key.path)` does not stand in the example")
                continue
            }
            let comment = comment(above: place.line, lines).lowercased()
            #expect(!comment.isEmpty, "`\(key.path)` has no comment")
            if key.isRequired {
                #expect(comment.contains("required"), "`\(key.path)` is not called required")
            }
            // Groups are described in prose.
            if !key.expected.hasPrefix("a group") {
                let expected = key.expected.lowercased()
                let short = expected.split(separator: ", each an ae title").first.map(String.init) ?? expected
                let shown = comment.contains(expected) || !key.path.hasSuffix("ae_title") && comment.contains(short)
                #expect(shown, "`\(key.path)`: the comment does not say \"\(key.expected)\"")
            }
            if let defaultText = key.defaultText {
                let shown = comment.contains("default: \(defaultText.lowercased())")
                #expect(shown, "`\(key.path)`: the comment does not say \"Default: \(defaultText)\"")
            }
        }
    }

    private func comment(above line: Int, _ lines: [String]) -> String {
        var words: [String] = []
        for line in lines[..<(line - 1)].reversed() {
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            guard trimmed.hasPrefix("#") else { break }
            words.insert(trimmed.dropFirst().trimmingCharacters(in: .whitespaces), at: 0)
        }
        return words.joined(separator: " ")
    }

    private func firstPlaces(_ node: SettingNode, path: String) -> [String: Place] {
        switch node.content {
        case .text, .nothing:
            return [:]
        case .list(let nodes):
            return nodes.reduce(into: [:]) { places, node in
                places.merge(firstPlaces(node, path: path + "[]")) { first, _ in first }
            }
        case .section(let entries):
            return entries.reduce(into: [:]) { places, entry in
                let child = path.isEmpty ? entry.key : "\(path).\(entry.key)"
                places.merge([child: entry.place]) { first, _ in first }
                places.merge(firstPlaces(entry.value, path: child)) { first, _ in first }
            }
        }
    }
}

@Suite("Configuration: what is refused")
struct ConfigurationErrorTests {
    @Test("An unknown key is named with its place, and the nearest known one is suggested; nothing is missing then")
    func unknownKey() {
        #expect(errors(minimal.replacing("ae_title", with: "ae_tittle")) == [
            "site.yaml:5:3: unknown key `intake.ae_tittle` on line 5; did you mean `ae_title`?"
        ])
        #expect(errors(minimal.replacing("data_folder", with: "Data-Folder")) == [
            "site.yaml:3:1: unknown key `Data-Folder` on line 3; did you mean `data_folder`?"
        ])
    }

    @Test("Where nothing is near, the known keys are listed")
    func unknownKeyFarAway() {
        #expect(errors(minimal + "\n  colour: red") == [
            "site.yaml:6:3: unknown key `intake.colour` on line 6; known here: `ae_title`, `address`, `port`, "
                + "`tls`, `calling_ae_titles`, `allowed_addresses`, `maximum_associations`, "
                + "`maximum_associations_per_address`, `maximum_pdu_length`, `private_sop_classes`, "
                + "`storage_commitment_peers`, `study_quiet_seconds`, `artim_seconds`, `idle_seconds`, `write_seconds`"
        ])
    }

    @Test("All errors of a file come together, in the order of its lines")
    func allTogether() {
        let text = """
            station:
              name: A\\B
              languge: de
            intake:
              ae_title: SEVENTEEN LETTERS
              port: 99999
              port: abc
              study_quiet_seconds: 1:30
              maximum_associations: 010
              calling_ae_titles: []
              idle_seconds: [1]
              artim_seconds:
            destinations:
              - name: Pacs
                kind: dicom
                host: https://pacs
                port: 0
                ae_title: PACS
                send: [results, result]
              - name: hub
                kind: stow
                url: http://hub
                send: []
                retry_minimum_seconds: 20
                retry_maximum_seconds: 10
              - name: hub
                kind: ftp
            extra: 1
            """
        let found = errors(text)
        let expected = [
            "1:1: the required key `data_folder` is missing; expected the path of a folder",
            "2:9: `station.name` is `A\\B`; expected 1 to 16 ASCII letters, digits, spaces or signs, no backslash, "
                + "no space at either end",
            "3:3: unknown key `station.languge` on line 3; did you mean `language`?",
            "5:13: `intake.ae_title` is `SEVENTEEN LETTERS`; expected an AE title: 1 to 16 ASCII characters, no "
                + "backslash, no space at either end (it has 17 characters)",
            "6:3: the key `intake.port` stands twice, here and on line 7; keep one",
            "7:9: `intake.port` is `abc`; expected a whole number from 0 to 65535",
            "8:24: `intake.study_quiet_seconds` is `1:30`; expected a whole number from 1 to 86400, in seconds",
            "9:25: `intake.maximum_associations` is `010`; expected a whole number from 1 to 256 (write it without "
                + "leading zeros)",
            "10:22: `intake.calling_ae_titles` is an empty list; expected a list of 1 to 256, each an AE title: "
                + "1 to 16 ASCII characters, no backslash, no space at either end",
            "11:17: `intake.idle_seconds` is a list; expected a whole number from 1 to 3600, in seconds",
            "12:17: `intake.artim_seconds` has no value; expected a whole number from 1 to 300, in seconds",
            "14:11: `destinations[1].name` is `Pacs`; expected 1 to 32 of `a-z`, `0-9` and `-`",
            "16:11: `destinations[1].host` is `https://pacs`; expected a host name or an IPv4 or IPv6 address, "
                + "without port (a host, not a URL)",
            "17:11: `destinations[1].port` is `0`; expected a whole number from 1 to 65535",
            "19:21: `destinations[1].send[2]` is `result`; expected one of `results`, `images` (did you mean "
                + "`results`?)",
            "20:5: the required key `destinations[2].ca_certificate` is missing; "
                + "expected the path of a PEM file, or `credential:NAME`",
            "20:5: the required key `destinations[2].client_certificate` is missing; "
                + "expected the path of a PEM file, or `credential:NAME`",
            "20:5: the required key `destinations[2].client_key` is missing; "
                + "expected the path of a PEM file, or `credential:NAME`",
            "22:10: `destinations[2].url` is `http://hub`; expected a URL such as "
                + "`https://hub.example.org/dicom-web` (only https is allowed)",
            "23:11: `destinations[2].send` is an empty list; expected a list of 1 to 2, each one of `results`, "
                + "`images`",
            "25:28: `retry_maximum_seconds` is 10 and `retry_minimum_seconds` is 20; expected a maximum that is not "
                + "below the minimum",
            "26:5: the required key `destinations[3].send` is missing; expected a list of 1 to 2, each one of "
                + "`results`, `images`",
            "27:11: `destinations[3].kind` is `ftp`; expected one of `dicom`, `stow`",
            "28:1: unknown key `extra` on line 28; known here: `station`, `data_folder`, `storage`, `intake`, "
                + "`analysis`, `destinations`, `board`",
        ].map { "site.yaml:" + $0 }
        for line in found where !expected.contains(line) { Issue.record("unexpected: \(line)") }
        for line in expected where !found.contains(line) { Issue.record("not found: \(line)") }
        #expect(found == expected)
    }

    @Test("Names of destinations are unique")
    func uniqueNames() {
        let destination = """

              - {name: a, kind: dicom, host: h, port: 104, ae_title: P, send: [images]}
            """
        #expect(errors(minimal + "\ndestinations:" + destination + destination) == [
            "site.yaml:8:5: `a` stands twice in `destinations`, here and on line 7; expected each one once"
        ])
    }

    @Test("The plain port is switched off only beside a TLS port")
    func noPlainPort() throws {
        #expect(errors(minimal + "\n  port: 0") == [
            "site.yaml:6:9: `intake.port` is 0 and there is no `intake.tls`; nothing could be received"
        ])
        let intake = try parse(minimal + "\n  port: 0\n  tls: {certificate: c.pem, key: k.pem}").intake
        #expect(intake.port == 0)
        #expect(intake.tls == .init(
            port: 2762, certificate: "/etc/outpost/c.pem", key: "/etc/outpost/k.pem", clientAuthority: nil))
    }

    @Test("Addresses that may call are addresses or whole networks", arguments: [
        "10.20.0.1/16", "10.20.0.0/33", "ct.example.org", "2001:db8::1/32", "10.20.0.0/", "10.20.0.0/016",
    ])
    func addressRanges(range: String) {
        #expect(errors(minimal + "\n  allowed_addresses: [\"\(range)\"]").first?.contains(
            "expected an IPv4 or IPv6 address, or a network") == true)
    }

    @Test("Ranges end where they say", arguments: [
        ("port", 0, 65535), ("maximum_associations", 1, 256), ("maximum_associations_per_address", 1, 256),
        ("maximum_pdu_length", 4096, 1_048_576),
        ("study_quiet_seconds", 1, 86400),
        ("artim_seconds", 1, 300), ("idle_seconds", 1, 3600),
    ])
    func ranges(key: String, lowest: Int, highest: Int) throws {
        for value in [lowest, highest] where key != "port" || value > 0 {
            _ = try parse(minimal + "\n  \(key): \(value)")
        }
        for value in ["\(lowest - 1)", "\(highest + 1)", "99999999999999999999999", "-1", "+1", "1.0", "１"] {
            #expect(errors(minimal + "\n  \(key): \(value)").first?.contains(
                "expected a whole number from \(lowest) to \(highest)") == true)
        }
    }

    @Test("Addresses, hosts, URLs and paths that cannot be", arguments: [
        ("address", "localhost"), ("address", "300.1.1.1"), ("host", "10.0.0"), ("host", "a_b"), ("host", "-a"),
        ("host", "pacs:104"), ("url", "https://"), ("url", "https://u:p@hub"), ("url", "https://hub/?a=b"),
        ("url", "https://hub:99999/"), ("url", "ftp://hub"), ("url", "hub"), ("client_key", "~/key.pem"),
    ])
    func misshapen(key: String, value: String) {
        let text = key == "address"
            ? minimal + "\n  address: '\(value)'"
            : minimal + "\ndestinations:\n  - \(key): '\(value)'\n    kind: \(key == "host" ? "dicom" : "stow")"
        #expect(errors(text).contains { $0.contains("`\(value)`; expected ") })
    }

    @Test("What YAML can and this file does not take is refused by name", arguments: [
        ("intake: &a\n  ae_title: X", "1:9: an anchor (`&`)"),
        ("a: *b", "1:4: an alias (`*`)"),
        ("a: [x, *b]", "1:8: an alias (`*`)"),
        ("a: !!str b", "1:4: a YAML type (`!`)"),
        ("a: 1\n---\nb: 2", "2:1: `---` would begin another document"),
        ("a: 1\n...", "2:1: `...` would begin another document"),
        ("%YAML 1.1\n---\na: 1", "1:1: a YAML directive (`%`)"),
        ("a: |\n  *text\nb: *c", "1:4: `|` would begin text of several lines"),
        ("a:\n\tb: 1", "2:1: a tab stands in the indentation"),
        ("? [a]\n: b", "1:1: `?` would begin a key of several parts"),
        ("a: \u{0}", "1:4: an invisible control character (U+0)"),
        ("a: b\u{2028}c", "1:5: an invisible control character (U+2028)"),
        ("a: b\u{85}c", "1:5: an invisible control character (U+85)"),
        ("[[[[[[[[[[[[[[[[[[[[", "1:16: this is nested more than 16 levels deep"),
        (String(repeating: "- ", count: 3000), "1:33: this is nested more than 16 levels deep"),
    ])
    func refusedYAML(text: String, begins: String) {
        #expect(errors(text).first?.hasPrefix("site.yaml:" + begins) == true, "\(errors(text))")
    }

    @Test("A merge key is refused with a sentence of its own")
    func mergeKey() {
        #expect(errors(minimal + "\n  <<: {port: 104}") == [
            "site.yaml:6:3: `<<` would merge another group in; write the keys out here"
        ])
    }

    @Test("What is no YAML at all says where and what to look at", arguments: [
        ("a: 1\n b: 2", "2:3: this is not YAML"), ("a: [1\nb: 2", "this is not YAML"), ("a: 'x", "this is not YAML"),
        ("", "the file holds no settings"), ("# nothing\n", "the file holds no settings"),
        ("just text", "1:1: `` is `just text`"), ("[a]: 1\n", "a key must be a word"), ("@a: 1", "this is not YAML"),
    ])
    func notYAML(text: String, part: String) {
        let found = errors(text)
        #expect(found.count >= 1)
        #expect(found.first?.contains(part) == true, "\(found)")
    }

    @Test("Not UTF-8, and more than 256 KiB")
    func bytes() {
        #expect(errors(bytes: Array("a: 1\nb: ".utf8) + [0xE9, 0x0A]) == [
            "site.yaml:2:4: the file is not UTF-8 from here on; save it as UTF-8"
        ])
        #expect(errors(bytes: [0xFF, 0xFE, 0x61, 0x00]) == [
            "site.yaml: the file is written in UTF-16; save it as UTF-8"
        ])
        let large = minimal + "\n#" + String(repeating: "x", count: 256 * 1024)
        #expect(errors(large) == ["site.yaml: the file has more than 256 KiB; this is no configuration"])
    }

    @Test("Keys that stand more than twice, in quotes and in brackets, are all found")
    func duplicates() {
        let text = minimal + """

              port: 1
              "port": 2
              'port': 3
            destinations: []
            analysis: {threads: 1, threads: 2}
            "destinations": []
            """
        #expect(errors(text) == [
            "site.yaml:6:3: the key `intake.port` stands twice, here and on line 8; keep one",
            "site.yaml:7:3: the key `intake.port` stands twice, here and on line 8; keep one",
            "site.yaml:9:1: the key `destinations` stands twice, here and on line 11; keep one",
            "site.yaml:10:12: the key `analysis.threads` stands twice, here and on line 10; keep one",
        ])
    }

    @Test("No text, however broken, stops the process: prefixes and changed letters of the example")
    func fuzz() throws {
        let bytes = Array(try Data(contentsOf: exampleURL))
        let bare = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("#") }.joined(separator: "\n")
        let text = Array(bare.utf8)
        for length in stride(from: 0, to: text.count, by: 3) {
            _ = try? ConfigurationFile.parse(Array(text[..<length]), file: "", folder: "")
        }
        let signs = Array("&*!|>[]{}'\"#:-?%\t\n,\\".utf8)
        for index in stride(from: 0, to: text.count, by: 2) {
            var changed = text
            changed[index] = signs[index % signs.count]
            _ = try? ConfigurationFile.parse(changed, file: "", folder: "")
        }
    }

    @Test("A large file full of errors ends with the first 200")
    func manyErrors() {
        #expect(errors((0..<5_000).map { "key\($0): 1" }.joined(separator: "\n")).count == 200)
    }

    @Test("The nearest word", arguments: [
        ("ae_tittle", "ae_title"), ("AETitle", "ae_title"), ("prot", "port"), ("ports", "port"), ("hots", "host"),
        ("x", nil), ("retry", nil), ("retry_maximum_secs", "retry_maximum_seconds"),
        ("retry_maximum_secnds", "retry_maximum_seconds"),
    ] as [(String, String?)])
    func nearest(word: String, expected: String?) {
        let known = ["ae_title", "port", "host", "retry_maximum_seconds", "name"]
        #expect(Suggestion.nearest(to: word, among: known) == expected)
    }
}
