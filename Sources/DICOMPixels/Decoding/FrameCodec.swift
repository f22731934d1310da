import CSupport
import DICOM

/// How one frame is compressed, by transfer syntax (PS3.5 A.4), and its decoding. Takes any bytes without a crash.
public enum FrameCodec: String, Sendable, CaseIterable {
    case runLength
    /// Baseline, extended, and both lossless processes.
    case jpeg
    /// Lossless and near-lossless.
    case jpegLS
    /// With its high-throughput form.
    case jpeg2000

    /// nil for a transfer syntax that is not decoded here.
    public init?(_ transferSyntax: TransferSyntax) {
        guard let codec = Self.byUID[transferSyntax.uid.value] else { return nil }
        self = codec
    }

    private static let byUID: [String: FrameCodec] = [
        "1.2.840.10008.1.2.5": .runLength,
        "1.2.840.10008.1.2.4.50": .jpeg, "1.2.840.10008.1.2.4.51": .jpeg,
        "1.2.840.10008.1.2.4.57": .jpeg, "1.2.840.10008.1.2.4.70": .jpeg,
        "1.2.840.10008.1.2.4.80": .jpegLS, "1.2.840.10008.1.2.4.81": .jpegLS,
        "1.2.840.10008.1.2.4.90": .jpeg2000, "1.2.840.10008.1.2.4.91": .jpeg2000,
        "1.2.840.10008.1.2.4.201": .jpeg2000, "1.2.840.10008.1.2.4.202": .jpeg2000,
        "1.2.840.10008.1.2.4.203": .jpeg2000,
    ]

    var hasEndMarker: Bool { self != .runLength }

    /// Decodes one frame.
    ///
    /// - Throws: ``PixelError/runLength(_:)``, ``PixelError/codec(_:_:)``,
    ///   ``PixelError/unsupportedBitsAllocated(_:)`` or ``PixelError/valueBeyondInteger``.
    public func decode(_ bytes: ArraySlice<UInt8>, _ description: PixelDescription) throws(PixelError) -> Frame {
        guard self != .runLength else {
            return Frame(description, try RunLengthDecoder.decode(bytes, description))
        }
        guard description.bitsAllocated <= 32 else { throw .unsupportedBitsAllocated(description.bitsAllocated) }
        var (samples, report) = try decodeStream(bytes, description)
        correct(&samples, report, description)
        var decoded = description
        decoded.photometricInterpretation = interpretation(report, description)
        return Frame(decoded, samples)
    }

    private func decodeStream(
        _ bytes: ArraySlice<UInt8>, _ description: PixelDescription
    ) throws(PixelError) -> ([Int32], codec_report) {
        var report = codec_report()
        var status = CODEC_DAMAGED
        var expected = codec_expectation(
            rows: UInt32(description.rows), columns: UInt32(description.columns),
            samples: UInt32(description.samplesPerPixel), bits: UInt32(description.bitsAllocated))
        // Memory that is never written costs nothing: a stream that is refused by its header fills none of it.
        let samples = [Int32](unsafeUninitializedCapacity: description.samplesPerFrame) { output, written in
            bytes.withUnsafeBufferPointer { input in
                switch self {
                case .runLength: break
                case .jpeg:
                    status = codec_decode_jpeg(
                        input.baseAddress, input.count, &expected, output.baseAddress, &report)
                case .jpegLS:
                    status = codec_decode_jpeg_ls(
                        input.baseAddress, input.count, &expected, output.baseAddress, &report)
                case .jpeg2000:
                    status = codec_decode_jpeg_2000(
                        input.baseAddress, input.count, &expected, output.baseAddress, &report)
                }
            }
            written = status == CODEC_OK ? description.samplesPerFrame : 0
        }
        guard let fault = PixelError.CodecFault(status) else { return (samples, report) }
        throw .codec(fault, report.words)
    }

    /// Gives the samples the sign that the data set demands. JPEG and JPEG-LS know no sign, and writers of JPEG 2000
    /// often choose the wrong one.
    private func correct(_ samples: inout [Int32], _ report: codec_report, _ description: PixelDescription) {
        let precision = Int(report.precision)
        let bits: StoredBits
        if self == .jpeg2000 {
            // A lossy stream of more than the stored bits may overshoot them: such values stay.
            guard (report.is_signed != 0) != description.isSigned else { return }
            bits = StoredBits(stored: precision, high: precision - 1, isSigned: description.isSigned)
        } else {
            let stored = min(precision, description.bitsStored)
            guard description.isSigned || stored < precision else { return }
            bits = StoredBits(stored: stored, high: stored - 1, isSigned: description.isSigned)
        }
        for index in samples.indices { samples[index] = bits(UInt32(bitPattern: samples[index])) }
    }

    private func interpretation(
        _ report: codec_report, _ description: PixelDescription
    ) -> PixelDescription.PhotometricInterpretation {
        let declared = description.photometricInterpretation
        guard description.samplesPerPixel == 3 else { return declared }
        switch (report.colour, declared) {
        // What a JPEG says of itself is the encoder's word; the data set's often that of what was encoded.
        case (CODEC_COLOUR_RGB, _): return .rgb
        case (CODEC_COLOUR_YBR, _): return .ybrFull
        case (_, .ybrFull422): return .ybrFull
        case (_, .ybrICT), (_, .ybrRCT): return .rgb
        default: return declared
        }
    }
}

extension PixelError.CodecFault {
    /// nil for success.
    fileprivate init?(_ status: codec_status) {
        switch status {
        case CODEC_OK: return nil
        case CODEC_MISMATCH: self = .mismatch
        case CODEC_UNSUPPORTED: self = .unsupported
        case CODEC_OUT_OF_MEMORY: self = .outOfMemory
        default: self = .damaged
        }
    }
}

extension codec_report {
    /// The library's words. They name markers and numbers of the stream, nothing of a patient.
    fileprivate var words: String {
        withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
