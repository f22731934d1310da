import DICOM

/// Which fragments of encapsulated pixel data make up which frame (PS3.5 A.4, PS3.3 C.7.6.3.1.8).
struct EncapsulatedFrames: Sendable {
    private let fragments: ArraySlice<ArraySlice<UInt8>>
    /// Of each frame, indices into `fragments`.
    private let ranges: [Range<Int>]
    /// Of each frame, its bytes without padding; empty where only the fragments say.
    private let lengths: [Int]

    /// - Throws: ``PixelError/notFragments``, ``PixelError/offsetTable(frame:)`` or
    ///   ``PixelError/frameBoundaries(frames:found:)``. Each frame has at least one fragment, so that a number of
    ///   frames without fragments behind it costs nothing.
    init(_ element: DataElement, _ dataSet: DataSet, _ frames: Int, _ codec: FrameCodec) throws(PixelError) {
        guard case .fragments(let items) = element.value, items.count >= 2 else { throw .notFragments }
        fragments = items[1...]
        guard frames <= fragments.count else { throw .frameBoundaries(frames: frames, found: fragments.count) }
        let extended = dataSet.bytes(.extendedOffsetTable) ?? []
        if !extended.isEmpty {
            let lengths = try Self.numbers(dataSet.bytes(.extendedOffsetTableLengths) ?? [], size: 8, count: frames)
            ranges = try Self.ranges(at: Self.numbers(extended, size: 8, count: frames), fragments)
            self.lengths = lengths
            for (frame, range) in ranges.enumerated() {
                // At most one byte of padding lies behind a frame.
                let whole = fragments[range].reduce(0) { $0 + $1.count }
                guard lengths[frame] <= whole, lengths[frame] >= whole - 1 else { throw .offsetTable(frame: frame) }
            }
        } else if !items[0].isEmpty {
            ranges = try Self.ranges(at: Self.numbers(items[0], size: 4, count: frames), fragments)
            lengths = []
        } else {
            ranges = try Self.ranges(of: frames, without: fragments, codec)
            lengths = []
        }
    }

    /// The compressed bytes of one frame.
    func bytes(of frame: Int) -> ArraySlice<UInt8> {
        let range = ranges[frame]
        // The usual single fragment is not copied.
        let whole = range.count == 1 ? fragments[range.lowerBound] : fragments[range].reduce(into: []) { $0 += $1 }
        return lengths.isEmpty ? whole : whole.prefix(lengths[frame])
    }

    private static func numbers(_ bytes: ArraySlice<UInt8>, size: Int, count: Int) throws(PixelError) -> [Int] {
        guard bytes.count == size * count else { throw .offsetTable(frame: min(bytes.count / size, count)) }
        var numbers: [Int] = []
        for index in 0..<count {
            let start = bytes.startIndex + index * size
            let number = bytes[start..<start + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard let number = Int(exactly: number) else { throw .offsetTable(frame: index) }
            numbers.append(number)
        }
        return numbers
    }

    /// Offsets count from the first fragment's item tag; each fragment has eight bytes of tag and length before it.
    private static func ranges(
        at offsets: [Int], _ fragments: ArraySlice<ArraySlice<UInt8>>
    ) throws(PixelError) -> [Range<Int>] {
        var starts: [Int] = []
        var position = 0
        for (index, fragment) in zip(fragments.indices, fragments) {
            if starts.count < offsets.count, offsets[starts.count] == position { starts.append(index) }
            position += 8 + fragment.count
        }
        guard starts.count == offsets.count, starts.first == fragments.startIndex else {
            throw .offsetTable(frame: starts.first == fragments.startIndex ? starts.count : 0)
        }
        return zip(starts, starts.dropFirst() + [fragments.endIndex]).map { $0..<$1 }
    }

    /// Without a table: one frame is everything, as many frames as fragments are one each, and otherwise a frame ends
    /// where a fragment ends with the stream's end marker.
    private static func ranges(
        of frames: Int, without fragments: ArraySlice<ArraySlice<UInt8>>, _ codec: FrameCodec
    ) throws(PixelError) -> [Range<Int>] {
        if frames == 1 { return [fragments.startIndex..<fragments.endIndex] }
        if frames == fragments.count { return fragments.indices.map { $0..<$0 + 1 } }
        guard codec.hasEndMarker else { throw .frameBoundaries(frames: frames, found: fragments.count) }
        var ranges: [Range<Int>] = []
        var start = fragments.startIndex
        for index in fragments.indices where endsStream(fragments[index]) {
            ranges.append(start..<index + 1)
            start = index + 1
        }
        guard ranges.count == frames, start == fragments.endIndex else {
            throw .frameBoundaries(frames: frames, found: ranges.count)
        }
        return ranges
    }

    /// Whether the bytes end with 0xFF 0xD9, the end marker of JPEG, JPEG-LS and JPEG 2000, before any padding.
    private static func endsStream(_ fragment: ArraySlice<UInt8>) -> Bool {
        let end = fragment.lastIndex(where: { $0 != 0 }) ?? fragment.startIndex
        return end > fragment.startIndex && fragment[end] == 0xD9 && fragment[end - 1] == 0xFF
    }
}
