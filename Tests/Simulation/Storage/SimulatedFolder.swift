import TestSupport

/// What a name leads to.
enum StorageNode: Hashable, Sendable {
    case file(Int)
    case folder(Int)
}

/// The names in one folder: those that everybody sees, those that are durable, and the changes between the two.
///
/// A name is made, removed or changed durably by synchronising the folder, and by nothing else: fsync(2) of a file
/// "does not necessarily ensure that the entry in the directory containing the file has also reached disk".
struct SimulatedFolder: Sendable {
    /// What happens to names at once: a renaming concerns two. Nil removes a name.
    typealias Change = [String: StorageNode?]

    private(set) var names: [String: StorageNode] = [:]
    private var durable: [String: StorageNode] = [:]
    private var changes: [Change] = []

    mutating func change(_ change: Change) {
        Self.apply(change, to: &names)
        changes.append(change)
    }

    mutating func synchronize() {
        for change in changes { Self.apply(change, to: &durable) }
        changes = []
    }

    func afterPowerLoss(using chance: inout SeededGenerator) -> SimulatedFolder {
        let luck = Luck(of: changes.count, using: &chance)
        var folder = SimulatedFolder()
        folder.durable = durable
        for (index, change) in changes.enumerated() where luck.keeps(change: index, using: &chance) {
            Self.apply(change, to: &folder.durable)
        }
        folder.names = folder.durable
        return folder
    }

    private static func apply(_ change: Change, to names: inout [String: StorageNode]) {
        for (name, node) in change { names[name] = node }
    }
}
