import DICOM
import NIOCore
import TestSupport
import Testing

@testable import DICOMNetwork

@Suite struct PDUCodecTests {
    static let request = AssociateRequest(
        calledAETitle: "OUTPOST", callingAETitle: "MODALITY",
        presentationContexts: [
            PresentationContextProposal(
                id: 1, abstractSyntax: SOPClass.verification, transferSyntaxes: [.implicitVRLittleEndian]),
            PresentationContextProposal(
                id: 255, abstractSyntax: SOPClass.secondaryCaptureImageStorage,
                transferSyntaxes: [.jpegBaseline, .explicitVRLittleEndian]),
        ],
        userInformation: UserInformation(
            maximumLength: 16384, asynchronousOperations: AsynchronousOperationsWindow(invoked: 5, performed: 7)))

    static let samples: [PDU] = [
        .associateRequest(request),
        .associateAccept(
            AssociateAccept(
                calledAETitle: "OUTPOST", callingAETitle: "MODALITY",
                presentationContexts: [
                    .init(id: 1, result: .acceptance, transferSyntax: .implicitVRLittleEndian),
                    .init(id: 255, result: .transferSyntaxesNotSupported, transferSyntax: .implicitVRLittleEndian),
                ],
                userInformation: UserInformation(maximumLength: 131072))),
        .associateReject(.calledAETitleNotRecognized),
        .data([
            PresentationDataValue(contextID: 1, isCommand: true, isLast: false, bytes: ByteBuffer(bytes: [1, 2, 3])),
            PresentationDataValue(contextID: 255, isCommand: false, isLast: true, bytes: ByteBuffer()),
        ]),
        .releaseRequest,
        .releaseReply,
        .abort(Abort(source: .serviceProvider, reason: .unexpectedPDU)),
    ]

    @Test(arguments: samples) func roundTripsWholeAndByteByByte(_ pdu: PDU) throws {
        let bytes = pdu.encoded
        var buffer = ByteBuffer()
        let decoder = PDUDecoder()
        for byte in bytes.dropLast() {
            buffer.writeInteger(byte)
            #expect(try decoder.decode(&buffer) == nil)
        }
        buffer.writeInteger(try #require(bytes.last))
        #expect(try decoder.decode(&buffer) == pdu)
        #expect(buffer.readableBytes == 0)
    }

    @Test func takesConcatenatedPDUsApart() throws {
        var buffer = ByteBuffer(bytes: Self.samples.flatMap(\.encoded))
        var decoded: [PDU] = []
        while let pdu = try PDUDecoder().decode(&buffer) { decoded.append(pdu) }
        #expect(decoded == Self.samples)
    }

    /// A-ASSOCIATE-RQ as pynetdicom writes it: its own decoder must agree about ours, and ours about its own.
    @Test func agreesWithPynetdicom() async throws {
        let script = """
            import sys
            from pynetdicom.pdu import A_ASSOCIATE_RQ
            pdu = A_ASSOCIATE_RQ()
            pdu.decode(bytes.fromhex(sys.argv[1]))
            print(pdu.encode().hex())
            contexts = pdu.presentation_context
            print(pdu.called_ae_title, pdu.calling_ae_title, [c.context_id for c in contexts],
                  [c.abstract_syntax for c in contexts], pdu.user_information.maximum_length,
                  pdu.user_information.async_ops_window.maximum_number_operations_invoked)
            """
        let hex = PDU.associateRequest(Self.request).encoded.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        let result = try await Subprocess.run([Repository.python, "-c", script, hex.joined()])
        let lines = result.text.split(separator: "\n")
        #expect(result.status == 0, "\(result.text)")
        #expect(lines.first.map(String.init) == hex.joined())
        #expect(
            lines.last == "OUTPOST MODALITY [1, 255] ['1.2.840.10008.1.1', '1.2.840.10008.5.1.4.1.1.7'] 16384 5")
    }

    @Test func judgesLengthsBeforeTheBytesCome() throws {
        let limits = PDULimits()
        for (type, limit) in [(PDUType.data, limits.dataBytes), (.associateRequest, limits.associateBytes)] {
            for length in [limit + 1, 0x7FFF_FFFF, 0xFFFF_FFFF] {
                var buffer = ByteBuffer(bytes: [type.rawValue, 0])
                buffer.writeInteger(length)
                #expect(throws: PDUError.tooLong(type, length: length, limit: limit)) {
                    try PDUDecoder(limits: limits).decode(&buffer)
                }
            }
        }
    }

    struct Malformed: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var reason: Abort.Reason
        var testDescription: String { name }
    }

    static let malformed: [Malformed] = [
        Malformed(name: "type 0", bytes: [0, 0, 0, 0, 0, 0], reason: .unrecognizedPDU),
        Malformed(name: "type 8", bytes: [8, 0, 0, 0, 0, 4, 0, 0, 0, 0], reason: .unrecognizedPDU),
        Malformed(name: "data without values", bytes: [4, 0, 0, 0, 0, 0], reason: .invalidParameterValue),
        Malformed(
            name: "value of length 0", bytes: [4, 0, 0, 0, 0, 4, 0, 0, 0, 0], reason: .invalidParameterValue),
        Malformed(
            name: "value longer than its PDU", bytes: [4, 0, 0, 0, 0, 6, 0, 0, 0, 9, 1, 2],
            reason: .invalidParameterValue),
        Malformed(
            name: "value of 4 GiB", bytes: [4, 0, 0, 0, 0, 6, 255, 255, 255, 255, 1, 2],
            reason: .invalidParameterValue),
        Malformed(name: "release of length 0", bytes: [5, 0, 0, 0, 0, 0], reason: .invalidParameterValue),
        Malformed(name: "empty request", bytes: [1, 0, 0, 0, 0, 0], reason: .invalidParameterValue),
        Malformed(
            name: "HTTP", bytes: Array("GET / HTTP/1.1\r\n\r\n".utf8), reason: .unrecognizedPDU),
        Malformed(name: "TLS", bytes: [0x16, 0x03, 0x01, 0x02, 0x00, 0x01], reason: .unrecognizedPDU),
    ]

    @Test(arguments: malformed) func namesWhatIsWrong(_ sample: Malformed) throws {
        var buffer = ByteBuffer(bytes: sample.bytes)
        let error = #expect(throws: PDUError.self) { try PDUDecoder().decode(&buffer) }
        #expect(error?.abortReason == sample.reason)
    }

    @Test func tellsOtherProtocolsApart() {
        var tls = ByteBuffer(bytes: [0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
        #expect(throws: PDUError.foreignProtocol(.tls)) { try PDUDecoder().decode(&tls) }
        var http = ByteBuffer(string: "GET /metrics HTTP/1.1\r\n")
        #expect(throws: PDUError.foreignProtocol(.http)) { try PDUDecoder().decode(&http) }
    }

    private func decodeChanged(_ change: (inout AssociateRequest) -> Void) throws -> PDU? {
        var request = Self.request
        change(&request)
        var buffer = ByteBuffer(bytes: PDU.associateRequest(request).encoded)
        return try PDUDecoder().decode(&buffer)
    }

    @Test func refusesEvenRepeatedAndEmptyContexts() {
        #expect(throws: PDUError.self) { try self.decodeChanged { $0.presentationContexts[0].id = 2 } }
        #expect(throws: PDUError.self) { try self.decodeChanged { $0.presentationContexts[0].id = 255 } }
        #expect(throws: PDUError.self) { try self.decodeChanged { $0.presentationContexts[0].transferSyntaxes = [] } }
        #expect(throws: PDUError.self) { try self.decodeChanged { $0.presentationContexts = [] } }
    }

    @Test func keepsControlCharactersOutOfTitles() throws {
        guard case .associateRequest(let request) = try decodeChanged({ $0.callingAETitle = "A\u{1B}[2J\nB" }) else {
            Issue.record("no request")
            return
        }
        #expect(request.callingAETitle == "A?[2J?B")
    }

    /// Cut anywhere, with the length put right: never accepted as something else, never read past the end.
    @Test(arguments: samples) func survivesTruncation(_ pdu: PDU) {
        let bytes = pdu.encoded
        for count in 6..<bytes.count {
            var cut = Array(bytes.prefix(count))
            let length = UInt32(count - 6)
            for index in 0..<4 { cut[2 + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
            var buffer = ByteBuffer(bytes: cut)
            if let decoded = try? PDUDecoder().decode(&buffer) { #expect(decoded != pdu) }
        }
    }

    @Test func survivesMutations() {
        var generator = SeededGenerator(seed: 0x0D1C_0A55)
        var decodedCount = 0
        for _ in 0..<5_000 {
            guard var bytes = Self.samples.randomElement(using: &generator)?.encoded else { return }
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                default: bytes.remove(at: index)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            var buffer = ByteBuffer(bytes: bytes)
            // What still decodes must encode and decode to itself.
            guard let pdu = try? PDUDecoder().decode(&buffer) else { continue }
            decodedCount += 1
            var again = ByteBuffer(bytes: pdu.encoded)
            #expect((try? PDUDecoder().decode(&again)) == pdu)
        }
        #expect(decodedCount > 250)
    }
}
