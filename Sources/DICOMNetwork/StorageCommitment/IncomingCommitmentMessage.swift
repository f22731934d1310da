import DICOM
import NIOCore

/// The content of a storage commitment message: the request that an N-ACTION carries, or the report of an
/// N-EVENT-REPORT.
protocol StorageCommitmentContent: Sendable {
    /// The longest data set that is read, in bytes.
    static var dataSetLimit: Int { get }

    /// Why a command announces no such content (statuses: PS3.7 sections 10.1.1.1.8 and 10.1.4.1.10); nil where it
    /// does.
    static func refusal(of command: Command) -> StoreRefusal?

    init(_ dataSet: DataSet, of command: Command) throws(StorageCommitmentError)
}

/// A message of storage commitment on its way in, whoever opened the association: its command, then its data set piece
/// by piece, held up to its limit. What it throws is the status of the response.
///
/// The bytes are the caller's to hold, so that they grow in place: taken out of an enum's case and put back they would
/// be copied for every piece, and pieces may be of one byte.
struct IncomingCommitmentMessage<Content: StorageCommitmentContent>: Sendable {
    let command: Command
    private let messageID: UInt16
    private let syntax: TransferSyntax

    /// A message that begins with `command`, whose message ID this is, on a context with `syntax`.
    init(_ command: Command, _ messageID: UInt16, _ syntax: TransferSyntax) throws(StoreRefusal) {
        if let refusal = Content.refusal(of: command) { throw refusal }
        self.command = command
        self.messageID = messageID
        self.syntax = syntax
    }

    /// Takes the next piece of the data set, and gives the content once the last one is there; nil before that.
    ///
    /// - Parameter bytes: the pieces so far; empty again afterwards where there are to be no more, or none that count.
    func take(_ piece: ByteBuffer, _ isLast: Bool, held bytes: inout ByteBuffer) throws(StoreRefusal) -> Content? {
        guard bytes.readableBytes + piece.readableBytes <= Content.dataSetLimit else {
            bytes = ByteBuffer()
            throw StoreRefusal(.resourceLimitation, "too many instances in one message")
        }
        bytes.writeImmutableBuffer(piece)
        guard isLast else { return nil }
        defer { bytes = ByteBuffer() }
        return try content(bytes)
    }

    private func content(_ bytes: ByteBuffer) throws(StoreRefusal) -> Content {
        do {
            let dataSet = try DataSetReader.read(
                Array(bytes.readableBytesView)[...], syntax, limits: .storageCommitment(bytes: Content.dataSetLimit))
            return try Content(dataSet, of: command)
        } catch {
            throw StoreRefusal(.invalidArgumentValue, "\(error)")
        }
    }

    /// The response: success, or why not.
    func response(_ refusal: StoreRefusal? = nil) -> Command {
        .response(to: command, messageID: messageID, status: refusal?.status ?? .success, comment: refusal?.comment)
    }
}

extension DataSetLimits {
    /// For a data set of at most `bytes`, before and after inflation. Its elements are UIDs and sequences of them: each
    /// takes 8 bytes for its header and on the average more than 8 for its value.
    fileprivate static func storageCommitment(bytes: Int) -> DataSetLimits {
        var limits = DataSetLimits()
        limits.inflatedBytes = bytes
        limits.freelyInflatedBytes = bytes
        limits.elements = bytes / 16
        return limits
    }
}
