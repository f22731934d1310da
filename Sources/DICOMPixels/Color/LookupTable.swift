import DICOM

/// A table of the data set that maps integers to unsigned integers (PS3.3 C.11.1.1, C.11.2.1.1, C.7.6.3.1.5).
public struct LookupTable: Sendable, Equatable {
    /// The input that maps to the first entry.
    public let first: Int
    /// Bits of each entry, 1 to 16.
    public let bits: Int
    /// At least one.
    public let entries: [UInt16]

    public init(first: Int, bits: Int, entries: [UInt16]) {
        precondition(!entries.isEmpty && (1...16).contains(bits), "a table has entries")
        self.first = first
        self.bits = bits
        self.entries = entries
    }

    /// The entry for `input`. What lies before the table has the first entry and what lies behind it the last.
    public subscript(input: Int) -> UInt16 { entries[min(max(input - first, 0), entries.count - 1)] }

    /// - Parameters:
    ///   - segmented: where the entries may stand in segments instead.
    ///   - isSigned: whether inputs can be negative, which the descriptor's VR does not reliably say.
    init(
        _ dataSet: DataSet, _ wordOrder: WordOrder, isSigned: Bool, descriptor descriptorTag: Tag, data tag: Tag,
        segmented: Tag? = nil
    ) throws(PixelError) {
        guard let element = dataSet[descriptorTag], let bytes = element.bytes else { throw .missing(descriptorTag) }
        let descriptor = wordOrder.words(bytes)
        guard descriptor.count == 3 else { throw .unusableTable(descriptorTag) }
        // 65,536 does not fit into sixteen bits and is written as 0.
        let count = descriptor[0] == 0 ? 65_536 : Int(descriptor[0])
        first = isSigned || element.vr == .SS ? Int(Int16(bitPattern: descriptor[1])) : Int(descriptor[1])
        bits = Int(descriptor[2])
        guard (1...16).contains(bits) else { throw .unusableTable(descriptorTag) }
        if let segmented, let data = dataSet.bytes(segmented) {
            let words = bits <= 8 ? wordOrder.unpackedBytes(data).map(UInt16.init) : wordOrder.words(data)
            guard let expanded = SegmentedTable.expand(words, count: count, isWide: bits > 8) else {
                throw .unusableTable(segmented)
            }
            entries = expanded
            return
        }
        guard let data = dataSet.bytes(tag) else { throw .missing(tag) }
        // Entries of up to eight bits stand in bytes or, as often, in words.
        if data.count >= 2 * count, data.count <= 2 * count + 1 {
            entries = wordOrder.words(data)
        } else if bits <= 8, data.count >= count, data.count <= count + 1 {
            entries = wordOrder.unpackedBytes(data).prefix(count).map(UInt16.init)
        } else {
            throw .unusableTable(tag)
        }
    }
}

/// A table written as segments (PS3.3 C.7.9.2).
enum SegmentedTable {
    private enum Kind: UInt16 {
        case discrete = 0
        case linear = 1
        case indirect = 2
    }

    /// - Parameters:
    ///   - words: the segments, in words of the entries' size.
    ///   - isWide: whether those have sixteen bits.
    /// - Returns: nil where the segments are damaged or do not make `count` entries.
    static func expand(_ words: [UInt16], count: Int, isWide: Bool) -> [UInt16]? {
        var entries: [UInt16] = []
        entries.reserveCapacity(count)
        var position = 0
        while position < words.count, entries.count < count {
            guard let next = appendSegment(words, at: position, to: &entries, count, isWide) else { return nil }
            position = next
        }
        return entries.count == count ? entries : nil
    }

    /// Appends what the segment at `position` stands for and returns where the next one begins.
    private static func appendSegment(
        _ words: [UInt16], at position: Int, to entries: inout [UInt16], _ count: Int, _ isWide: Bool,
        mayBeIndirect: Bool = true
    ) -> Int? {
        guard position >= 0, position + 2 <= words.count, let kind = Kind(rawValue: words[position]) else { return nil }
        let length = Int(words[position + 1])
        switch kind {
        case .discrete:
            let end = position + 2 + length
            guard end <= words.count, entries.count + length <= count else { return nil }
            entries += words[position + 2..<end]
            return end
        case .linear:
            guard position + 3 <= words.count, entries.count + length <= count, let last = entries.last else {
                return nil
            }
            let step = Double(Int(words[position + 2]) - Int(last)) / Double(max(length, 1))
            for index in 1...max(length, 1) where length > 0 {
                entries.append(UInt16((Double(last) + step * Double(index)).rounded()))
            }
            return position + 3
        case .indirect:
            // Copies must not copy copies: the work would grow without the input growing.
            guard mayBeIndirect else { return nil }
            let parts = isWide ? 2 : 4
            guard position + 2 + parts <= words.count else { return nil }
            // The offset's words come least significant first.
            var start = (0..<parts).reversed().reduce(0) { $0 << (isWide ? 16 : 8) | Int(words[position + 2 + $1]) }
            if !isWide, start >= words.count { return nil }
            for _ in 0..<length {
                guard let next = appendSegment(
                    words, at: start, to: &entries, count, isWide, mayBeIndirect: false)
                else { return nil }
                start = next
            }
            return position + 2 + parts
        }
    }
}
