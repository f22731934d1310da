import DICOM
import DICOMPixels
import Records
@testable import Results
import TestSupport
import Testing

@Suite struct ResultWriterTests {
    private let here = Circle(column: 60, row: 60, radius: 20)

    /// A re-run repeats itself to the byte; other names give other UIDs.
    @Test func sameInputsGiveTheSameBytes() throws {
        let first = try Written("latin", [Fixture.finding(0.7, at: here)], .ukrainian).objects
        let second = try Written("latin", [Fixture.finding(0.7, at: here)], .ukrainian).objects
        #expect(first == second)
        #expect(first.map(\.kind) == [.structuredReport, .secondaryCapture])
        #expect(Set(first.map(\.sopInstanceUID) + first.map(\.seriesInstanceUID)).count == 4)
        #expect(first.map(\.modality) == ["SR", "OT"])
        let other = try Written("latin", [Fixture.finding(0.71, at: here)], .ukrainian).objects
        #expect(other[0].dataSet != first[0].dataSet)
    }

    @Test func onlyTheKindsAskedFor() throws {
        let file = try Sources.file("latin")
        let objects = try Fixture.writer(font: "/nowhere.ttf").write(
            report: try Fixture.report(file, [Fixture.finding(0.7)]), source: file.dataSet, kinds: [.structuredReport],
            deriveUID: Fixture.uid)
        #expect(objects.map(\.kind) == [.structuredReport])
    }

    @Test func unusableReportsAreRefused() throws {
        let file = try Sources.file("latin")
        func error(_ report: Report, font: String = Fixture.font, _ source: DataSet? = nil) -> ResultError? {
            do {
                _ = try Fixture.writer(font: font).write(
                    report: report, source: source ?? file.dataSet, deriveUID: Fixture.uid)
                return nil
            } catch { return error }
        }
        #expect(error(try Fixture.report(file, [])) == .noFindings)
        let many = [Finding](repeating: Fixture.finding(0.1), count: 65)
        #expect(error(try Fixture.report(file, many)) == .tooManyFindings(count: 65, limit: 64))
        #expect(
            error(try Fixture.report(file, [Fixture.finding(.nan)])) == .invalidNumber(finding: 0, what: "probability"))
        let nowhere = Fixture.finding(0.9, at: Circle(column: .infinity, row: 0, radius: 1))
        #expect(error(try Fixture.report(file, [nowhere])) == .invalidNumber(finding: 0, what: "location"))
        #expect(error(try Fixture.report(try Sources.file("utf8"), [Fixture.finding(0.1)])) == .otherSource)
        let good = try Fixture.report(file, [Fixture.finding(0.1)])
        guard case .font(.unreadable) = error(good, font: "/nowhere.ttf") else {
            Issue.record("a missing font is a font error")
            return
        }
        var blind = file.dataSet
        blind[.pixelData] = nil
        #expect(error(good, blind) == .pixels(.missing(.pixelData)))
    }

    /// Words of a model card can be anything: long, with backslashes, with line ends.
    @Test func hostileWordsStayWithinTheirRepresentation() throws {
        let file = try Sources.file("latin")
        let report = try Fixture.report(
            file, [Fixture.finding(0.9, at: here)], model: String(repeating: "Ж\\\n", count: 5000),
            intendedUse: String(repeating: "слово ", count: 5000))
        let objects = try Fixture.writer().write(report: report, source: file.dataSet, deriveUID: Fixture.uid)
        for object in objects {
            let result = try DataSetReader.read(object.dataSet[...], object.transferSyntax)
            #expect(result.strings(.softwareVersions).count == 2)
            #expect((result.string(.seriesDescription)?.unicodeScalars.count ?? 99) <= 64)
        }
    }

    @Test func aCircleAtTheEdgeStaysInTheImage() throws {
        // 128 columns; the second point lies where there is room.
        for (column, expected) in [(0.0, 20.0), (120, 100), (128, 108)] {
            let circle = Circle(column: column, row: 128, radius: 20)
            let object = try Written("latin", [Fixture.finding(0.9, at: circle)]).objects[0]
            let root = try DataSetReader.read(object.dataSet[...], object.transferSyntax)
            let data = root.first(.graphicData)?.decimals(.graphicData)
            #expect(data == [column, 128, expected, 128])
        }
    }

    @Test func percentNeverChangesTheVerdict() {
        func text(_ probability: Double, _ threshold: Double) -> String {
            PercentText.probability(
                Finding(
                    concept: CodedConcept("", "", ""), anatomy: CodedConcept("", "", ""), probability: probability,
                    threshold: threshold, location: nil))
        }
        #expect(text(0.876, 0.5) == "87.6")
        #expect(text(0.49999, 0.5) == "49.999")
        #expect(text(0.9999, 0.5) == ">99.9" && text(1, 0.5) == "100")
        #expect(text(0.0001, 0.5) == "<0.1" && text(0, 0.5) == "0")
        #expect(DecimalText.text(-0.00001) == "0" && DecimalText.text(87.65432) == "87.6543")
    }
}

extension DataSet {
    /// The first data set, in order of reading, that holds `tag`.
    fileprivate func first(_ tag: DICOM.Tag) -> DataSet? {
        if self[tag] != nil { return self }
        for element in elements {
            for item in element.items ?? [] {
                if let found = item.first(tag) { return found }
            }
        }
        return nil
    }
}
