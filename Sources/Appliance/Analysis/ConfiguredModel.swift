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
    init(file path: String, at time: RecordedTime) {
        let url = URL(fileURLWithPath: path)
        let subject = AuditSubject(fileNamed: url.lastPathComponent)
        // As much as is known when it is refused.
        var known: AuditModel?
        do {
            let bytes = Array(try Data(contentsOf: url))
            let sha256 = Digest(ofData: bytes)
            known = AuditModel(sha256: sha256)
            let model = try Model(contentsOf: bytes)
            known = AuditModel(name: model.metadata["name"], version: model.metadata["version"], sha256: sha256)
            let loaded = try LoadedModel(model, sha256: sha256)
            state = .ready(loaded)
            event = Event(.modelLoaded, .notice, [
                "model": loaded.identity.name, "version": loaded.identity.version, "use": loaded.identity.intendedUse,
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
