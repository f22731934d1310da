import Records

extension Texts {
    public static let english = Texts(
        language: CodedConcept("en", "RFC5646", "English"),
        reportSeries: { "\($0) report" },
        pictureSeries: { "\($0) picture" },
        derivation: { "Source image, windowed and scaled, with the findings of \($0) drawn over it" },
        intendedUse: { $0 },
        decisionSupport: "Decision support by software: a physician must review the images.",
        model: { "Model \($0)" },
        findingName: { $0.meaning },
        present: { "\($0): present" },
        absent: { "\($0): absent" },
        probability: { "probability \($0) %, threshold \($1) %" },
        presentCount: { count in
            switch count {
            case 0: "No findings"
            case 1: "1 finding"
            default: "\(count) findings"
            }
        })
}
