import DICOM
import DICOMNetwork
import Records

/// Sends objects to a storage SCP by C-STORE (PS3.4 annex B).
///
/// One association carries a batch; for each SOP class and transfer syntax of the batch it proposes a presentation
/// context of its own, so that the peer answers for exactly that pair. Objects go out bit for bit as they are stored.
/// One exception: a peer that takes an uncompressed object in the other little-endian syntax only gets it in that,
/// re-encoded without loss (``Transcoding``), up to ``transcodingLimit`` bytes. Pixel data is never decompressed or
/// dropped.
public struct DICOMStorageDestination: Destination {
    /// Re-encoding holds the object in memory some three times.
    public static let transcodingLimit: Int64 = 64 * 1024 * 1024
    /// Odd IDs from 1 to 255 (PS3.8 section 9.3.2.2).
    public static let maximumContexts = 128

    public let name: String
    private let peer: RemoteApplicationEntity
    private let client: StorageClient

    public init(name: String, peer: RemoteApplicationEntity, client: StorageClient = StorageClient()) {
        self.name = name
        self.peer = peer
        self.client = client
    }

    public func deliver(
        _ consignments: [Consignment], report: @Sendable (Consignment, DeliveryOutcome) async -> Void
    ) async {
        var rest = consignments[...]
        while !rest.isEmpty {
            let (batch, contexts) = Self.nextBatch(rest)
            rest = rest.dropFirst(batch.count)
            guard let failure = await deliver(batch, contexts, report) else { continue }
            // Whoever could not be asked once in this call would only time out again.
            for consignment in rest { await report(consignment, .unavailable(failure.description)) }
            return
        }
    }

    /// Sends one association's worth; the error that ended it early, after all of `batch` is reported.
    private func deliver(
        _ batch: ArraySlice<Consignment>, _ contexts: [PresentationContextProposal],
        _ report: @Sendable (Consignment, DeliveryOutcome) async -> Void
    ) async -> AssociationError? {
        var unanswered = batch
        var isEstablished = false
        do throws(AssociationError) {
            try await client.withAssociation(to: peer, contexts: contexts) { association throws(AssociationError) in
                isEstablished = true
                while let consignment = unanswered.first {
                    let outcome = try await Self.send(consignment, over: association)
                    unanswered = unanswered.dropFirst()
                    await report(consignment, outcome)
                }
            }
            return nil
        } catch {
            if isEstablished, let inFlight = unanswered.popFirst() {
                await report(inFlight, .retry(error.description))
            }
            for consignment in unanswered { await report(consignment, .unavailable(error.description)) }
            return error
        }
    }

    /// The longest beginning of `consignments` whose contexts fit one association.
    static func nextBatch(
        _ consignments: ArraySlice<Consignment>
    ) -> (batch: ArraySlice<Consignment>, contexts: [PresentationContextProposal]) {
        var pairs: [SyntaxPair] = []
        var known: Set<SyntaxPair> = []
        var count = 0
        for consignment in consignments {
            let needed = SyntaxPair.needed(for: consignment).filter { !known.contains($0) }
            guard pairs.count + needed.count <= maximumContexts else { break }
            pairs += needed
            known.formUnion(needed)
            count += 1
        }
        let contexts = pairs.enumerated().map { index, pair in
            PresentationContextProposal(
                id: UInt8(2 * index + 1), abstractSyntax: pair.sopClassUID, transferSyntaxes: [pair.transferSyntax])
        }
        return (consignments.prefix(count), contexts)
    }

    /// Throws only what ends the association.
    private static func send(
        _ consignment: Consignment, over association: StorageAssociation
    ) async throws(AssociationError) -> DeliveryOutcome {
        do throws(AssociationError) {
            if association.context(consignment.sopClassUID, consignment.transferSyntax) == nil,
                let other = Transcoding.other(consignment.transferSyntax),
                association.context(consignment.sopClassUID, other) != nil
            {
                return try await sendTranscoded(consignment, to: other, over: association)
            }
            let status = try await association.store(
                sopClassUID: consignment.sopClassUID, sopInstanceUID: consignment.sopInstanceUID,
                transferSyntax: consignment.transferSyntax, path: consignment.path,
                dataSetLength: consignment.dataSetLength)
            return outcome(status)
        } catch {
            if error.endsAssociation { throw error }
            return error.isTransient ? .retry(error.description) : .refused(error.description)
        }
    }

    private static func sendTranscoded(
        _ consignment: Consignment, to syntax: TransferSyntax, over association: StorageAssociation
    ) async throws(AssociationError) -> DeliveryOutcome {
        guard consignment.dataSetLength <= transcodingLimit else {
            return .refused(
                "the peer takes such objects in \(syntax) only, and \(consignment.dataSetLength) bytes are too many to "
                    + "re-encode; enable \(consignment.transferSyntax) there")
        }
        let file = try await StorageClient.readDataSet(path: consignment.path, length: consignment.dataSetLength)
        let dataSet: [UInt8]
        do throws(DataSetError) {
            dataSet = try Transcoding.transcode(file, from: consignment.transferSyntax, to: syntax)
        } catch {
            return .refused(
                "the peer takes such objects in \(syntax) only, and this one cannot be re-encoded: \(error)")
        }
        return outcome(
            try await association.store(
                sopClassUID: consignment.sopClassUID, sopInstanceUID: consignment.sopInstanceUID,
                transferSyntax: syntax, dataSet: dataSet))
    }

    static func outcome(_ status: DIMSEStatus) -> DeliveryOutcome {
        if status.meansStored { return .delivered }
        let reason = "the peer answered \(status)"
        return status.isTransient ? .retry(reason) : .refused(reason)
    }
}

/// What one presentation context is for.
struct SyntaxPair: Hashable {
    var sopClassUID: UID
    var transferSyntax: TransferSyntax

    /// The stored syntax first; for uncompressed objects the other little-endian one too.
    static func needed(for consignment: Consignment) -> [SyntaxPair] {
        [consignment.transferSyntax, Transcoding.other(consignment.transferSyntax)].compactMap { syntax in
            syntax.map { SyntaxPair(sopClassUID: consignment.sopClassUID, transferSyntax: $0) }
        }
    }
}
