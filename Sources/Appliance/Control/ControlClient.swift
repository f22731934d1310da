import NIOCore
import NIOPosix
import Records
import Spool

/// Asks a stage to do something, over its control socket.
public struct ControlClient: Sendable {
    private let socket: ControlSocket
    private let account: Account

    /// - Parameters:
    ///   - dataFolder: the appliance's, below which the stage's is.
    ///   - account: what is told of whom sudo runs this for; the rest the kernel tells the stage.
    public init(dataFolder: String, stage: Stage, account: Account = .current) {
        socket = ControlSocket(dataFolder: dataFolder, stage: stage)
        self.account = account
    }

    /// Whether there is somebody to ask.
    public var isRunning: Bool { StageLock.isHeld(folder: socket.folder) }

    /// Sends `request` and waits for the last line of its answer, however long the act itself takes.
    ///
    /// - Parameter progress: called with the number of parcels changed so far.
    /// - Returns: the last line; never `progress` or `failed`.
    public func ask(
        _ request: ControlRequest, progress: (Int) -> Void = { _ in }
    ) async throws(ControlError) -> ControlAnswer {
        guard isRunning else { throw .notRunning(socket.stage) }
        try socket.check()
        let connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: socket.path) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw .unreachable(socket.stage, path: socket.path, reason: "\(error)")
        }
        do {
            return try await connection.executeThenClose { received, outbound in
                // One that cannot be written has been answered already: the reason stands in what comes.
                let message = ControlMessage(request, sudoUser: account.sudoUser)
                try? await outbound.write(ByteBuffer(bytes: message.line))
                return try await Self.lastLine(received, connection.channel, progress)
            }
        } catch let error as ControlError {
            throw error
        } catch {
            throw .noAnswer(socket.stage)
        }
    }

    private static func lastLine(
        _ received: NIOAsyncChannelInboundStream<ByteBuffer>, _ channel: any Channel, _ progress: (Int) -> Void
    ) async throws -> ControlAnswer {
        var reader = ControlLineReader()
        var deadline = Self.deadline(channel)
        defer { deadline.cancel() }
        for try await bytes in received {
            reader.append(bytes.readableBytesView)
            while let line = try reader.next() {
                deadline.cancel()
                deadline = Self.deadline(channel)
                switch try ControlAnswer(line: line) {
                case .progress(let changed): progress(changed)
                case .failed(let reason, let changed): throw ControlError.refused(reason: reason, changed: changed)
                case let answer: return answer
                }
            }
        }
        throw EndOfConnection()
    }

    private struct EndOfConnection: Error {}

    /// Closes a connection over which nothing comes any more.
    private static func deadline(_ channel: any Channel) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: .seconds(ControlLimits.answerSeconds)) { channel.close(promise: nil) }
    }
}
