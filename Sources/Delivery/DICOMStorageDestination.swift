import DICOM
import DICOMNetwork
import Records

/// Sends objects to a storage SCP by C-STORE (PS3.4 annex B).
///
/// One association carries all that follows each other within ``lingering``, as long as it was opened for such objects:
/// for each SOP class and transfer syntax of the first batch it proposes a presentation context of its own, so that the
/// peer answers for exactly that pair. While the peer stores one object, the next is read and checked, and the one
/// before is written down.
///
/// Objects go out bit for bit as they are stored. One exception: a peer that takes an uncompressed object in the other
/// little-endian syntax only gets it in that, re-encoded without loss (``Transcoding``), up to ``transcodingLimit``
/// bytes. Pixel data is never decompressed or dropped.
public struct DICOMStorageDestination: Destination {
    /// Re-encoding holds the object in memory some three times.
    public static let transcodingLimit: Int64 = 64 * 1024 * 1024
    /// How long an association is kept open with nothing to send: a modality that brings an image every now and then
    /// needs one for all, and no peer's own timeout is as short.
    static let lingering = Duration.seconds(1)
    /// Read and checked while the object before is sent: most slices as a whole.
    static let preparedBytes = 1 << 20

    public let name: String
    private let peer: RemoteApplicationEntity
    private let client: StorageClient

    public init(name: String, peer: RemoteApplicationEntity, client: StorageClient = StorageClient()) {
        self.name = name
        self.peer = peer
        self.client = client
    }

    public func deliver(_ source: some ConsignmentSource) async {
        var upcoming = await Self.next(of: [], source)
        while let first = upcoming { upcoming = await deliver(first, source) }
    }

    /// How the sending over one association stands.
    private struct Progress {
        var isEstablished = false
        /// Nothing was sent for a while: the peer may have closed the connection meanwhile.
        var hasLingered = false
        /// In flight, or next.
        var current: UpcomingConsignment?
        /// What was taken beyond it, where it failed.
        var beyond: UpcomingConsignment?
    }

    /// Sends over one association.
    ///
    /// - Returns: what needs another one; nil where there is nothing more, or where sending more is pointless now.
    private func deliver(_ first: UpcomingConsignment, _ source: some ConsignmentSource) async -> UpcomingConsignment? {
        let contexts = PresentationContexts(for: first.all)
        var openedFor = Set(first.all.map(\.parcelID))
        var progress = Progress(current: first)
        do throws(AssociationError) {
            try await client.withAssociation(to: peer, contexts: contexts.proposals) {
                association throws(AssociationError) in
                progress.isEstablished = true
                // What the peer did not take a while ago, it may take by now: its answer refuses only the objects that
                // the association was opened for, and each of them once.
                while let current = progress.current, contexts.cover(current.consignment),
                    openedFor.remove(current.consignment.parcelID) != nil || association.takes(current.consignment)
                {
                    try await Self.send(current, over: association, source, &progress)
                    if progress.current != nil { continue }
                    progress.current = await Self.next(of: [], source, within: Self.lingering)
                    progress.hasLingered = true
                }
            }
            return progress.current
        } catch {
            return await Self.goOn(after: error, progress, source)
        }
    }

    /// Sends one object while the next is prepared. Throws only what ends the association.
    private static func send(
        _ current: UpcomingConsignment, over association: StorageAssociation, _ source: some ConsignmentSource,
        _ progress: inout Progress
    ) async throws(AssociationError) {
        async let following = next(of: current.rest, source)
        let outcome: Result<DeliveryOutcome, AssociationError>
        do throws(AssociationError) {
            outcome = .success(try await send(current, over: association))
        } catch {
            outcome = .failure(error)
        }
        switch outcome {
        case .success(let outcome):
            source.report(current.consignment, outcome)
            progress.current = await following
            progress.hasLingered = false
        case .failure(let error):
            progress.beyond = await following
            throw error
        }
    }

    /// What becomes of the objects that were taken when an association failed.
    private static func goOn(
        after error: AssociationError, _ progress: Progress, _ source: some ConsignmentSource
    ) async -> UpcomingConsignment? {
        guard let current = progress.current else { return nil }
        let rest = progress.beyond?.all ?? Array(current.rest)
        if case .sourceFailed = error {
            // Ours was the fault, and only the object's.
            source.report(current.consignment, current.failure?.outcome ?? .retry(error.description))
            return await next(of: rest[...], source)
        }
        if progress.hasLingered, error.meansLostConnection {
            // It went away while there was nothing to send: that says nothing about the object.
            return await next(of: ([current.consignment] + rest)[...], source)
        }
        if progress.isEstablished {
            source.report(current.consignment, .retry(error.description))
            source.report(rest, .unavailable(error.description))
        } else {
            source.report([current.consignment] + rest, .unavailable(error.description))
        }
        return nil
    }

    private static func next(
        of rest: ArraySlice<Consignment>, _ source: some ConsignmentSource, within patience: Duration = .zero
    ) async -> UpcomingConsignment? {
        await .next(of: rest, orFrom: source, within: patience, preparing: preparedBytes)
    }

    /// Throws only what ends the association.
    private static func send(
        _ upcoming: UpcomingConsignment, over association: StorageAssociation
    ) async throws(AssociationError) -> DeliveryOutcome {
        let consignment = upcoming.consignment
        let dataSet: SpooledDataSet
        switch upcoming.dataSet {
        case .success(let opened): dataSet = opened
        case .failure(let error): return error.outcome
        }
        do throws(AssociationError) {
            if association.context(consignment.sopClassUID, consignment.transferSyntax) == nil,
                let other = Transcoding.other(consignment.transferSyntax),
                association.context(consignment.sopClassUID, other) != nil
            {
                return try await sendTranscoded(consignment, dataSet, to: other, over: association)
            }
            let status = try await association.store(
                sopClassUID: consignment.sopClassUID, sopInstanceUID: consignment.sopInstanceUID,
                transferSyntax: consignment.transferSyntax, dataSet: dataSet)
            return outcome(status)
        } catch {
            if error.endsAssociation { throw error }
            if case .sourceUnreadable = error, let failure = dataSet.failure { return failure.outcome }
            return error.isTransient ? .retry(error.description) : .refused(error.description)
        }
    }

    private static func sendTranscoded(
        _ consignment: Consignment, _ source: SpooledDataSet, to syntax: TransferSyntax,
        over association: StorageAssociation
    ) async throws(AssociationError) -> DeliveryOutcome {
        guard consignment.dataSetLength <= transcodingLimit else {
            return .refused(
                "the peer takes such objects in \(syntax) only, and \(consignment.dataSetLength) bytes are too many to "
                    + "re-encode; enable \(consignment.transferSyntax) there")
        }
        let bytes: [UInt8]
        do throws(SpooledDataSetError) {
            bytes = try await source.readRest()
        } catch {
            return error.outcome
        }
        let dataSet: [UInt8]
        do throws(DataSetError) {
            dataSet = try Transcoding.transcode(bytes, from: consignment.transferSyntax, to: syntax)
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

extension UpcomingConsignment {
    /// Why the data set could not be read to its end.
    fileprivate var failure: SpooledDataSetError? {
        switch dataSet {
        case .success(let dataSet): dataSet.failure
        case .failure(let error): error
        }
    }
}

extension StorageAssociation {
    /// Whether the peer has accepted a context that the object can go in.
    fileprivate func takes(_ consignment: Consignment) -> Bool {
        SyntaxPair.needed(for: consignment).contains { context($0.sopClassUID, $0.transferSyntax) != nil }
    }
}

extension AssociationError {
    /// Whether the connection broke or was closed, without a word about what was sent.
    fileprivate var meansLostConnection: Bool {
        switch self {
        case .failed(.connectionLost), .aborted: true
        default: false
        }
    }
}
