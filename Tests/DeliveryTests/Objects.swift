import DICOM
import Delivery
import Foundation
import Records
import Synchronization
import TestSupport

/// Objects to send, kept as the spool keeps them: a file that begins with the data set and goes on with something else.
enum Objects {
    static let trailer = [UInt8]("this is the spool's trailer and must never be sent".utf8)

    /// The data set of a real Part 10 file.
    static func file(_ url: URL, in folder: TemporaryFolder) throws -> Consignment {
        let file = [UInt8](try Data(contentsOf: url))
        let (_, syntax, bytes) = try Part10.split(file[...])
        return try keep(Array(bytes), try DataSetReader.read(bytes, syntax), syntax, in: folder)
    }

    /// A small secondary capture with a UID of its own. Without a study it is one that Orthanc refuses.
    static func small(in folder: TemporaryFolder, study: Bool = true, pixelBytes: Int = 0) throws -> Consignment {
        var dataSet = DataSet()
        let uid = UID(derivedFrom: withUnsafeBytes(of: UUID().uuid) { Array($0) })
        dataSet.set(.sopClassUID, SOPClass.secondaryCaptureImageStorage)
        dataSet.set(.sopInstanceUID, uid)
        dataSet.set(.patientID, .LO, "TEST")
        if study { dataSet.set(.studyInstanceUID, uid) }
        dataSet.set(.seriesInstanceUID, uid)
        dataSet.set(.pixelData, .OW, bytes: (0..<pixelBytes).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 8) })
        let syntax = TransferSyntax.explicitVRLittleEndian
        return try keep(DataSetWriter.write(dataSet, syntax), dataSet, syntax, in: folder)
    }

    /// One that says what it is in the file meta information, but whose data set is noise.
    static func noise(in folder: TemporaryFolder) throws -> Consignment {
        var consignment = try small(in: folder)
        let bytes = (0..<600).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 91) }
        try Data(bytes + trailer).write(to: URL(fileURLWithPath: consignment.path))
        consignment.dataSetLength = Int64(bytes.count)
        consignment.sha256 = .of(bytes)
        return consignment
    }

    static func bytes(_ consignment: Consignment) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: consignment.path)).prefix(Int(consignment.dataSetLength)))
    }

    private static func keep(
        _ bytes: [UInt8], _ dataSet: DataSet, _ syntax: TransferSyntax, in folder: TemporaryFolder
    ) throws -> Consignment {
        guard let sopClass = dataSet.uid(.sopClassUID), let instance = dataSet.uid(.sopInstanceUID)
        else { throw TestSupportError("the data set has no UIDs") }
        let path = folder.file(UUID().uuidString)
        try Data(bytes + trailer).write(to: path)
        return Consignment(
            parcelID: 1, sopClassUID: sopClass, sopInstanceUID: instance,
            studyInstanceUID: dataSet.uid(.studyInstanceUID) ?? instance, transferSyntax: syntax, sha256: .of(bytes),
            path: path.path, dataSetLength: Int64(bytes.count))
    }
}

/// Gives its objects once, and keeps the outcomes in the order in which they are reported.
final class OneBatch: ConsignmentSource {
    private struct State {
        var batch: [Consignment]
        var outcomes: [(uid: UID, outcome: DeliveryOutcome)] = []
    }

    private let state: Mutex<State>

    init(_ batch: [Consignment]) { state = Mutex(State(batch: batch)) }

    var outcomes: [(uid: UID, outcome: DeliveryOutcome)] { state.withLock { $0.outcomes } }

    func next(within patience: Duration) async -> [Consignment] {
        state.withLock { state in
            defer { state.batch = [] }
            return state.batch
        }
    }

    func report(_ consignments: [Consignment], _ outcome: DeliveryOutcome) {
        state.withLock { state in
            for consignment in consignments { state.outcomes.append((consignment.sopInstanceUID, outcome)) }
        }
    }
}

extension Destination {
    /// Delivers and returns each object's outcome, in the order of `consignments`; nil for one that was not reported
    /// exactly once.
    func outcomes(_ consignments: [Consignment]) async -> [DeliveryOutcome?] {
        let source = OneBatch(consignments)
        await deliver(source)
        let all = source.outcomes
        return consignments.map { consignment in
            let reports = all.filter { $0.uid == consignment.sopInstanceUID }
            return reports.count == 1 ? reports[0].outcome : nil
        }
    }
}

extension DeliveryOutcome {
    /// Why it was not delivered but may be later.
    var retryReason: String? {
        switch self {
        case .retry(let reason), .unavailable(let reason, _): reason
        case .delivered, .refused, .unsendable: nil
        }
    }
    var refusalReason: String? { if case .refused(let reason) = self { reason } else { nil } }
}
