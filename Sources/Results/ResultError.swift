import DICOM
import DICOMPixels

/// Why a report did not become result objects. No message carries a patient's value.
public enum ResultError: Error, Equatable, CustomStringConvertible {
    case noFindings
    case tooManyFindings(count: Int, limit: Int)
    case invalidNumber(finding: Int, what: String)
    case otherSource
    case unusableAttribute(Tag)
    case pixels(PixelError)
    case font(FontError)

    public var description: String {
        switch self {
        case .noFindings:
            "the report has no findings; a model must say of each of its findings whether it is present"
        case .tooManyFindings(let count, let limit):
            "the report has \(count) findings, more than the \(limit) that one result can show"
        case .invalidNumber(let finding, let what):
            "finding \(finding + 1) has no usable \(what); the model's output does not fit its card"
        case .otherSource:
            "the data set is not the image that the report was made of; analyse the image again"
        case .unusableAttribute(let tag):
            """
            element \(tag) of the image is longer than the standard allows or has the wrong form, so no result can \
            carry it over
            """
        case .pixels(let error):
            "no picture can be made: \(error)"
        case .font(let error):
            "no picture can be made: \(error)"
        }
    }
}
