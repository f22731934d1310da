import Appliance
import ArgumentParser

struct BoardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "board", abstract: "Watch the other stages, light the lamps, heed the button.",
        discussion: """
            Without a subcommand this is the unit itself. `show`, `lamps` and `identify` ask the running unit, so they \
            need root or its own account. `card` prints the table of lamps for the clinic and asks nobody.

            Ends with 0 when it is done; 1 when the unit says no; 64 when the arguments make no sense; 69 when there \
            is no unit to ask; 78 when the configuration cannot be used.
            """,
        subcommands: [Run.self, Lamps.self, Show.self, Identify.self, Card.self], defaultSubcommand: Run.self)
}

extension BoardCommand {
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Run the unit, with a configuration or without.")
        @OptionGroup var options: ConfigurationOption
        @Option(help: "The folder with the boards' files.", completion: .directory)
        var boards = BoardPlaces().boards

        func run() async throws {
            // A configuration that is missing or broken is what the lamps are to show.
            let places = BoardPlaces(boards: boards)
            do {
                try await ApplianceUnits.runBoard(
                    configuration: options.path, places: places, logger: Console.logger())
            } catch {
                Console.complain("outpost board: \(error)")
                throw ExitCode.failure
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have the lamps show a state for a while, before all others.",
            discussion: "States: " + BoardState.allCases.map(\.rawValue).joined(separator: ", "))
        @OptionGroup var options: ConfigurationOption
        @Argument(help: "The state.") var state: BoardState
        @Option(name: .customLong("for"), help: "Seconds, 1 to 3600.") var seconds = 60
        @Flag(help: "Print JSON for a machine.") var json = false

        func validate() throws {
            guard ControlLimits.shownSeconds.contains(seconds) else {
                throw ValidationError("--for takes 1 to 3600 seconds")
            }
        }

        func run() async throws {
            let report = try await options.askBoard(.showState(state, seconds: seconds))
            if json { return try Console.print(json: report) }
            print("the lamps show \(state.rawValue) for \(seconds) s, and what else holds where it leaves them free")
        }
    }

    struct Identify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have all lamps tell for 30 seconds which box this is, as a short press of the button does.")
        @OptionGroup var options: ConfigurationOption
        @Flag(help: "Print JSON for a machine.") var json = false

        func run() async throws {
            let report = try await options.askBoard(.identify)
            if json { return try Console.print(json: report) }
            guard !report.lamps.isEmpty else { return print("this board has no lamps that could show it") }
            print("all lamps: \(LampPattern.longAndShort.drawing), for 30 s")
        }
    }

    struct Card: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the table of lamps for the clinic, in Markdown.")
        @Option(help: "en or uk.") var language = ApplianceConfiguration.Language.english
        @Option(
            name: .customLong("lamp"), help: "Only these lamps, for a box with fewer: \(Lamp.names); several times.")
        var lamps: [Lamp] = []
        @Flag(help: "All cards, as docs/LAMPS.md has them.") var document = false

        func validate() throws {
            guard lamps.isEmpty || lamps.contains(.health) else {
                throw ValidationError("every board with lamps has \(Lamp.health.rawValue)")
            }
        }

        func run() {
            if document { return print(LampCard.document, terminator: "") }
            let shown = lamps.isEmpty ? Set(Lamp.allCases) : Set(lamps)
            print(LampCard(BoardTexts(language), lamps: shown).markdown, terminator: "")
        }
    }
}

extension ConfigurationOption {
    /// Asks the running board, which also runs on a box without a configuration.
    func askBoard(_ request: ControlRequest) async throws -> LampReport {
        do {
            let client = ControlClient(dataFolder: try BoardSite.dataFolder(configuration: path), stage: .board)
            guard case .lamps(let report) = try await client.ask(request) else { throw ControlError.noAnswer(.board) }
            return report
        } catch let error as ConfigurationError {
            Console.complain("\(error)")
            throw ExitCode(78)  // EX_CONFIG of sysexits.h
        } catch let error as ControlError {
            Console.complain("outpost board: \(error)")
            switch error {
            case .notRunning, .unreachable, .pathTooLong: throw ExitCode(69)  // EX_UNAVAILABLE of sysexits.h
            case .cannotListen, .noAnswer, .refused: throw ExitCode.failure
            }
        }
    }
}

extension BoardState: ExpressibleByArgument {}
extension Lamp: ExpressibleByArgument {
    fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
