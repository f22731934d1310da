import Appliance
import ArgumentParser
import Records
import Spool

/// Which parcels are meant.
struct ParcelOptions: ParsableArguments {
    @Argument(help: "Numbers of parcels, as `outpost queue show` prints them.") var parcels: [Parcel.ID] = []
    @Option(help: "Only parcels to this destination.") var destination: String?
    @Option(
        name: .customLong("state"),
        help: ArgumentHelp(
            "Only parcels in this state; may be given several times.",
            discussion: Parcel.State.allCases.map(\.rawValue).joined(separator: ", ")))
    var states: [Parcel.State] = []

    func validate() throws {
        if let parcel = parcels.first(where: { $0 < 1 }) { throw ValidationError("`\(parcel)` is no parcel's number") }
        if parcels.count > ControlLimits.numbers {
            throw ValidationError(
                "at most \(ControlLimits.numbers) parcels can be named at once; name them by destination and state")
        }
    }

    var selection: ParcelSelection { ParcelSelection(destination: destination, states: states, ids: parcels) }

    /// - Throws: where no such destination is configured, nor ever had a parcel.
    func checkDestination(_ configuration: ApplianceConfiguration, _ reader: CourierReader?) throws {
        guard let destination else { return }
        let known = configuration.destinations.map(\.name) + (try reader?.queues().map(\.destination) ?? [])
        if !known.contains(destination) {
            throw ValidationError("there is no destination `\(destination)`; `outpost queue list` shows those that are")
        }
    }
}

extension Parcel.State: ExpressibleByArgument {}

extension ApplianceConfiguration {
    /// The queues, read only; nil while the courier has never run here.
    func courierReader() throws -> CourierReader? {
        try CourierReader(folder: StageFiles.folder(.courier, in: dataFolder))
    }
}

/// Columns of fixed widths, so that scripts find them where people do. What is wider pushes the rest of its line.
struct Columns {
    enum Side { case left, right }

    let widths: [(width: Int, side: Side)]

    /// - Parameter cells: one more than there are widths is the rest of the line.
    func line(_ cells: [String]) -> String {
        var line: [String] = []
        for (index, cell) in cells.enumerated() {
            let text = Console.plain(cell)
            guard index < widths.count else {
                line.append(text)
                continue
            }
            let padding = String(repeating: " ", count: max(0, widths[index].width - text.count))
            line.append(widths[index].side == .left ? text + padding : padding + text)
        }
        return line.joined(separator: "  ")
    }
}

extension Console {
    /// What a peer said must not move the cursor.
    static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { scalar -> Unicode.Scalar in
            scalar.properties.generalCategory == .control ? " " : scalar
        }))
    }
}
