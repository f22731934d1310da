import Dispatch
import Synchronization

/// A pool of empty files whose names are already durable, so that an instance costs one sync and no folder sync.
///
/// It is refilled while files are still left, so that nobody waits for it but the first.
final class PreparedFiles: Sendable {
    /// One folder sync is shared by this many instances.
    static let batch: Int64 = 64
    /// More are made when fewer are left: enough for what many senders take in the meantime.
    static let lowMark = 16

    private struct State {
        var free: [Int64]
        var next: Int64
        var isRefilling = false

        /// Numbers never used before. Even a failed preparation may have made some names: they are not used again.
        mutating func reserve() -> Range<Int64> {
            defer { next += PreparedFiles.batch }
            return next..<next + PreparedFiles.batch
        }
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

    /// Takes a file out of the pool. Makes more when it is empty, and begins to before that.
    func take() throws(DiskError) -> Int64 {
        let taken: Result<(number: Int64, refill: Range<Int64>?), DiskError> = state.withLock { state in
            if state.free.isEmpty {
                let numbers = state.reserve()
                do throws(DiskError) { try folder.prepare(numbers) } catch { return .failure(error) }
                state.free = numbers.reversed()
            }
            let number = state.free.removeLast()
            guard state.free.count < Self.lowMark, !state.isRefilling else { return .success((number, nil)) }
            state.isRefilling = true
            return .success((number, state.reserve()))
        }
        let (number, refill) = try taken.get()
        if let refill { DispatchQueue.global().async { self.add(refill) } }
        return number
    }

    private func add(_ numbers: Range<Int64>) {
        // A failure shows when the pool is empty: then somebody waits for it and can be told.
        let isPrepared = (try? folder.prepare(numbers)) != nil
        state.withLock { state in
            state.isRefilling = false
            // Behind what is left, which is taken first.
            if isPrepared { state.free = numbers.reversed() + state.free }
        }
    }

    /// Gives back a file whose object was not kept. The file is emptied first.
    func giveBack(_ number: Int64, _ file: any DiskFile) throws(DiskError) {
        try file.truncate(to: 0)
        state.withLock { $0.free.append(number) }
    }
}
