import Records
import Spool

/// Whether the clock can be right.
struct ClockSelfTest: SelfTestCheck {
    let dataFolder: String
    let clock: WallClock

    var subject: SelfTestSubject { .clock }

    func run(_ progress: @escaping @Sendable (Double) -> Void) async -> [SelfTestFinding] {
        let now = clock.now()
        do throws(SpoolError) {
            let trust = ClockTrust(kept: try ClockFloor.read(folder: StageFiles.folder(.intake, in: dataFolder)))
            if trust.isTrusted(now) { return [.init(.ok, .clockTrusted(time: "\(now)"))] }
            return [.init(
                .attention,
                .clockNotTrusted(time: "\(now)", floor: "\(trust.floor)", ceiling: "\(trust.ceiling)"))]
        } catch {
            return [.init(.attention, .clockUnknown(reason: "\(error)"))]
        }
    }
}
