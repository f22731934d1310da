import DICOM
import Delivery
import Foundation
import Records
import TestSupport
import Testing

/// Against a real hub: Orthanc's DICOMweb plug-in behind nginx with TLS 1.3 and client certificates.
@Suite(.hub) struct STOWDestinationTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func settings(
        _ hub: PeerProgram, url: String? = nil, client: String = "client", authority: String = "ca.pem"
    ) throws -> STOWSettings {
        try STOWSettings(
            name: "hub", url: url ?? hub.ready.stow ?? "", caCertificatePath: hub.certificate(authority),
            clientCertificatePath: hub.certificate("\(client).pem"), clientKeyPath: hub.certificate("\(client).key"))
    }

    /// POSTs that nginx logged for a URL with `?test=`, which DICOMweb ignores.
    /// nginx writes its line a moment after the answer.
    private func requests(_ hub: PeerProgram, _ mark: String, expected: Int) async throws -> Int {
        let log = URL(fileURLWithPath: hub.ready.folder).appendingPathComponent("nginx/access.log")
        var count = 0
        try await eventually("the lines of nginx about \(mark)") {
            count = String(decoding: try Data(contentsOf: log), as: UTF8.self)
                .split(separator: "\n").filter { $0.contains("?test=\(mark) ") }.count
            return count >= expected
        }
        return count
    }

    private func marked(_ hub: PeerProgram, _ mark: String) -> String { (hub.ready.stow ?? "") + "?test=\(mark)" }

    @Test func realImagesArriveBitForBit() async throws {
        let hub = try Hub.shared()
        let files = try await Repository.pydicomFiles()
        let names = ["CT_small.dcm", "MR_small.dcm", "JPEG2000.dcm"]
        let consignments = try names.map { try Objects.file(files.appendingPathComponent($0), in: folder) }
        let outcomes = try await STOWDestination(settings(hub)).outcomes(consignments)
        #expect(outcomes == [.delivered, .delivered, .delivered])
        for consignment in consignments {
            let kept = try await hub.file(sopInstanceUID: consignment.sopInstanceUID.value)
            let (_, syntax, dataSet) = try Part10.split(kept[...])
            #expect(syntax == consignment.transferSyntax)
            #expect(try Array(dataSet) == Objects.bytes(consignment), "\(consignment.sopInstanceUID)")
        }
    }

    @Test func aLargeObjectIsStreamedInChunks() async throws {
        let hub = try Hub.shared()
        let large = try Objects.small(in: folder, pixelBytes: (9 << 20) + 2)
        #expect(try await STOWDestination(settings(hub)).outcomes([large]) == [.delivered])
        let kept = try await hub.file(sopInstanceUID: large.sopInstanceUID.value)
        #expect(try Array(Part10.split(kept[...]).dataSet) == Objects.bytes(large))
    }

    @Test func manyObjectsTravelInFewRequests() async throws {
        let hub = try Hub.shared()
        let consignments = try (0..<40).map { _ in try Objects.small(in: folder) }
        let destination = STOWDestination(try settings(hub, url: marked(hub, "many")))
        #expect(await destination.outcomes(consignments) == Array(repeating: .delivered, count: 40))
        #expect(try await requests(hub, "many", expected: 3) == 3)
    }

    @Test func oneBadObjectDoesNotHoldUpTheOthers() async throws {
        let hub = try Hub.shared()
        let good = try (0..<3).map { _ in try Objects.small(in: folder) }
        // Orthanc answers 400 for both requests; it names the object without a study and is silent about the noise.
        let withoutStudy = try Objects.small(in: folder, study: false)
        let noise = try Objects.noise(in: folder)
        let outcomes = try await STOWDestination(settings(hub))
            .outcomes([good[0], noise, good[1], withoutStudy, good[2]])
        #expect([outcomes[0], outcomes[2], outcomes[4]] == [.delivered, .delivered, .delivered])
        #expect(outcomes[1]?.refusalReason?.contains("HTTP 400") == true, "\(String(describing: outcomes[1]))")
        #expect(outcomes[3]?.refusalReason?.contains("C000") == true, "\(String(describing: outcomes[3]))")
        for consignment in good {
            #expect(try await hub.instances(sopInstanceUID: consignment.sopInstanceUID.value).count == 1)
        }
    }

    @Test func aFileThatIsGoneOrCutHoldsUpNobody() async throws {
        let hub = try Hub.shared()
        let good = try Objects.small(in: folder)
        var gone = try Objects.small(in: folder)
        gone.path += ".gone"
        var cut = try Objects.small(in: folder)
        cut.dataSetLength += 10_000
        let outcomes = try await STOWDestination(settings(hub)).outcomes([gone, good, cut])
        #expect(outcomes[1] == .delivered)
        #expect(outcomes[0]?.retryReason?.contains("cannot be opened") == true)
        #expect(outcomes[2]?.retryReason?.contains("check the disk") == true)
    }

    /// The first is seen before its request is begun, the second while it is sent.
    @Test(arguments: [1000, 9 << 20]) func whatIsDamagedNeverArrives(pixelBytes: Int) async throws {
        let hub = try Hub.shared()
        let good = try (0..<2).map { _ in try Objects.small(in: folder) }
        let damaged = try Objects.small(in: folder, pixelBytes: pixelBytes)
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: damaged.path))
        try handle.seek(toOffset: UInt64(damaged.dataSetLength - 1))
        let last = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: UInt64(damaged.dataSetLength - 1))
        try handle.write(contentsOf: [last ^ 1])
        try handle.close()
        let outcomes = try await STOWDestination(settings(hub)).outcomes([good[0], damaged, good[1]])
        #expect([outcomes[0], outcomes[2]] == [.delivered, .delivered])
        guard case .unsendable = outcomes[1] else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(try await hub.instances(sopInstanceUID: damaged.sopInstanceUID.value).isEmpty)
        for consignment in good {
            #expect(try await hub.instances(sopInstanceUID: consignment.sopInstanceUID.value).count == 1)
        }
    }

    @Test(arguments: [429, 503]) func aHubThatAsksToBeLeftAloneIsHeard(status: Int) async throws {
        let hub = try Hub.shared()
        let port = try freePort()
        let script = """
            import http.server, ssl, sys
            class Busy(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    self.rfile.read(int(self.headers['Content-Length']))
                    self.send_response(int(sys.argv[4]))
                    self.send_header('Retry-After', '77')
                    self.send_header('Content-Length', '0')
                    self.end_headers()
            server = http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Busy)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[2], sys.argv[3])
            server.socket = context.wrap_socket(server.socket, server_side=True)
            print('LISTENING', flush=True)
            server.serve_forever()
            """
        let busy = try Subprocess([
            Repository.python, "-c", script, "\(port)", hub.certificate("server.pem"), hub.certificate("server.key"),
            "\(status)",
        ])
        try await eventually("a busy hub") { busy.output.contains("LISTENING") }
        let consignments = try (0..<20).map { _ in try Objects.small(in: folder) }
        let outcomes = try await STOWDestination(settings(hub, url: "https://localhost:\(port)/dicom-web/studies"))
            .outcomes(consignments)
        for outcome in outcomes {
            guard case .unavailable(_, retryAfter: .seconds(77)) = outcome else {
                Issue.record("\(String(describing: outcome))")
                continue
            }
        }
        try await busy.stop()
    }

    @Test func aStrangersCertificateIsNamedAndARenewedOneNeedsNoRestart() async throws {
        let hub = try Hub.shared()
        let consignments = try (0..<3).map { _ in try Objects.small(in: folder) }
        let certificate = folder.file("client.pem")
        let key = folder.file("client.key")
        func install(_ name: String) throws {
            try Data(contentsOf: URL(fileURLWithPath: hub.certificate("\(name).pem"))).write(to: certificate)
            try Data(contentsOf: URL(fileURLWithPath: hub.certificate("\(name).key"))).write(to: key)
        }
        let url = marked(hub, "stranger")
        let destination = STOWDestination(
            try STOWSettings(
                name: "hub", url: url, caCertificatePath: hub.certificate("ca.pem"),
                clientCertificatePath: certificate.path, clientKeyPath: key.path))
        for outcome in await destination.outcomes(consignments) {
            #expect(outcome?.retryReason?.contains(certificate.path) == true, "no file yet")
        }
        try install("other-client")
        for outcome in await destination.outcomes(consignments) {
            #expect(outcome?.retryReason?.contains("client certificate") == true, "\(String(describing: outcome))")
        }
        #expect(try await requests(hub, "stranger", expected: 1) == 1, "one refusal is enough for the whole batch")
        try install("client")
        #expect(await destination.outcomes(consignments) == [.delivered, .delivered, .delivered])
    }

    @Test func aHubOfAnotherAuthorityGetsNothing() async throws {
        let hub = try Hub.shared()
        let consignment = try Objects.small(in: folder)
        let outcomes = try await STOWDestination(settings(hub, authority: "other-ca.pem")).outcomes([consignment])
        #expect(outcomes[0]?.retryReason?.contains("do not trust each other") == true, "\(outcomes)")
        #expect(try await hub.instances(sopInstanceUID: consignment.sopInstanceUID.value).isEmpty)
    }

    @Test func aWrongPathIsNamed() async throws {
        let hub = try Hub.shared()
        let url = (hub.ready.stow ?? "").replacingOccurrences(of: "/dicom-web/studies", with: "/elsewhere")
        let outcomes = try await STOWDestination(settings(hub, url: url)).outcomes([try Objects.small(in: folder)])
        #expect(outcomes[0]?.retryReason?.contains("check the destination's url") == true, "\(outcomes)")
    }

    @Test func anObjectOverTheHubsLimitIsRefusedAloneAndTheRestArrives() async throws {
        let hub = try Hub.shared()
        let front = try await PeerProgram(
            "nginx", folder: folder.file("front"),
            [
                "--upstream", "\(hub.ready.httpPort ?? 0)", "--certificates", hub.certificate(""),
                "--maximum-body", "40k",
            ])
        let url = "https://localhost:\(front.ready.httpsPort ?? 0)/dicom-web/studies"
        let small = try (0..<2).map { _ in try Objects.small(in: folder, pixelBytes: 8000) }
        let large = try Objects.small(in: folder, pixelBytes: 2_000_000)
        let outcomes = try await STOWDestination(settings(hub, url: url)).outcomes([small[0], large, small[1]])
        #expect([outcomes[0], outcomes[2]] == [.delivered, .delivered])
        #expect(outcomes[1]?.refusalReason?.contains("larger than the hub allows") == true, "\(outcomes)")
        try await front.stop()
    }

    @Test func nobodyThereIsARetryForEveryObject() async throws {
        let hub = try Hub.shared()
        let url = "https://localhost:\(try freePort())/dicom-web/studies"
        let consignments = try (0..<40).map { _ in try Objects.small(in: folder) }
        let outcomes = try await STOWDestination(settings(hub, url: url)).outcomes(consignments)
        #expect(outcomes.count { $0?.retryReason?.contains("no connection to the hub") == true } == 40)
    }

    @Test func anArchiveThatIsDownBehindItsProxyIsARetry() async throws {
        let hub = try Hub.shared()
        let front = try await PeerProgram(
            "nginx", folder: folder.file("front"),
            ["--upstream", "\(try freePort())", "--certificates", hub.certificate("")])
        let url = "https://localhost:\(front.ready.httpsPort ?? 0)/dicom-web/studies"
        let outcomes = try await STOWDestination(settings(hub, url: url)).outcomes([try Objects.small(in: folder)])
        #expect(outcomes[0]?.retryReason?.contains("HTTP 502") == true, "\(outcomes)")
        try await front.stop()
    }

    @Test func anOutageInTheMiddleLosesNothing() async throws {
        let store = folder.file("outage")
        var hub = try await PeerProgram.hub(store)
        let destination = STOWDestination(try settings(hub))
        let consignments = try (0..<6).map { _ in try Objects.small(in: folder) }
        #expect(await destination.outcomes(Array(consignments.prefix(2))) == [.delivered, .delivered])
        try await hub.stop()
        for outcome in await destination.outcomes(Array(consignments.dropFirst(2))) {
            #expect(outcome?.retryReason != nil)
        }
        hub = try await PeerProgram.hub(store)
        #expect(await destination.outcomes(Array(consignments.dropFirst(2))) == Array(repeating: .delivered, count: 4))
        for consignment in consignments {
            #expect(try await hub.instances(sopInstanceUID: consignment.sopInstanceUID.value).count == 1)
        }
        try await hub.stop()
    }

    @Test func whatIsWrongWithTheConnectionIsSaidInWords() async throws {
        let hub = try Hub.shared()
        func words(_ settings: STOWSettings) async throws -> String {
            let outcomes = await STOWDestination(settings).outcomes([try Objects.small(in: folder)])
            return try #require(outcomes[0]?.retryReason)
        }
        let untrusted = try await words(settings(hub, authority: "other-ca.pem"))
        #expect(untrusted.contains("(TLS: CERTIFICATE_VERIFY_FAILED)"), "\(untrusted)")
        let plainURL = "https://localhost:\(hub.ready.httpPort ?? 0)/dicom-web/studies"
        let plain = try await words(settings(hub, url: plainURL))
        #expect(plain.contains("does not speak TLS"), "\(plain)")
        let unknown = try await words(settings(hub, url: "https://no-such-host.invalid/dicom-web/studies"))
        #expect(unknown.contains("the name no-such-host.invalid is not known"), "\(unknown)")
        let refused = try await words(settings(hub, url: "https://localhost:\(try freePort())/dicom-web/studies"))
        #expect(refused.contains("(connection refused)"), "\(refused)")
        var mixed = try settings(hub)
        mixed.clientKeyPath = hub.certificate("other-client.key")
        let mismatch = try await words(mixed)
        #expect(mismatch.contains("do not belong together"), "\(mismatch)")
    }

    @Test func aHubThatNeverAnswersIsARetryInBoundedTime() async throws {
        let hub = try Hub.shared()
        let port = try freePort()
        // openssl's test server takes the request and says nothing; its input stays open.
        let input = Pipe()
        let silent = try Subprocess(
            ["openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-tls1_3", "-cert", hub.certificate("server.pem"),
             "-key", hub.certificate("server.key")], input: input)
        try await eventually("openssl s_server listening") { silent.output.contains("ACCEPT") }
        var patient = try settings(hub, url: "https://localhost:\(port)/dicom-web/studies")
        patient.limits.idleSeconds = 1
        let outcomes = await STOWDestination(patient).outcomes([try Objects.small(in: folder)])
        #expect(outcomes[0]?.retryReason?.contains("did not answer in time") == true, "\(outcomes)")
        try await silent.stop()
        withExtendedLifetime(input) {}
    }

    @Test func tls12IsNotSpoken() async throws {
        let hub = try Hub.shared()
        let port = try freePort()
        let input = Pipe()
        let old = try Subprocess(
            ["openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-tls1_2", "-cert", hub.certificate("server.pem"),
             "-key", hub.certificate("server.key")], input: input)
        try await eventually("openssl s_server listening") { old.output.contains("ACCEPT") }
        let outcomes = try await STOWDestination(settings(hub, url: "https://localhost:\(port)/dicom-web/studies"))
            .outcomes([try Objects.small(in: folder)])
        #expect(outcomes[0]?.retryReason?.contains("do not trust each other") == true, "\(outcomes)")
        try await old.stop()
        withExtendedLifetime(input) {}
    }

    @Test(arguments: ["http://hub.example/dicom-web/studies", "hub.example", "", "ftp://x/"])
    func onlyHTTPSIsTaken(url: String) {
        #expect(throws: STOWSettingsError.self) {
            try STOWSettings(
                name: "hub", url: url, caCertificatePath: "", clientCertificatePath: "", clientKeyPath: "")
        }
    }
}
