import DICOM

/// An image's pixel data, native or compressed: checked as a whole when made, decoded frame by frame when asked.
///
/// This is the way from a data set to numbers: ``frame(_:)`` gives stored values as they are, ``grayscale(_:)`` what a
/// network of one channel wants, ``rgb(_:)`` colours. The transforms beside them are those of one frame, wherever the
/// data set keeps them.
public struct PixelData: Sendable {
    /// As the data set has it; a ``Frame`` describes itself, for decoding may change the colour space.
    public let description: PixelDescription
    let dataSet: DataSet
    let wordOrder: WordOrder
    private let source: Source

    private enum Source: Sendable {
        case native(NativeFrames)
        case encapsulated(EncapsulatedFrames, FrameCodec)
    }

    /// Decodes nothing yet.
    ///
    /// - Throws: a ``PixelError`` for what the header or the arrangement of the bytes already shows.
    public init(_ dataSet: DataSet, _ transferSyntax: TransferSyntax) throws(PixelError) {
        guard dataSet[.floatPixelData] == nil, dataSet[.doubleFloatPixelData] == nil else { throw .floatingPoint }
        let description = try PixelDescription(dataSet)
        guard let element = dataSet[.pixelData] else { throw .missing(.pixelData) }
        let wordOrder: WordOrder = transferSyntax.isLittleEndian ? .little : .big
        if transferSyntax.isEncapsulated {
            guard let codec = FrameCodec(transferSyntax) else { throw .unsupportedTransferSyntax(transferSyntax) }
            source = .encapsulated(try EncapsulatedFrames(element, dataSet, description.frames, codec), codec)
        } else {
            source = .native(try NativeFrames(element, description, wordOrder))
        }
        self.description = description
        self.dataSet = dataSet
        self.wordOrder = wordOrder
    }

    /// Decodes one frame.
    ///
    /// - Parameter index: from 0.
    public func frame(_ index: Int = 0) throws(PixelError) -> Frame {
        guard (0..<description.frames).contains(index) else {
            throw .noSuchFrame(index: index, frames: description.frames)
        }
        switch source {
        case .native(let frames): return try frames.frame(index)
        case .encapsulated(let frames, let codec): return try codec.decode(frames.bytes(of: index), description)
        }
    }

    /// Decodes one frame into a single channel. Colours become their luminance (ITU-R BT.601).
    public func grayscale(_ index: Int = 0) throws(PixelError) -> GrayscaleFrame {
        let frame = try frame(index)
        switch frame.description.photometricInterpretation {
        case .monochrome1, .monochrome2: return try GrayscaleFrame(frame)
        case .paletteColor: return try GrayscaleFrame(frame.rgb(ColorPalette(self)).luminance())
        default: return try GrayscaleFrame(frame.luminance())
        }
    }

    /// Decodes one frame into red, green and blue.
    ///
    /// - Throws: besides decoding's errors, ``PixelError/unsupportedPhotometricInterpretation(_:)`` for grayscale.
    public func rgb(_ index: Int = 0) throws(PixelError) -> Frame {
        let frame = try frame(index)
        switch frame.description.photometricInterpretation {
        case .monochrome1, .monochrome2:
            throw .unsupportedPhotometricInterpretation(description.photometricInterpretation.rawValue)
        case .paletteColor: return try frame.rgb(ColorPalette(self))
        default: return frame.rgb()
        }
    }

    /// From stored values to the modality's units, for one frame.
    public func modalityTransform(_ index: Int = 0) throws(PixelError) -> ModalityTransform {
        let group = FunctionalGroups(dataSet, frame: index).item(.pixelValueTransformationSequence) ?? dataSet
        return try ModalityTransform(group, wordOrder, isSigned: description.isSigned)
    }

    /// From the modality's units to gray as the modality wants it shown, for one frame; nil where it does not say.
    public func displayTransform(_ index: Int = 0) -> DisplayTransform? {
        let group = FunctionalGroups(dataSet, frame: index).item(.frameVOILUTSequence) ?? dataSet
        return DisplayTransform(group, wordOrder, isSigned: description.isSigned)
    }
}
