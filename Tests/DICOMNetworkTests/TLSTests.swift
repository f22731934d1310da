import DICOM
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import DICOMNetwork

/// DICOM over TLS against dcmtk and openssl, with certificates made on the spot.
@Suite struct TLSTests {
    private static func certificates(again: Bool = false, in folder: TemporaryFolder) async throws -> String {
        try await PeerProgram.makeCertificates(in: folder, again: again)
        return folder.path
    }

    private static func identity(_ folder: String, mutual: Bool = true) throws -> TLSIdentity {
        try TLSIdentity(TLSFiles(
            certificate: folder + "/server.pem", key: folder + "/server.key",
            authority: mutual ? folder + "/ca.pem" : nil))
    }

    private static func storescu(_ port: Int, _ trust: String, as client: String, _ file: String) async throws
        -> Subprocess.Result
    {
        try await Subprocess.run([
            "storescu", "+tls", "\(trust)/\(client).key", "\(trust)/\(client).pem", "+cf", "\(trust)/ca.pem",
            "127.0.0.1", "\(port)", file,
        ])
    }

    @Test func takesWhoHasACertificateAndNobodyElse() async throws {
        let folder = try TemporaryFolder()
        let trust = try await Self.certificates(in: folder)
        let file = try await Samples.named("CT_small.dcm")
        try await ServerHarness.run(tls: Self.identity(trust)) { server in
            let known = try await Self.storescu(server.port, trust, as: "client", file.path)
            #expect(known.status == 0, "\(known.text)")
            #expect(server.receiver.stored.map(\.request.sopInstanceUID) == [file.sopInstanceUID])

            let stranger = try await Self.storescu(server.port, trust, as: "other-client", file.path)
            #expect(stranger.status != 0, "\(stranger.text)")
            let nobody = try await Subprocess.run([
                "storescu", "+tla", "+cf", "\(trust)/ca.pem", "127.0.0.1", "\(server.port)", file.path,
            ])
            #expect(nobody.status != 0, "\(nobody.text)")
            try await eventually("two failed handshakes") {
                server.events.events.count { if case .failed(nil, _, .tls) = $0 { true } else { false } } == 2
            }
            #expect(server.receiver.stored.count == 1)
        }
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"]) func speaksTLS(_ version: String) async throws {
        let folder = try TemporaryFolder()
        let trust = try await Self.certificates(in: folder)
        try await ServerHarness.run(tls: Self.identity(trust)) { server in
            let result = try await Self.openssl(server.port, trust, [version])
            #expect(result.text.contains("Verify return code: 0 (ok)"), "\(result.text)")
        }
    }

    @Test func refusesOldTLS() async throws {
        let folder = try TemporaryFolder()
        let trust = try await Self.certificates(in: folder)
        try await ServerHarness.run(tls: Self.identity(trust)) { server in
            // Debian's openssl itself speaks it only at this level.
            let result = try await Self.openssl(server.port, trust, ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
            #expect(result.text.contains("alert protocol version"), "\(result.text)")
        }
    }

    private static func openssl(_ port: Int, _ trust: String, _ options: [String]) async throws -> Subprocess.Result {
        try await Subprocess.run(
            [
                "openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-CAfile", "\(trust)/ca.pem", "-cert",
                "\(trust)/client.pem", "-key", "\(trust)/client.key", "-verify_return_error",
            ] + options)
    }

    @Test func namesAPlainClientOnTheTLSPort() async throws {
        let folder = try TemporaryFolder()
        let trust = try await Self.certificates(in: folder)
        try await ServerHarness.run(tls: Self.identity(trust)) { server in
            let result = try await Subprocess.run(["echoscu", "127.0.0.1", "\(server.port)"])
            #expect(result.status != 0)
            try await server.events.wait { event in
                if case .failed(nil, _, .invalidPDU(.foreignProtocol(.plainDICOM))) = event { true } else { false }
            }
        }
    }

    @Test func namesATLSClientOnThePlainPort() async throws {
        let folder = try TemporaryFolder()
        let trust = try await Self.certificates(in: folder)
        let file = try await Samples.named("CT_small.dcm")
        try await ServerHarness.run { server in
            let result = try await Self.storescu(server.port, trust, as: "client", file.path)
            #expect(result.status != 0)
            try await server.events.wait { event in
                if case .failed(nil, _, .invalidPDU(.foreignProtocol(.tls))) = event { true } else { false }
            }
        }
    }

    @Test func endsAHandshakeThatStops() async throws {
        let folder = try TemporaryFolder()
        let trust = try await Self.certificates(in: folder)
        var timeouts = AssociationTimeouts()
        timeouts.artim = .seconds(2)
        try await ServerHarness.run(tls: Self.identity(trust), timeouts: timeouts) { server in
            // The beginning of a ClientHello, and then nothing.
            _ = try await RawConnection.open(server.port, sending: [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]) { inbound, _ in
                try await RawConnection.pdus(&inbound, until: .max)
            }
            try await server.events.wait { event in
                if case .failed(nil, _, .timedOut(.artim)) = event { true } else { false }
            }
        }
    }

    /// New files are taken at the next connection; unusable ones are reported and the old stay in use.
    @Test func takesNewCertificatesWithoutARestart() async throws {
        let folder = try TemporaryFolder()
        let trust = try await Self.certificates(in: folder)
        let file = try await Samples.named("CT_small.dcm")
        try await ServerHarness.run(tls: Self.identity(trust)) { server in
            #expect(try await Self.storescu(server.port, trust, as: "client", file.path).status == 0)
            let old = try Data(contentsOf: folder.file("server.pem"))
            try Data("not a certificate".utf8).write(to: folder.file("server.pem"))
            #expect(try await Self.storescu(server.port, trust, as: "client", file.path).status == 0)
            try await server.events.wait { if case .tlsFilesUnusable = $0 { true } else { false } }

            // A new authority: who trusts only that is served now, with the new certificate.
            _ = try await Self.certificates(again: true, in: folder)
            #expect(try Data(contentsOf: folder.file("server.pem")) != old)
            let result = try await Self.storescu(server.port, trust, as: "client", file.path)
            #expect(result.status == 0, "\(result.text)")
        }
    }

    @Test func unusableFilesAreNamed() async throws {
        let folder = try TemporaryFolder()
        let trust = try await Self.certificates(in: folder)
        #expect(throws: TLSError.self) {
            try TLSIdentity(TLSFiles(certificate: trust + "/none.pem", key: trust + "/server.key", authority: nil))
        }
        // The key of another certificate.
        #expect(throws: TLSError.self) {
            try TLSIdentity(TLSFiles(certificate: trust + "/server.pem", key: trust + "/client.key", authority: nil))
        }
    }
}
