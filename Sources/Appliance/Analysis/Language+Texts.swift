import Results

extension ApplianceConfiguration.Language {
    /// The words of results in this language.
    var texts: Texts {
        switch self {
        case .english: .english
        case .ukrainian: .ukrainian
        }
    }
}
