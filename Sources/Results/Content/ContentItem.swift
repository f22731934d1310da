import DICOM
import Records

/// One node of a structured report's content tree (PS3.3 C.17.3).
struct ContentItem {
    enum Relationship: String {
        case contains = "CONTAINS"
        case hasConceptModifier = "HAS CONCEPT MOD"
        case hasObservationContext = "HAS OBS CONTEXT"
        case hasAcquisitionContext = "HAS ACQ CONTEXT"
        case inferredFrom = "INFERRED FROM"
        case selectedFrom = "SELECTED FROM"
    }

    private(set) var dataSet = DataSet()

    private init(_ type: String, _ relationship: Relationship, _ name: CodedConcept?) {
        dataSet.setText(.relationshipType, relationship.rawValue)
        dataSet.setText(.valueType, type)
        if let name { dataSet.set(.conceptNameCodeSequence, items: [DataSet(name)]) }
    }

    /// A container; `template` is its row in the DICOM content mapping resource (PS3.16).
    static func container(
        _ name: CodedConcept, template: String? = nil, _ children: [ContentItem]
    ) -> ContentItem {
        var item = ContentItem("CONTAINER", .contains, name)
        item.dataSet.setContainer(template: template, children)
        return item
    }

    static func text(_ relationship: Relationship, _ name: CodedConcept, _ text: String) -> ContentItem {
        var item = ContentItem("TEXT", relationship, name)
        item.dataSet.setText(.textValue, text)
        return item
    }

    static func code(
        _ relationship: Relationship, _ name: CodedConcept, _ value: CodedConcept, _ children: [ContentItem] = []
    ) -> ContentItem {
        code(relationship, name, item: DataSet(value), children)
    }

    /// A code whose item of Concept Code Sequence is there already.
    static func code(
        _ relationship: Relationship, _ name: CodedConcept, item value: DataSet, _ children: [ContentItem] = []
    ) -> ContentItem {
        var item = ContentItem("CODE", relationship, name)
        item.dataSet.set(.conceptCodeSequence, items: [value])
        return item.with(children)
    }

    static func uid(_ relationship: Relationship, _ name: CodedConcept, _ uid: UID) -> ContentItem {
        var item = ContentItem("UIDREF", relationship, name)
        item.dataSet.set(.uid, uid)
        return item
    }

    /// A number with its unit.
    static func number(
        _ relationship: Relationship, _ name: CodedConcept, _ value: Double, _ unit: CodedConcept,
        _ children: [ContentItem] = []
    ) -> ContentItem {
        var measured = DataSet()
        measured.setText(.numericValue, DecimalText.text(value))
        measured.set(.measurementUnitsCodeSequence, items: [DataSet(unit)])
        var item = ContentItem("NUM", relationship, name)
        item.dataSet.set(.measuredValueSequence, items: [measured])
        return item.with(children)
    }

    /// A reference to an image.
    static func image(
        _ relationship: Relationship, named name: CodedConcept? = nil, _ reference: DataSet
    ) -> ContentItem {
        var item = ContentItem("IMAGE", relationship, name)
        item.dataSet.set(.referencedSOPSequence, items: [reference])
        return item
    }

    /// A circle in the image that `children` select (PS3.3 C.18.6): its center, then a point of its perimeter; column,
    /// row.
    static func circle(
        _ relationship: Relationship, _ name: CodedConcept, center: (column: Float, row: Float),
        perimeter: (column: Float, row: Float), _ children: [ContentItem]
    ) -> ContentItem {
        var item = ContentItem("SCOORD", relationship, name)
        item.dataSet.setText(.graphicType, "CIRCLE")
        item.dataSet.set(.graphicData, [center.column, center.row, perimeter.column, perimeter.row])
        return item.with(children)
    }

    private func with(_ children: [ContentItem]) -> ContentItem {
        guard !children.isEmpty else { return self }
        var copy = self
        copy.dataSet.set(.contentSequence, items: children.map(\.dataSet))
        return copy
    }
}

extension DataSet {
    init(_ concept: CodedConcept) { self.init((concept.value, concept.scheme, concept.meaning)) }

    /// What makes a data set a container: the root of a document is one too (PS3.3 C.18.8).
    mutating func setContainer(template: String?, _ children: [ContentItem]) {
        setText(.continuityOfContent, "SEPARATE")
        if let template {
            var item = DataSet()
            item.setText(.mappingResource, "DCMR")
            item.setText(.templateIdentifier, template)
            set(.contentTemplateSequence, items: [item])
        }
        if !children.isEmpty { set(.contentSequence, items: children.map(\.dataSet)) }
    }
}
