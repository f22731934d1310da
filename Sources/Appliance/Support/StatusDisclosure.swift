import Records
import Spool

/// What a support bundle shows of the status: counts. Which studies there are, and what was found in them, stays
/// inside.
struct StatusDisclosure: Encodable {
    struct Studies: Encodable {
        /// Of the newest ``ApplianceStatus/studyLimit`` studies, how many are in which state.
        var states: [String: Int] = [:]
        var objects = 0
        var analysed = 0
        /// Why images were not analysed, and how many.
        var notAnalysed: [String: Int] = [:]
        var flags: [String: Int] = [:]
    }

    var units: [ApplianceStatus.Unit]
    var studies: Studies
    var queues: [QueueSummary]
    var disk: DiskReport?
    var settled: Bool
    /// The newest row of each stage's audit log, not verified: `NUMBER:HASH`.
    var auditHeads: [String: String]

    init(_ configuration: ApplianceConfiguration, _ pseudonyms: Pseudonyms) throws(SpoolError) {
        let status = try ApplianceStatus(configuration)
        units = status.units
        studies = Studies()
        for study in status.studies {
            studies.states[study.state.rawValue, default: 0] += 1
            studies.objects += study.instances
            studies.analysed += study.analysed
            for skipped in study.notAnalysed {
                studies.notAnalysed[pseudonyms.masking(skipped.reason), default: 0] += 1
            }
            for flag in study.flags { studies.flags[flag.flag.rawValue, default: 0] += flag.instances }
        }
        queues = status.queues.map { queue in
            var queue = queue
            queue.lastError = queue.lastError.map { pseudonyms.masking($0) }
            return queue
        }
        disk = status.disk
        settled = status.settled
        auditHeads = [:]
        for stage in Stage.allCases {
            let folder = StageFiles.folder(stage, in: configuration.dataFolder)
            auditHeads[stage.rawValue] = try AuditReader(stage: stage, folder: folder)?.newest().description
        }
    }
}
