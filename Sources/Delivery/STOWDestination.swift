import Records

/// A hub reached by STOW-RS (PS3.18 section 10.5) over mutual TLS 1.3.
///
/// Requests follow each other over one connection, as long as there is something to send.
///
/// Every object's outcome comes from what the answer says of that object, never from the HTTP status alone. An object
/// that spoils a request for others is found by sending each alone, within the same call. An object whose bytes are not
/// those that were received is never sent to its end (``SpooledDataSet``), so that no hub can take it for whole.
public struct STOWDestination: Destination {
    /// So long one TLS connection is used: a renewed certificate is in use after that without a restart.
    static let connectionLifetime = Duration.seconds(300)
    /// How long it is kept with nothing to send: another handshake costs an uplink several round trips.
    static let lingering = Duration.seconds(1)
    /// Read and checked before a request is begun, of each of its objects: what is damaged then spoils it for no other.
    static let preparedBytes = 256 << 10

    private let settings: STOWSettings

    public init(_ settings: STOWSettings) { self.settings = settings }

    public var name: String { settings.name }

    public func deliver(_ source: some ConsignmentSource) async {
        var batch = await source.next(within: .zero)
        guard !batch.isEmpty else { return }
        let connection: STOWConnection
        do {
            connection = try STOWConnection(settings)
        } catch {
            return source.report(batch, .unavailable(error.description))
        }
        let renewal = ContinuousClock.now + Self.connectionLifetime
        while !batch.isEmpty {
            if let stop = await send(batch, over: connection, source) {
                source.report(stop.unsent, stop.outcome)
                break
            }
            batch = ContinuousClock.now < renewal ? await source.next(within: Self.lingering) : []
        }
        await connection.close()
    }

    /// Why sending more now is pointless, and what was not sent because of it.
    private struct Stop {
        var outcome: DeliveryOutcome
        var unsent: [Consignment] = []
    }

    /// Sends as many requests as it takes, unless one says that more are pointless.
    private func send(
        _ batch: [Consignment], over connection: STOWConnection, _ source: some ConsignmentSource
    ) async -> Stop? {
        var rest = batch[...]
        while !rest.isEmpty {
            let request = Self.nextRequest(from: &rest, limits: settings.limits)
            guard var stop = await sendOne(request, over: connection, source) else { continue }
            stop.unsent += rest
            return stop
        }
        return nil
    }

    /// Takes from the front what travels in one request: bounded in number and bytes, and no UID twice, because the
    /// answer tells objects apart only by their UIDs.
    static func nextRequest(from rest: inout ArraySlice<Consignment>, limits: STOWLimits) -> [Consignment] {
        var request: [Consignment] = []
        var bytes: Int64 = 0
        while let next = rest.first {
            bytes += next.dataSetLength
            let fits = request.count < limits.instancesPerRequest && bytes <= limits.bytesPerRequest
                && !request.contains { $0.sopInstanceUID == next.sopInstanceUID }
            guard fits || request.isEmpty else { break }
            request.append(next)
            rest.removeFirst()
        }
        return request
    }

    /// Sends one request, and again in parts where its answer leaves objects open; reports each object once but those
    /// that it returns.
    private func sendOne(
        _ consignments: [Consignment], over connection: STOWConnection, _ source: some ConsignmentSource
    ) async -> Stop? {
        var objects: [(consignment: Consignment, dataSet: SpooledDataSet)] = []
        for consignment in consignments {
            do throws(SpooledDataSetError) {
                objects.append((
                    consignment,
                    try await .open(consignment, preparing: Self.preparedBytes, moved: source.moved)
                ))
            } catch {
                source.report(consignment, error.outcome)
            }
        }
        guard !objects.isEmpty else { return nil }
        let readable = objects.map(\.consignment)
        let answer: STOWAnswer
        do {
            answer = try await connection.store(MultipartRelated(objects))
        } catch let error as SpooledDataSetError {
            guard readable.count > 1 else {
                source.report(readable, error.outcome)
                return nil
            }
            return await sendEachAlone(readable, over: connection, source)
        } catch {
            return Stop(outcome: .unavailable("\(error)"), unsent: readable)
        }
        var open: [Consignment] = []
        for consignment in readable {
            let verdict = STOWJudgement.verdict(
                of: consignment.sopInstanceUID, sentAlone: readable.count == 1, answer: answer)
            switch verdict {
            case .outcome(let outcome): source.report(consignment, outcome)
            case .tryAlone: open.append(consignment)
            }
        }
        objects = []
        if let stop = await sendEachAlone(open, over: connection, source) { return stop }
        return STOWJudgement.reasonToStop(answer).map { Stop(outcome: $0) }
    }

    private func sendEachAlone(
        _ consignments: [Consignment], over connection: STOWConnection, _ source: some ConsignmentSource
    ) async -> Stop? {
        for (index, consignment) in consignments.enumerated() {
            guard var stop = await sendOne([consignment], over: connection, source) else { continue }
            stop.unsent += consignments[(index + 1)...]
            return stop
        }
        return nil
    }
}
