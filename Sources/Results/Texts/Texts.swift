import Records

/// The words of results in one language.
///
/// No member has a default: a language that lacks a sentence does not compile. Titles have no full stop, sentences do.
public struct Texts: Sendable {
    /// TID 1204: a language of RFC 5646.
    let language: CodedConcept
    /// Series descriptions have at most 64 characters; the model's title is the parameter.
    let reportSeries: @Sendable (String) -> String
    let pictureSeries: @Sendable (String) -> String
    /// How the picture was made of its source; the model's title is the parameter.
    let derivation: @Sendable (String) -> String
    /// The model card's statement; those that Outpost knows are translated, others stay as they are. No full stop.
    let intendedUse: @Sendable (String) -> String
    let decisionSupport: String
    let model: @Sendable (String) -> String
    /// A finding by its concept, as a heading.
    let findingName: @Sendable (CodedConcept) -> String
    /// A name, and the number that its circle bears where there are several.
    let present: @Sendable (String) -> String
    let absent: @Sendable (String) -> String
    /// Percent, and the operating point's, as decimals.
    let probability: @Sendable (_ percent: String, _ thresholdPercent: String) -> String
    /// How many findings are present, 0 or more.
    let presentCount: @Sendable (Int) -> String
}

extension Texts {
    /// The languages by their RFC 5646 tags, as configuration names them.
    public static let tags = ["en", "uk"]

    /// The words of the language with `tag`; nil where there are none.
    public init?(tag: String) {
        switch tag {
        case "en": self = .english
        case "uk": self = .ukrainian
        default: return nil
        }
    }

    /// The statement of a model that is not a medical device, in the words of its card.
    static let demonstration = "Demonstration, not for clinical use"
}
