import Foundation
import TestSupport
import Testing

@testable import Appliance

@Suite("The clinic's card")
struct LampCardTests {
    private static let languages = ApplianceConfiguration.Language.allCases

    @Test("docs/LAMPS.md is what the lamps do, in every language")
    func document() throws {
        let document = try String(
            contentsOf: Repository.root.appendingPathComponent("docs/LAMPS.md"), encoding: .utf8)
        #expect(document == LampCard.document, "it is `outpost board card --document`")
    }

    @Test("A card names each lamp and each state with its rhythm", arguments: languages)
    func complete(language: ApplianceConfiguration.Language) {
        let texts = BoardTexts(language)
        let card = LampCard(texts).markdown
        for lamp in Lamp.allCases { #expect(card.contains("| \(texts.lamp(lamp)) | ")) }
        for state in BoardState.allCases {
            let row = card.split(separator: "\n").first { $0.contains("**\(texts.state(state).name)**") }
            for (lamp, pattern) in LampTable.places(of: state, on: Set(Lamp.allCases)) {
                #expect(row?.contains("\(texts.lamp(lamp)): `\(pattern.drawing)` \(texts.pattern(pattern))") == true)
            }
        }
        let names = BoardState.allCases.map { texts.state($0).name } + LampPattern.allCases.map { texts.pattern($0) }
        #expect(Set(names).count == names.count, "no two are called the same")
    }

    @Test("The languages are other ones")
    func translated() {
        let (english, ukrainian) = (BoardTexts.english, BoardTexts.ukrainian)
        for state in BoardState.allCases {
            #expect(english.state(state).name != ukrainian.state(state).name)
            #expect(english.state(state).meaning != ukrainian.state(state).meaning)
        }
        let isLatin = { (scalar: Unicode.Scalar) in ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) }
        let words = LampCard(ukrainian).markdown.replacing("PACS", with: "").replacing("<br>", with: "")
        #expect(!words.unicodeScalars.contains(where: isLatin), "nothing was left in English")
    }

    @Test("A card for fewer lamps names no lamp that there is not")
    func fewerLamps() {
        let card = LampCard(.english, lamps: [.health]).markdown
        #expect(!card.contains("Attention") && !card.contains("Network:"))
        #expect(card.contains("| **Receiving** | not shown |"))
        #expect(card.contains("| **Waiting for the hub** | Health: `●●●●●●●●●●●●●●○○` lit, with a short gap"))
    }
}
