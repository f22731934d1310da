import Appliance
import ArgumentParser
import DICOM
import Foundation
import Records
import Spool

struct SpoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spool", abstract: "Look at the objects that the appliance keeps.",
        subcommands: [List.self, Show.self, Export.self, Verify.self, Rebuild.self])
}

extension SpoolCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List received images and results, one a line.")
        @OptionGroup var options: ConfigurationOption
        @Flag(help: "Print JSON for a machine.") var json = false

        func run() throws {
            let configuration = try options.load()
            for (stage, reader) in try configuration.instanceReaders() {
                var last: Int64 = 0
                while true {
                    let instances = try reader.instances(after: last, limit: 256)
                    guard let newest = instances.last else { break }
                    for instance in instances { try show(instance, stage) }
                    last = newest.sequence
                }
            }
        }

        /// In JSON one object a line, so that a long list needs no memory.
        private func show(_ instance: StoredInstance, _ stage: Stage) throws {
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                print(String(decoding: try encoder.encode(Line(stage: stage, instance: instance)), as: UTF8.self))
            } else {
                print(
                    "\(stage.rawValue) \(instance.sequence) \(instance.modality ?? "-") \(instance.sopInstanceUID) "
                        + "\(instance.dataSetLength) bytes \(instance.receivedAt) sha256 \(instance.sha256)"
                        + (instance.isQuarantined ? " QUARANTINED" : "")
                        + instance.flags.map { " \($0.rawValue)" }.joined())
            }
        }

        private struct Line: Encodable {
            var stage: Stage
            var instance: StoredInstance
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write an object as a DICOM file, its data set byte for byte as it was received.",
            discussion: "The audit log of the stage that keeps the object tells of it, with the account's name.")
        @OptionGroup var options: ConfigurationOption
        @Argument(help: "The SOP Instance UID.") var sopInstanceUID: String
        @Argument(help: "The file to write. It must not exist.") var file: String

        func run() async throws {
            guard let uid = UID(sopInstanceUID) else { throw ValidationError("`\(sopInstanceUID)` is not a UID") }
            let configuration = try options.load()
            for (stage, reader) in try configuration.instanceReaders() {
                guard let instance = try reader.instances(sopInstanceUID: uid).first else { continue }
                var bytes = Part10.header(
                    sopClassUID: instance.sopClassUID, sopInstanceUID: instance.sopInstanceUID,
                    transferSyntax: instance.transferSyntax,
                    sourceApplicationEntityTitle: instance.peer.callingAETitle.isEmpty
                        ? nil : instance.peer.callingAETitle)
                bytes += try reader.dataSet(instance.sequence)
                // Nobody's file is overwritten, and no object leaves before the log tells of it.
                let url = URL(fileURLWithPath: file)
                try Data().write(to: url, options: .withoutOverwriting)
                do {
                    let acts = ObjectActs(dataFolder: configuration.dataFolder)
                    try await acts.audit(.exported(sequence: instance.sequence), of: stage)
                    try Data(bytes).write(to: url)
                } catch {
                    try? FileManager.default.removeItem(at: url)
                    Console.complain("outpost spool export: \(error)")
                    throw ExitCode.failure
                }
                return
            }
            throw ValidationError("no object \(uid) is kept here; `outpost spool list` shows those that are")
        }
    }
}

extension ApplianceConfiguration {
    /// The stages that keep objects and have run at least once.
    func instanceReaders() throws -> [(Stage, InstanceReader)] {
        let intake = try IntakeReader(folder: StageFiles.folder(.intake, in: dataFolder))
        let analysis = try AnalysisReader(folder: StageFiles.folder(.analysis, in: dataFolder))
        return [(.intake, intake?.instances), (.analysis, analysis?.instances)].compactMap { stage, reader in
            reader.map { (stage, $0) }
        }
    }
}
