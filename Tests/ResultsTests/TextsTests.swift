@testable import Results
import Testing

@Suite struct TextsTests {
    @Test func ukrainianPluralsFollowTheLastDigits() {
        let expected = [
            (0, "Знахідок немає"), (1, "1 знахідка"), (3, "3 знахідки"), (5, "5 знахідок"), (11, "11 знахідок"),
            (12, "12 знахідок"), (21, "21 знахідка"), (22, "22 знахідки"), (64, "64 знахідки"), (111, "111 знахідок"),
        ]
        for (count, text) in expected { #expect(Texts.ukrainian.presentCount(count) == text) }
        #expect(Texts.english.presentCount(1) == "1 finding" && Texts.english.presentCount(2) == "2 findings")
    }

    @Test func everyTagHasItsLanguage() {
        for tag in Texts.tags { #expect(Texts(tag: tag)?.language.value == tag) }
        #expect(Texts(tag: "xx") == nil)
    }
}
