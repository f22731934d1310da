import DICOM
import Foundation
import Logging
import Records
import Spool
import TestSupport

@testable import Appliance

/// A courier's queues with a control socket in front of them, and nothing that sends.
struct ControlHarness {
    let folder: TemporaryFolder
    let spool: CourierSpool
    let server: ControlServer
    let client: ControlClient

    static let noon = RecordedTime(Timestamp(microseconds: 1_800_000_000_000_000), isTrusted: true)

    /// - Parameter parcels: how many wait for the destination `pacs`.
    init(parcels: Int, dataFolder name: String = "data") throws {
        folder = try TemporaryFolder()
        let dataFolder = folder.file(name).path
        let socket = ControlSocket(dataFolder: dataFolder, stage: .courier)
        spool = try CourierSpool(folder: socket.folder)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let events = EventLog(stage: .courier, database: nil, logger: logger)
        let queue = SharedDestinationQueue(
            DestinationQueue(
                name: "pacs", spool: spool, backoff: Backoff(minimum: .seconds(10), maximum: .seconds(100)),
                awaitsCommitment: false),
            clock: CourierClock())
        let time = KeptClock(floor: nil, database: nil) { ClockReading.system() }
        server = ControlServer(
            socket: socket, control: QueueControl(spool: spool, events: events, time: time, queues: [queue]),
            condition: { StageCondition(stage: .courier, summary: "Nothing is to be sent") }, events: events)
        client = ControlClient(dataFolder: dataFolder, stage: .courier)
        if parcels > 0 { try enqueue(parcels) }
    }

    func enqueue(_ parcels: Int) throws {
        try spool.enqueue((1...parcels).map(Self.instance), of: .intake, for: ["pacs"])
    }

    var socketPath: String { server.socket.path }

    func queue() throws -> QueueSummary {
        guard let queue = try spool.queues().first else { throw TestSupportError("there is no queue") }
        return queue
    }

    func change(
        _ act: ParcelChange, _ parcels: ParcelSelection = ParcelSelection(), progress: (Int) -> Void = { _ in }
    ) async throws(ControlError) -> ControlAnswer {
        try await client.ask(.change(act: act, parcels: parcels), progress: progress)
    }

    /// Runs `body` while the server listens, and waits for the server's end.
    func serving(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            defer { group.cancelAll() }
            try await eventually("a listening server") { (try? await client.ask(.pauses)) != nil }
            try await body()
        }
    }

    static func instance(_ number: Int) -> StoredInstance {
        let uid = UID(derivedFrom: Digest(ofData: "\(number)".utf8).bytes)
        return StoredInstance(
            sequence: Int64(number), sopClassUID: SOPClass.secondaryCaptureImageStorage, sopInstanceUID: uid,
            studyInstanceUID: uid, seriesInstanceUID: uid, transferSyntax: .explicitVRLittleEndian, dataSetLength: 1,
            sha256: Digest(ofData: [UInt8(truncatingIfNeeded: number)]),
            peer: Peer(callingAETitle: "TEST", calledAETitle: "OUTPOST", address: "127.0.0.1"), received: noon,
            modality: "OT", bodyPartExamined: nil)
    }
}
