import DICOM
import DICOMNetwork
import NIOCore

/// Decodes PDUs; what was decoded must come back the same after encoding.
func fuzzPDU(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    var received = ByteBuffer(bytes: UnsafeBufferPointer(start: bytes, count: count))
    let decoder = PDUDecoder()
    while let pdu = try? decoder.decode(&received) {
        var encoded = ByteBuffer()
        for var part in PDUEncoder.encode(pdu) { encoded.writeBuffer(&part) }
        let again = try? decoder.decode(&encoded)
        // Of a user identity nothing but its kind is kept, and none is ever sent.
        if case .associateRequest(let request) = pdu, request.userInformation.userIdentity != nil { continue }
        precondition(again == pdu, "a PDU changed on its way through the encoder")
    }
    return 0
}

/// A whole connection from the acceptor's side: PDUs, the state machine, negotiation, messages. No event that a peer
/// can cause may be illegal.
func fuzzAssociation(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    var received = ByteBuffer(bytes: UnsafeBufferPointer(start: bytes, count: count))
    let decoder = PDUDecoder()
    let policy = AcceptorPolicy(offersStorageCommitment: true, takesCommitmentReports: true)
    var machine = AssociationStateMachine()
    var assembler: MessageAssembler?
    var events: [AssociationEvent] = [.transportConnectionIndication]
    while machine.state != .sta1 || !events.isEmpty {
        guard let event = events.isEmpty ? nextEvent(decoder, &received) : events.removeFirst() else { return 0 }
        let effects: [AssociationEffect]
        do { effects = try machine.handle(event) } catch { preconditionFailure("\(error)") }
        for effect in effects {
            guard case .indicate(let indication) = effect else { continue }
            switch indication {
            case .associate(let request):
                do throws(AssociationRefusal) {
                    let accept = try policy.answer(request, from: "127.0.0.1")
                    assembler = MessageAssembler(contexts: AcceptedContext.agreed(request, accept))
                    events.append(.acceptPrimitive(accept))
                } catch {
                    events.append(.rejectPrimitive(error.reject))
                }
            case .data(let values):
                for value in values {
                    if (try? assembler?.consume(value)) == nil, machine.state == .sta6, events.isEmpty {
                        events.append(.abortPrimitive)
                    }
                }
            case .release: events.append(.releaseResponsePrimitive)
            default: break
            }
        }
    }
    return 0
}

private func nextEvent(_ decoder: PDUDecoder, _ received: inout ByteBuffer) -> AssociationEvent? {
    do throws(PDUError) {
        return try decoder.decode(&received).map { AssociationEvent($0) }
    } catch {
        // Nothing tells where the next PDU begins.
        received.clear()
        return .invalidPDU(error)
    }
}

/// Reads a command set; its response must be readable too.
func fuzzCommand(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard let command = try? Command(Array(UnsafeBufferPointer(start: bytes, count: count))) else { return 0 }
    let response = Command.response(
        to: command, messageID: command.messageID ?? 0, status: .cannotUnderstand, comment: "\(command.elements)")
    guard let again = try? Command(response.encoded) else { preconditionFailure("a response cannot be read") }
    precondition(again.status == .cannotUnderstand && again.field.isResponse, "a response changed")
    return 0
}
