import ArgumentParser

struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Look at what waits to be delivered, and decide about it.",
        discussion: """
            A parcel is one object on its way to one destination. `list` and `show` work whether the courier runs or \
            not. The others ask the running courier, so they need root or the courier's own account, and stand in the \
            audit log under the name of the account.

            Ends with 0 when it is done, also where no parcel was to be changed; 1 when the courier or its database \
            says no; 64 when the arguments make no sense; 69 when there is no courier to ask; 78 when the \
            configuration cannot be used.
            """,
        subcommands: [List.self, Show.self, Retry.self, Hold.self, Release.self, Drop.self])
}
