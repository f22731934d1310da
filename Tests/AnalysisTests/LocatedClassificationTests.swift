import Analysis
import Records
import Testing

@Suite struct LocatedClassificationTests {
    private let nodule = CodedConcept("27925004", "SCT", "Nodule")
    private let lung = CodedConcept("39607008", "SCT", "Lung")

    private func map(peak row: Int, _ column: Int) -> [Float] {
        var map = [Float](repeating: -3, count: 256)
        map[row * 16 + column] = 2
        return map
    }

    @Test func softmaxAndTheCellsCircle() throws {
        let outputs = try LocatedClassification(logits: [0, 2], location: map(peak: 4, 10))
        #expect(abs(outputs.probability - 0.8807970779778823) < 1e-12)
        // 1000 rows of 500 columns: 250 columns of padding at the left, a cell is 62.5 pixels.
        let geometry = LetterboxGeometry(rows: 1000, columns: 500, side: 128)
        let finding = outputs.finding(nodule, in: lung, threshold: 0.5, geometry)
        #expect(finding.location == Circle(column: 10.5 * 62.5 - 250, row: 4.5 * 62.5, radius: 93.75))
        #expect(outputs.finding(nodule, in: lung, threshold: 0.9, geometry).location == nil)
    }

    @Test func aCellInThePaddingIsMovedIntoTheImage() throws {
        let geometry = LetterboxGeometry(rows: 100, columns: 1600, side: 128)
        let circle = try LocatedClassification(logits: [0, 9], location: map(peak: 0, 15)).circle(geometry)
        #expect(circle.row == 0 && circle.column == 1550)
    }

    @Test func extremeLogitsStayProbabilities() throws {
        for (logits, expected) in [([Float(-3e38), 3e38], 1.0), ([3e38, -3e38], 0), ([5, 5], 0.5)] {
            #expect(try LocatedClassification(logits: logits, location: map(peak: 0, 0)).probability == expected)
        }
    }

    @Test func outputsThatDoNotFitAreRefused() {
        #expect(throws: FindingError.wrongCount(output: "logits", expected: 2, found: 3)) {
            try LocatedClassification(logits: [1, 2, 3], location: map(peak: 0, 0))
        }
        #expect(throws: FindingError.wrongCount(output: "location", expected: 256, found: 4)) {
            try LocatedClassification(logits: [1, 2], location: [1, 2, 3, 4])
        }
        #expect(throws: FindingError.notFinite(output: "logits")) {
            try LocatedClassification(logits: [.nan, 2], location: map(peak: 0, 0))
        }
    }
}
