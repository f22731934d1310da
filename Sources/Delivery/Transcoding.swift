import DICOM

/// Re-encodes uncompressed data sets between the two little-endian syntaxes (PS3.5 A.1, A.2) without loss: every
/// value keeps its bytes. What changes is how lengths and value representations are written. Group lengths, which
/// would be wrong afterwards and which the standard has retired, are left out (PS3.5 section 7.2).
enum Transcoding {
    /// The syntax that `syntax` can be re-encoded to; nil for any that is compressed.
    static func other(_ syntax: TransferSyntax) -> TransferSyntax? {
        switch syntax {
        case .explicitVRLittleEndian: .implicitVRLittleEndian
        case .implicitVRLittleEndian: .explicitVRLittleEndian
        default: nil
        }
    }

    static func transcode(
        _ bytes: [UInt8], from source: TransferSyntax, to target: TransferSyntax
    ) throws(DataSetError) -> [UInt8] {
        let dataSet = try DataSetReader.read(bytes[...], source)
        return DataSetWriter.write(prepared(dataSet, pixelsAreSigned: false), target)
    }

    private static func prepared(_ dataSet: DataSet, pixelsAreSigned: Bool) -> DataSet {
        let signed = dataSet.integer(.pixelRepresentation).map { $0 == 1 } ?? pixelsAreSigned
        return DataSet(
            dataSet.elements.compactMap { element in
                if element.tag.element == 0 { return nil }
                if let items = element.items {
                    let items = items.map { prepared($0, pixelsAreSigned: signed) }
                    return DataElement(element.tag, .SQ, .sequence(items))
                }
                guard signed, element.vr == .US, followsPixelRepresentation(element.tag) else { return element }
                return DataElement(element.tag, .SS, element.value)
            })
    }

    /// Pixel values are US or SS as Pixel Representation has it (PS3.6, VR "US or SS"); Implicit VR does not say which.
    private static func followsPixelRepresentation(_ tag: Tag) -> Bool {
        switch (tag.group, tag.element) {
        // Smallest and largest pixel values, padding values, and mapped value ranges of a series and an image.
        case (0x0028, 0x0104...0x0111), (0x0028, 0x0120), (0x0028, 0x0121), (0x0040, 0x9211), (0x0040, 0x9216): true
        default: false
        }
    }
}
