import Foundation
import Inference
import Records
import Spool

/// A network that the configuration names: ready to run, or refused.
struct ConfiguredModel: Sendable {
    enum State: Sendable {
        case ready(LoadedModel)
        case refused(reason: String)
    }

    let state: State
    /// What became of it, for the log.
    let event: Event
    /// And for the audit log.
    let audit: AuditEvent

    /// Reads and prepares the file at `path`.
    init(file path: String, _ settings: ApplianceConfiguration.Analysis, at time: RecordedTime) {
        let subject = AuditSubject(fileNamed: URL(fileURLWithPath: path).lastPathComponent)
        // As much as is known when it is refused.
        var known: AuditModel?
        do {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
            known = AuditModel(sha256: Digest(ofData: bytes))
            let model = try Model(contentsOfFile: path)
            let sha256 = model.withFile { Digest(ofData: $0) }
            known = AuditModel(name: model.metadata["name"], version: model.metadata["version"], sha256: sha256)
            let loaded = try LoadedModel(
                model, sha256: sha256, threads: settings.threads ?? ProcessorCores.ofThisSystem.defaultThreads,
                memoryLimitBytes: settings.memoryMegabytes << 20)
            let runner = loaded.runner, memory = runner.plan.memoryPlan
            state = .ready(loaded)
            event = Event(.modelLoaded, .notice, [
                "model": loaded.identity.name, "version": loaded.identity.version, "use": loaded.identity.intendedUse,
                "threads": runner.threads,
                "memoryBytes": memory.arenaBytes(threads: runner.threads) + memory.constantBytes,
            ])
            audit = AuditEvent(.modelLoaded, at: time, of: subject, model: AuditModel(loaded.identity))
        } catch {
            state = .refused(reason: "the model configured for it was refused: \(error)")
            event = Event(.modelRefused, .error, ["file": path, "reason": "\(error)"])
            let unusable = known == nil
                ? AuditReason("the file cannot be read") : AuditReason("the file holds no model that can be run")
            audit = AuditEvent(
                .modelRefused, at: time, of: subject, model: known,
                reason: (error as? ModelRefusal)?.auditReason ?? unusable)
        }
    }
}
