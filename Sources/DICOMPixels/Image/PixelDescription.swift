import DICOM

/// The Image Pixel module: how the bytes of Pixel Data are to be read (PS3.3 C.7.6.3).
///
/// Invariants once made: rows, columns, samples and frames are at least 1, rows × columns is within
/// ``PixelLimits/pixelsPerFrame``, and 1 ≤ bits stored ≤ high bit + 1 ≤ bits allocated.
public struct PixelDescription: Sendable, Equatable {
    public enum PhotometricInterpretation: Sendable, Equatable {
        /// The lowest value is shown white.
        case monochrome1
        /// The lowest value is shown black.
        case monochrome2
        /// Known to exist, not read here.
        case other(String)
    }

    public let rows: Int
    public let columns: Int
    public let samplesPerPixel: Int
    public let bitsAllocated: Int
    public let bitsStored: Int
    public let highBit: Int
    /// Two's complement, where true (Pixel Representation 1).
    public let isSigned: Bool
    public let photometricInterpretation: PhotometricInterpretation
    /// 1 where the image has no Number of Frames.
    public let frames: Int
    /// Samples plane by plane instead of pixel by pixel; false for one sample.
    public let isPlanar: Bool

    /// Reads the module out of a data set.
    ///
    /// - Throws: ``PixelError/missing(_:)``, ``PixelError/invalid(_:_:)`` or
    ///   ``PixelError/tooLarge(rows:columns:limit:)``.
    public init(_ dataSet: DataSet) throws(PixelError) {
        rows = try Self.number(.rows, in: dataSet, 1...65_535)
        columns = try Self.number(.columns, in: dataSet, 1...65_535)
        samplesPerPixel = try Self.number(.samplesPerPixel, in: dataSet, 1...4)
        bitsAllocated = try Self.number(.bitsAllocated, in: dataSet, 1...64)
        bitsStored = try Self.number(.bitsStored, in: dataSet, 1...bitsAllocated)
        highBit = try Self.number(.highBit, in: dataSet, (bitsStored - 1)...(bitsAllocated - 1))
        isSigned = try Self.number(.pixelRepresentation, in: dataSet, 0...1) == 1
        frames = dataSet[.numberOfFrames] == nil
            ? 1 : try Self.number(.numberOfFrames, in: dataSet, 1...Int(Int32.max))
        isPlanar = samplesPerPixel > 1 && dataSet.integer(.planarConfiguration) == 1
        guard let name = dataSet.string(.photometricInterpretation) else { throw .missing(.photometricInterpretation) }
        photometricInterpretation =
            switch name {
            case "MONOCHROME1": .monochrome1
            case "MONOCHROME2": .monochrome2
            default: .other(String(name.prefix(16)))
            }
        // Both factors are at most 65,535: the product cannot overflow.
        guard rows * columns <= PixelLimits.pixelsPerFrame else {
            throw .tooLarge(rows: rows, columns: columns, limit: PixelLimits.pixelsPerFrame)
        }
    }

    public var pixelsPerFrame: Int { rows * columns }

    /// Bytes of one native frame; nil where bits allocated is no whole number of bytes or the sum is beyond an integer.
    public var bytesPerFrame: Int? {
        guard bitsAllocated % 8 == 0 else { return nil }
        let (bytes, overflow) = pixelsPerFrame.multipliedReportingOverflow(by: samplesPerPixel * bitsAllocated / 8)
        return overflow ? nil : bytes
    }

    private static func number(_ tag: Tag, in dataSet: DataSet, _ range: ClosedRange<Int>) throws(PixelError) -> Int {
        guard let value = dataSet.integer(tag) else { throw .missing(tag) }
        guard range.contains(value) else { throw .invalid(tag, value) }
        return value
    }
}
