import CZlib

/// Deflates whole data sets (PS3.5 A.5, RFC 1951).
enum Deflater {
    /// A stream without zlib's header and checksum, padded with a NUL to even length.
    static func deflate(_ bytes: [UInt8]) -> [UInt8] {
        // zlib's stream must not move in memory.
        let state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        state.initialize(to: z_stream())
        defer { state.deallocate() }
        let size = Int32(MemoryLayout<z_stream>.size)
        let started = deflateInit2_(
            state, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        precondition(started == Z_OK, "zlib does not start")
        defer { deflateEnd(state) }
        // zlib counts in 32 bits: so much at once.
        let portion = 1 << 30
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        var start = 0
        repeat {
            let end = min(start + portion, bytes.count)
            bytes[start..<end].withUnsafeBufferPointer { source in
                state.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                state.pointee.avail_in = UInt32(source.count)
                var isFull = true
                while isFull {
                    piece.withUnsafeMutableBufferPointer { target in
                        state.pointee.next_out = target.baseAddress
                        state.pointee.avail_out = UInt32(target.count)
                        let result = CZlib.deflate(state, end == bytes.count ? Z_FINISH : Z_NO_FLUSH)
                        precondition(result != Z_STREAM_ERROR, "zlib's stream is damaged")
                    }
                    output.append(contentsOf: piece[..<(piece.count - Int(state.pointee.avail_out))])
                    isFull = state.pointee.avail_out == 0
                }
            }
            start = end
        } while start < bytes.count
        if output.count % 2 == 1 { output.append(0) }
        return output
    }
}
