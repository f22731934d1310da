import DICOM

/// The patient and study of the source image, to stand in every result unharmed (PS3.3 C.7.1.1, C.7.2.1, C.7.2.2).
///
/// Text is recoded to UTF-8 where each of its characters is known. Where one is not, the bytes stay as they are, beside
/// the source's own Specific Character Set: a name that a viewer shows as the modality's name is never one that we made
/// worse.
struct SourceIdentity {
    /// Whether text was recoded and the result may speak UTF-8; otherwise it must keep to ASCII.
    let isRecoded: Bool
    /// Specific Character Set and the attributes of patient and study.
    let attributes: DataSet
    let procedureCodes: [DataSet]

    /// A person name has at most three groups of 64 characters of at most 4 bytes; nothing here is longer.
    static let valueLimit = 1024
    /// Real studies have one or two codes.
    static let procedureCodeLimit = 8

    /// Present even where empty (type 2).
    private static let required: [Tag] = [
        .patientName, .patientID, .patientBirthDate, .patientSex, .studyDate, .studyTime, .referringPhysicianName,
        .studyID, .accessionNumber,
    ]
    private static let optional: [Tag] = [
        .issuerOfPatientID, .patientAge, .patientSize, .patientWeight, .studyDescription, .timezoneOffsetFromUTC,
    ]

    init(_ source: DataSet) throws(ResultError) {
        var original = DataSet()
        for tag in Self.required {
            original[tag] = try Self.plain(tag, source) ?? DataElement(tag, DataDictionary.vr(of: tag), .bytes([]))
        }
        for tag in Self.optional {
            if let element = try Self.plain(tag, source), element.bytes?.isEmpty == false { original[tag] = element }
        }
        guard let studyUID = source.uid(.studyInstanceUID) else { throw .unusableAttribute(.studyInstanceUID) }
        original.set(.studyInstanceUID, studyUID)
        let codes = try Self.procedureCodes(source)
        let set = source.characterSet
        if let recoded = Self.recoded(original, from: set), let recodedCodes = Self.recoded(codes, from: set) {
            isRecoded = true
            procedureCodes = recodedCodes
            attributes = recoded.adding(.specificCharacterSet, .CS, Array("ISO_IR 192".utf8))
        } else {
            isRecoded = false
            procedureCodes = codes
            attributes = try Self.plain(.specificCharacterSet, source).map { set in
                original.adding(.specificCharacterSet, .CS, Array(set.bytes ?? []))
            } ?? original
        }
    }

    /// The element as bytes under the standard's own representation, whatever the source said; nil where absent.
    private static func plain(_ tag: Tag, _ source: DataSet) throws(ResultError) -> DataElement? {
        guard let element = source[tag] else { return nil }
        guard let bytes = element.bytes, bytes.count <= valueLimit else { throw .unusableAttribute(tag) }
        return DataElement(tag, DataDictionary.vr(of: tag), .bytes(bytes))
    }

    private static func procedureCodes(_ source: DataSet) throws(ResultError) -> [DataSet] {
        var codes: [DataSet] = []
        for item in source.items(.procedureCodeSequence).prefix(procedureCodeLimit) {
            var code = DataSet()
            for tag in [Tag.codeValue, .codingSchemeDesignator, .codeMeaning] {
                if let element = try plain(tag, item), element.bytes?.isEmpty == false { code[tag] = element }
            }
            // A code without one of its three parts says nothing (PS3.3 table 8.8-1).
            if code.elements.count == 3 { codes.append(code) }
        }
        return codes
    }

    private static func recoded(_ items: [DataSet], from set: CharacterSet) -> [DataSet]? {
        let converted = items.compactMap { recoded($0, from: set) }
        return converted.count == items.count ? converted : nil
    }

    /// The data set with its text in UTF-8; nil where a byte has no known meaning in `set`.
    private static func recoded(_ dataSet: DataSet, from set: CharacterSet) -> DataSet? {
        var output = DataSet()
        for element in dataSet.elements {
            guard element.vr.usesSpecificCharacterSet, let bytes = element.bytes else {
                output[element.tag] = element
                continue
            }
            // Where an escape changes the set within a text, the modality's own bytes are the safer ones to repeat.
            guard !bytes.contains(escape) else { return nil }
            let text = set.decode(bytes.dropPadding(), element.vr)
            guard !text.unicodeScalars.contains("\u{FFFD}") else { return nil }
            output.set(element.tag, element.vr, text)
        }
        return output
    }

    private static let escape: UInt8 = 0x1B
}

extension DataSet {
    fileprivate func adding(_ tag: Tag, _ vr: VR, _ bytes: [UInt8]) -> DataSet {
        var copy = self
        copy.set(tag, vr, bytes: bytes)
        return copy
    }
}

extension ArraySlice<UInt8> {
    /// Without the spaces and NULs at the end.
    fileprivate func dropPadding() -> ArraySlice<UInt8> {
        guard let last = lastIndex(where: { $0 != 0x20 && $0 != 0 }) else { return [] }
        return self[startIndex...last]
    }
}
