/// Re-encodes data sets between the native syntaxes without loss: Explicit and Implicit VR Little Endian, Explicit VR
/// Big Endian and Deflated Explicit VR Little Endian (PS3.5 A.1 to A.3, A.5).
///
/// Every value stays what it is. Its bytes change where the byte order does, lengths and representations as the target
/// writes them. Group lengths, which would be wrong afterwards and which the standard has retired, are left out (PS3.5
/// section 7.2). In big endian, what is unknown (UN) keeps its bytes (PS3.5 section 6.2.2).
///
/// Pixels of more than 16 bits are not turned between byte orders. The standard swaps the bytes of each 16-bit word and
/// leaves the words in their order (PS3.5 section 6.2, OW), and dcmtk does; pydicom and others turn the whole number.
/// Which of both a big-endian object means cannot be seen, and a wrong guess makes another dose of it.
public enum Transcoder {
    /// The syntaxes between which it works, in the order in which they should be offered to a peer.
    public static let syntaxes: [TransferSyntax] = [
        .explicitVRLittleEndian, .implicitVRLittleEndian, .deflatedExplicitVRLittleEndian, .explicitVRBigEndian,
    ]

    /// The data set of `bytes` in another syntax.
    ///
    /// - Throws: ``DataSetError/cannotTranscode(from:to:)`` where one of both is none of ``syntaxes``, or where the
    ///   data set holds fragments against its syntax, or wide pixels that would have to be turned; else what
    ///   ``DataSetReader`` throws.
    public static func transcode(
        _ bytes: ArraySlice<UInt8>, from source: TransferSyntax, to target: TransferSyntax,
        limits: DataSetLimits = DataSetLimits()
    ) throws(DataSetError) -> [UInt8] {
        guard syntaxes.contains(source), syntaxes.contains(target) else {
            throw .cannotTranscode(from: source, to: target)
        }
        let dataSet = try DataSetReader.read(bytes, source, limits: limits)
        let turnsBytes = source.isLittleEndian != target.isLittleEndian
        guard !holdsFragments(dataSet), !(turnsBytes && holdsWidePixels(dataSet)) else {
            throw .cannotTranscode(from: source, to: target)
        }
        return DataSetWriter.write(withoutGroupLengths(dataSet), target)
    }

    private static func holdsFragments(_ dataSet: DataSet) -> Bool {
        dataSet.elements.contains { element in
            switch element.value {
            case .bytes: false
            case .sequence(let items): items.contains(where: holdsFragments)
            case .fragments: true
            }
        }
    }

    /// Whether there are pixels of more than 16 bits in words of 16.
    private static func holdsWidePixels(_ dataSet: DataSet) -> Bool {
        if dataSet[.pixelData]?.vr == .OW, let bits = dataSet.integer(.bitsAllocated), bits > 16 { return true }
        return dataSet.elements.contains { $0.items?.contains(where: holdsWidePixels) ?? false }
    }

    private static func withoutGroupLengths(_ dataSet: DataSet) -> DataSet {
        dataSet.compactMap { element in
            if element.tag.element == 0 { return nil }
            guard let items = element.items else { return element }
            var copy = element
            copy.value = .sequence(items.map(withoutGroupLengths))
            return copy
        }
    }
}
