import NIOCore

/// Runs tasks on an event loop, so that an association's task and its channel share a thread: handing a PDU over then
/// wakes nobody. With small objects waking costs more than all else.
///
/// What the task does in between holds up the loop's other associations, which would wait for the same disk.
final class EventLoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
