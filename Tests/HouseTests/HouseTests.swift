import Foundation
import Testing

@Suite("House style")
struct HouseTests {
    static let maximumLineCharacters = 120
    static let maximumFileLines = 600

    @Test("Every target imports only what the plan of the house lets it")
    func imports() throws {
        let files = try SourceTree.swiftFiles(in: "Sources")
        #expect(!files.isEmpty)
        for file in files {
            guard let allowed = ImportGraph.modules(allowedIn: file) else {
                Issue.record("\(file.path): the target `\(file.target)` has no row in ImportGraph")
                continue
            }
            for (index, line) in file.lines.enumerated() {
                guard let module = ImportGraph.module(importedBy: line) else { continue }
                #expect(allowed.contains(module), "\(file.path):\(index + 1): imports \(module)")
            }
        }
    }

    @Test("The reader of imports knows their forms", arguments: [
        ("import NIOCore", "NIOCore"), ("@testable import DICOM", "DICOM"), ("import struct Crypto.SHA256", "Crypto"),
        ("@preconcurrency internal import Yams // why", "Yams"), ("  import Glibc", "Glibc"),
        ("@_spi(Testing) public import GRDB", "GRDB"), ("// import Nothing", nil), ("let important = 1", nil),
    ] as [(String, String?)])
    func importForms(line: String, module: String?) {
        #expect(ImportGraph.module(importedBy: line) == module)
    }

    @Test("The plan has no circle")
    func noCircle() {
        var remaining = ImportGraph.allowed
        while let leaf = remaining.first(where: { $0.value.isDisjoint(with: remaining.keys) })?.key {
            remaining[leaf] = nil
        }
        #expect(remaining.isEmpty)
    }

    @Test("Lines and files stay short", arguments: ["Sources", "Tests"])
    func lengths(folder: String) throws {
        for file in try SourceTree.swiftFiles(in: folder) where !file.isGenerated {
            #expect(file.lines.count <= Self.maximumFileLines, "\(file.path) has \(file.lines.count) lines")
            for (index, line) in file.lines.enumerated() where line.count > Self.maximumLineCharacters {
                Issue.record("\(file.path):\(index + 1): \(line.count) characters")
            }
        }
    }

    /// Spelt in two parts, so that this file does not hold them itself.
    static let bannedInSources = ["TO" + "DO", "FIX" + "ME", "try" + "!", "fatal" + "Error(", "as" + "! "]
    static let bannedInTests = ["TO" + "DO", "FIX" + "ME", "Task" + ".sleep"]

    @Test("No unfinished work, no crash on the world's data in Sources; no sleeping in Tests")
    func bannedWords() throws {
        for (folder, words) in [("Sources", Self.bannedInSources), ("Tests", Self.bannedInTests)] {
            for file in try SourceTree.swiftFiles(in: folder) {
                // The one place where tests wait for what they cannot be told of.
                if file.path == "Tests/TestSupport/Waiting.swift" { continue }
                for (index, line) in file.lines.enumerated() {
                    for word in words where line.contains(word) {
                        Issue.record("\(file.path):\(index + 1): holds `\(word)`")
                    }
                }
            }
        }
    }
}
