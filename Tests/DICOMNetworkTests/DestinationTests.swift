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
    private final class Outcomes: Sendable {
        private let state = Mutex<[(Int64, DeliveryOutcome)]>([])
        var all: [(Int64, DeliveryOutcome)] { state.withLock { $0 } }
        func append(_ consignment: Consignment, _ outcome: DeliveryOutcome) {
            state.withLock { $0.append((consignment.parcelID, outcome)) }
        }
    }

    private func consignment(_ id: Int64, _ file: Samples.File, in folder: String) throws -> Consignment {
        let digest = try #require(Digest([UInt8](repeating: 0, count: Digest.byteCount)))
        return Consignment(
            parcelID: id, sopClassUID: file.sopClassUID, sopInstanceUID: file.sopInstanceUID,
            studyInstanceUID: file.sopInstanceUID, transferSyntax: file.transferSyntax, sha256: digest,
            path: try ClientInteroperationTests.spoolFile(file, in: folder), dataSetLength: Int64(file.dataSet.count))
    }

    private func deliver(_ consignments: [Consignment], port: Int) async -> [(Int64, DeliveryOutcome)] {
        let outcomes = Outcomes()
        let destination = DICOMStorageDestination(name: "pacs", peer: ClientInteroperationTests.peer(port))
        await destination.deliver(consignments) { outcomes.append($0, $1) }
        return outcomes.all
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
        let (first, contexts) = DICOMStorageDestination.nextBatch(many[...])
        #expect(first.count == 64)
        #expect(contexts.count == 128)
        #expect(contexts.last?.id == 255)
        #expect(Set(contexts.map(\.id)).count == 128)
    }
}
