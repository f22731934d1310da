import DICOM
import Foundation
import Records
import Results
import TestSupport
import Testing

/// Results as validators and readers of others see them.
@Suite struct CounterpartTests {
    private static let circle = Circle(column: 312.5, row: 420, radius: 96)
    static let sources = ["utf8", "cyrillic", "latin", "japanese", "bare", "wide", "ct", "mr"]

    @Test(arguments: sources) func validatorsFindNoError(_ source: String) throws {
        let here = Circle(column: 40, row: 50, radius: 12)
        let written = try Written(source, [Fixture.finding(0.91, at: here), Fixture.finding(0.02)], .ukrainian)
        for path in written.paths {
            let verdict = try Tool.run("dciodvfy", [path])
            let errors = (verdict.errors + verdict.text).split(separator: "\n")
                .filter { $0.hasPrefix("Error") && !Noise.isKnown($0) }
            #expect(errors.isEmpty, "\(source): \(errors)")
        }
        let report = written.paths[0]
        for tool in ["dsrdump", "dsr2html"] {
            let rendered = try Tool.run(tool, [report])
            #expect(rendered.exitCode == 0, "\(tool): \(rendered.errors)")
            #expect(rendered.text.contains("Imaging Measurement Report"))
        }
    }

    /// What dciodvfy says of good objects too.
    enum Noise {
        static func isKnown(_ line: Substring) -> Bool {
            // Laterality is required of paired parts only, which it cannot know.
            line.contains("Laterality")
        }
    }

    @Test func highdicomReadsEveryPart() throws {
        let written = try Written("utf8", [Fixture.finding(0.87654, at: Self.circle), Fixture.finding(0.12)])
        let reading = try written.read(picture: "two-findings")
        #expect(reading.template == "1500" && reading.flags == ["COMPLETE", "UNVERIFIED"])
        #expect(reading.language == "en")
        #expect(reading.device == [Fixture.deviceUID.value, "OUTPOST-1", "Outpost", "Outpost"])
        let source = try Sources.file("utf8").dataSet.uid(.sopInstanceUID)?.value
        #expect(reading.evidence == source && reading.captureSource == source)
        let present = try #require(reading.regions.first)
        let absent = try #require(reading.wholes.first)
        #expect(reading.regions.count == 1 && reading.wholes.count == 1)
        for group in [present, absent] {
            #expect(group.finding == "Nodule" && group.site == "Lung" && group.image == source)
            #expect(group.algorithm == "chest-nodule 1.0.0")
            #expect(group.comment.hasPrefix("Demonstration, not for clinical use. Decision support"))
        }
        #expect(present.graphicType == "CIRCLE" && present.graphicData == [312.5, 420, 408.5, 420])
        #expect(present.measurements == [.init(name: "Certainty of Finding", value: 87.654, unit: "%")])
        #expect(absent.measurements == [.init(name: "Certainty of Finding", value: 12, unit: "%")])
        #expect(present.evaluations == ["Presence of property": "Present"])
        #expect(absent.evaluations == ["Presence of property": "Absent"])
        #expect(present.trackingUID == Fixture.uid("SR/tracking/0").value)
        #expect(absent.trackingUID == Fixture.uid("SR/tracking/1").value)
        #expect(reading.captureKind == ["OT", "WSD", "DERIVED\\SECONDARY", "YES"])
        // Something is drawn in color: circle, label, banner.
        #expect(reading.dull > 1000)
    }

    @Test func pictureKeepsTheAspect() throws {
        // 1200 rows of 450 columns, pixels twice as wide as tall: shown as 4 to 3.
        let reading = try Written("wide", [Fixture.finding(0.9, at: Circle(column: 100, row: 600, radius: 60))])
            .read(picture: "wide")
        #expect(reading.captureShape[1] == 576 && reading.captureShape[0] > 768)
        let small = try Written("ct", [Fixture.finding(0.9, at: Circle(column: 100, row: 110, radius: 12))])
            .read(picture: "ct")
        #expect(small.captureShape[1] == 768 && small.captureShape[0] > 768)
    }
}
