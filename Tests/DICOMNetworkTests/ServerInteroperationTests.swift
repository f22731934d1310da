import DICOM
import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import DICOMNetwork

/// The server against dcmtk's and pynetdicom's senders over the loopback.
@Suite struct ServerInteroperationTests {
    @Test func answersEchoscu() async throws {
        try await ServerHarness.run { server in
            let result = try await Subprocess.run(["echoscu", "-v", "127.0.0.1", "\(server.port)"])
            #expect(result.status == 0, "\(result.text)")
            try await server.events.wait { if case .released = $0 { true } else { false } }
        }
    }

    /// Native, implicit, JPEG, RLE and JPEG 2000: stored bit for bit in the syntax they were sent in.
    @Test(arguments: [
        ("CT_small.dcm", "-xe"), ("MR_small_implicit.dcm", "-xi"), ("JPEG-lossy.dcm", "-xx"),
        ("SC_rgb_jpeg_dcmtk.dcm", "-xy"), ("MR_small_RLE.dcm", "-xr"), ("JPEG2000.dcm", "-xw"),
    ]) func storesWhatStorescuSends(_ name: String, _ proposal: String) async throws {
        let file = try await Samples.named(name)
        try await ServerHarness.run { server in
            let result = try await Subprocess.run([
                "storescu", "-R", proposal, "127.0.0.1", "\(server.port)", file.path,
            ])
            #expect(result.status == 0, "\(result.text)")
            let stored = try #require(server.receiver.stored.first)
            #expect(stored.request.sopInstanceUID == file.sopInstanceUID)
            #expect(stored.request.sopClassUID == file.sopClassUID)
            #expect(stored.request.transferSyntax == file.transferSyntax)
            // dcmtk writes sequences and group lengths its own way: what it sends is compared by meaning.
            let sent = try DataSetReader.read(file.dataSet[...], file.transferSyntax)
            let received = try DataSetReader.read(stored.bytes[...], stored.request.transferSyntax)
            #expect(received[.pixelData]?.value == sent[.pixelData]?.value)
            #expect(received.uid(.studyInstanceUID) == sent.uid(.studyInstanceUID))
        }
    }

    @Test func takesSeveralAssociationsAtOnce() async throws {
        let file = try await Samples.named("CT_small.dcm")
        try await ServerHarness.run { server in
            try await withThrowingTaskGroup(of: Subprocess.Result.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        try await Subprocess.run([
                            "storescu", "+II", "--repeat", "20", "127.0.0.1", "\(server.port)", file.path,
                        ])
                    }
                }
                for try await result in group { #expect(result.status == 0, "\(result.text)") }
            }
            #expect(server.receiver.stored.count == 120)
            #expect(server.receiver.largestPiece <= 128 * 1024)
        }
    }

    /// Waiting for a disk blocks a thread: an association whose receiver does so must hold up no other.
    @Test func aBlockedReceiverHoldsUpNoOtherAssociation() async throws {
        let file = try await Samples.named("CT_small.dcm")
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let blockade = Blockade()
        // A failed expectation must not leave a thread behind that nobody frees.
        defer { blockade.end() }
        let receiver = CollectingReceiver(beforeFinish: { blockade.blockFirst { beginning.finish() } })
        try await ServerHarness.run(receiver: receiver) { server in
            let arguments = ["storescu", "127.0.0.1", "\(server.port)", file.path]
            async let first = Subprocess.run(arguments)
            for await _ in begun {}
            let others = try await withThrowingTaskGroup(of: Subprocess.Result.self) { group in
                for _ in 0..<4 { group.addTask { try await Subprocess.run(arguments) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for result in others { #expect(result.status == 0, "\(result.text)") }
            #expect(receiver.stored.count == 4)
            blockade.end()
            #expect(try await first.status == 0)
            #expect(receiver.stored.count == 5)
        }
    }

    /// Thousands of small messages in all sizes around the pieces' own: none may be lost, none answered twice.
    @Test func losesNoneOfThousands() async throws {
        let contexts = [
            PresentationContextProposal(
                id: 1, abstractSyntax: SOPClass.secondaryCaptureImageStorage,
                transferSyntaxes: [.explicitVRLittleEndian])
        ]
        try await ServerHarness.run { server in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for sender in 1...4 {
                    group.addTask {
                        try await StorageClient().withAssociation(to: server.peer("S\(sender)"), contexts: contexts) {
                            association throws(AssociationError) in
                            var answered = 0
                            for number in 1...500 {
                                guard let instance = UID("1.2.\(sender).\(number)") else { continue }
                                let size = (number % 5) * 65_531 + number
                                let status = try await association.store(
                                    sopClassUID: SOPClass.secondaryCaptureImageStorage, sopInstanceUID: instance,
                                    transferSyntax: .explicitVRLittleEndian,
                                    dataSet: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size))
                                if status == .success { answered += 1 }
                            }
                            return answered
                        }
                    }
                }
                for try await answered in group { #expect(answered == 500) }
            }
            let stored = server.receiver.stored
            #expect(stored.count == 2000)
            #expect(Set(stored.map(\.request.sopInstanceUID)).count == 2000)
            for instance in stored {
                let number = Int(instance.request.sopInstanceUID.value.split(separator: ".").last ?? "") ?? 0
                #expect(instance.bytes.count == (number % 5) * 65_531 + number)
            }
        }
    }

    @Test func takesDcmsend() async throws {
        let names = ["CT_small.dcm", "MR_small.dcm", "JPEG-lossy.dcm", "rtplan.dcm"]
        var paths: [String] = []
        for name in names { paths.append(try await Samples.named(name).path) }
        try await ServerHarness.run { [paths] server in
            let result = try await Subprocess.run(["dcmsend", "-v", "127.0.0.1", "\(server.port)"] + paths)
            #expect(result.status == 0, "\(result.text)")
            #expect(server.receiver.stored.count == names.count, "\(result.text)")
        }
    }

    @Test func refusalsReachTheSenderAndTheAssociationGoesOn() async throws {
        let first = try await Samples.named("CT_small.dcm")
        let second = try await Samples.named("MR_small.dcm")
        let receiver = CollectingReceiver(refusal: { request in
            request.sopInstanceUID == first.sopInstanceUID ? StoreRefusal(.outOfResources, "disk is full") : nil
        })
        try await ServerHarness.run(receiver: receiver) { server in
            let result = try await Subprocess.run([
                "storescu", "-d", "-nh", "127.0.0.1", "\(server.port)", first.path, second.path,
            ])
            #expect(result.text.contains("0xa700"), "\(result.text)")
            #expect(result.text.contains("disk is full"), "\(result.text)")
            #expect(server.receiver.stored.map(\.request.sopInstanceUID) == [second.sopInstanceUID])
        }
    }

    @Test func rejectsAnUnknownCalledTitle() async throws {
        try await ServerHarness.run(policy: AcceptorPolicy(calledAETitle: "OUTPOST")) { server in
            let wrong = try await Subprocess.run(["echoscu", "-aec", "OTHER", "127.0.0.1", "\(server.port)"])
            #expect(wrong.text.contains("Called AE Title Not Recognized"), "\(wrong.text)")
            let right = try await Subprocess.run(["echoscu", "-aec", "OUTPOST", "127.0.0.1", "\(server.port)"])
            #expect(right.status == 0)
        }
    }

    @Test func finishesTheObjectInFlightOnShutdown() async throws {
        let file = try await Samples.named("CT_small.dcm")
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let (gates, gate) = AsyncStream.makeStream(of: Void.self)
        let receiver = CollectingReceiver(beforeFinish: {
            beginning.finish()
            for await _ in gates {}
        })
        try await ServerHarness.run(receiver: receiver) { server in
            async let sent = Subprocess.run(["storescu", "127.0.0.1", "\(server.port)", file.path, file.path])
            for await _ in begun {}
            server.server.beginShutdown()
            gate.finish()
            let result = try await sent
            #expect(receiver.stored.count == 1)
            #expect(result.status != 0, "the second object must not be acknowledged")
            try await server.events.wait { if case .failed(_, _, .shutDown) = $0 { true } else { false } }
        }
    }
}

/// Blocks the thread of the first who comes.
private final class Blockade: Sendable {
    private let isFirst = Mutex(true)
    private let gate = DispatchSemaphore(value: 0)

    func blockFirst(_ begun: () -> Void) {
        let blocks = isFirst.withLock { isFirst in
            defer { isFirst = false }
            return isFirst
        }
        guard blocks else { return }
        begun()
        gate.wait()
    }

    func end() { gate.signal() }
}
