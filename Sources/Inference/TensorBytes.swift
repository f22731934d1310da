/// The bytes of a tensor's elements: its own, or where they lie in a model file.
struct TensorBytes: Sendable {
    private enum Place: Sendable {
        case array([UInt8])
        case file(ModelBytes, Range<Int>)
    }

    private let place: Place

    init(_ bytes: [UInt8]) { place = .array(bytes) }

    /// A range of a model file, which stays there.
    init(_ file: ModelBytes, _ range: Range<Int>) { place = .file(file, range) }

    var count: Int {
        switch place {
        case .array(let bytes): bytes.count
        case .file(_, let range): range.count
        }
    }

    /// A copy of the bytes.
    var array: [UInt8] { withUnsafeBytes { Array($0) } }

    /// The bytes in place, aligned to nothing.
    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch place {
        case .array(let bytes): bytes.withUnsafeBytes(body)
        case .file(let file, let range): file.withBytes(range, body)
        }
    }

    /// Gives back the memory that reading a model file has taken. They may be read again.
    func release() {
        if case .file(let file, let range) = place { file.release(range) }
    }
}

extension TensorBytes: Equatable {
    static func == (left: TensorBytes, right: TensorBytes) -> Bool {
        left.count == right.count
            && left.withUnsafeBytes { a in right.withUnsafeBytes { b in a.elementsEqual(b) } }
    }
}
