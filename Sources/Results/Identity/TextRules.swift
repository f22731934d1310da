import DICOM

/// What a text value may hold (PS3.5 section 6.2): our own words come from configuration and model cards and can be
/// anything.
enum TextRules {
    /// `text` without control characters, cut to the representation's length, and without the backslash where that
    /// would begin another value.
    static func fitted(_ text: String, _ vr: VR) -> String {
        let mayHoldBackslash = vr == .ST || vr == .LT || vr == .UT
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) { return " " }
            return scalar == "\\" && !mayHoldBackslash ? "/" : scalar
        }
        return String(String.UnicodeScalarView(scalars.prefix(limit(vr))))
    }

    /// Characters.
    private static func limit(_ vr: VR) -> Int {
        switch vr {
        case .SH, .CS, .AE, .DS: 16
        case .LO, .PN: 64
        case .ST: 1024
        default: 10_240
        }
    }
}

extension DataSet {
    /// Sets our own text under the representation that the standard gives the tag.
    mutating func setText(_ tag: Tag, _ text: String) {
        let vr = DataDictionary.vr(of: tag)
        set(tag, vr, TextRules.fitted(text, vr))
    }

    /// An item of a code sequence (PS3.3 section 8.8).
    init(_ code: (value: String, scheme: String, meaning: String)) {
        self.init()
        // Code Value is at most 16 characters; longer ones have an attribute of their own.
        setText(code.value.utf8.count <= 16 ? .codeValue : .longCodeValue, code.value)
        setText(.codingSchemeDesignator, code.scheme)
        setText(.codeMeaning, code.meaning)
    }

    /// An item that references an image (PS3.3 section 10.8, table 10-3): its frame too, where it has several.
    static func imageReference(_ context: ResultContext) -> DataSet {
        var item = DataSet()
        item.set(.referencedSOPClassUID, context.report.source.sopClassUID)
        item.set(.referencedSOPInstanceUID, context.report.source.sopInstanceUID)
        if let frames = context.source.integer(.numberOfFrames), frames > 1 {
            // Analysis looks at the first frame.
            item.setText(.referencedFrameNumber, "1")
        }
        return item
    }
}

extension Tag {
    static let longCodeValue = Tag(0x0008, 0x0119)
    static let purposeOfReferenceCodeSequence = Tag(0x0040, 0xA170)
    static let pixelAspectRatio = Tag(0x0028, 0x0034)
    static let lossyImageCompressionRatio = Tag(0x0028, 0x2112)
    static let lossyImageCompressionMethod = Tag(0x0028, 0x2114)
}
