/// Something about a received object that a person should know. The object is kept as it came, whatever its flags.
public enum InstanceFlag: String, Sendable, Codable, CaseIterable {
    /// The data set cannot be read as what its transfer syntax says; only the command tells what it is.
    case unreadable
    /// Other bytes were received under the same SOP Instance UID before.
    case conflictingBytes
    /// The C-STORE command named another SOP Instance UID than the data set.
    case sopInstanceUIDDiffers
    /// The C-STORE command named another SOP Class UID than the data set.
    case sopClassUIDDiffers
    /// The data set has no usable Study Instance UID or Series Instance UID; made-up ones stand for them here.
    case missingIdentity
    /// The study holds objects of another patient.
    case patientDiffersInStudy
    /// The series was received as part of another study.
    case seriesOfAnotherStudy
    /// An attribute is missing that every object of its kind has (type 1).
    case missingAttribute
    /// The data set can be read but is not encoded as the standard asks: elements out of order or twice, odd lengths,
    /// bytes behind the end.
    case irregularEncoding
    /// The pixel data is longer or shorter than rows, columns and bits ask for.
    case pixelDataLengthDiffers

    /// Whether the object is kept apart: neither analysed nor forwarded until a person has looked at it. True where
    /// sending it on could put it in place of another object.
    public var isQuarantined: Bool {
        switch self {
        case .unreadable, .conflictingBytes, .sopInstanceUIDDiffers, .missingIdentity: true
        case .sopClassUIDDiffers, .patientDiffersInStudy, .seriesOfAnotherStudy, .missingAttribute,
            .irregularEncoding, .pixelDataLengthDiffers: false
        }
    }

    /// What happened, for the operator.
    public var explanation: String {
        switch self {
        case .unreadable: "the data set cannot be read; send it again, or have the sending device looked at"
        case .conflictingBytes: "other bytes were received under the same SOP Instance UID before"
        case .sopInstanceUIDDiffers: "the sender announced another SOP Instance UID than the object has"
        case .sopClassUIDDiffers: "the sender announced another SOP Class UID than the object has"
        case .missingIdentity: "the object does not say to which study and series it belongs"
        case .patientDiffersInStudy: "the study holds objects of different patients"
        case .seriesOfAnotherStudy: "the series was received as part of another study before"
        case .missingAttribute: "an attribute is missing that every such object has"
        case .irregularEncoding: "elements are out of order, stand twice or have odd lengths"
        case .pixelDataLengthDiffers: "the pixel data does not have the length that the image's attributes ask for"
        }
    }
}
