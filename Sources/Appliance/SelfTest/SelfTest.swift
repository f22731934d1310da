import DICOM

/// Looks whether the box can do its work: at each start, before an update is kept, and whenever a person asks.
public struct SelfTest: Sendable {
    private let checks: [any SelfTestCheck]
    public let language: ApplianceConfiguration.Language

    public init(_ checks: [any SelfTestCheck], language: ApplianceConfiguration.Language) {
        (self.checks, self.language) = (checks, language)
    }

    /// Runs the checks one after the other.
    ///
    /// - Parameters:
    ///   - progress: called as a check goes on, with its share from 0 to 1.
    ///   - ended: called with what each check found.
    public func run(
        progress: @escaping @Sendable (SelfTestSubject, Double) -> Void = { _, _ in },
        ended: (SelfTestReport.Check) -> Void = { _ in }
    ) async -> SelfTestReport {
        let texts = language.selfTestTexts
        var results: [SelfTestReport.Check] = []
        for check in checks {
            let start = ContinuousClock.now
            let subject = check.subject
            progress(subject, 0)
            let findings = await check.run { progress(subject, $0) }
            let result = SelfTestReport.Check(
                subject: subject, seconds: (ContinuousClock.now - start).seconds,
                findings: findings.map { .init(verdict: $0.verdict, sentence: texts.sentence($0.statement)) })
            results.append(result)
            ended(result)
        }
        return SelfTestReport(version: Implementation.version, language: language, checks: results)
    }
}

/// What a self-test found, in words.
public struct SelfTestReport: Sendable, Codable {
    public struct Finding: Sendable, Codable, Equatable {
        public var verdict: SelfTestVerdict
        public var sentence: String
    }

    public struct Check: Sendable, Codable {
        public var subject: SelfTestSubject
        /// How long it took.
        public var seconds: Double
        public var findings: [Finding]

        public var verdict: SelfTestVerdict { findings.map(\.verdict).max() ?? .ok }
    }

    /// The worst that was found.
    public var verdict: SelfTestVerdict
    /// One sentence over all.
    public var summary: String
    /// Of the program.
    public var version: String
    public var language: ApplianceConfiguration.Language
    public var checks: [Check]

    init(version: String, language: ApplianceConfiguration.Language, checks: [Check]) {
        let all = checks.flatMap(\.findings)
        verdict = all.map(\.verdict).max() ?? .ok
        summary = language.selfTestTexts.summary(verdict, all.count { $0.verdict != .ok })
        (self.version, self.language, self.checks) = (version, language, checks)
    }
}

extension SelfTestReport.Check {
    /// One line a finding, for a console or a log.
    public func lines(_ language: ApplianceConfiguration.Language) -> [String] {
        let texts = language.selfTestTexts
        return findings.map { "\(texts.subject(subject)): \(texts.verdict($0.verdict)): \($0.sentence)" }
    }
}
