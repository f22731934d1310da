import DICOM
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import DICOMNetwork

/// Keeps instances in memory and remembers how each ended.
final class CollectingReceiver: InstanceReceiver {
    struct Instance: Sendable {
        var request: StoreRequest
        var bytes: [UInt8]
    }

    private struct State {
        var stored: [Instance] = []
        var discarded = 0
        var reported: [DIMSEStatus?] = []
        var largestPiece = 0
        var waiters: [(Int, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    /// Asked at the beginning of each instance.
    let refusal: @Sendable (StoreRequest) -> StoreRefusal?
    /// The instance is refused once it has this many bytes.
    let byteLimit: Int
    /// Called before an instance counts as durable.
    let beforeFinish: @Sendable () async -> Void

    init(
        byteLimit: Int = .max, beforeFinish: @escaping @Sendable () async -> Void = {},
        refusal: @escaping @Sendable (StoreRequest) -> StoreRefusal? = { _ in nil }
    ) {
        self.refusal = refusal
        self.byteLimit = byteLimit
        self.beforeFinish = beforeFinish
    }

    var stored: [Instance] { state.withLock { $0.stored } }
    var discarded: Int { state.withLock { $0.discarded } }
    var largestPiece: Int { state.withLock { $0.largestPiece } }

    /// Commits to what is stored here, on the association that asks.
    func commit(
        _ request: StorageCommitmentRequest, from association: AssociationInformation
    ) async throws(StoreRefusal) -> StorageCommitmentAnswer {
        let known = Set(stored.map {
            ReferencedInstance(sopClassUID: $0.request.sopClassUID, sopInstanceUID: $0.request.sopInstanceUID)
        })
        return .here(StorageCommitmentReport(
            transactionUID: request.transactionUID, committed: request.references.filter(known.contains),
            failed: request.references.filter { !known.contains($0) }.map { .init($0, .noSuchObjectInstance) }))
    }

    func reported(_ transactionUID: UID, status: DIMSEStatus?) async {
        state.withLock { $0.reported.append(status) }
    }

    /// How each report was taken.
    var reported: [DIMSEStatus?] { state.withLock { $0.reported } }

    func begin(_ request: StoreRequest) async throws(StoreRefusal) -> Reception {
        if let refusal = refusal(request) { throw refusal }
        return Reception(receiver: self, request: request)
    }

    final class Reception: InstanceReception {
        private let receiver: CollectingReceiver
        private let request: StoreRequest
        private let bytes = Mutex<[UInt8]>([])

        init(receiver: CollectingReceiver, request: StoreRequest) {
            self.receiver = receiver
            self.request = request
        }

        func write(_ piece: ByteBuffer) async throws(StoreRefusal) {
            let count = bytes.withLock { bytes in
                bytes.append(contentsOf: piece.readableBytesView)
                return bytes.count
            }
            receiver.state.withLock { $0.largestPiece = max($0.largestPiece, piece.readableBytes) }
            if count > receiver.byteLimit { throw StoreRefusal(.outOfResources, "disk is full") }
        }

        func finish() async throws(StoreRefusal) -> StoreAcknowledgement {
            await receiver.beforeFinish()
            let instance = Instance(request: request, bytes: bytes.withLock { $0 })
            receiver.state.withLock { $0.stored.append(instance) }
            return .success
        }

        func discard() async { receiver.state.withLock { $0.discarded += 1 } }
    }
}

/// Events of a server, which tests can wait for.
final class EventLog: Sendable {
    private let state = Mutex<[ServerEvent]>([])

    var events: [ServerEvent] { state.withLock { $0 } }

    func append(_ event: ServerEvent) { state.withLock { $0.append(event) } }

    /// Returns once an event that `matches` has happened.
    func wait(for matches: @escaping @Sendable (ServerEvent) -> Bool) async throws {
        try await eventually("an event of the server") { events.contains(where: matches) }
    }
}

enum ServerHarness {
    struct Running: Sendable {
        var port: Int
        var receiver: CollectingReceiver
        var events: EventLog
        var server: StorageServer<CollectingReceiver>

        func peer(_ calling: String = "TESTER") -> RemoteApplicationEntity {
            RemoteApplicationEntity(host: "127.0.0.1", port: port, calledAETitle: "OUTPOST", callingAETitle: calling)
        }

        /// Whether a new association works: what every hostile test ends with.
        func stillServes() async throws -> Bool {
            let verification = PresentationContextProposal(
                id: 1, abstractSyntax: SOPClass.verification, transferSyntaxes: [.implicitVRLittleEndian])
            let status = try await StorageClient().withAssociation(to: peer("CHECK"), contexts: [verification]) {
                association throws(AssociationError) in try await association.echo()
            }
            return status == .success
        }
    }

    /// Runs a server on a free port of the loopback while `body` does, and shuts it down in order.
    static func run(
        policy: AcceptorPolicy = AcceptorPolicy(), tls: TLSIdentity? = nil, maximumAssociations: Int = 16,
        maximumAssociationsPerPeer: Int = 16,
        timeouts: AssociationTimeouts = AssociationTimeouts(), receiver: CollectingReceiver = CollectingReceiver(),
        reports: KeptReports? = nil,
        _ body: (Running) async throws -> Void
    ) async throws {
        let events = EventLog()
        let server = StorageServer(
            configuration: StorageServerConfiguration(
                listeners: [StorageListener(host: "127.0.0.1", port: 0, tls: tls)], policy: policy,
                maximumAssociations: maximumAssociations, maximumAssociationsPerPeer: maximumAssociationsPerPeer,
                timeouts: timeouts),
            receiver: receiver, reports: reports, observe: events.append)
        let (addresses, listening) = AsyncStream.makeStream(of: ListeningAddress.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { listening.finish() }
                try await server.run { listening.yield($0) }
            }
            var first: ListeningAddress?
            for await address in addresses {
                first = address
                break
            }
            let address = try #require(first)
            defer { server.beginShutdown() }
            try await body(Running(port: address.port, receiver: receiver, events: events, server: server))
        }
    }
}

/// A connection that says whatever a test wants.
struct RawConnection: Sendable {
    let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Connects, sends `bytes`, and gives `body` what to read from and write to.
    static func open<Value: Sendable>(
        _ port: Int, sending bytes: [UInt8] = [],
        _ body: (
            inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            // A server may have closed by now; what it said before stands in what is read.
            if !bytes.isEmpty { try? await outbound.write(ByteBuffer(bytes: bytes)) }
            var iterator = inbound.makeAsyncIterator()
            return try await body(&iterator, outbound)
        }
    }

    /// Sends `bytes` and reads PDUs until the server closes the connection.
    static func exchange(_ port: Int, _ bytes: [UInt8]) async throws -> [PDU] {
        try await open(port, sending: bytes) { inbound, _ in try await pdus(&inbound, until: .max) }
    }

    /// Proposes an association, waits for the answer, sends `bytes` and reads up to `count` PDUs after it.
    ///
    /// With `thenClosing`, the sending side closes first, and the server has nothing to wait for.
    static func converse(
        _ port: Int, _ request: [UInt8], then bytes: [UInt8], reading count: Int = .max, thenClosing: Bool = false
    ) async throws -> [PDU] {
        try await open(port, sending: request) { inbound, outbound in
            guard case .associateAccept = try await pdus(&inbound, until: 1).first else { return [] }
            try? await outbound.write(ByteBuffer(bytes: bytes))
            if thenClosing { outbound.finish() }
            return try await pdus(&inbound, until: count)
        }
    }

    /// The next `count` PDUs, fewer where the connection ends, in whatever way.
    static func pdus(
        _ inbound: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, until count: Int
    ) async throws -> [PDU] {
        var received = ByteBuffer()
        var pdus: [PDU] = []
        let decoder = PDUDecoder()
        while pdus.count < count {
            if let pdu = try decoder.decode(&received) {
                pdus.append(pdu)
                // Told to go: as a peer that behaves does, close.
                if case .abort = pdu { return pdus }
                continue
            }
            guard var bytes = try? await inbound.next() else { break }
            received.writeBuffer(&bytes)
        }
        return pdus
    }
}

extension PDU {
    /// All the bytes in one.
    var encoded: [UInt8] { PDUEncoder.encode(self).flatMap { Array($0.readableBytesView) } }
}
