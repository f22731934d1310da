/// Looks at a data set in passing while its bytes stream to disk: keeps the elements it was asked for, and says what a
/// receiver should know about the rest.
///
/// At the end it knows whether the data set was whole: every length was honoured, every undefined length had its
/// delimiter. It takes what ``DataSetReader`` takes, and more: content of defined length is skipped by counting.
///
/// Memory is bounded, whatever arrives: the wanted values, each at most ``valueLimit``, one more in the making, two
/// bytes for each open sequence, and for deflated data sets 128 KiB for inflating (``memoryLimit(wantedCount:)``).
public struct HeaderParser: Sendable {
    /// Bytes of a wanted value. Identifying attributes are short; the longest, a study description, has 64 characters.
    public static let valueLimit = 4096

    /// What stood out in the data set's outermost level, and in what was entered of its sequences.
    public struct Observations: Sendable, Equatable {
        /// The length of native pixel data as its element states it; nil while unseen or encapsulated.
        public internal(set) var nativePixelDataLength: UInt32?
        /// The fragments of encapsulated pixel data, without the Basic Offset Table; nil while unseen or native.
        public internal(set) var fragmentCount: Int?
        /// The first element of the outermost level whose tag is lower than one before it (PS3.5 section 7.1).
        public internal(set) var outOfOrder: Tag?
        /// The first element of the outermost level that came twice in a row, or that was wanted and came twice. The
        /// later one is kept.
        public internal(set) var duplicate: Tag?
        /// The first element, item or fragment with an odd length (PS3.5 section 7.1.1).
        public internal(set) var oddLength: Tag?
        /// Whether zeros followed the last element, or more than a NUL the deflated stream.
        public internal(set) var hasTrailingBytes = false

        /// Nothing stood out yet.
        public init(nativePixelDataLength: UInt32? = nil) { self.nativePixelDataLength = nativePixelDataLength }
    }

    private var scanner: ElementScanner
    private var inflater: Inflater?

    /// - Throws: ``DataSetError/unsupportedTransferSyntax(_:)`` where ``TransferSyntax/isReadable`` is false.
    public init(
        wanted: Set<Tag>, syntax: TransferSyntax, limits: DataSetLimits = DataSetLimits()
    ) throws(DataSetError) {
        guard syntax.isReadable else { throw .unsupportedTransferSyntax(syntax) }
        scanner = ElementScanner(wanted: wanted, encoding: ElementEncoding(syntax), limits: limits)
        if syntax.isDeflated { inflater = Inflater(limits: limits) }
    }

    /// The wanted elements seen so far.
    public var header: DataSet { scanner.header }

    /// What stood out so far.
    public var observations: Observations {
        var observations = scanner.observations
        // Before the offset table has come there are none.
        observations.fragmentCount = observations.fragmentCount.map { max($0, 0) }
        if let inflater, inflater.trailingCount > 1 { observations.hasTrailingBytes = true }
        return observations
    }

    /// The length of native pixel data as its element states it; nil while unseen or encapsulated.
    public var nativePixelDataLength: UInt32? { observations.nativePixelDataLength }

    /// Takes the next bytes of the data set, in pieces of any size.
    ///
    /// - Throws: any ``DataSetError`` of reading; the parser is of no use afterwards.
    public mutating func consume(_ bytes: ArraySlice<UInt8>) throws(DataSetError) {
        guard inflater != nil else { return try scanner.consume(bytes) }
        try inflater?.inflate(bytes) { (piece: ArraySlice<UInt8>) throws(DataSetError) in
            try scanner.consume(piece)
        }
    }

    /// Takes the next bytes where they lie: within a long value, which is most of an image, nothing is copied.
    public mutating func consume(_ bytes: UnsafeRawBufferPointer) throws(DataSetError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if inflater == nil, scanner.skip(rest.count) { return }
            try consume(Array(rest.prefix(Self.copyLength))[...])
            rest = rest.dropFirst(Self.copyLength)
        }
    }

    /// What is copied at once while it looks for elements: the header of most images.
    private static let copyLength = 4096

    /// Says that no bytes follow.
    ///
    /// - Throws: ``DataSetError/truncated(tag:offset:)`` where something was still open.
    public mutating func finish() throws(DataSetError) {
        try scanner.finish()
        if let inflater, !inflater.isAtEnd { throw .truncated(tag: nil, offset: scanner.offset) }
    }

    /// The bytes that a parser for so many wanted elements holds at most, apart from a fixed size for each of them.
    static func memoryLimit(wantedCount: Int) -> Int {
        (wantedCount + 1) * valueLimit + 2 * 2 * DataSetLimits.deepestNesting + 2 * Inflater.pieceLength
    }

    /// The bytes held now, for tests of ``memoryLimit(wantedCount:)``.
    var heldBytes: Int { scanner.heldBytes + (inflater == nil ? 0 : 2 * Inflater.pieceLength) }
}
