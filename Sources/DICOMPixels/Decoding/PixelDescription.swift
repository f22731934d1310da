import DICOM

/// The Image Pixel module: how the bytes of Pixel Data are to be read (PS3.3 C.7.6.3).
///
/// Invariants once made: rows, columns, samples and frames are at least 1, rows × columns is within
/// ``PixelLimits/pixelsPerFrame`` and times samples within ``PixelLimits/samplesPerFrame``, samples are what the
/// photometric interpretation has, and 1 ≤ bits stored ≤ high bit + 1 ≤ 64.
public struct PixelDescription: Sendable, Equatable {
    /// What the samples mean (PS3.3 C.7.6.3.1.2).
    public enum PhotometricInterpretation: String, Sendable {
        /// The lowest value is shown white.
        case monochrome1 = "MONOCHROME1"
        /// The lowest value is shown black.
        case monochrome2 = "MONOCHROME2"
        /// Indices into three tables of the data set.
        case paletteColor = "PALETTE COLOR"
        case rgb = "RGB"
        /// Luminance and two colour differences.
        case ybrFull = "YBR_FULL"
        /// The same; natively two pixels share their colour differences.
        case ybrFull422 = "YBR_FULL_422"
        /// A JPEG 2000 stream's irreversible transform, which its decoder undoes.
        case ybrICT = "YBR_ICT"
        /// A JPEG 2000 stream's reversible transform, which its decoder undoes.
        case ybrRCT = "YBR_RCT"

        /// 1 or 3.
        public var samplesPerPixel: Int {
            switch self {
            case .monochrome1, .monochrome2, .paletteColor: 1
            case .rgb, .ybrFull, .ybrFull422, .ybrICT, .ybrRCT: 3
            }
        }
    }

    public let rows: Int
    public let columns: Int
    public private(set) var samplesPerPixel: Int
    public let bitsAllocated: Int
    public private(set) var bitsStored: Int
    public private(set) var highBit: Int
    /// Two's complement, where true (Pixel Representation 1).
    public private(set) var isSigned: Bool
    public internal(set) var photometricInterpretation: PhotometricInterpretation
    /// 1 where the image has no Number of Frames.
    public let frames: Int
    /// Native samples plane by plane instead of pixel by pixel; false for one sample.
    public let isPlanar: Bool

    /// Reads the module out of a data set.
    ///
    /// - Throws: ``PixelError/missing(_:)``, ``PixelError/invalid(_:_:)``,
    ///   ``PixelError/unsupportedPhotometricInterpretation(_:)`` or ``PixelError/tooLarge(rows:columns:samples:)``.
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
        guard let interpretation = PhotometricInterpretation(rawValue: name) else {
            throw .unsupportedPhotometricInterpretation(String(name.prefix(16)))
        }
        photometricInterpretation = interpretation
        guard samplesPerPixel == interpretation.samplesPerPixel else {
            throw .invalid(.samplesPerPixel, samplesPerPixel)
        }
        // Both factors are at most 65,535: the product cannot overflow.
        guard rows * columns <= PixelLimits.pixelsPerFrame, samplesPerFrame <= PixelLimits.samplesPerFrame else {
            throw .tooLarge(rows: rows, columns: columns, samples: samplesPerPixel)
        }
    }

    /// The description of the same pixels in other colours.
    func converted(
        to interpretation: PhotometricInterpretation, bitsStored: Int? = nil, isSigned: Bool? = nil
    ) -> PixelDescription {
        var description = self
        description.photometricInterpretation = interpretation
        description.samplesPerPixel = interpretation.samplesPerPixel
        description.bitsStored = bitsStored ?? self.bitsStored
        description.highBit = description.bitsStored - 1
        description.isSigned = isSigned ?? self.isSigned
        return description
    }

    public var pixelsPerFrame: Int { rows * columns }
    public var samplesPerFrame: Int { rows * columns * samplesPerPixel }

    private static func number(_ tag: Tag, in dataSet: DataSet, _ range: ClosedRange<Int>) throws(PixelError) -> Int {
        guard let value = dataSet.integer(tag) else { throw .missing(tag) }
        guard range.contains(value) else { throw .invalid(tag, value) }
        return value
    }
}

/// Bounds that keep a lying header from costing more memory than any real image.
public enum PixelLimits {
    /// The largest detectors have about 40 million pixels.
    public static let pixelsPerFrame = 64 * 1024 * 1024
    /// A frame takes four bytes of each, and its decoder as much again. Colour cameras stay below 30 million pixels.
    public static let samplesPerFrame = 96 * 1024 * 1024
    /// Entries of the table through which ``GrayscaleFrame`` is windowed: the span of its values. Sixteen bits of any
    /// modality need 65,536.
    public static let grayscaleSpan = 1024 * 1024
}
