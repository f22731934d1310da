import DICOM
import NIOCore
import NIOPosix
import Testing

@testable import DICOMNetwork

/// A provider of storage commitment that says exactly what a test wants once it has been asked: all of it at once, so
/// that nothing depends on time.
enum ScriptedProvider {
    struct Told: Sendable {
        /// What this side sent after the request, up to its release or abort.
        var pdus: [PDU] = []

        var statuses: [DIMSEStatus?] {
            get throws {
                try pdus.compactMap { pdu -> Command? in
                    guard case .data(let values) = pdu, let value = values.first else { return nil }
                    return try Command(Array(value.bytes.readableBytesView))
                }.map(\.status)
            }
        }
    }

    typealias Channel = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// The P-DATA PDUs of a message on the context of storage commitment.
    static func message(_ command: Command, _ dataSet: DataSet? = nil) -> [UInt8] {
        let encoded = dataSet.map { DataSetWriter.write($0, .explicitVRLittleEndian) }
        let values = Fragmenter(maximumLength: 16 * 1024)?.values(
            Message(contextID: 1, command: command, dataSet: encoded))
        return (values ?? []).flatMap { PDU.data([$0]).encoded }
    }

    /// The response to the N-ACTION, which is the first message on its association.
    static func response(_ status: DIMSEStatus = .success) -> [UInt8] {
        message(.response(to: .storageCommitmentRequest(messageID: 1), messageID: 1, status: status))
    }

    /// Lets `ask` ask such a provider.
    static func run<Outcome: Sendable>(
        saying bytes: [UInt8], _ ask: @Sendable @escaping (RemoteApplicationEntity) async -> Outcome
    ) async throws -> (Outcome, Told) {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Channel(wrappingChannelSynchronously: channel) }
            }
        let port = listener.channel.localAddress?.port ?? 0
        async let outcome = ask(
            RemoteApplicationEntity(host: "127.0.0.1", port: port, calledAETitle: "PACS", callingAETitle: "OUTPOST"))
        let told = try await listener.executeThenClose { connections in
            for try await connection in connections {
                return try await connection.executeThenClose { inbound, outbound in
                    try await play(bytes, inbound, outbound)
                }
            }
            return Told()
        }
        return (await outcome, told)
    }

    private static func play(
        _ bytes: [UInt8], _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws -> Told {
        var received = ByteBuffer()
        var told = Told()
        var isAsked = false
        let decoder = PDUDecoder()
        for try await var piece in inbound {
            received.writeBuffer(&piece)
            while let pdu = try decoder.decode(&received) {
                switch pdu {
                case .associateRequest(let request):
                    let accept = try AcceptorPolicy(offersStorageCommitment: true).answer(request, from: "127.0.0.1")
                    try await outbound.write(ByteBuffer(bytes: PDU.associateAccept(accept).encoded))
                case .data(let values) where !isAsked:
                    // The last fragment of the data set ends the request.
                    isAsked = values.contains { !$0.isCommand && $0.isLast }
                    if isAsked { try await outbound.write(ByteBuffer(bytes: bytes)) }
                default:
                    told.pdus.append(pdu)
                    if pdu == .releaseRequest { try await outbound.write(ByteBuffer(bytes: PDU.releaseReply.encoded)) }
                }
            }
        }
        return told
    }
}
