import DICOM
import Foundation
import NIOCore
import Records
import Synchronization
import TestSupport
import Testing

@testable import DICOMNetwork
@testable import Delivery

@Suite struct DestinationTests {
    /// Gives batch after batch, and remembers what became of each object.
    private final class Script: ConsignmentSource {
        private struct State {
            var batches: [[Consignment]]
            var outcomes: [(Int64, DeliveryOutcome)] = []
        }

        private let state: Mutex<State>
        /// What comes up only after a while, while the destination waits for it.
        private let late: @Sendable () async -> [Consignment]

        init(_ batches: [[Consignment]], late: @escaping @Sendable () async -> [Consignment] = { [] }) {
            state = Mutex(State(batches: batches))
            self.late = late
        }

        var outcomes: [(Int64, DeliveryOutcome)] { state.withLock { $0.outcomes } }

        func next(within patience: Duration) async -> [Consignment] {
            let batch = state.withLock { $0.batches.isEmpty ? [] : $0.batches.removeFirst() }
            return batch.isEmpty && patience > .zero ? await late() : batch
        }

        func report(_ consignments: [Consignment], _ outcome: DeliveryOutcome) {
            state.withLock { state in for each in consignments { state.outcomes.append((each.parcelID, outcome)) } }
        }
    }

    private func consignment(_ id: Int64, _ file: Samples.File, in folder: String) throws -> Consignment {
        // A file that holds the data set first and something else behind it, as the spool keeps instances.
        let path = folder + "/" + UUID().uuidString
        try Data(file.dataSet + Array("trailer".utf8)).write(to: URL(filePath: path))
        return Consignment(
            parcelID: id, sopClassUID: file.sopClassUID, sopInstanceUID: file.sopInstanceUID,
            studyInstanceUID: file.sopInstanceUID, transferSyntax: file.transferSyntax,
            sha256: .of(file.dataSet), path: path, dataSetLength: Int64(file.dataSet.count))
    }

    private func deliver(_ source: Script, port: Int) async -> [(Int64, DeliveryOutcome)] {
        await DICOMStorageDestination(name: "pacs", peer: ClientInteroperationTests.peer(port)).deliver(source)
        return source.outcomes
    }

    private func deliver(_ consignments: [Consignment], port: Int) async -> [(Int64, DeliveryOutcome)] {
        await deliver(Script([consignments]), port: port)
    }

    private func consignments(_ names: [String], in folder: String) async throws -> [Consignment] {
        var made: [Consignment] = []
        for name in names {
            made.append(try consignment(Int64(made.count), try await Samples.named(name), in: folder))
        }
        return made
    }

    private static let names = ["CT_small.dcm", "MR_small_implicit.dcm", "JPEG-lossy.dcm", "reportsi.dcm"]

    @Test func deliversABatchInOneAssociation() async throws {
        let folder = try TemporaryFolder()
        let batch = try await consignments(Self.names, in: folder.path)
        try await ServerHarness.run { server in
            let outcomes = await deliver(batch, port: server.port)
            #expect(outcomes.map(\.0) == [0, 1, 2, 3])
            #expect(outcomes.allSatisfy { $0.1 == .delivered })
            #expect(Set(server.receiver.stored.map(\.request.association.identifier)).count == 1)
            for (sent, stored) in zip(batch, server.receiver.stored) {
                #expect(stored.request.transferSyntax == sent.transferSyntax)
                #expect(stored.bytes.count == Int(sent.dataSetLength))
            }
        }
        _ = folder
    }

    private static func associations(_ server: ServerHarness.Running) -> Int {
        Set(server.receiver.stored.map(\.request.association.identifier)).count
    }

    @Test func keepsTheAssociationWhileThereIsMoreOfTheSame() async throws {
        let folder = try TemporaryFolder()
        let (first, second, late) = (
            try await consignments(Self.names, in: folder.path), try await consignments(Self.names, in: folder.path),
            try await consignments(Self.names, in: folder.path)
        )
        try await ServerHarness.run { server in
            let count = Mutex(0)
            let source = Script([first, second]) {
                count.withLock { count in
                    count += 1
                    return count == 1 ? late : []
                }
            }
            let outcomes = await deliver(source, port: server.port)
            #expect(outcomes.map(\.0) == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3])
            #expect(outcomes.allSatisfy { $0.1 == .delivered })
            #expect(Self.associations(server) == 1)
        }
        _ = folder
    }

    @Test func opensAnotherAssociationForObjectsOfAnotherKind() async throws {
        let folder = try TemporaryFolder()
        let batches = [
            try await consignments(["CT_small.dcm"], in: folder.path),
            try await consignments(["CT_small.dcm", "MR_small_implicit.dcm"], in: folder.path),
            try await consignments(["CT_small.dcm"], in: folder.path),
        ]
        try await ServerHarness.run { server in
            let outcomes = await deliver(Script(batches), port: server.port)
            #expect(outcomes.map(\.0) == [0, 0, 1, 0])
            #expect(outcomes.allSatisfy { $0.1 == .delivered })
            #expect(Self.associations(server) > 1)
        }
        _ = folder
    }

    @Test func aPeerThatWentAwayMeanwhileIsNoFaultOfTheObject() async throws {
        let folder = try TemporaryFolder()
        let first = try await consignments(["CT_small.dcm"], in: folder.path)
        let late = try await consignments(["CT_small.dcm", "MR_small.dcm"], in: folder.path)
        try await ServerHarness.run { server in
            try await Relay.run(to: server.port) { relay in
                let count = Mutex(0)
                let source = Script([first]) {
                    guard count.withLock({ $0 += 1; return $0 }) == 1 else { return [] }
                    await relay.cutConnections()
                    return late
                }
                let outcomes = await deliver(source, port: relay.port)
                #expect(outcomes.map(\.0) == [0, 0, 1])
                #expect(outcomes.allSatisfy { $0.1 == .delivered }, "\(outcomes)")
                #expect(Self.associations(server) == 2)
            }
        }
        _ = folder
    }

    /// Bytes that changed in the spool, in a small object and in one that is sent in many stretches.
    @Test(arguments: [0, 3 << 20]) func whatIsDamagedNeverArrives(moreBytes: Int) async throws {
        let folder = try TemporaryFolder()
        let file = try await Samples.named("CT_small.dcm")
        var large = file
        large.dataSet += [0xE0, 0x7F, 0xFC, 0xFF] + Array("OW".utf8) + [0, 0]
        large.dataSet += (0..<4).map { UInt8(truncatingIfNeeded: moreBytes >> ($0 * 8)) }
        large.dataSet += [UInt8](repeating: 7, count: moreBytes)
        let batch = [try consignment(0, file, in: folder.path), try consignment(1, large, in: folder.path),
            try consignment(2, file, in: folder.path)]
        let handle = try FileHandle(forWritingTo: URL(filePath: batch[1].path))
        try handle.seek(toOffset: UInt64(large.dataSet.count - 1))
        try handle.write(contentsOf: [large.dataSet[large.dataSet.count - 1] ^ 1])
        try handle.close()
        try await ServerHarness.run { server in
            let outcomes = await deliver(batch, port: server.port)
            #expect(outcomes.map(\.0) == [0, 1, 2])
            #expect([outcomes[0].1, outcomes[2].1] == [.delivered, .delivered])
            guard case .unsendable = outcomes[1].1 else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(server.receiver.stored.map(\.bytes) == [file.dataSet, file.dataSet])
        }
        _ = folder
    }

    /// storescp in its default setting prefers explicit syntaxes and takes no JPEG; with +xi it takes Implicit VR only.
    @Test func reencodesForAPeerThatTakesImplicitOnly() async throws {
        let folder = try TemporaryFolder()
        let batch = try await consignments(Self.names, in: folder.path)
        try await ClientInteroperationTests.withStorescp(["+xi"]) { port, received in
            let outcomes = await deliver(batch, port: port)
            #expect(outcomes.map { $0.1 == .delivered } == [true, true, false, true], "\(outcomes)")
            guard outcomes.count == 4, case .refused = outcomes[2].1 else {
                Issue.record("\(outcomes)")
                return
            }
            let script = """
                import sys, os
                from pydicom import dcmread
                original = dcmread(sys.argv[1])
                for name in os.listdir(sys.argv[2]):
                    copy = dcmread(os.path.join(sys.argv[2], name))
                    if copy.SOPInstanceUID != original.SOPInstanceUID: continue
                    assert copy.file_meta.TransferSyntaxUID.is_implicit_VR
                    assert copy.PixelData == original.PixelData
                    changed = [e.tag for e in original if e.tag.element and e.tag != 0xFFFCFFFC and not e.tag.is_private
                               and e.tag not in copy or (e.tag in copy and not e.tag.is_private
                               and copy[e.tag].value != e.value)]
                    print('changed', changed)
                """
            let original = try await Samples.named("CT_small.dcm").path
            let result = try await Subprocess.run([Repository.python, "-c", script, original, received])
            #expect(result.text.contains("changed []"), "\(result.text)")
        }
        _ = folder
    }

    @Test func mapsStatuses() {
        #expect(DICOMStorageDestination.outcome(.success) == .delivered)
        #expect(DICOMStorageDestination.outcome(.coercionOfDataElements) == .delivered)
        #expect(DICOMStorageDestination.outcome(.attributeListError) == .delivered)
        for status in [DIMSEStatus.outOfResources, .notAuthorized, .processingFailure] {
            guard case .retry = DICOMStorageDestination.outcome(status) else {
                Issue.record("\(status)")
                continue
            }
        }
        for status in [DIMSEStatus.sopClassNotSupported, .dataSetDoesNotMatchSOPClass, .cannotUnderstand] {
            guard case .refused = DICOMStorageDestination.outcome(status) else {
                Issue.record("\(status)")
                continue
            }
        }
    }

    @Test func everythingWaitsForAPeerThatIsAway() async throws {
        let folder = try TemporaryFolder()
        let batch = try await consignments(Self.names, in: folder.path)
        let port = try await ClientInteroperationTests.freePort()
        let outcomes = await deliver(batch, port: port)
        #expect(outcomes.map(\.0) == [0, 1, 2, 3])
        for (_, outcome) in outcomes {
            guard case .unavailable = outcome else {
                Issue.record("\(outcome)")
                continue
            }
        }
        _ = folder
    }

    /// The second object is refused for the moment, the third for good, one file is missing; the others arrive.
    @Test func oneObjectDoesNotHoldUpTheOthers() async throws {
        let folder = try TemporaryFolder()
        var batch = try await consignments(Self.names, in: folder.path)
        batch[3].path += ".missing"
        let second = batch[1].sopInstanceUID
        let third = batch[2].sopInstanceUID
        let receiver = CollectingReceiver(refusal: { request in
            switch request.sopInstanceUID {
            case second: StoreRefusal(.outOfResources, "disk is full")
            case third: StoreRefusal(.cannotUnderstand, "no")
            default: nil
            }
        })
        try await ServerHarness.run(receiver: receiver) { [batch] server in
            let outcomes = await deliver(batch, port: server.port).map(\.1)
            guard outcomes.count == 4, outcomes[0] == .delivered, case .retry = outcomes[1],
                case .refused = outcomes[2], case .retry = outcomes[3]
            else {
                Issue.record("\(outcomes)")
                return
            }
        }
        _ = folder
    }

    @Test func splitsBatchesAt128Contexts() throws {
        let digest = try #require(Digest([UInt8](repeating: 0, count: Digest.byteCount)))
        let many = try (0..<150).map { index in
            Consignment(
                parcelID: Int64(index), sopClassUID: try #require(UID("1.2.840.10008.5.1.4.1.1.\(index)")),
                sopInstanceUID: UID(known: "1.2"), studyInstanceUID: UID(known: "1.2"),
                transferSyntax: .explicitVRLittleEndian, sha256: digest, path: "", dataSetLength: 0)
        }
        let contexts = PresentationContexts(for: many)
        #expect(many.filter { contexts.cover($0) }.map(\.parcelID) == Array(0..<64))
        #expect(contexts.proposals.count == 128)
        #expect(contexts.proposals.last?.id == 255)
        #expect(Set(contexts.proposals.map(\.id)).count == 128)
    }
}
