import Records

/// A hub reached by STOW-RS (PS3.18 section 10.5) over mutual TLS 1.3.
///
/// Every object's outcome comes from what the answer says of that object, never from the HTTP status alone. An object
/// that spoils a request for others is found by sending each alone, within the same call.
public struct STOWDestination: Destination {
    private let settings: STOWSettings

    public init(_ settings: STOWSettings) { self.settings = settings }

    public var name: String { settings.name }

    public func deliver(
        _ consignments: [Consignment], report: @Sendable (Consignment, DeliveryOutcome) async -> Void
    ) async {
        guard !consignments.isEmpty else { return }
        let connection: STOWConnection
        do {
            connection = try STOWConnection(settings)
        } catch {
            for consignment in consignments { await report(consignment, .unavailable(error.description)) }
            return
        }
        var rest = consignments[...]
        var stopReason: String?
        while !rest.isEmpty, stopReason == nil {
            let request = Self.nextRequest(from: &rest, limits: settings.limits)
            stopReason = await send(request, over: connection, report: report)
        }
        for consignment in rest { await report(consignment, .unavailable(stopReason ?? "")) }
        await connection.close()
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

    /// Sends one request, and again in parts where its answer leaves objects open; reports each object once.
    ///
    /// - Returns: why sending more now is pointless, or nil.
    private func send(
        _ consignments: [Consignment], over connection: STOWConnection,
        report: @Sendable (Consignment, DeliveryOutcome) async -> Void
    ) async -> String? {
        var objects: [(consignment: Consignment, file: DataSetFile)] = []
        for consignment in consignments {
            do {
                let file = try await DataSetFile.open(path: consignment.path, length: consignment.dataSetLength)
                objects.append((consignment, file))
            } catch {
                await report(consignment, .retry("\(error)"))
            }
        }
        guard !objects.isEmpty else { return nil }
        let readable = objects.map(\.consignment)
        let answer: STOWAnswer
        do {
            answer = try await connection.store(MultipartRelated(objects))
        } catch let error as DataSetFileError {
            guard readable.count > 1 else {
                await report(readable[0], .retry(error.description))
                return nil
            }
            return await sendEachAlone(readable, over: connection, report: report)
        } catch {
            for consignment in readable { await report(consignment, .unavailable("\(error)")) }
            return "\(error)"
        }
        var open: [Consignment] = []
        for consignment in readable {
            let verdict = STOWJudgement.verdict(
                of: consignment.sopInstanceUID, sentAlone: readable.count == 1, answer: answer)
            switch verdict {
            case .outcome(let outcome): await report(consignment, outcome)
            case .tryAlone: open.append(consignment)
            }
        }
        objects = []
        return await sendEachAlone(open, over: connection, report: report) ?? STOWJudgement.reasonToStop(answer)
    }

    private func sendEachAlone(
        _ consignments: [Consignment], over connection: STOWConnection,
        report: @Sendable (Consignment, DeliveryOutcome) async -> Void
    ) async -> String? {
        var stopReason: String?
        for consignment in consignments {
            if let stopReason {
                await report(consignment, .unavailable(stopReason))
            } else {
                stopReason = await send([consignment], over: connection, report: report)
            }
        }
        return stopReason
    }
}
