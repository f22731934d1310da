import DICOM
import DICOMPixels
import Records

// A Secondary Capture Image (PS3.3 A.8.1): the source image as it is looked at, with the findings drawn and named.
// Every viewer and every archive shows one.

extension ResultKind {
    static let secondaryCapture = ResultKind { (context, deriveUID) throws(ResultError) in
        let canvas = try FindingPicture(context).draw()
        var builder = ResultObjectBuilder(
            context, kind: .secondaryCapture, sopClass: SOPClass.secondaryCaptureImageStorage, modality: "OT",
            seriesNumber: seriesNumber, description: context.texts.pictureSeries(context.modelTitle), deriveUID)
        builder.dataSet.setCapture(context)
        builder.dataSet.setPixels(canvas)
        return builder.finished()
    }

    private static let seriesNumber = 9902
}

extension DataSet {
    /// SC Equipment, General Image and SC Image (PS3.3 C.8.6.1, C.7.6.1, C.8.6.2).
    fileprivate mutating func setCapture(_ context: ResultContext) {
        setMultiple(.imageType, ["DERIVED", "SECONDARY"])
        setText(.conversionType, "WSD")
        setText(.derivationDescription, context.texts.derivation(context.modelTitle))
        var image = DataSet.imageReference(context)
        image.set(.purposeOfReferenceCodeSequence, items: [DataSet(Concept.sourceImage)])
        set(.sourceImageSequence, items: [image])
        setText(.burnedInAnnotation, "YES")
        // The picture lies as its source does.
        set(.patientOrientation, .CS, bytes: Array(context.source.bytes(.patientOrientation)?.prefix(64) ?? []))
        if context.source.string(.lossyImageCompression) == "01" { copyLossyCompression(context.source) }
    }

    /// Once lossy, always lossy (PS3.3 C.7.6.1.1.5): the derived image says what happened to its source.
    private mutating func copyLossyCompression(_ source: DataSet) {
        setText(.lossyImageCompression, "01")
        for tag in [Tag.lossyImageCompressionRatio, .lossyImageCompressionMethod] {
            let values = source.strings(tag).prefix(8)
            if !values.isEmpty { setMultiple(tag, Array(values)) }
        }
    }

    private mutating func setMultiple(_ tag: Tag, _ values: [String]) {
        let vr = DataDictionary.vr(of: tag)
        set(tag, vr, values.map { TextRules.fitted($0, vr) }.joined(separator: "\\"))
    }

    /// Image Pixel (PS3.3 C.7.6.3): RGB, interleaved.
    fileprivate mutating func setPixels(_ canvas: Canvas) {
        set(.samplesPerPixel, 3)
        setText(.photometricInterpretation, "RGB")
        set(.planarConfiguration, 0)
        set(.rows, UInt16(canvas.rows))
        set(.columns, UInt16(canvas.columns))
        set(.bitsAllocated, 8)
        set(.bitsStored, 8)
        set(.highBit, 7)
        set(.pixelRepresentation, 0)
        set(.pixelData, .OB, bytes: canvas.pixels)
    }
}
