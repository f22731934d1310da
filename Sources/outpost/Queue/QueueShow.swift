import Appliance
import ArgumentParser
import DICOM
import Foundation
import Records
import Spool

extension QueueCommand {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show parcels, one a line, in the order of their numbers.",
            discussion: """
                Tells what each parcel is and why it is not delivered. An object that a stage no longer keeps has no \
                UID and no size. With --json one object a line.
                """)
        @OptionGroup var options: ConfigurationOption
        @OptionGroup var parcels: ParcelOptions
        @Option(help: "At most so many.") var limit = 100
        @Option(help: "Only parcels with higher numbers than this.") var after: Parcel.ID = 0
        @Flag(help: "Print JSON for a machine.") var json = false

        /// Parcels that are read at once.
        private static let page = 256

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit is 1 or more") }
        }

        func run() throws {
            let configuration = try options.load()
            let reader = try configuration.courierReader()
            try parcels.checkDestination(configuration, reader)
            if !json { print(ParcelReport.columns.line(ParcelReport.header)) }
            guard let reader else { return }
            let instances = Dictionary(uniqueKeysWithValues: try configuration.instanceReaders())
            var (last, shown) = (after, 0)
            while true {
                // One more than is shown tells that there are more.
                let page = try reader.parcels(parcels.selection, after: last, limit: min(limit - shown + 1, Self.page))
                for parcel in page.prefix(limit - shown) {
                    try show(ParcelReport(parcel, try? instances[parcel.stage]?.locate(parcel.sequence).instance))
                    shown += 1
                    last = parcel.id
                }
                if shown == limit, page.last.map({ $0.id > last }) ?? false {
                    Console.complain("there are more: go on with --after \(last), or raise --limit")
                }
                if shown == limit || page.count < Self.page { return }
            }
        }

        private func show(_ report: ParcelReport) throws {
            guard json else { return print(ParcelReport.columns.line(report.cells)) }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        }
    }
}

/// A parcel as `show` prints it.
struct ParcelReport: Encodable {
    var parcel: Parcel
    var sopInstanceUID: UID?
    /// Of the data set.
    var bytes: Int64?

    /// - Parameter instance: the object; nil where its stage does not keep it any more.
    init(_ parcel: Parcel, _ instance: StoredInstance?) {
        self.parcel = parcel
        sopInstanceUID = instance?.sopInstanceUID
        bytes = instance?.dataSetLength
    }

    static let header = [
        "PARCEL", "DESTINATION", "STATE", "PRIORITY", "ATTEMPTS", "STAGE", "OBJECT", "BYTES", "SOP INSTANCE UID",
        "PROBLEM",
    ]
    static let columns = Columns(widths: [
        (10, .right), (20, .left), (9, .left), (14, .left), (8, .right), (8, .left), (10, .right), (12, .right),
        (64, .left),
    ])

    var cells: [String] {
        [
            "\(parcel.id)", parcel.destination, parcel.state.rawValue, "\(parcel.priority)", "\(parcel.attempts)",
            parcel.stage.rawValue, "\(parcel.sequence)", bytes.map { "\($0)" } ?? "-", sopInstanceUID?.value ?? "-",
            parcel.lastError ?? "-",
        ]
    }

    private enum CodingKeys: String, CodingKey { case priority, sopInstanceUID, bytes }

    func encode(to encoder: any Encoder) throws {
        try parcel.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        // By its name, as in the columns.
        try container.encode("\(parcel.priority)", forKey: .priority)
        try container.encodeIfPresent(sopInstanceUID?.value, forKey: .sopInstanceUID)
        try container.encodeIfPresent(bytes, forKey: .bytes)
    }
}
