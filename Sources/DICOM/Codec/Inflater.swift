import CZlib

/// Inflates a deflated data set piece by piece, within limits (PS3.5 A.5, RFC 1951).
///
/// Memory: zlib's window and state, less than 64 KiB, and one buffer of ``pieceLength``.
struct Inflater: Sendable {
    /// What is given out at once: large enough that calling costs nothing, small beside everything else.
    static let pieceLength = 64 * 1024

    /// zlib's stream, which must not move in memory. Only one ``Inflater`` at a time uses it: a copy that is changed
    /// gets a stream of its own.
    private final class Stream: @unchecked Sendable {
        let state: UnsafeMutablePointer<z_stream>
        var piece = [UInt8](repeating: 0, count: Inflater.pieceLength)

        init() {
            state = .allocate(capacity: 1)
            state.initialize(to: z_stream())
            // Negative bits: a stream without zlib's header and checksum.
            let result = inflateInit2_(state, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            precondition(result == Z_OK, "zlib does not start")
        }

        init(copying other: Stream) {
            state = .allocate(capacity: 1)
            state.initialize(to: z_stream())
            let result = inflateCopy(state, other.state)
            precondition(result == Z_OK, "zlib does not copy")
        }

        deinit {
            inflateEnd(state)
            state.deallocate()
        }
    }

    private var stream = Stream()
    /// Bytes behind the stream that are no zeros and yet tolerated: some writers leave the checksum and length of a
    /// gzip file there.
    static let trailerLength = 8

    private let limits: DataSetLimits
    private var inputCount = 0
    private var outputCount = 0
    /// Whether the stream has said that it is at its end.
    private(set) var isAtEnd = false
    /// Bytes behind the end of the stream.
    private(set) var trailingCount = 0

    init(limits: DataSetLimits) { self.limits = limits }

    /// Inflates all of `input` and hands on what comes out, in pieces of at most ``pieceLength``.
    ///
    /// - Throws: ``DataSetError/notDeflated(offset:)``, ``DataSetError/inflatesTooFar(bytes:ratioLimit:)``,
    ///   ``DataSetError/bytesBehindEnd(offset:)``, or what `body` throws.
    mutating func inflate(
        _ input: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) throws(DataSetError) -> Void
    ) throws(DataSetError) {
        if !isKnownUniquelyReferenced(&stream) { stream = Stream(copying: stream) }
        var rest = input
        // One more call after the last byte gives what did not fit into the piece.
        var hasMore = !rest.isEmpty
        while hasMore, !isAtEnd {
            let (consumed, produced, result) = step(rest)
            rest = rest.dropFirst(consumed)
            inputCount += consumed
            outputCount += produced
            guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else {
                throw .notDeflated(offset: inputCount)
            }
            guard limits.allowInflation(from: inputCount, to: outputCount) else {
                throw .inflatesTooFar(
                    bytes: min(limits.inflatedBytes, limits.freelyInflatedBytes), ratioLimit: limits.inflationRatio)
            }
            isAtEnd = result == Z_STREAM_END
            try body(stream.piece[..<produced])
            hasMore = !rest.isEmpty || produced == Self.pieceLength
        }
        // One NUL makes the length even (PS3.5 A.5); more do no harm.
        let trailer = rest.prefix(max(0, Self.trailerLength - trailingCount))
        trailingCount += rest.count
        guard rest.dropFirst(trailer.count).allSatisfy({ $0 == 0 }) else { throw .bytesBehindEnd(offset: outputCount) }
    }

    /// One call of zlib: bytes that it took, bytes that it gave into the piece, and its result.
    private func step(_ input: ArraySlice<UInt8>) -> (consumed: Int, produced: Int, result: Int32) {
        let state = stream.state
        // zlib counts in 32 bits.
        let offered = min(input.count, 1 << 30)
        return input.withUnsafeBufferPointer { source in
            stream.piece.withUnsafeMutableBufferPointer { target in
                // zlib reads only: its header leaves out the const.
                state.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                state.pointee.avail_in = UInt32(offered)
                state.pointee.next_out = target.baseAddress
                state.pointee.avail_out = UInt32(target.count)
                let result = CZlib.inflate(state, Z_NO_FLUSH)
                defer {
                    state.pointee.next_in = nil
                    state.pointee.next_out = nil
                }
                return (
                    offered - Int(state.pointee.avail_in), target.count - Int(state.pointee.avail_out), result
                )
            }
        }
    }

    /// The whole of a deflated data set.
    static func inflate(_ bytes: ArraySlice<UInt8>, limits: DataSetLimits) throws(DataSetError) -> [UInt8] {
        var inflater = Inflater(limits: limits)
        var output: [UInt8] = []
        try inflater.inflate(bytes) { (piece: ArraySlice<UInt8>) throws(DataSetError) in
            output.append(contentsOf: piece)
        }
        guard inflater.isAtEnd else { throw .truncated(tag: nil, offset: output.count) }
        return output
    }
}
