import NIOCore

/// Runs an association's task on the thread of its channel.
///
/// What is done with a PDU's bytes is little beside a change of threads: a wake-up, two context switches, cold caches.
/// So they stay where the socket was read until they are on the disk, and the thread waits for the disk itself. Nobody
/// else waits with it, as long as each association has a thread to itself; the PDUs that come meanwhile are the
/// kernel's to keep.
final class AssociationThread: TaskExecutor {
    /// Measured senders use one to four associations each. Where there are more than this at once, two share a thread
    /// and wait for each other's disk, some milliseconds.
    static let limit = 16

    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
