import Foundation
import TestSupport
import Testing

@testable import Appliance

@Suite("Boards' files")
struct BoardFileTests {
    private static let folder = Repository.root.appendingPathComponent("provisioning/boards").path

    private func parse(_ text: String) throws(ConfigurationError) -> BoardDescription {
        try BoardFile.parse(Array(text.utf8), name: "test", file: "test.yaml")
    }

    /// What is wrong with it; fails the test where nothing is.
    private func errors(_ text: String) -> [String] {
        do {
            _ = try parse(text)
            Issue.record("the file was taken:\n\(text)")
            return []
        } catch {
            return error.issues.map { $0.description(file: error.file) }
        }
    }

    /// A catalogue over the repository's boards, on a machine with this device tree.
    private func catalogue(_ tree: [String], in folder: TemporaryFolder) throws -> BoardCatalogue {
        let file = folder.file("compatible")
        try Data(tree.flatMap { Array($0.utf8) + [0] }).write(to: file)
        return BoardCatalogue(places: BoardPlaces(boards: Self.folder, compatible: file.path))
    }

    @Test("Every file of the repository can be used, and no two want the same board")
    func shipped() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".yaml") }
        #expect(Set(names).isSuperset(of: [
            "raspberry-pi-4.yaml", "raspberry-pi-5.yaml", "generic.yaml", "qemu-virt.yaml",
        ]))
        let catalogue = BoardCatalogue(places: BoardPlaces(boards: Self.folder, compatible: "/nowhere"))
        var compatible: [String] = []
        for name in names {
            let finding = catalogue.find(String(name.dropLast(5)))
            #expect(finding.problems.isEmpty)
            let board = try #require(finding.board)
            #expect(board.lamps[.health] != nil)
            compatible += board.compatible
        }
        #expect(Set(compatible).count == compatible.count)
    }

    @Test("The board is found by the device tree, whose first names are the most exact")
    func byTree() throws {
        let folder = try TemporaryFolder()
        let pi = try catalogue(["raspberrypi,4-model-b", "brcm,bcm2711"], in: folder).find(nil)
        #expect(pi.board?.name == "raspberry-pi-4")
        #expect(pi.board?.lamps == [.health: .led("ACT"), .attention: .led("PWR")])
        let qemu = try catalogue(["linux,dummy-virt"], in: folder).find(nil)
        let line = GPIOLinePlace(chip: "9030000.pl061", line: 3, isActiveLow: false)
        #expect(qemu.board?.button == ButtonPlace(line: line, bias: .none))
        #expect(qemu.board?.lamps.count == 4)
        #expect(qemu.problems.isEmpty && qemu.unknown == nil)
    }

    @Test("An unknown board has no lamps, and is called by its name; a named one is taken whatever the tree says")
    func unknown() throws {
        let folder = try TemporaryFolder()
        let catalogue = try catalogue(["acme,rack-server", "acme,\u{1B}[2J"], in: folder)
        let finding = catalogue.find(nil)
        #expect(finding.board == nil && finding.problems.isEmpty)
        #expect(finding.unknown == "acme,rack-server, acme,?[2J")
        #expect(catalogue.find("generic").board?.name == "generic")
        let missing = catalogue.find("no-such-board")
        #expect(missing.board == nil)
        #expect(missing.problems.first?.contains("no-such-board.yaml: the file cannot be read") == true)
        let noTree = BoardCatalogue(places: BoardPlaces(boards: "/nowhere", compatible: "/nowhere")).find(nil)
        #expect(noTree.unknown == "a machine without a device tree")
    }

    @Test("A broken file does not keep others from being found")
    func brokenNeighbour() throws {
        let folder = try TemporaryFolder()
        for (name, text) in [
            ("a.yaml", "title: A\nlamps: {}\n"),
            ("b.yaml", "title: B\ncompatible: [\"acme,box\"]\n"), ("c.txt", "title: C"),
        ] {
            try Data(text.utf8).write(to: folder.file(name))
        }
        try Data("acme,box\0".utf8).write(to: folder.file("compatible"))
        let finding = BoardCatalogue(
            places: BoardPlaces(boards: folder.path, compatible: folder.file("compatible").path)).find(nil)
        #expect(finding.board == BoardDescription(
            name: "b", title: "B", compatible: ["acme,box"], lamps: [:], button: nil))
        #expect(finding.problems.count == 1)
        #expect(finding.problems.first?.contains("a.yaml:2:") == true)
    }

    @Test("What is wrong is named with its place", arguments: [
        ("lamps: {health: {led: A}}", "`title` is missing"),
        ("title: A\nlamps: {hub: {led: A}}", "`lamps.health` is missing"),
        ("title: A\nlamps: {health: {led: ../../../etc}}", "the name of a LED"),
        ("title: A\nlamps: {health: {led: .}}", "the name of a LED"),
        ("title: A\nlamps: {health: {led: A, line: 3}}", "unknown key `lamps.health.line`"),
        ("title: A\nlamps: {health: {chip: gpio}}", "`lamps.health.line` is missing"),
        ("title: A\nlamps: {health: {chip: gpio, line: 1024}}", "from 0 to 1023"),
        ("title: A\nlamps: {health: {chip: gpio, line: -1}}", "from 0 to 1023"),
        ("title: A\nlamps: {health: {chip: gpio, line: 1, active_low: true}}", "one of `yes`, `no`"),
        ("title: A\nlamps: {helth: {led: A}}", "did you mean `health`?"),
        ("title: A\nbutton: {chip: gpio, line: 1, bias: up}", "one of `none`, `pull-up`, `pull-down`"),
        ("title: A\ncompatible: [\"a b\"]", "a device tree's name"), ("title: A\ncompatible: [acme,box]", "in quotes"),
        ("title: A\ncompatible: [\"a,b\", \"a,b\"]\n", "stands twice"),
        ("title: A\nlamps: &x {health: {led: A}}", "an anchor"),
        ("title: A\nlamps: [health]", "a group of keys"),
        ("\u{0}", "test.yaml"), ("", "holds no settings"), ("title: \"\"", "1 to 80 characters"),
    ])
    func wrong(text: String, words: String) {
        let found = errors(text)
        #expect(found.contains { $0.contains(words) }, "\(found)")
    }

    @Test("No text, however broken, stops the process: prefixes and changed letters")
    func hostile() throws {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/qemu-virt.yaml")))
        for length in 0..<bytes.count {
            _ = try? BoardFile.parse(Array(bytes.prefix(length)), name: "x", file: "x")
        }
        for (index, byte) in bytes.enumerated() {
            for other in [UInt8(ascii: ":"), UInt8(ascii: "{"), 0x00, 0xFF] where other != byte {
                var changed = bytes
                changed[index] = other
                _ = try? BoardFile.parse(changed, name: "x", file: "x")
            }
        }
        let long = "title: A\n" + String(repeating: "# comment\n", count: 30_000)
        #expect(errors(long).first?.contains("256 KiB") == true)
    }
}
