#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The bytes of a model file. A file is mapped, not read: its pages come as they are needed and can be given back, so
/// that loading never holds the weights twice.
///
/// A model file must not change or shrink while it is mapped; new versions are put in place by renaming. The bytes are
/// never written, so they may be read from any thread.
final class ModelBytes: @unchecked Sendable {
    let count: Int
    private let start: UnsafeMutableRawPointer?
    private let isMapped: Bool

    init(_ bytes: [UInt8]) {
        count = bytes.count
        isMapped = false
        guard !bytes.isEmpty else {
            start = nil
            return
        }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyBytes(from: bytes)
        start = copy.baseAddress
    }

    /// Maps a regular file of at most `maximumBytes`.
    convenience init(path: String, maximumBytes: Int) throws(InferenceError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        try self.init(descriptor: descriptor, path: path, maximumBytes: maximumBytes)
    }

    /// Maps an open file, which may be closed afterwards.
    ///
    /// - Parameter path: for errors.
    init(descriptor: Int32, path: String, maximumBytes: Int) throws(InferenceError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
        // A pipe or device would have no size to check.
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadableFile(path: path, reason: "not a regular file")
        }
        count = Int(status.st_size)
        guard count <= maximumBytes else {
            throw .limitExceeded(limit: "bytes", value: count, maximum: maximumBytes, path: path)
        }
        isMapped = true
        guard count > 0 else {
            start = nil
            return
        }
        guard let mapping = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), mapping != MAP_FAILED else {
            throw unreadable(path)
        }
        start = mapping
    }

    deinit {
        guard let start else { return }
        if isMapped { munmap(start, count) } else { start.deallocate() }
    }

    var indices: Range<Int> { 0..<count }

    subscript(_ offset: Int) -> UInt8 {
        withBytes(offset..<(offset + 1)) { $0[0] }
    }

    /// The bytes of a range, in place.
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes outside the model")
        let first = start.map { UnsafeRawPointer($0) + range.lowerBound }
        return body(UnsafeRawBufferPointer(start: first, count: range.count))
    }

    /// Gives the memory of a range back; it is read from the file again should anyone need it.
    func release(_ range: Range<Int>) {
        guard isMapped, let start else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let first = (range.lowerBound + page - 1) / page * page
        let last = range.upperBound == count ? count : range.upperBound / page * page
        guard page > 0, first < last else { return }
        // Advice: a refusal costs memory, nothing else.
        _ = madvise(start + first, last - first, Int32(MADV_DONTNEED))
    }
}

private func unreadable(_ path: String) -> InferenceError {
    .unreadableFile(path: path, reason: String(cString: strerror(errno)))
}
