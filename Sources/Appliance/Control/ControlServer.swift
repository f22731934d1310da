import DICOMNetwork
import NIOCore
import NIOPosix
import Synchronization

/// Takes requests for a stage over its Unix domain socket: one line of JSON each, answered by lines of JSON.
///
/// Whoever may connect is either root or runs the stage anyway, and yet nothing that is sent can crash it or use it up:
/// lines, connections and times are bounded (``ControlLimits``).
struct ControlServer: Sendable {
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    let socket: ControlSocket
    let control: any StageControl
    /// What the stage says of itself. It may wait for the disk.
    let condition: @Sendable () -> StageCondition
    let events: EventLog

    /// Listens until the task is cancelled. Where it cannot listen it says so, and the stage goes on without.
    func run() async {
        do throws(ControlError) {
            try await serve()
        } catch {
            events.emit(Event(.controlUnavailable, .error, ["reason": "\(error)"]))
        }
    }

    private func serve() async throws(ControlError) {
        try socket.check()
        let listener: NIOAsyncChannel<Connection, Never>
        do {
            // A socket file that is there is of a process that died: the stage's lock is held by this one.
            listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                // Who has said all may still want the answer.
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .bind(unixDomainSocketPath: socket.path, cleanupExistingSocketFile: true) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Connection(wrappingChannelSynchronously: channel).keptUntilClosed()
                    }
                }
        } catch {
            throw .cannotListen(path: socket.path, reason: "\(error)")
        }
        defer { socket.remove() }
        do throws(ControlError) { try socket.restrict() } catch {
            listener.channel.close(promise: nil)
            throw error
        }
        let open = OpenConnections()
        await withDiscardingTaskGroup { tasks in
            // Ends when the task is cancelled, which is no fault.
            try? await listener.executeThenClose { connections in
                for try await connection in connections {
                    tasks.addTask { await self.serve(connection, open) }
                }
            }
            tasks.cancelAll()
        }
    }

    private func serve(_ connection: Connection, _ open: OpenConnections) async {
        let isWelcome = open.begin()
        defer { open.end() }
        let answers = AnswerWriter(channel: connection.channel)
        // What is thrown is the end of a connection whose other side went away.
        try? await connection.executeThenClose { requests, _ in
            guard isWelcome else {
                let reason = "too many ask at once (\(ControlLimits.connections)); ask again in a moment"
                return await refuse(reason, requests, answers)
            }
            guard var account = await Account.of(connection.channel), account.mayCommand else {
                let reason = "only root and the account that runs \(socket.stage.rawValue) may ask this"
                return await refuse(reason, requests, answers)
            }
            var reader = ControlLineReader()
            var received = requests.makeAsyncIterator()
            do throws(ControlRequestError) {
                while let line = try await next(&reader, &received, answers) {
                    let message = try ControlMessage(line: line)
                    account.sudoUser = message.sudoUser
                    let answer = await self.answer(message.request, of: account, answers)
                    guard await answers.write(answer) else { return }
                }
            } catch {
                // Where a line ends is not certain any more, or the client is none of ours.
                await answers.fail("\(error)")
            }
        }
    }

    private func answer(
        _ request: ControlRequest, of account: Account, _ answers: AnswerWriter
    ) async -> ControlAnswer {
        if case .condition = request { return .condition(condition()) }
        return await control.answer(request, of: account) { changed in
            await answers.write(.progress(changed: changed))
        }
    }

    /// Says why nothing is done, and leaves the client the time to finish what it is sending: closed in the middle of
    /// it, it would know of a broken pipe and not of the reason.
    private func refuse(
        _ reason: String, _ requests: NIOAsyncChannelInboundStream<ByteBuffer>, _ answers: AnswerWriter
    ) async {
        await answers.fail(reason)
        let end = answers.close(in: .seconds(ControlLimits.refusedSeconds))
        defer { end.cancel() }
        do { for try await _ in requests {} } catch {}
    }

    /// The next line; nil where the client has said all or says nothing for too long.
    private func next(
        _ reader: inout ControlLineReader, _ received: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        _ answers: AnswerWriter
    ) async throws(ControlRequestError) -> [UInt8]? {
        let deadline = answers.deadline("no request came within \(ControlLimits.patienceSeconds) seconds")
        defer { deadline.cancel() }
        while true {
            if let line = try reader.next() { return line }
            // Half a line at the end is none.
            guard let bytes = try? await received.next() else { return nil }
            reader.append(bytes.readableBytesView)
        }
    }
}

/// Writes answers to a client that may not read them.
private struct AnswerWriter: Sendable {
    let channel: any Channel

    /// False where the client is gone, or takes too long to read.
    func write(_ answer: ControlAnswer) async -> Bool {
        let deadline = close(in: .seconds(ControlLimits.patienceSeconds))
        defer { deadline.cancel() }
        do {
            try await channel.writeAndFlush(ByteBuffer(bytes: answer.line)).get()
            return true
        } catch {
            return false
        }
    }

    /// The reason why nothing more comes. Whether it arrives changes nothing.
    func fail(_ reason: String) async { _ = await write(.failed(reason: reason, changed: 0)) }

    /// Closes, if it is not cancelled in time.
    func close(in delay: TimeAmount) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: delay) { [channel] in channel.close(promise: nil) }
    }

    /// Gives `reason` and closes, if it is not cancelled in time.
    func deadline(_ reason: String) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: .seconds(ControlLimits.patienceSeconds)) { [channel] in
            let line = (try? ControlAnswer.failed(reason: reason, changed: 0).line) ?? []
            channel.writeAndFlush(ByteBuffer(bytes: line)).whenComplete { _ in channel.close(promise: nil) }
        }
    }
}

/// Counts the connections.
private final class OpenConnections: Sendable {
    private let count = Mutex(0)

    /// False where there are too many with this one.
    func begin() -> Bool {
        count.withLock { count in
            count += 1
            return count <= ControlLimits.connections
        }
    }

    func end() { count.withLock { $0 -= 1 } }
}
