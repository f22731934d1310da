import DICOM
import Testing

@testable import Appliance

@Suite("The quiet time of studies")
struct StudyQuietTimeTests {
    let first = UID(known: "1.2.1")
    let second = UID(known: "1.2.2")

    @Test("A study is due once nothing has come for the quiet time, and then once only")
    func due() {
        var quiet = StudyQuietTime(quietTime: .seconds(60))
        quiet.received(study: first, sequence: 1, at: .seconds(0))
        quiet.received(study: first, sequence: 2, at: .seconds(50))
        #expect(quiet.takeDue(at: .seconds(109)).isEmpty)
        #expect(quiet.takeDue(at: .seconds(110)) == [.init(studyInstanceUID: first, throughSequence: 2)])
        #expect(quiet.takeDue(at: .seconds(500)).isEmpty)
    }

    @Test("Studies are quiet each for itself, and a late instance opens its study again")
    func late() {
        var quiet = StudyQuietTime(quietTime: .seconds(10))
        quiet.received(study: first, sequence: 1, at: .seconds(0))
        quiet.received(study: second, sequence: 2, at: .seconds(5))
        #expect(quiet.takeDue(at: .seconds(12)).map(\.studyInstanceUID) == [first])
        quiet.received(study: first, sequence: 3, at: .seconds(13))
        #expect(quiet.takeDue(at: .seconds(30)).map(\.throughSequence) == [2, 3])
    }

    @Test("Numbers that arrive out of order do not move the study back")
    func outOfOrder() {
        var quiet = StudyQuietTime(quietTime: .seconds(10))
        quiet.received(study: first, sequence: 7, at: .seconds(0))
        quiet.received(study: first, sequence: 6, at: .seconds(1))
        #expect(quiet.takeDue(at: .seconds(11)).map(\.throughSequence) == [7])
    }
}

@Suite("Which model looks at an image")
struct AnalysisRulesTests {
    private let rules = AnalysisRules([
        .init(file: "a.onnx", modalities: ["DX", "CR"], bodyParts: ["CHEST"]),
        .init(file: "b.onnx", modalities: ["DX"], bodyParts: ["HAND"]),
    ])

    @Test("By modality and body part; otherwise the reason says which of them had no model", arguments: [
        ("DX", "CHEST", AnalysisRules.Decision.analyse(model: 0)),
        ("DX", "HAND", .analyse(model: 1)),
        ("CR", "HAND", .skip(reason: "no model is configured for modality CR and body part HAND")),
        ("CT", "CHEST", .skip(reason: "no model is configured for modality CT")),
        (nil, "CHEST", .skip(reason: "the image does not say its modality")),
        ("DX", nil, .skip(reason: "the image does not say its body part (0018,0015)")),
    ] as [(String?, String?, AnalysisRules.Decision)])
    func decide(modality: String?, bodyPart: String?, expected: AnalysisRules.Decision) {
        #expect(rules.decide(modality: modality, bodyPart: bodyPart) == expected)
    }
}
