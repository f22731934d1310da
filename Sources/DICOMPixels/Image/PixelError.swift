import DICOM

/// Why pixel data cannot be turned into numbers. No message carries a value that could identify a patient.
public enum PixelError: Error, Equatable, CustomStringConvertible {
    case missing(Tag)
    case invalid(Tag, Int)
    case unusableNumber(Tag)
    case tooLarge(rows: Int, columns: Int, limit: Int)
    case lengthMismatch(expected: Int, found: Int)
    case noSuchFrame(index: Int, frames: Int)
    case compressed(TransferSyntax)
    case unsupportedPhotometricInterpretation(String)
    case unsupportedBitsAllocated(Int)
    case unsupportedModalityLUT

    public var description: String {
        switch self {
        case .missing(let tag):
            "the image has no usable element \(tag), without which its pixels cannot be read"
        case .invalid(let tag, let value):
            "element \(tag) is \(value), which the standard does not allow beside the image's other attributes"
        case .unusableNumber(let tag):
            "element \(tag) is no number that can be computed with; correct it at the modality"
        case .tooLarge(let rows, let columns, let limit):
            """
            the image has \(rows) rows and \(columns) columns, more than \(limit) pixels a frame; it is kept and \
            forwarded but not read
            """
        case .lengthMismatch(let expected, let found):
            """
            the pixel data has \(found) bytes where the image's attributes ask for \(expected); send the image again \
            whole
            """
        case .noSuchFrame(let index, let frames):
            "frame \(index + 1) was asked for but the image has \(frames)"
        case .compressed(let syntax):
            "pixel data in transfer syntax \(syntax) cannot be decoded; send the image uncompressed"
        case .unsupportedPhotometricInterpretation(let name):
            "photometric interpretation \(name) cannot be read; only MONOCHROME1 and MONOCHROME2 can"
        case .unsupportedBitsAllocated(let bits):
            "\(bits) bits allocated cannot be read; only 8 and 16 can"
        case .unsupportedModalityLUT:
            "the image has a Modality LUT Sequence, which cannot be applied; only rescale slope and intercept can"
        }
    }
}

/// Bounds that keep a lying header from costing more memory than any real image.
public enum PixelLimits {
    /// The largest detectors have about 40 million pixels; a frame of stored values takes four bytes of each.
    public static let pixelsPerFrame = 64 * 1024 * 1024
}
