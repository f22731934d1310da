import ArgumentParser
import Foundation
import Records
import Spool

extension QueueCommand {
    struct Retry: QueueChangeCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try parcels at once that are refused, expired, dropped or waiting.")
        static let change = ParcelChange.retry
        @OptionGroup var options: QueueChangeOptions
    }

    struct Hold: QueueChangeCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep parcels back that are queued or waiting, or with --destination alone a whole queue.",
            discussion: "What is in flight still arrives.")
        static let change = ParcelChange.hold
        static let stopsQueues = true
        @OptionGroup var options: QueueChangeOptions
    }

    struct Release: QueueChangeCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let held parcels go, or with --destination alone a held queue.")
        static let change = ParcelChange.release
        static let stopsQueues = true
        @OptionGroup var options: QueueChangeOptions
    }

    struct Drop: QueueChangeCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give parcels up: their destination will not get the objects, which stay on this device.",
            discussion: """
                Asks before it does so; where nobody can be asked it needs --yes. `retry` takes it back for as long \
                as the objects are kept.
                """)
        static let change = ParcelChange.drop
        @OptionGroup var options: QueueChangeOptions
        @Flag(help: "Do not ask.") var yes = false

        func confirm(_ extent: [QueueSummary]) throws {
            if yes { return }
            guard isatty(STDIN_FILENO) == 1 else {
                throw ValidationError("nobody can be asked here whether to drop the parcels: say --yes")
            }
            let total = extent.reduce(0) { $0 + $1.total }
            for queue in extent {
                Console.complain(
                    "\(queue.destination) would not get \(queue.total) object\(queue.total == 1 ? "" : "s"): "
                        + "\(queue.queued) queued, "
                        + "\(queue.waiting) waiting, \(queue.held) held, \(queue.refused) refused")
            }
            Console.complain("Type the number of parcels to drop (\(total)), or anything else to keep them:")
            guard readLine(strippingNewline: true).flatMap({ Int($0) }) == total else {
                Console.complain("nothing was dropped")
                throw ExitCode.failure
            }
        }
    }
}
