import DICOM
import Records

// A Comprehensive SR after TID 1500, Measurement Report (PS3.3 A.35.3, PS3.16 annex A): one measurement group for each
// finding, after TID 1410 with a region where it has a location, otherwise after TID 1501 for the whole image.

extension ResultKind {
    static let structuredReport = ResultKind { (context, deriveUID) throws(ResultError) in
        var builder = ResultObjectBuilder(
            context, kind: .structuredReport, sopClass: SOPClass.comprehensiveSRStorage, modality: "SR",
            seriesNumber: seriesNumber, description: context.texts.reportSeries(context.modelTitle), deriveUID)
        builder.dataSet.setDocumentGeneral(context)
        builder.dataSet.setText(.valueType, "CONTAINER")
        builder.dataSet.set(.conceptNameCodeSequence, items: [DataSet(Concept.imagingMeasurementReport)])
        builder.dataSet.setContainer(template: "1500", MeasurementReport(context, deriveUID).children)
        return builder.finished()
    }

    /// High, so that a viewer lists results after images.
    private static let seriesNumber = 9901
}

extension ResultContext {
    /// The model as words name it.
    var modelTitle: String { words("\(report.model.name) \(report.model.version)") }
}

extension DataSet {
    /// SR Document Series and General (PS3.3 C.17.1 and C.17.2).
    fileprivate mutating func setDocumentGeneral(_ context: ResultContext) {
        set(.referencedPerformedProcedureStepSequence, items: [])
        set(.performedProcedureCodeSequence, items: [])
        setText(.completionFlag, "COMPLETE")
        setText(.verificationFlag, "UNVERIFIED")
        set(.currentRequestedProcedureEvidenceSequence, items: [Self.evidence(context.report.source)])
    }

    /// Every instance that the report references, by study and series (PS3.3 C.17.2.2).
    private static func evidence(_ source: StoredInstance) -> DataSet {
        var instance = DataSet()
        instance.set(.referencedSOPClassUID, source.sopClassUID)
        instance.set(.referencedSOPInstanceUID, source.sopInstanceUID)
        var series = DataSet()
        series.set(.seriesInstanceUID, source.seriesInstanceUID)
        series.set(.referencedSOPSequence, items: [instance])
        var study = DataSet()
        study.set(.studyInstanceUID, source.studyInstanceUID)
        study.set(.referencedSeriesSequence, items: [series])
        return study
    }
}

/// The content below the root of TID 1500.
private struct MeasurementReport {
    let context: ResultContext
    let deriveUID: (String) -> UID

    init(_ context: ResultContext, _ deriveUID: @escaping (String) -> UID) {
        self.context = context
        self.deriveUID = deriveUID
    }

    var children: [ContentItem] {
        let groups = context.report.findings.enumerated().map { group($0.element, index: $0.offset) }
        let language = ContentItem.code(.hasConceptModifier, Concept.language, context.texts.language)
        return [language] + observer + procedures + [imageLibrary, .container(Concept.imagingMeasurements, groups)]
    }

    /// TID 1001 with TID 1002 and 1004.
    private var observer: [ContentItem] {
        [
            .code(.hasObservationContext, Concept.observerType, Concept.device),
            .uid(.hasObservationContext, Concept.deviceObserverUID, context.deviceUID),
            .text(.hasObservationContext, Concept.deviceObserverName, context.words(context.report.stationName)),
            .text(.hasObservationContext, Concept.deviceObserverManufacturer, Implementation.manufacturer),
            .text(.hasObservationContext, Concept.deviceObserverModelName, ResultObjectBuilder.productName),
        ]
    }

    private var procedures: [ContentItem] {
        let codes = context.identity.procedureCodes
        guard !codes.isEmpty else {
            return [.code(.hasConceptModifier, Concept.procedureReported, Concept.imagingProcedure)]
        }
        return codes.map { .code(.hasConceptModifier, Concept.procedureReported, item: $0) }
    }

    /// TID 1600: some viewers find the images of a report nowhere else.
    private var imageLibrary: ContentItem {
        .container(
            Concept.imageLibrary,
            [.container(Concept.imageLibraryGroup, [.image(.contains, .imageReference(context))])])
    }

    private func group(_ finding: Finding, index: Int) -> ContentItem {
        let report = context.report
        let name = "SR/tracking/\(index)"
        let use = context.texts.intendedUse(report.model.intendedUse)
        let comment = context.words("\(use)\(use.hasSuffix(".") ? "" : ".") \(context.texts.decisionSupport)")
        let shared: [ContentItem] = [
            .text(
                .hasObservationContext, Concept.trackingIdentifier,
                context.words("\(report.model.name) \(index + 1)")),
            .uid(.hasObservationContext, Concept.trackingUniqueIdentifier, deriveUID(name)),
            .code(.contains, Concept.finding, item: code(finding.concept)),
            .code(.contains, Concept.findingSite, item: code(finding.anatomy)),
            .text(.hasConceptModifier, Concept.algorithmName, context.words(report.model.name)),
            .text(.hasConceptModifier, Concept.algorithmVersion, context.words(report.model.version)),
        ] + parameters(finding)
        let source = ContentItem.image(.inferredFrom, named: Concept.sourceOfMeasurement, .imageReference(context))
        let results: [ContentItem] = [
            .number(
                .contains, Concept.certaintyOfFinding, finding.probability * 100, Concept.percent, [source]),
            .code(.contains, Concept.presence, finding.isPresent ? Concept.present : Concept.absent),
            .text(.contains, Concept.comment, comment),
        ]
        guard finding.isPresent, let circle = finding.location else {
            let image = ContentItem.image(.contains, named: Concept.sourceOfMeasurement, .imageReference(context))
            return .container(Concept.measurementGroup, template: "1501", shared + [image] + results)
        }
        return .container(Concept.measurementGroup, template: "1410", shared + [region(circle)] + results)
    }

    /// What a reader needs to judge the verdict and to repeat it: the operating point, the model's maker and file.
    private func parameters(_ finding: Finding) -> [ContentItem] {
        let model = context.report.model
        let threshold = DecimalText.text(finding.threshold * 100)
        return ["threshold=\(threshold)%", "maker=\(model.maker)", "sha256=\(model.sha256)"].map {
            .text(.hasConceptModifier, Concept.algorithmParameters, context.words($0))
        }
    }

    private func code(_ concept: CodedConcept) -> DataSet {
        DataSet((context.words(concept.value), context.words(concept.scheme), context.words(concept.meaning)))
    }

    /// The circle; its second point lies to the side where the image has room, since coordinates lie within the image.
    private func region(_ circle: Circle) -> ContentItem {
        let columns = Double(context.source.integer(.columns) ?? 65_535)
        let column = min(circle.column, columns)
        let row = min(circle.row, Double(context.source.integer(.rows) ?? 65_535))
        // Half the image is always free on one side; a circle wider than that marks no place.
        let isRight = columns - column >= column
        let room = max(columns - column, column)
        let radius = min(circle.radius, room)
        let perimeter = isRight ? column + radius : column - radius
        return .circle(
            .contains, Concept.imageRegion, center: (Float(column), Float(row)),
            perimeter: (Float(perimeter), Float(row)), [.image(.selectedFrom, .imageReference(context))])
    }
}
