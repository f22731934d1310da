import Synchronization

/// A pool of empty files whose names are already durable, so that an instance costs one sync and no folder sync.
final class PreparedFiles: Sendable {
    /// One folder sync is shared by this many instances.
    static let batch: Int64 = 64

    private struct State {
        var free: [Int64]
        var next: Int64
    }

    private let folder: InstanceFolder
    private let state: Mutex<State>

    /// - Parameters:
    ///   - free: numbers of empty files left by an earlier run.
    ///   - next: the first number never used.
    init(folder: InstanceFolder, free: [Int64], next: Int64) {
        self.folder = folder
        state = Mutex(State(free: free, next: next))
    }

    /// Takes a file out of the pool, and makes more when it is empty.
    func take() throws(DiskError) -> Int64 {
        let result: Result<Int64, DiskError> = state.withLock { state in
            if state.free.isEmpty {
                let numbers = state.next..<state.next + Self.batch
                // Even a failed preparation may have made some names: never use these numbers again.
                state.next = numbers.upperBound
                do throws(DiskError) {
                    try folder.prepare(numbers)
                } catch {
                    return .failure(error)
                }
                state.free = numbers.reversed()
            }
            return .success(state.free.removeLast())
        }
        return try result.get()
    }

    /// Gives back a file whose object was not kept. The file is emptied first.
    func giveBack(_ number: Int64, _ file: any DiskFile) throws(DiskError) {
        try file.truncate(to: 0)
        state.withLock { $0.free.append(number) }
    }
}
