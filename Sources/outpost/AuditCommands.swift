import Appliance
import ArgumentParser
import Foundation
import Records
import Spool

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Verify and export the log of what was received, sent, deleted and decided.",
        subcommands: [Verify.self, Export.self])
}

extension AuditCommand {
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether the log is as it was written.",
            discussion: """
                Prints for each stage the head of its log, a number and a hash that stand for every row up to it. \
                Note it elsewhere and give it the next time with --head: then it shows too whether the end was cut \
                off or everything was written anew. Ends with 0 if all is intact.
                """)
        @OptionGroup var options: ConfigurationOption
        @Option(help: "Only this stage: intake, analysis, courier or board.") var stage: Stage?
        @Option(help: "A head from an earlier time, NUMBER:HASH; needs --stage.", transform: auditHead)
        var head: AuditHead?
        @Flag(help: "Print JSON for a machine.") var json = false

        func validate() throws {
            if head != nil, stage == nil { throw ValidationError("--head is of one stage: name it with --stage") }
        }

        func run() throws {
            let folder = try options.load().dataFolder
            var reports: [Report] = []
            for stage in stage.map({ [$0] }) ?? Stage.allCases {
                let report = try look(at: stage, in: folder)
                if !json { print(report.line) }
                reports.append(report)
            }
            if json { try Console.print(json: reports) }
            if reports.contains(where: { $0.fault != nil }) { throw ExitCode.failure }
        }

        private func look(at stage: Stage, in dataFolder: String) throws -> Report {
            let folder = StageFiles.folder(stage, in: dataFolder)
            guard let reader = try AuditReader(stage: stage, folder: folder) else {
                return Report(stage: stage, fault: head.map { .headMissing(expected: $0, newest: 0) })
            }
            var bar = ProgressBar("\(stage.rawValue)", unit: "rows", total: try reader.rows())
            defer { bar.finish() }
            return Report(try reader.verify(expecting: head) { bar.update($0) })
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the log as lines of JSON, one a row.",
            discussion: """
                Every line holds stage, number, previous hash, hash and event. provisioning/audit/verify_audit.py \
                verifies them with nothing of Outpost's.
                """)
        @OptionGroup var options: ConfigurationOption
        @Option(help: "Only this stage: intake, analysis, courier or board.") var stage: Stage?
        @Option(help: "Only rows behind this number; needs --stage.") var after: Int64 = 0
        @Option(help: "The file to write. It must not exist. Otherwise standard output.", completion: .file())
        var output: String?

        func validate() throws {
            guard after >= 0 else { throw ValidationError("--after is 0 or more") }
            if after > 0, stage == nil { throw ValidationError("--after is of one stage: name it with --stage") }
        }

        func run() throws {
            let folder = try options.load().dataFolder
            let readers = try (stage.map { [$0] } ?? Stage.allCases).compactMap { stage in
                try AuditReader(stage: stage, folder: StageFiles.folder(stage, in: folder))
            }
            if readers.isEmpty { throw ValidationError("no audit log is kept here yet") }
            var file = FileHandle.standardOutput
            if let output {
                let url = URL(fileURLWithPath: output)
                do { try Data().write(to: url, options: .withoutOverwriting) } catch CocoaError.fileWriteFileExists {
                    throw ValidationError("`\(output)` exists already; name another file")
                }
                file = try FileHandle(forWritingTo: url)
            }
            for reader in readers { try export(reader, to: file) }
            if output != nil { try file.synchronize() }
        }

        private func export(_ reader: AuditReader, to file: FileHandle) throws {
            var bar = ProgressBar("\(reader.stage.rawValue)", unit: "rows", total: try reader.rows(after: after))
            defer { bar.finish() }
            var written: Int64 = 0
            try reader.export(after: after) { lines, rows in
                try file.write(contentsOf: lines)
                written += rows
                // On a terminal the lines themselves are what is to be seen.
                if output != nil { bar.update(written) }
            }
        }
    }
}

extension AuditCommand {
    /// What `verify` says of a stage.
    struct Report: Encodable {
        var stage: Stage
        /// Nil where the stage keeps no log yet.
        var verification: AuditVerification?
        var fault: AuditFault?

        init(_ verification: AuditVerification) {
            stage = verification.stage
            self.verification = verification
            fault = verification.fault
        }

        init(stage: Stage, fault: AuditFault?) {
            self.stage = stage
            self.fault = fault
        }

        var line: String {
            if let fault { return "\(stage.rawValue): BROKEN: \(fault)" }
            guard let verification else { return "\(stage.rawValue): no audit log yet" }
            let earlier = verification.anchor.number
            return "\(stage.rawValue): intact, \(verification.rows) rows"
                + (earlier > 0 ? " (rows 1 to \(earlier) are in segment files)" : "") + ", head \(verification.head)"
        }

        private enum CodingKeys: String, CodingKey { case stage, intact, fault, rows, anchor, head }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(stage, forKey: .stage)
            // Of a log that is not there nothing is said.
            if verification != nil || fault != nil { try container.encode(fault == nil, forKey: .intact) }
            try container.encodeIfPresent(fault.map { "\($0)" }, forKey: .fault)
            try container.encodeIfPresent(verification?.rows, forKey: .rows)
            try container.encodeIfPresent(verification?.anchor.description, forKey: .anchor)
            try container.encodeIfPresent(verification?.head.description, forKey: .head)
        }
    }
}

extension Stage: ExpressibleByArgument {}

@Sendable private func auditHead(_ text: String) throws -> AuditHead {
    guard let head = AuditHead(text) else {
        throw ValidationError("`\(text)` is not a head: NUMBER:HASH, as `outpost audit verify` prints it")
    }
    return head
}
