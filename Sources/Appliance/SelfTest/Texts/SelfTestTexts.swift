/// The words of the self-test in one language, for a technician.
///
/// No member has a default: a language that lacks a sentence does not compile. Each sentence says what is so and, where
/// that is not as it should be, what to do.
public struct SelfTestTexts: Sendable {
    public let subject: @Sendable (SelfTestSubject) -> String
    public let verdict: @Sendable (SelfTestVerdict) -> String
    public let sentence: @Sendable (SelfTestStatement) -> String
    /// The last line: the worst verdict, and how many findings need a person.
    public let summary: @Sendable (_ worst: SelfTestVerdict, _ toLookAt: Int) -> String
}

extension ApplianceConfiguration.Language {
    /// The words of the self-test in this language.
    public var selfTestTexts: SelfTestTexts {
        switch self {
        case .english: .english
        case .ukrainian: .ukrainian
        }
    }
}
