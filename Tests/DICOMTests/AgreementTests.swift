import Foundation
import TestSupport
import Testing

@testable import DICOM

/// Every file that pydicom carries, element for element as pydicom reads it, and written back byte for byte.
@Suite struct AgreementTests {
    /// Files that are damaged on purpose, and why they are not read here though pydicom reads a part of them.
    static let damaged: Set<String> = [
        "MR_truncated.dcm", "rtplan_truncated.dcm",  // cut
        "SC_rgb_jpeg.dcm",  // Implicit VR under an explicit transfer syntax
        "DICOMDIR-nooffset",  // a sequence that ends in the middle of an item
    ]

    @Test func everyElementIsAsPydicomReadsIt() async throws {
        let files = await PydicomFiles.readable
        #expect(files.count > 180)
        let lines = try await PydicomFiles.lines("dump.py", files.map(\.path))
        let dumps = lines.split(whereSeparator: { $0.hasPrefix("file ") }, keepingEmpty: files.count)
        try #require(dumps.count == files.count)
        var elementCount = 0
        for (file, expected) in zip(files, dumps) {
            let name = file.testDescription
            if expected.first?.hasPrefix("failed") == true { continue }
            do {
                let dataSet = try DataSetReader.read(file.dataSet[...], file.syntax)
                var ours: [String] = []
                Self.dump(dataSet, "", into: &ours)
                elementCount += ours.count
                Self.compare(ours, expected.map(String.init), name)
            } catch {
                if !Self.damaged.contains(name) { Issue.record("\(name): \(error)") }
            }
        }
        print("pydicom elements compared:", elementCount)
        #expect(elementCount > 13_500)
    }

    private static func compare(_ ours: [String], _ theirs: [String], _ name: String) {
        // Sequences that a sender wrote as unknown stay bytes here.
        let unknown = ours.filter { $0.contains(" UN ") }.map { $0.prefix { $0 != " " } + "[" }
        let expected = theirs.filter { line in !unknown.contains(where: line.hasPrefix) }
        guard ours.count == expected.count else {
            let difference = Set(ours).symmetricDifference(expected).sorted().prefix(8)
            Issue.record("\(name): \(ours.count) elements instead of \(expected.count): \(difference)")
            return
        }
        for (left, right) in zip(ours, expected) where !isSame(left, right) {
            Issue.record("\(name): \(left) where pydicom has \(right)")
        }
    }

    private static func isSame(_ ours: String, _ theirs: String) -> Bool {
        if ours == theirs { return true }
        let left = ours.split(separator: " ", omittingEmptySubsequences: false)
        let right = theirs.split(separator: " ", omittingEmptySubsequences: false)
        guard left.count >= 3, right.count >= 3, left[0] == right[0] else { return false }
        if right[2] == "other" { return left[1] == right[1] || left[1] == "UN" }
        // Eight-bit pixels of Implicit VR: bytes here, so that no byte order can turn them; words to pydicom.
        if left[1] == "OB", right[1] == "OW", left[0].hasSuffix("7FE00010") { return left[2...] == right[2...] }
        // pydicom knows private elements of some vendors; here they stay unknown.
        return left[1] == "UN" && (left[2..<4] == right[2..<4] || right[1] == "SQ")
    }

    private static func dump(_ dataSet: DataSet, _ path: String, into lines: inout [String]) {
        for element in dataSet.elements {
            let tag = element.tag
            let here = path + tag.group.hexadecimal + tag.element.hexadecimal
            switch element.value {
            case .sequence(let items):
                lines.append("\(here) SQ items \(items.count)")
                for (index, item) in items.enumerated() { dump(item, "\(here)[\(index)]/", into: &lines) }
            case .fragments(let fragments):
                let lengths = fragments.map { "\($0.count)" }.joined(separator: ",")
                lines.append("\(here) \(element.vr) fragments [\(lengths)]")
            case .bytes(let bytes):
                let shown = bytes.count <= 64 ? Array(bytes) : Array(bytes.prefix(32)) + Array(bytes.suffix(32))
                let hexadecimal = shown.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                lines.append(
                    "\(here) \(element.vr) bytes \(bytes.count):\(hexadecimal) \(numbers(dataSet, element))")
            }
        }
    }

    private static func numbers(_ dataSet: DataSet, _ element: DataElement) -> String {
        switch element.vr {
        case .US, .SS, .UL, .SL, .UV, .SV, .IS:
            (dataSet.integers(element.tag) ?? []).map { "\($0)" }.joined(separator: ",")
        case .FL, .FD, .DS:
            (dataSet.decimals(element.tag) ?? []).map { number in
                let text = String(number.bitPattern, radix: 16)
                return String(repeating: "0", count: 16 - text.count) + text
            }.joined(separator: ",")
        default: ""
        }
    }

    /// Files whose bytes are not what the standard asks for, so that writing them corrects them.
    static let illFormed: Set<String> = [
        "winter.dcm",  // an element twice
        "nested_priv_SQ.dcm",  // an odd length
    ]

    @Test func writesBackWhatItRead() async throws {
        var count = 0
        for file in await PydicomFiles.readable where !file.syntax.isDeflated {
            let name = file.testDescription
            guard let dataSet = try? DataSetReader.read(file.dataSet[...], file.syntax) else { continue }
            let written = DataSetWriter.write(dataSet, file.syntax)
            if Self.illFormed.contains(name) { continue }
            count += 1
            #expect(written == file.dataSet, "\(name)")
        }
        print("written back byte for byte:", count)
        #expect(count > 170)
    }
}

extension [Substring] {
    /// The groups between separators, one behind each of them.
    func split(whereSeparator isSeparator: (Substring) -> Bool, keepingEmpty count: Int) -> [[Substring]] {
        var groups: [[Substring]] = []
        groups.reserveCapacity(count)
        for line in self {
            if isSeparator(line) { groups.append([]) } else if !groups.isEmpty { groups[groups.count - 1].append(line) }
        }
        return groups
    }
}
