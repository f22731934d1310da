import DICOM
import NIOCore

/// What is wrong with a message whose PDUs are in order. The association is aborted.
public enum MessageError: Error, Sendable, Equatable, CustomStringConvertible {
    case contextNotAccepted(UInt8)
    /// A fragment on another context than the message began on.
    case contextChanged(expected: UInt8, got: UInt8)
    case commandInsideDataSet
    case dataSetInsideCommand
    case dataSetWithoutCommand
    case commandTooLong(limit: Int)
    case malformedCommand(String)
    case noMessageID
    /// A response that nobody asked for, or to another request.
    case unexpectedResponse(UInt16)

    public var description: String {
        let what =
            switch self {
            case .contextNotAccepted(let id): "data came on presentation context \(id), which was not accepted"
            case .contextChanged(let expected, let got):
                "a message went from presentation context \(expected) to \(got)"
            case .commandInsideDataSet: "a command fragment came before the data set's last fragment"
            case .dataSetInsideCommand: "a data set fragment came before the command's last fragment"
            case .dataSetWithoutCommand: "a data set came that no command announced"
            case .commandTooLong(let limit): "a command set is longer than \(limit) bytes"
            case .malformedCommand(let why): "a command set cannot be read: \(why)"
            case .noMessageID: "a request has no message ID"
            case .unexpectedResponse(let field): "response \(field.hexadecimal) answers no request"
            }
        return what + "; the peer's DICOM implementation is at fault"
    }
}

/// Puts messages together from presentation data values (PS3.7 section 6.3.1, PS3.8 annex E).
///
/// Commands are small and collected; data sets are handed on fragment by fragment and never held.
public struct MessageAssembler: Sendable {
    /// Real command sets take some 200 bytes.
    public static let commandLimit = 16 * 1024

    public enum Part: Sendable, Equatable {
        /// A whole command; its data set follows where it says so.
        case command(Command, AcceptedContext)
        /// The next bytes of the data set.
        case dataSet(ByteBuffer, isLast: Bool)
    }

    private enum State: Equatable {
        case idle
        case command(UInt8)
        case dataSet(UInt8)
    }

    private let contexts: [UInt8: AcceptedContext]
    private var state = State.idle
    private var command: [UInt8] = []

    /// For an association on which `contexts`, by ID, were accepted.
    public init(contexts: [UInt8: AcceptedContext]) { self.contexts = contexts }

    public var isBetweenMessages: Bool { state == .idle }

    /// Takes the next value; nil where a command is not whole yet.
    public mutating func consume(_ value: PresentationDataValue) throws(MessageError) -> Part? {
        guard let context = contexts[value.contextID] else { throw .contextNotAccepted(value.contextID) }
        switch state {
        case .command(let id), .dataSet(let id):
            guard id == value.contextID else { throw .contextChanged(expected: id, got: value.contextID) }
        case .idle: break
        }
        guard value.isCommand else { return try takeDataSet(value) }
        if case .dataSet = state { throw .commandInsideDataSet }
        guard command.count + value.bytes.readableBytes <= Self.commandLimit else {
            throw .commandTooLong(limit: Self.commandLimit)
        }
        command.append(contentsOf: value.bytes.readableBytesView)
        state = .command(value.contextID)
        guard value.isLast else { return nil }
        let whole = try Command(command)
        command = []
        state = whole.hasDataSet ? .dataSet(value.contextID) : .idle
        return .command(whole, context)
    }

    private mutating func takeDataSet(_ value: PresentationDataValue) throws(MessageError) -> Part {
        switch state {
        case .idle: throw .dataSetWithoutCommand
        case .command: throw .dataSetInsideCommand
        case .dataSet: break
        }
        if value.isLast { state = .idle }
        return .dataSet(value.bytes, isLast: value.isLast)
    }
}

/// A whole message on its way out (PS3.7 section 6.3). Only for those that are small; images are streamed.
struct Message: Sendable {
    var contextID: UInt8
    var command: Command
    /// Encoded in the context's transfer syntax; nil where the command announces none.
    var dataSet: [UInt8]?
}

/// Cuts bytes into P-DATA values that fit the peer's maximum length.
struct Fragmenter {
    /// Where the peer names no limit.
    static let unlimitedPieceBytes = 128 * 1024
    /// The bytes of one value.
    let pieceBytes: Int

    /// Nil where `maximumLength` leaves no room for a single byte beside the value's header.
    init?(maximumLength: UInt32) {
        let limit = maximumLength == 0 ? Self.unlimitedPieceBytes : Int(maximumLength) - PDUEncoder.valueHeaderBytes
        // An even length, as PS3.8 annex E.2 asks of fragments; no more than ours, whatever the peer would take.
        pieceBytes = min(limit, Self.unlimitedPieceBytes) & ~1
        if pieceBytes < 2 { return nil }
    }

    /// The values of a message: a command set, and the data set that it announces.
    func values(_ message: Message) -> [PresentationDataValue] {
        values(message.command.encoded, isCommand: true, contextID: message.contextID)
            + (message.dataSet.map { values($0, isCommand: false, contextID: message.contextID) } ?? [])
    }

    /// The next values of a data set that comes in stretches; of an empty one a single empty value.
    ///
    /// - Parameter isEnd: whether these are its last bytes.
    func dataSetValues(_ stretch: ByteBuffer, isEnd: Bool, contextID: UInt8) -> [PresentationDataValue] {
        var rest = stretch
        var values: [PresentationDataValue] = []
        repeat {
            let piece = rest.readSlice(length: min(pieceBytes, rest.readableBytes)) ?? ByteBuffer()
            values.append(PresentationDataValue(
                contextID: contextID, isCommand: false, isLast: isEnd && rest.readableBytes == 0, bytes: piece))
        } while rest.readableBytes > 0
        return values
    }

    private func values(_ bytes: [UInt8], isCommand: Bool, contextID: UInt8) -> [PresentationDataValue] {
        var rest = ByteBuffer(bytes: bytes)
        var values: [PresentationDataValue] = []
        while let bytes = rest.readSlice(length: min(pieceBytes, rest.readableBytes)), bytes.readableBytes > 0 {
            values.append(
                PresentationDataValue(
                    contextID: contextID, isCommand: isCommand, isLast: rest.readableBytes == 0, bytes: bytes))
        }
        return values
    }
}
