/// Whether this version of the program can use the configuration in force.
struct ConfigurationSelfTest: SelfTestCheck {
    let file: String
    /// What reading it gave; nil where there is none.
    let configuration: Result<ApplianceConfiguration, ConfigurationError>?
    let disk: any ConfigurationDisk

    var subject: SelfTestSubject { .configuration }

    func run(_ progress: @escaping @Sendable (Double) -> Void) async -> [SelfTestFinding] {
        switch configuration {
        case nil: return [.init(.attention, .notProvisioned(file: file))]
        case .failure(let error):
            let reason = error.issues.first.map { $0.description(file: error.file) } ?? ""
            return [.init(.failed, .configurationUnusable(file: file, reason: reason))]
        case .success(let settings):
            let unfit = settings.findings(on: disk).filter { $0.severity == .error }
            if unfit.isEmpty { return [.init(.ok, .configurationGood(file: file))] }
            return unfit.map { .init(.attention, .configurationUnfit(reason: "\($0.path): \($0.message)")) }
        }
    }
}
