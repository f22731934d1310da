#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import Synchronization

/// Threads that do pieces of one job together with the thread that asks. Plain threads, for they compute for long and
/// Swift's cooperative pool must stay free for the tasks of the process.
///
/// One job at a time: whoever owns the pool sees to it. Which thread does which piece is chance, so a piece may write
/// nothing that another reads or writes.
final class WorkerPool: Sendable {
    /// The number of threads that work, the asking one among them.
    let threads: Int
    private let shared = WorkerPoolState()
    private let helpers: [HelperThread]

    /// - Parameters:
    ///   - threads: at least 1; 1 starts none.
    ///   - affinity: the cores the threads keep to.
    init(threads: Int, affinity: ThreadAffinity?) {
        precondition(threads >= 1, "a pool without threads")
        var helpers: [HelperThread] = []
        for worker in 1..<max(threads, 1) {
            let shared = shared
            // Where the system gives no more threads, fewer do the work.
            guard let helper = HelperThread(running: {
                affinity?.apply()
                shared.help(as: worker)
            }) else { break }
            helpers.append(helper)
        }
        self.helpers = helpers
        self.threads = helpers.count + 1
    }

    deinit {
        shared.stop()
        for helper in helpers { helper.join() }
    }

    /// Does the pieces 0..<count, each once, and returns when all are done.
    ///
    /// - Parameter work: is given a piece and the number of the thread that does it, 0 for the asking one.
    func perform(_ count: Int, _ work: (_ piece: Int, _ worker: Int) -> Void) {
        guard threads > 1, count > 1 else {
            for piece in 0..<count { work(piece, 0) }
            return
        }
        withoutActuallyEscaping(work) { work in
            shared.perform(count, work)
        }
    }
}

/// What the threads of a pool share.
///
/// `tickets` holds the job's number and how many of its pieces nobody has taken yet. Whoever takes one by a
/// compare-and-exchange may read `job`: it stays until all its pieces are done, and a ticket of an earlier job cannot
/// be taken, for the numbers differ. A helper that comes late finds no ticket, and nobody waits for it.
private final class WorkerPoolState: @unchecked Sendable {
    typealias Work = (_ piece: Int, _ worker: Int) -> Void

    /// Turns of waiting without sleeping: some microseconds, about the time between two steps of a run.
    private static let spins = 4_000
    private static let pieceMask: UInt64 = 0xFFFF_FFFF

    private var job: Work?
    private let tickets = Atomic<UInt64>(0)
    private let donePieces = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    func perform(_ count: Int, _ work: @escaping Work) {
        precondition(count <= Int(Self.pieceMask), "more pieces than a ticket can count")
        job = work
        donePieces.store(0, ordering: .relaxed)
        let number = tickets.load(ordering: .relaxed) >> 32 &+ 1
        tickets.store(number << 32 | UInt64(count), ordering: .releasing)
        wake()
        while doPiece(as: 0) {}
        wait { donePieces.load(ordering: .acquiring) == count }
        job = nil
    }

    func stop() {
        isStopping.store(true, ordering: .releasing)
        wake()
    }

    /// A helper's life.
    func help(as worker: Int) {
        while true {
            wait { tickets.load(ordering: .relaxed) & Self.pieceMask > 0 || isStopping.load(ordering: .acquiring) }
            if isStopping.load(ordering: .acquiring) { return }
            while doPiece(as: worker) {}
        }
    }

    /// Takes a piece and does it; false where none is left.
    private func doPiece(as worker: Int) -> Bool {
        var found = tickets.load(ordering: .relaxed)
        while found & Self.pieceMask > 0 {
            let (isMine, now) = tickets.compareExchange(
                expected: found, desired: found - 1, ordering: .acquiringAndReleasing)
            if isMine {
                job?(Int(found & Self.pieceMask) - 1, worker)
                donePieces.add(1, ordering: .releasing)
                // The asking thread looks for itself; it sleeps only while a helper is at work.
                if worker > 0 { wake() }
                return true
            }
            found = now
        }
        return false
    }

    private func wake() {
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    private func wait(_ isDone: () -> Bool) {
        for _ in 0..<Self.spins where isDone() { return }
        pthread_mutex_lock(mutex)
        while !isDone() { pthread_cond_wait(changed, mutex) }
        pthread_mutex_unlock(mutex)
    }
}
