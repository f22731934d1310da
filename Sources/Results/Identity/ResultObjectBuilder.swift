import DICOM
import Records

/// The attributes that every result object has: identity, series, equipment, dates, its own UIDs (PS3.3 C.12.1,
/// C.7.3.1, C.7.5.1).
struct ResultObjectBuilder {
    var dataSet: DataSet
    private let object: (kind: ResultObject.Kind, sopClass: UID, instance: UID, series: UID, modality: String)
    private let study: UID

    init(
        _ context: ResultContext, kind: ResultObject.Kind, sopClass: UID, modality: String, seriesNumber: Int,
        description: String, _ deriveUID: (String) -> UID
    ) {
        let report = context.report
        object = (
            kind, sopClass, deriveUID("\(kind.rawValue)/instance"), deriveUID("\(kind.rawValue)/series"), modality
        )
        study = report.source.studyInstanceUID
        dataSet = context.identity.attributes
        dataSet.set(.sopClassUID, sopClass)
        dataSet.set(.sopInstanceUID, object.instance)
        dataSet.set(.seriesInstanceUID, object.series)
        dataSet.setText(.modality, modality)
        dataSet.setText(.seriesNumber, String(seriesNumber))
        dataSet.setText(.instanceNumber, "1")
        dataSet.setText(.seriesDescription, description)
        dataSet.setText(.manufacturer, Implementation.manufacturer)
        dataSet.setText(.manufacturerModelName, Self.productName)
        dataSet.setText(.stationName, context.words(report.stationName))
        dataSet.set(.softwareVersions, .LO, bytes: Array(context.softwareVersions.utf8))
        // The source's time zone counts, if it names one: study and result then stand on one clock.
        let zone = context.source.string(.timezoneOffsetFromUTC)
        let (date, time) = LocalTime.dateAndTime(report.source.receivedAt, zone)
        for tag in [Tag.instanceCreationDate, .seriesDate, .contentDate] { dataSet.setText(tag, date) }
        for tag in [Tag.instanceCreationTime, .seriesTime, .contentTime] { dataSet.setText(tag, time) }
    }

    static let productName = "Outpost"

    func finished() -> ResultObject {
        ResultObject(
            kind: object.kind, sopClassUID: object.sopClass, sopInstanceUID: object.instance, studyInstanceUID: study,
            seriesInstanceUID: object.series, modality: object.modality, transferSyntax: .explicitVRLittleEndian,
            dataSet: DataSetWriter.write(dataSet, .explicitVRLittleEndian))
    }
}

extension ResultContext {
    /// Words as this result may carry them: as they are, or in ASCII where the source's character set is kept.
    func words(_ text: String) -> String {
        guard !identity.isRecoded else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isASCII ? $0 : "?" }))
    }

    /// The program's version and the model's, as the two values of Software Versions.
    fileprivate var softwareVersions: String {
        let values = [
            "\(Implementation.manufacturer) \(Implementation.version)",
            words("\(report.model.name) \(report.model.version)"),
        ]
        return values.map { TextRules.fitted($0, .LO) }.joined(separator: "\\")
    }
}

/// A moment as DICOM date and time.
enum LocalTime {
    /// In the zone of `offset` (`+HHMM` or `-HHMM`, PS3.3 C.12.1.1.8); in UTC where that is absent or malformed.
    static func dateAndTime(_ moment: Timestamp, _ offset: String?) -> (date: String, time: String) {
        let local = Timestamp(microseconds: moment.microseconds + (offset.flatMap(minutes) ?? 0) * 60_000_000)
        return (local.dicomDate, local.dicomTime)
    }

    private static func minutes(_ offset: String) -> Int64? {
        let digits = offset.dropFirst()
        guard offset.utf8.count == 5, let sign = offset.first, sign == "+" || sign == "-",
            digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int64(digits)
        else { return nil }
        let minutes = number / 100 * 60 + number % 100
        // From -1200 to +1400, as the standard has it.
        guard number % 100 < 60, (-720...840).contains(sign == "-" ? -minutes : minutes) else { return nil }
        return sign == "-" ? -minutes : minutes
    }
}
