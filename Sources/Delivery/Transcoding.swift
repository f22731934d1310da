import DICOM

/// Re-encodes uncompressed data sets between the two syntaxes that every peer knows (``Transcoder`` can do more): the
/// retired big endian and the deflated syntax are read and forwarded, but only these two are offered in their place.
enum Transcoding {
    /// The syntax that `syntax` can be re-encoded to; nil for any that is compressed.
    static func other(_ syntax: TransferSyntax) -> TransferSyntax? {
        switch syntax {
        case .explicitVRLittleEndian: .implicitVRLittleEndian
        // Implicit VR is the one that no peer may refuse; Explicit keeps the representations that it knows.
        case .implicitVRLittleEndian, .explicitVRBigEndian, .deflatedExplicitVRLittleEndian: .explicitVRLittleEndian
        default: nil
        }
    }

    static func transcode(
        _ bytes: [UInt8], from source: TransferSyntax, to target: TransferSyntax
    ) throws(DataSetError) -> [UInt8] {
        try Transcoder.transcode(bytes[...], from: source, to: target)
    }
}
