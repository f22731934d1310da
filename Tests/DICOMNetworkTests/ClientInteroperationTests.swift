import DICOM
import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import DICOMNetwork

/// The client against dcmtk's storescp, and against what goes wrong.
@Suite struct ClientInteroperationTests {
    /// A port that nothing listens on, for a program that cannot be asked to choose one.
    static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }

    static func contexts(_ file: Samples.File) -> [PresentationContextProposal] {
        [
            .init(id: 1, abstractSyntax: SOPClass.verification, transferSyntaxes: [.implicitVRLittleEndian]),
            .init(id: 3, abstractSyntax: file.sopClassUID, transferSyntaxes: [file.transferSyntax]),
        ]
    }

    static func peer(_ port: Int) -> RemoteApplicationEntity {
        RemoteApplicationEntity(host: "127.0.0.1", port: port, calledAETitle: "ANY-SCP", callingAETitle: "OUTPOST")
    }

    /// Why an association that does nothing cannot be had; nil where it can.
    static func failure(_ client: StorageClient, _ port: Int, _ file: Samples.File) async -> AssociationError? {
        do throws(AssociationError) {
            try await client.withAssociation(to: peer(port), contexts: contexts(file)) {
                (_: StorageAssociation) throws(AssociationError) in
            }
            return nil
        } catch { return error }
    }

    /// Keeps storescp running while `body` does; it listens once C-ECHO is answered.
    static func withStorescp(_ options: [String], _ body: (Int, String) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        let port = try await freePort()
        let storescp = try Subprocess(["storescp"] + options + ["-od", path, "\(port)"])
        let verification = PresentationContextProposal(
            id: 1, abstractSyntax: SOPClass.verification, transferSyntaxes: [.implicitVRLittleEndian])
        do {
            try await eventually("an answer of storescp") {
                let status = try? await StorageClient().withAssociation(to: peer(port), contexts: [verification]) {
                    association throws(AssociationError) in try await association.echo()
                }
                return status == .success
            }
            try await body(port, path)
        } catch {
            storescp.send(SIGKILL)
            throw error
        }
        try await storescp.stop()
        _ = folder
    }

    @Test(arguments: ["CT_small.dcm", "JPEG-lossy.dcm", "MR_small_RLE.dcm", "MR_small_implicit.dcm", "rtplan.dcm"])
    func storescpKeepsTheVeryBytes(_ name: String) async throws {
        let file = try await Samples.named(name)
        // +B writes what arrives, unchanged; +xa takes every syntax.
        try await Self.withStorescp(["+xa", "+B"]) { port, folder in
            let status = try await StorageClient().withAssociation(to: Self.peer(port), contexts: Self.contexts(file)) {
                association throws(AssociationError) in
                _ = try await association.echo()
                return try await association.store(
                    sopClassUID: file.sopClassUID, sopInstanceUID: file.sopInstanceUID,
                    transferSyntax: file.transferSyntax, dataSet: file.dataSet)
            }
            #expect(status == .success)
            let written = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(written.count == 1)
            let received = try Samples.read(folder + "/" + (written.first ?? ""))
            #expect(received.dataSet == file.dataSet)
        }
    }

    @Test func reachesNobody() async throws {
        let file = try await Samples.named("CT_small.dcm")
        let port = try await Self.freePort()
        let error = await Self.failure(StorageClient(), port, file)
        #expect(error?.isTransient == true)
        guard case .cannotConnect = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func tellsPermanentFromTransientRejections() async throws {
        let file = try await Samples.named("CT_small.dcm")
        try await ServerHarness.run(policy: AcceptorPolicy(calledAETitle: "OUTPOST")) { server in
            let error = await Self.failure(StorageClient(), server.port, file)
            #expect(error == .rejected(.calledAETitleNotRecognized))
            #expect(error?.isTransient == false)
        }
        try await ServerHarness.run(maximumAssociations: 0) { server in
            let error = await Self.failure(StorageClient(), server.port, file)
            #expect(error == .rejected(.localLimitExceeded))
            #expect(error?.isTransient == true)
        }
    }

    @Test func aPeerThatNeverAnswersTimesOut() async throws {
        let file = try await Samples.named("CT_small.dcm")
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        var timeouts = AssociationTimeouts()
        timeouts.idle = .milliseconds(100)
        let error = await Self.failure(StorageClient(timeouts: timeouts), listener.localAddress?.port ?? 0, file)
        #expect(error == .failed(.timedOut(.idle)))
        try await listener.close()
    }

    @Test func aReceiverThatRefusesMidwayAnswersAndGoesOn() async throws {
        let file = try await Samples.named("CT_small.dcm")
        let receiver = CollectingReceiver(byteLimit: 1000)
        try await ServerHarness.run(receiver: receiver) { server in
            let statuses = try await StorageClient().withAssociation(
                to: Self.peer(server.port), contexts: Self.contexts(file)
            ) { association throws(AssociationError) in
                let refused = try await association.store(
                    sopClassUID: file.sopClassUID, sopInstanceUID: file.sopInstanceUID,
                    transferSyntax: file.transferSyntax, dataSet: file.dataSet)
                return [refused, try await association.echo()]
            }
            #expect(statuses == [.outOfResources, .success])
            #expect(receiver.discarded == 1)
        }
    }

    /// A data set whose bytes cannot be had from a certain place on.
    private struct BrokenSource: DataSetSource {
        struct Unreadable: Error {}

        let length: Int
        /// What can be read at once, once.
        let good: Int

        func read(_ count: Int) async throws -> ByteBuffer {
            guard count <= good else { throw Unreadable() }
            return ByteBuffer(repeating: 0, count: count)
        }
    }

    @Test func aDataSetThatCannotBeReadIsNotBegun() async throws {
        let file = try await Samples.named("CT_small.dcm")
        try await ServerHarness.run { server in
            let status = try await StorageClient().withAssociation(
                to: Self.peer(server.port), contexts: Self.contexts(file)
            ) { association throws(AssociationError) in
                do throws(AssociationError) {
                    _ = try await association.store(
                        sopClassUID: file.sopClassUID, sopInstanceUID: file.sopInstanceUID,
                        transferSyntax: file.transferSyntax, dataSet: BrokenSource(length: 1000, good: 0))
                } catch {
                    guard case .sourceUnreadable = error else { throw error }
                }
                return try await association.echo()
            }
            #expect(status == .success)
            #expect(server.receiver.stored.isEmpty)
        }
    }

    /// A cancelled sender closes the connection without a release: the peer keeps no half object.
    @Test func cancellationClosesTheConnection() async throws {
        let file = try await Samples.named("CT_small.dcm")
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        try await ServerHarness.run { server in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try? await StorageClient().withAssociation(
                        to: Self.peer(server.port), contexts: Self.contexts(file)
                    ) { association throws(AssociationError) in
                        beginning.finish()
                        while true { _ = try await association.echo() }
                    }
                }
                for await _ in begun {}
                group.cancelAll()
            }
            try await server.events.wait { event in
                if case .failed(let who?, _, .connectionLost) = event { who.callingAETitle == "OUTPOST" } else { false }
            }
            let serves = try await server.stillServes()
            #expect(serves)
        }
    }
}
