import DICOM
import DICOMPixels
import Foundation
import TestSupport
import Testing

/// A file and what Python's decoders make of it, from `Python/peer.py`.
struct PeerImage: Decodable, Sendable, CustomTestStringConvertible {
    var path: String
    var syntax: String
    /// Whose decoder.
    var decoder: String
    /// Why there is nothing to compare with.
    var problem: String?
    /// A file of int32: all samples of all frames. nil where a value does not fit.
    var stored: String?
    /// A file of int32: all frames in red, green and blue.
    var rgb: String?

    var name: String { URL(fileURLWithPath: path).lastPathComponent }
    var testDescription: String { name }

    /// What a script of ours lists; `folder` must outlive it.
    static func list(_ script: String, in folder: TemporaryFolder) throws -> [PeerImage] {
        let path = Repository.root.path + "/Tests/DICOMPixelsTests/Python/" + script
        return try JSONDecoder().decode([PeerImage].self, from: Tool.python(path, [folder.path]).output)
    }

    /// Compares all frames with `file`'s, as stored and, where there is such a peer, in colour; true where in both.
    func compare(_ file: DICOMFile) throws -> Bool {
        let pixels = try PixelData(file.dataSet, file.transferSyntax)
        let difference = try largestDifference(pixels.allStoredValues(), Self.integers(#require(stored)))
        #expect(difference == 0, "\(name) by \(decoder): \(String(describing: difference))")
        guard let rgb else { return false }
        let apart = try largestDifference(pixels.allColors(), Self.integers(rgb))
        #expect(apart == 0, "\(name) in colour: \(String(describing: apart))")
        return true
    }

    static func integers(_ path: String) throws -> [Int32] {
        try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) }
    }
}

/// All samples of all frames.
extension PixelData {
    func allStoredValues() throws -> [Int32] {
        try (0..<description.frames).flatMap { try frame($0).storedValues }
    }

    func allColors() throws -> [Int32] {
        try (0..<description.frames).flatMap { try rgb($0).storedValues }
    }
}

/// How far two lists are apart; nil where they are not of one length.
func largestDifference(_ left: [Int32], _ right: [Int32]) -> Int? {
    guard left.count == right.count else { return nil }
    // The usual answer, found much faster in a program built for debugging.
    let size = left.count * MemoryLayout<Int32>.size
    let isEqual = left.withUnsafeBytes { left in
        right.withUnsafeBytes { right in
            guard let left = left.baseAddress, let right = right.baseAddress else { return true }
            return memcmp(left, right, size) == 0
        }
    }
    if isEqual { return 0 }
    return zip(left, right).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
}
