extension ApplianceStatus {
    /// The status as lines for a person at a console.
    public var lines: [String] {
        var lines: [String] = []
        for unit in units {
            let counters = unit.counters.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            lines.append(
                "\(unit.stage.rawValue): \(unit.running ? "running" : "NOT RUNNING")"
                    + (unit.condition.map { ": \($0.summary)" } ?? "")
                    + (counters.isEmpty ? "" : " (\(counters.joined(separator: ", ")))"))
            if let silence = unit.silence { lines.append("  it does not say how it is: \(silence)") }
            lines += (unit.condition?.troubles ?? []).map { "  ATTENTION: \($0.sentence)" }
        }
        lines.append("")
        if studies.isEmpty { lines.append("No study has arrived yet.") }
        for study in studies { lines += Self.lines(study) }
        lines.append("")
        for queue in queues {
            lines.append(
                "to \(queue.destination): \(queue.arrived) delivered"
                    + (queue.committed > 0 ? " (\(queue.committed) committed)" : "") + ", \(queue.pending) on the way"
                    + (queue.isHeld ? ", HELD by a person" : queue.held > 0 ? ", \(queue.held) held" : "")
                    + (queue.refused > 0 ? ", \(queue.refused) REFUSED" : "")
                    + (queue.expired > 0 ? ", \(queue.expired) EXPIRED" : "")
                    + (queue.lastError.map { "; last problem: \($0)" } ?? ""))
        }
        if let disk { lines.append(Self.line(disk)) }
        lines.append(settled ? "Everything that came in has been dealt with." : "Work is under way.")
        return lines
    }

    private static func line(_ disk: DiskReport) -> String {
        "disk: \(Int(disk.space.freePercent)) % free"
            + (disk.hoursUntilFull.map { ", full in about \(Int($0.rounded(.up))) hours at this rate" } ?? "")
            + (disk.refuses ? "; FULL: modalities are told to come back later" : "")
    }

    private static func lines(_ study: StudyStatus) -> [String] {
        var lines = [
            "study \(study.studyInstanceUID): \(study.state.rawValue), \(study.instances) received, "
                + "\(study.analysed) analysed, \(study.notAnalysed.count) not analysed"
        ]
        for finding in study.findings {
            let percent = (finding.probability * 1000).rounded() / 10
            lines.append(
                "  \(finding.finding): \(finding.present ? "present" : "absent"), probability \(percent) % "
                    + "(\(finding.model) \(finding.modelVersion); \(finding.intendedUse))")
        }
        for flag in study.flags {
            lines.append(
                "  \(flag.isQuarantined ? "IN QUARANTINE" : "ATTENTION") (\(flag.instances)): \(flag.explanation)")
        }
        // A study of a thousand slices has one reason, not a thousand.
        var reasons: [(reason: String, count: Int)] = []
        for skipped in study.notAnalysed {
            if let index = reasons.firstIndex(where: { $0.reason == skipped.reason }) {
                reasons[index].count += 1
            } else {
                reasons.append((skipped.reason, 1))
            }
        }
        for (reason, count) in reasons { lines.append("  not analysed (\(count)): \(reason)") }
        return lines
    }
}
