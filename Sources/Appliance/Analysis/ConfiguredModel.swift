import Foundation
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
        var identity: AuditModel?
        do {
            let bytes = Array(try Data(contentsOf: url))
            let sha256 = Digest(ofData: bytes)
            identity = AuditModel(unknown: sha256)
            let model = try LoadedModel(bytes, sha256: sha256)
            state = .ready(model)
            event = Event(.modelLoaded, .notice, [
                "model": model.identity.name, "version": model.identity.version, "use": model.identity.intendedUse,
            ])
            audit = AuditEvent(.modelLoaded, at: time, of: subject, model: AuditModel(model.identity))
        } catch {
            state = .refused(reason: "the model configured for it was refused: \(error)")
            event = Event(.modelRefused, .error, ["file": path, "reason": "\(error)"])
            let unusable = identity == nil
                ? AuditReason("the file cannot be read") : AuditReason("the file holds no model that can be run")
            audit = AuditEvent(
                .modelRefused, at: time, of: subject, model: identity,
                reason: (error as? ModelRefusal)?.auditReason ?? unusable)
        }
    }
}
