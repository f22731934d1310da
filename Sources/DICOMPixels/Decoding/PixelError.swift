import DICOM

/// Why pixel data cannot be turned into numbers. No message carries a value that could identify a patient.
public enum PixelError: Error, Equatable, CustomStringConvertible {
    case missing(Tag)
    case invalid(Tag, Int)
    case unusableNumber(Tag)
    case unusableTable(Tag)
    case tooLarge(rows: Int, columns: Int, samples: Int)
    case lengthMismatch(expected: Int, found: Int)
    case noSuchFrame(index: Int, frames: Int)
    case unsupportedTransferSyntax(TransferSyntax)
    case unsupportedPhotometricInterpretation(String)
    case unsupportedBitsAllocated(Int)
    case floatingPoint
    case valueBeyondInteger
    case valuesTooFarApart(span: Int, limit: Int)
    case notFragments
    case offsetTable(frame: Int)
    case frameBoundaries(frames: Int, found: Int)
    case runLength(RunLengthFault)
    case codec(CodecFault, String)

    /// What is wrong with a run-length encoded frame (PS3.5 annex G).
    public enum RunLengthFault: Sendable, Equatable {
        /// Shorter than the 64 bytes of its header.
        case header
        /// Another number of segments than the samples have bytes.
        case segments(expected: Int, found: Int)
        /// A segment that does not lie behind the one before it and within the frame.
        case offset(segment: Int)
        /// A segment that ends before its pixels do.
        case short(segment: Int)
        /// A run or samples beyond the last pixel.
        case overrun(segment: Int)
    }

    /// What a codec's library says of a compressed frame.
    public enum CodecFault: Sendable, Equatable {
        case damaged
        /// The stream's own header contradicts the image's attributes.
        case mismatch
        case unsupported
        case outOfMemory
    }

    public var description: String {
        switch self {
        case .missing(let tag):
            "the image has no usable element \(tag), without which its pixels cannot be read"
        case .invalid(let tag, let value):
            "element \(tag) is \(value), which the standard does not allow beside the image's other attributes"
        case .unusableNumber(let tag):
            "element \(tag) is no number that can be computed with; correct it at the modality"
        case .unusableTable(let tag):
            "the table in element \(tag) contradicts its descriptor; correct it at the modality"
        case .tooLarge(let rows, let columns, let samples):
            """
            the image has \(rows) rows and \(columns) columns of \(samples) samples, more than \
            \(PixelLimits.pixelsPerFrame) pixels or \(PixelLimits.samplesPerFrame) samples a frame; it is kept and \
            forwarded but not read
            """
        case .lengthMismatch(let expected, let found):
            """
            the pixel data has \(found) bytes where the image's attributes ask for \(expected); send the image again \
            whole
            """
        case .noSuchFrame(let index, let frames):
            "frame \(index + 1) was asked for but the image has \(frames)"
        case .unsupportedTransferSyntax(let syntax):
            "pixel data in transfer syntax \(syntax) cannot be decoded; send the image uncompressed"
        case .unsupportedPhotometricInterpretation(let name):
            "photometric interpretation \(name) cannot be read; send the image as RGB or MONOCHROME2"
        case .unsupportedBitsAllocated(let bits):
            "\(bits) bits allocated cannot be read in this transfer syntax; send the image with 8 or 16"
        case .floatingPoint:
            "the pixels are floating-point numbers, which are not read; send integers with a rescale"
        case .valueBeyondInteger:
            "a stored value is above 2147483647; send the image with a smaller range and a rescale"
        case .valuesTooFarApart(let span, let limit):
            "the image's values span \(span) steps, more than \(limit), and are not analysed or shown as gray"
        case .notFragments:
            "the pixel data is not in fragments as the transfer syntax demands, or has none; send the image again"
        case .offsetTable(let frame):
            """
            the offset table says that frame \(frame + 1) begins or ends where no fragment does; send the image \
            uncompressed
            """
        case .frameBoundaries(let frames, let found):
            "the fragments hold \(found) frames where the image has \(frames); send the image uncompressed"
        case .runLength(let fault):
            "the run-length encoded frame is damaged (\(fault)); send the image again"
        case .codec(let fault, let words):
            "the compressed frame cannot be decoded (\(fault): \(words)); send the image again, or uncompressed"
        }
    }
}

extension PixelError.RunLengthFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .header: "no header"
        case .segments(let expected, let found): "\(found) segments instead of \(expected)"
        case .offset(let segment): "segment \(segment + 1) begins outside"
        case .short(let segment): "segment \(segment + 1) ends early"
        case .overrun(let segment): "segment \(segment + 1) is too long"
        }
    }
}

extension PixelError.CodecFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .damaged: "damaged"
        case .mismatch: "it contradicts the image's attributes"
        case .unsupported: "unsupported"
        case .outOfMemory: "not enough memory"
        }
    }
}
