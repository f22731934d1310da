/// The words of the lamps' card in one language.
///
/// No member has a default, and each switch is over all cases: a language that lacks a sentence does not compile.
/// Names have no full stop, sentences do.
public struct BoardTexts: Sendable {
    /// What the card says of a state.
    struct StateWords: Sendable {
        var name: String
        /// What it means, and what to do; sentences.
        var meaning: String
        var advice: String
    }

    /// The words above a table's columns.
    struct Columns: Sendable {
        var state: String
        var lamps: String
        var meaning: String
        var advice: String
        var press: String
        var lamp: String
        var rhythm: String
    }

    /// What pressing the button does.
    struct ButtonWords: Sendable {
        var press: String
        /// What the lamps do meanwhile.
        var lamps: @Sendable (_ lampsDo: String) -> String
        var meaning: String
    }

    let title: String
    /// How to read the card.
    let introduction: String
    let columns: Columns
    let lamp: @Sendable (Lamp) -> String
    let lampPurpose: @Sendable (Lamp) -> String
    let pattern: @Sendable (LampPattern) -> String
    let state: @Sendable (BoardState) -> StateWords
    /// A state for which the board has no lamp.
    let notShown: String
    let buttonTitle: String
    let identify: ButtonWords
    let counting: ButtonWords
    let reset: ButtonWords
    let stuck: ButtonWords
    /// Of the part for boards that lack some lamps.
    let fewerTitle: String
    let fewerIntroduction: String
    let darkTitle: String
    /// What it means when all lamps are dark.
    let dark: String
}

extension BoardTexts {
    /// The words of the configuration's language.
    public init(_ language: ApplianceConfiguration.Language) {
        switch language {
        case .english: self = .english
        case .ukrainian: self = .ukrainian
        }
    }
}
