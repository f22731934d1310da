import DICOM
import Records

/// Makes DICOM objects of reports.
///
/// Every byte is a function of what goes in: no clock, no chance. The same report of the same image repeats its
/// objects.
public struct ResultWriter: Sendable {
    /// Part of what UIDs derive from: raise it whenever the objects change, so that new objects never reuse old UIDs.
    public static let version = 1
    /// More circles and lines than this are no help to anyone; a model that gives more is broken.
    public static let findingLimit = 64

    private let texts: Texts
    private let fontPath: String
    private let deviceUID: UID

    /// - Parameters:
    ///   - texts: the language of the words.
    ///   - fontPath: a TrueType or OpenType font with that language's letters.
    ///   - deviceUID: this appliance, for good (TID 1004).
    public init(texts: Texts, fontPath: String, deviceUID: UID) {
        self.texts = texts
        self.fontPath = fontPath
        self.deviceUID = deviceUID
    }

    /// The result objects of `report`, one for each of `kinds`, in their order.
    ///
    /// - Parameters:
    ///   - source: the image that the report is of, with its pixel data; the pixels are read for pictures only.
    ///   - deriveUID: a UID for a name within this report, such as `SR/instance`; the same name always gives
    ///     the same UID.
    public func write(
        report: Report, source: DataSet, kinds: [ResultObject.Kind] = ResultObject.Kind.allCases,
        deriveUID: @escaping (String) -> UID
    ) throws(ResultError) -> [ResultObject] {
        try Self.check(report, source)
        let identity = try SourceIdentity(source)
        let context = ResultContext(
            report: report, source: source, identity: identity,
            // Where our words must share the source's character set, they are English in ASCII.
            texts: identity.isRecoded ? texts : .english,
            fontPath: fontPath, deviceUID: deviceUID)
        var objects: [ResultObject] = []
        for kind in kinds { objects.append(try kind.writer.write(context, deriveUID)) }
        return objects
    }

    private static func check(_ report: Report, _ source: DataSet) throws(ResultError) {
        guard source.uid(.sopInstanceUID) == report.source.sopInstanceUID,
            source.uid(.studyInstanceUID) == report.source.studyInstanceUID
        else { throw .otherSource }
        guard !report.findings.isEmpty else { throw .noFindings }
        guard report.findings.count <= findingLimit else {
            throw .tooManyFindings(count: report.findings.count, limit: findingLimit)
        }
        for (index, finding) in report.findings.enumerated() {
            guard (0...1).contains(finding.probability) else {
                throw .invalidNumber(finding: index, what: "probability")
            }
            guard (0...1).contains(finding.threshold) else { throw .invalidNumber(finding: index, what: "threshold") }
            guard let circle = finding.location else { continue }
            // Image coordinates; the largest image has 65,535 rows and columns.
            let image = 0.0...65_535.0
            guard image.contains(circle.row), image.contains(circle.column), image.contains(circle.radius),
                circle.radius > 0
            else { throw .invalidNumber(finding: index, what: "location") }
        }
    }
}

/// What every kind of result object is made of.
struct ResultContext {
    let report: Report
    let source: DataSet
    let identity: SourceIdentity
    let texts: Texts
    let fontPath: String
    let deviceUID: UID
}

/// A kind of result object: one file each, and one row of the registry below.
struct ResultKind: Sendable {
    let write: @Sendable (ResultContext, @escaping (String) -> UID) throws(ResultError) -> ResultObject
}

extension ResultObject.Kind {
    /// The registry. A new kind does not compile before it has its row.
    var writer: ResultKind {
        switch self {
        case .structuredReport: .structuredReport
        case .secondaryCapture: .secondaryCapture
        }
    }
}
