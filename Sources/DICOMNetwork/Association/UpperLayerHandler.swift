import NIOCore
import NIOSSL
import Synchronization

/// Whose turn it is, as only the task knows: while this side works or stores, the peer's silence is not idleness.
final class TurnFlag: Sendable {
    private let own = Atomic<Bool>(false)

    var isOwn: Bool { own.load(ordering: .relaxed) }

    func setOwn(_ value: Bool) { own.store(value, ordering: .relaxed) }
}

/// Drives one ``AssociationStateMachine`` with a channel's bytes, closes and timers; lives on the channel's event loop.
final class UpperLayerHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = AssociationSignal
    typealias OutboundIn = AssociationPrimitive
    typealias OutboundOut = ByteBuffer

    enum Role {
        case acceptor
        case requestor(AssociateRequest)
    }

    private let role: Role
    private let timeouts: AssociationTimeouts
    private let turn: TurnFlag
    private let decoder: PDUDecoder
    private var machine = AssociationStateMachine()
    private var received = ByteBuffer()
    /// After an invalid PDU nothing tells where the next one begins: the rest is dropped unread.
    private var framingIsLost = false
    private var context: ChannelHandlerContext?
    private var artim: Scheduled<Void>?
    private var idle: Scheduled<Void>?
    private var write: Scheduled<Void>?
    private var shutdown: Scheduled<Void>?
    private var alarm: Scheduled<Void>?
    private var lastActivity = NIODeadline.now()
    private var pendingWrites = 0
    private var lastWriteProgress = NIODeadline.now()
    private var faultWasReported = false

    init(role: Role, timeouts: AssociationTimeouts, turn: TurnFlag, limits: PDULimits = PDULimits()) {
        self.role = role
        self.timeouts = timeouts
        self.turn = turn
        decoder = PDUDecoder(limits: limits)
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        cancelTimers()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        lastActivity = context.eventLoop.now
        switch role {
        case .acceptor:
            signal(.connected(peerAddress: context.channel.remoteAddress?.ipAddress ?? ""))
            handle(.transportConnectionIndication)
        case .requestor(let request):
            // The bootstrap has connected already: AE-1's own effect is done.
            handle(.associateRequestPrimitive(request))
            handle(.transportConnected)
        }
        scheduleIdle(after: timeouts.idle)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if machine.state != .sta1 {
            if machine.state != .sta13 { report(.connectionLost) }
            handle(.transportClosed)
        }
        cancelTimers()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as PlainTextGuard.PlainText:
            report(.invalidPDU(.foreignProtocol(error.looksLikeDICOM ? .plainDICOM : .plainText)))
        // The peer closed without saying so to TLS, as many do: what was sent is complete or its PDU is not.
        case NIOSSLError.uncleanShutdown: break
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: report(.tls("\(error)"))
        // A reset connection. The close that follows is the event that counts.
        default: break
        }
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !framingIsLost, machine.state != .sta1 else { return }
        var incoming = unwrapInboundIn(data)
        do {
            repeat {
                collect(&incoming, context.channel.allocator)
                while machine.state != .sta1, let pdu = try decoder.decode(&received) {
                    lastActivity = context.eventLoop.now
                    take(pdu)
                }
                if received.readableBytes == 0 { received = ByteBuffer() }
            } while machine.state != .sta1 && incoming.readableBytes > 0
        } catch {
            framingIsLost = true
            received = ByteBuffer()
            if machine.state != .sta13 { report(.invalidPDU(error)) }
            handle(.invalidPDU(error))
        }
    }

    /// Moves bytes to `received`: all of them where it is empty, otherwise as many as its PDU still lacks.
    ///
    /// So a PDU that came in one read is never copied, and any other once, into a buffer of its own length.
    private func collect(_ incoming: inout ByteBuffer, _ allocator: ByteBufferAllocator) {
        guard received.readableBytes > 0 else {
            // A slice has no room behind it: what belongs to the channel is not written to.
            received = incoming.slice()
            return incoming.moveReaderIndex(to: incoming.writerIndex)
        }
        let length = decoder.bytesNeeded(received)
        guard var missing = incoming.readSlice(length: min(length - received.readableBytes, incoming.readableBytes))
        else { return }
        if received.writableBytes < missing.readableBytes {
            var whole = allocator.buffer(capacity: length)
            whole.writeBuffer(&received)
            received = whole
        }
        received.writeBuffer(&missing)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Senders with Nagle's algorithm on wait for our acknowledgement before each small PDU, up to 40 ms. The system
        // leaves this mode by itself, so it is set again after every read. Where it cannot be set, only speed is lost.
        #if os(Linux)
        try? context.channel.syncOptions?.setOption(.tcpOption(.init(rawValue: Self.quickAcknowledgement)), value: 1)
        #endif
        context.fireChannelReadComplete()
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is DrainRequest else { return context.triggerUserOutboundEvent(event, promise: promise) }
        promise?.succeed()
        guard shutdown == nil else { return }
        if machine.state == .sta2 || machine.state == .sta13 {
            // No association yet, or none any more: there is nothing to finish.
            if machine.state == .sta2 { report(.shutDown) }
            return context.close(promise: nil)
        }
        shutdown = schedule(timeouts.shutdown) { handler in
            handler.abort(.timedOut(.shutdown))
            handler.context?.close(promise: nil)
        }
        signal(.drain)
    }

    // MARK: The local user

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let event: AssociationEvent
        switch unwrapOutboundIn(data) {
        case .accept(let accept): event = .acceptPrimitive(accept)
        case .reject(let reject): event = .rejectPrimitive(reject)
        case .data(let values): event = .dataPrimitive(values)
        case .releaseRequest: event = .releaseRequestPrimitive
        case .releaseResponse: event = .releaseResponsePrimitive
        case .abort: event = .abortPrimitive
        case .alarm(let delay):
            alarm?.cancel()
            alarm = schedule(delay) { $0.signal(.alarm) }
            promise?.succeed()
            return
        }
        do {
            // A stretch of data is written as many PDUs: whoever writes flushes behind the last.
            try perform(machine.handle(event), isFlushedLater: event.kind == .evt9)
            promise?.succeed()
        } catch {
            // The peer ended the association while the task was still writing: it will read so.
            promise?.fail(error)
        }
    }

    // MARK: The machine

    private func take(_ pdu: PDU) {
        let event = AssociationEvent(pdu)
        let before = machine.state
        let action = AssociationTable.action(event.kind, in: before)
        if action == .aa1 || action == .aa8 { report(.unexpectedPDU(pdu.type, before)) }
        handle(event)
    }

    private func handle(_ event: AssociationEvent) {
        do {
            try perform(machine.handle(event))
        } catch {
            // Every event of the peer has its cell; the local ones are checked before they come here.
            assertionFailure("\(error)")
            context?.close(promise: nil)
        }
    }

    private func perform(_ effects: [AssociationEffect], isFlushedLater: Bool = false) {
        for effect in effects {
            switch effect {
            case .connectTransport: break
            case .send(let pdu): send(pdu, isFlushedLater: isFlushedLater)
            case .indicate(let indication): signal(.indication(indication))
            case .startARTIM:
                artim?.cancel()
                artim = schedule(timeouts.artim) { $0.artimExpired() }
            case .stopARTIM:
                artim?.cancel()
                artim = nil
            case .closeTransport: context?.close(promise: nil)
            }
        }
    }

    private func send(_ pdu: PDU, isFlushedLater: Bool) {
        guard let context else { return }
        let buffers = PDUEncoder.encode(pdu, allocator: context.channel.allocator)
        let promise = context.eventLoop.makePromise(of: Void.self)
        if pendingWrites == 0 { lastWriteProgress = context.eventLoop.now }
        pendingWrites += 1
        promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.writeCompleted() }
        for buffer in buffers.dropLast() { context.write(wrapOutboundOut(buffer), promise: nil) }
        if let last = buffers.last { context.write(wrapOutboundOut(last), promise: promise) }
        if !isFlushedLater { context.flush() }
        if write == nil { scheduleWrite(after: timeouts.write) }
    }

    private func signal(_ signal: AssociationSignal) {
        context?.fireChannelRead(wrapInboundOut(signal))
        // Signals also arise outside a read; whoever collects them waits for this.
        context?.fireChannelReadComplete()
    }

    /// The first fault is the cause; what follows from it is not reported.
    private func report(_ fault: AssociationFault) {
        guard !faultWasReported else { return }
        faultWasReported = true
        signal(.fault(fault))
    }

    private func abort(_ fault: AssociationFault) {
        report(fault)
        if AssociationTable.action(.evt15, in: machine.state) != nil { handle(.abortPrimitive) }
    }

    // MARK: Timers

    private func schedule(
        _ delay: TimeAmount, _ body: @escaping (UpperLayerHandler) -> Void
    ) -> Scheduled<Void>? {
        context?.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            if let self { body(self) }
        }
    }

    private func cancelTimers() {
        for timer in [artim, idle, write, shutdown, alarm] { timer?.cancel() }
        artim = nil
        idle = nil
        write = nil
    }

    private func artimExpired() {
        guard machine.state == .sta2 || machine.state == .sta13 else { return }
        if machine.state == .sta2 { report(.timedOut(.artim)) }
        handle(.artimExpired)
    }

    private func scheduleIdle(after delay: TimeAmount) {
        idle = schedule(delay) { $0.checkIdle() }
    }

    private func checkIdle() {
        guard let context, machine.state != .sta1 else { return }
        let silence = context.eventLoop.now - lastActivity
        let isPeersTurn = machine.state != .sta2 && machine.state != .sta13 && !turn.isOwn
        if isPeersTurn, silence >= timeouts.idle { return abort(.timedOut(.idle)) }
        scheduleIdle(after: isPeersTurn ? timeouts.idle - silence : timeouts.idle)
    }

    private func scheduleWrite(after delay: TimeAmount) {
        write = schedule(delay) { $0.checkWrites() }
    }

    private func checkWrites() {
        write = nil
        guard let context, pendingWrites > 0 else { return }
        let stalled = context.eventLoop.now - lastWriteProgress
        guard stalled >= timeouts.write else { return scheduleWrite(after: timeouts.write - stalled) }
        // An A-ABORT would stand in the same queue: only the close is left.
        report(.timedOut(.write))
        context.close(promise: nil)
    }

    private func writeCompleted() {
        pendingWrites -= 1
        guard let context else { return }
        lastWriteProgress = context.eventLoop.now
        lastActivity = lastWriteProgress
    }

    /// TCP_QUICKACK, the same number on every Linux architecture.
    private static let quickAcknowledgement: CInt = 12
}

extension PDU {
    var type: PDUType {
        switch self {
        case .associateRequest: .associateRequest
        case .associateAccept: .associateAccept
        case .associateReject: .associateReject
        case .data: .data
        case .releaseRequest: .releaseRequest
        case .releaseReply: .releaseReply
        case .abort: .abort
        }
    }
}
