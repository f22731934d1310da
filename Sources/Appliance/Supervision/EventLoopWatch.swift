import NIOCore
import NIOPosix

/// Marks the progress of event loops: each runs a task every second, and one that is blocked does not.
struct EventLoopWatch: Sendable {
    private let ticks: [(task: RepeatedTask, work: WorkUnderWay)]

    init(_ loops: [any EventLoop], _ progress: ProgressWatch) {
        // Some times in what the watch looks at.
        let (seconds, attoseconds) = min(Duration.seconds(1), progress.interval / 4).components
        let pause = TimeAmount.nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        ticks = loops.map { loop in
            let work = progress.begin(.eventLoops)
            return (loop.scheduleRepeatedTask(initialDelay: .zero, delay: pause) { _ in work.beat() }, work)
        }
    }

    /// Of the loops that everything in the process shares: they take connections and serve the control socket.
    static func shared(_ progress: ProgressWatch) -> EventLoopWatch {
        EventLoopWatch(Array(MultiThreadedEventLoopGroup.singleton.makeIterator()), progress)
    }

    /// To be called before the loops end.
    func end() {
        for (task, work) in ticks {
            task.cancel()
            work.end()
        }
    }
}
