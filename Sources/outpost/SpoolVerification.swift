import Appliance
import ArgumentParser
import Foundation
import DICOM
import Records
import Spool

extension SpoolCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare every kept object with its file, byte for byte.",
            discussion: """
                Changes no object and may run beside the appliance. Ends with 0 if all is intact; what is not stands \
                in the audit log from then on.
                """)
        @OptionGroup var options: ConfigurationOption
        @Option(help: "Only this stage: intake or analysis.") var stage: Stage?
        @Flag(help: "Look at the ends of the files only, not at every byte.") var quick = false
        @Flag(help: "Print JSON for a machine.") var json = false

        func run() async throws {
            let configuration = try options.load()
            var reports: [VerificationReport] = []
            for (stage, reader) in try configuration.instanceReaders() where self.stage.map({ $0 == stage }) ?? true {
                var bar = ProgressBar("\(stage.rawValue)", unit: "objects", total: try reader.count())
                defer { bar.finish() }
                reports.append(try reader.verify(readsData: !quick) { bar.update($0) })
            }
            if json { try Console.print(json: reports) } else { for report in reports { show(report) } }
            do {
                for report in reports { try await ObjectActs(dataFolder: configuration.dataFolder).audit(report) }
            } catch {
                Console.complain("outpost spool verify: this cannot be written into the audit log: \(error)")
            }
            if reports.contains(where: { !$0.faults.isEmpty }) { throw ExitCode.failure }
        }

        private func show(_ report: VerificationReport) {
            for fault in report.faults {
                let object = "\(fault.stage.rawValue) \(fault.sequence) \(fault.sopInstanceUID)"
                print("\(object) \(fault.kind.rawValue.uppercased()): \(fault.path): \(fault.what)")
            }
            if report.furtherFaults > 0 { print("… and \(report.furtherFaults) more") }
            let faults = Int64(report.faults.count) + report.furtherFaults
            print(
                "\(report.stage.rawValue): \(report.objects) objects, "
                    + (faults == 0
                        ? "all intact"
                        : "\(faults) NOT INTACT: keep the files as they are, and ask the senders for these again"))
        }
    }

    struct Rebuild: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a stage's index anew from the files of its objects, and say what differed.",
            discussion: "The stage must be stopped. Reads every byte of every object; the files stay as they are.")
        @OptionGroup var options: ConfigurationOption
        @Option(help: "The stage: intake or analysis.") var stage: Stage
        @Flag(help: "Print JSON for a machine.") var json = false

        func run() throws {
            let dataFolder = try options.load().dataFolder
            let folder = StageFiles.folder(stage, in: dataFolder)
            let store: InstanceStore
            switch stage {
            case .intake: store = try IntakeSpool(folder: folder).instances
            case .analysis: store = try AnalysisSpool(folder: folder).instances
            case .courier, .board: throw ValidationError("\(stage.rawValue) keeps no objects; name intake or analysis")
            }
            let time = try KeptClock(reading: .system, dataFolder: dataFolder).now()
            let report = try store.rebuildIndex(by: Account.current.auditActor, at: time)
            if json {
                try Console.print(json: report)
            } else {
                for sequence in report.lost { print("\(stage.rawValue) \(sequence) LOST: no file tells of it") }
                for path in report.damaged { print("\(stage.rawValue) DAMAGED: \(path) is kept as it is") }
                print(
                    "\(stage.rawValue): \(report.objects) objects; \(report.added) rows were missing, "
                        + "\(report.changed) were wrong, \(report.lost.count) told of objects that are gone")
            }
            if !report.lost.isEmpty || !report.damaged.isEmpty { throw ExitCode.failure }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what is kept under a SOP Instance UID, and where it has been sent.")
        @OptionGroup var options: ConfigurationOption
        @Argument(help: "The SOP Instance UID.") var sopInstanceUID: String
        @Flag(help: "Print JSON for a machine.") var json = false

        private struct Line: Encodable {
            var stage: Stage
            var instance: StoredInstance
            var path: String
            var parcels: [Parcel]
        }

        func run() throws {
            guard let uid = UID(sopInstanceUID) else { throw ValidationError("`\(sopInstanceUID)` is not a UID") }
            let configuration = try options.load()
            let courier = try CourierReader(folder: StageFiles.folder(.courier, in: configuration.dataFolder))
            var lines: [Line] = []
            for (stage, reader) in try configuration.instanceReaders() {
                for instance in try reader.instances(sopInstanceUID: uid) {
                    lines.append(Line(
                        stage: stage, instance: instance, path: try reader.locate(instance.sequence).path,
                        parcels: try courier?.parcels(stage: stage, sequence: instance.sequence) ?? []))
                }
            }
            guard !lines.isEmpty else {
                throw ValidationError("no object \(uid) is kept here; `outpost spool list` shows those that are")
            }
            if json { return try Console.print(json: lines) }
            for line in lines { show(line) }
        }

        private func show(_ line: Line) {
            let instance = line.instance
            print("\(line.stage.rawValue) number \(instance.sequence): \(instance.dataSetLength) bytes in \(line.path)")
            print("  SOP class \(instance.sopClassUID), transfer syntax \(instance.transferSyntax)")
            print("  study \(instance.studyInstanceUID), series \(instance.seriesInstanceUID)")
            let clock = instance.received.isTrusted ? "" : " by a clock that was not set"
            print(
                "  from \(instance.peer.callingAETitle) at \(instance.peer.address), \(instance.receivedAt)\(clock)")
            print("  sha256 \(instance.sha256)")
            for flag in instance.flags {
                print("  \(flag.isQuarantined ? "IN QUARANTINE" : "ATTENTION"): \(flag.explanation)")
            }
            if line.parcels.isEmpty { print("  not queued for any destination") }
            for parcel in line.parcels {
                print(
                    "  to \(parcel.destination): \(parcel.state.rawValue), \(parcel.attempts) failed attempts"
                        + (parcel.lastError.map { ": \($0)" } ?? ""))
            }
        }
    }
}
