import Appliance
import ArgumentParser
import Records
import Spool

/// A command that asks the courier to change parcels.
protocol QueueChangeCommand: AsyncParsableCommand {
    static var change: ParcelChange { get }
    var options: QueueChangeOptions { get }
    /// Whether a destination alone means its queue as a whole, and not its parcels.
    static var stopsQueues: Bool { get }
    /// Asks a person before anything is lost; throws where it is not wanted after all.
    func confirm(_ extent: [QueueSummary]) throws
}

extension QueueChangeCommand {
    static var stopsQueues: Bool { false }

    func confirm(_ extent: [QueueSummary]) throws {}

    func validate() throws { try options.check(Self.change, stopsQueues: Self.stopsQueues) }

    func run() async throws {
        let configuration = try options.configuration.load()
        let client = ControlClient(dataFolder: configuration.dataFolder, stage: .courier)
        do throws(ControlError) {
            // Before anybody is asked to confirm what cannot be done.
            guard client.isRunning else { throw .notRunning(.courier) }
        } catch {
            throw Self.failure(error)
        }
        let reader = try configuration.courierReader()
        try options.parcels.checkDestination(configuration, reader)
        do {
            if Self.stopsQueues, let destination = options.wholeQueue {
                try await changeQueue(destination, client)
            } else {
                try await changeParcels(reader, client)
            }
        } catch let error as ControlError {
            throw Self.failure(error)
        }
    }

    private func changeQueue(_ destination: String, _ client: ControlClient) async throws {
        let isHold = Self.change == .hold
        _ = try await client.ask(
            isHold ? .holdQueue(destination: destination) : .releaseQueue(destination: destination))
        if options.json {
            return try Console.print(json: ["destination": destination, "queue": isHold ? "held" : "open"])
        }
        print(isHold
            ? "the queue to \(destination) is held: nothing more is sent until it is released"
            : "the queue to \(destination) is open; parcels that are held by themselves stay so (--state held)")
    }

    private func changeParcels(_ reader: CourierReader?, _ client: ControlClient) async throws {
        let extent = try reader?.extent(of: Self.change, options.parcels.selection) ?? []
        let total = extent.reduce(0) { $0 + $1.total }
        if total > 0 { try confirm(extent) }
        var bar = ProgressBar("\(Self.change.rawValue)", unit: "parcels", total: Int64(total))
        let request = ControlRequest.change(act: Self.change, parcels: options.parcels.selection)
        let answer: ControlAnswer
        do {
            defer { bar.finish() }
            answer = try await client.ask(request) { bar.update(Int64($0)) }
        }
        guard case .done(let changed, let first) = answer else { throw ControlError.noAnswer(.courier) }
        if options.json { return try Console.print(json: QueueChangeReport(changed: changed, first: first)) }
        print(sentence(changed, first))
    }

    private func sentence(_ changed: Int, _ first: [Parcel.ID]) -> String {
        let named = options.parcels.parcels.count
        let states = Self.change.statesInWords
        guard changed > 0 else { return "no parcel was changed: none that was meant is \(states)" }
        let names = first.map(String.init).joined(separator: ", ")
        let rest = changed > first.count ? " and \(changed - first.count) more" : ""
        let others = named > changed ? "; of the other \(named - changed) none is \(states)" : ""
        return "\(Self.change.pastTense) \(changed) parcel\(changed == 1 ? "" : "s"): \(names)\(rest)\(others)"
    }

    private static func failure(_ error: ControlError) -> ExitCode {
        Console.complain("outpost queue \(change.rawValue): \(error)")
        return switch error {
        case .notRunning, .unreachable, .pathTooLong: ExitCode(69)  // EX_UNAVAILABLE of sysexits.h
        case .cannotListen, .noAnswer, .refused: .failure
        }
    }
}

/// What all commands that change parcels take.
struct QueueChangeOptions: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOption
    @OptionGroup var parcels: ParcelOptions
    @Flag(help: "Every parcel that this can be done to.") var all = false
    @Flag(help: "Print JSON for a machine.") var json = false

    /// The destination, where nothing says which of its parcels.
    var wholeQueue: String? { parcels.parcels.isEmpty && parcels.states.isEmpty && !all ? parcels.destination : nil }

    /// - Throws: where nothing or nonsense is selected.
    func check(_ change: ParcelChange, stopsQueues: Bool) throws {
        let isEmpty = parcels.selection == ParcelSelection()
        if isEmpty, !all {
            throw ValidationError(
                "say which parcels: their numbers, --destination, --state, or --all for every one"
                    + (stopsQueues ? "; --destination alone means the whole queue" : ""))
        }
        if all, !parcels.parcels.isEmpty { throw ValidationError("give numbers of parcels or --all, not both") }
        if let state = parcels.states.first(where: { !change.states.contains($0) }) {
            throw ValidationError(
                "`\(change.rawValue)` can do nothing for parcels that are \(state.rawValue); it is for those that are "
                    + change.statesInWords)
        }
    }
}

/// What a change did, for a machine.
private struct QueueChangeReport: Encodable {
    var changed: Int
    /// Numbers of the first few.
    var first: [Parcel.ID]
}

extension ParcelChange {
    /// `queued, waiting or held`.
    fileprivate var statesInWords: String {
        let names = states.map(\.rawValue)
        return (names.count > 1 ? names.dropLast().joined(separator: ", ") + " or " : "") + (names.last ?? "")
    }

    fileprivate var pastTense: String {
        switch self {
        case .retry: "retried"
        case .hold: "held"
        case .release: "released"
        case .drop: "dropped"
        }
    }
}

extension QueueSummary {
    /// Parcels in any state.
    var total: Int { pending + arrived + refused + quarantined + expired + dropped }
}
