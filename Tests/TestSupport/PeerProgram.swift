import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A real program on the other side, started by `Tests/Peers/peers.py`: Orthanc, nginx, or both as a hub.
public final class PeerProgram: Sendable {
    /// The line that a peer prints when it is ready; which fields there are depends on the command.
    public struct Ready: Sendable, Decodable {
        public var folder: String
        public var aeTitle: String?
        public var dicomPort: Int?
        public var httpPort: Int?
        public var httpsPort: Int?
        /// Folder with ca.pem, client.pem, client.key, other-ca.pem, other-client.pem, other-client.key.
        public var certificates: String?
        /// URL of the store transaction.
        public var stow: String?
        /// URL of Orthanc's own REST interface.
        public var rest: String?
    }

    public let ready: Ready
    private let program: Subprocess

    /// Starts a peer on `folder` and returns when it is ready. On a folder that was used before, it has the same ports
    /// and its store.
    public init(_ command: String, folder: URL, _ options: [String] = []) async throws {
        let program = try Subprocess(
            [Repository.python, Self.script, command, "--folder", folder.path, "--end-with-parent"] + options)
        do {
            try await eventually("readiness of the peer \(command)", within: patience * 2) {
                if program.output.contains("\n") { return true }
                guard program.isRunning else { throw TestSupportError("the peer \(command) ended: \(program.errors)") }
                return false
            }
            ready = try JSONDecoder().decode(Ready.self, from: Data(program.output.utf8))
        } catch {
            program.send(SIGTERM)
            throw error
        }
        self.program = program
    }

    private static let script = Repository.root.appendingPathComponent("Tests/Peers/peers.py").path

    /// Makes ca.pem, server.pem and .key, client.pem and .key, and an unrelated other-client.pem and .key in a folder;
    /// with `again` also where they are there already.
    public static func makeCertificates(in folder: TemporaryFolder, again: Bool = false) async throws {
        try await Subprocess.run(
            [Repository.python, script, "certificates", "--folder", folder.path] + (again ? ["--again"] : [])
        ).requireSuccess()
    }

    public static func hub(_ folder: URL) async throws -> PeerProgram { try await PeerProgram("hub", folder: folder) }

    public static func orthanc(_ folder: URL, aeTitle: String = "PACS") async throws -> PeerProgram {
        try await PeerProgram("orthanc", folder: folder, ["--ae-title", aeTitle])
    }

    /// Stops the peer in order. One that a failing test forgets is told to stop when nobody holds it any more.
    public func stop() async throws { try await program.stop() }

    deinit { program.send(SIGTERM) }

    /// A path in the folder of certificates.
    public func certificate(_ name: String) -> String { (ready.certificates ?? "") + "/" + name }

    /// The bytes at a path of Orthanc's REST interface; a body makes it a POST.
    public func rest(_ path: String, post body: String? = nil) async throws -> Data {
        var request = URLRequest(url: URL(string: (ready.rest ?? "") + path) ?? Repository.root)
        if let body {
            request.httpMethod = "POST"
            request.httpBody = Data(body.utf8)
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard status == 200 else { throw TestSupportError("Orthanc answered HTTP \(status) at \(path)") }
        return data
    }

    /// Orthanc's own identifiers of the instances with this SOP Instance UID.
    public func instances(sopInstanceUID: String) async throws -> [String] {
        let data = try await rest("/tools/lookup", post: sopInstanceUID)
        return try JSONDecoder().decode([[String: String]].self, from: data)
            .filter { $0["Type"] == "Instance" }.compactMap { $0["ID"] }
    }

    /// The Part 10 file that Orthanc keeps of an instance.
    public func file(sopInstanceUID: String) async throws -> [UInt8] {
        guard let identifier = try await instances(sopInstanceUID: sopInstanceUID).first else {
            throw TestSupportError("Orthanc does not have \(sopInstanceUID)")
        }
        return Array(try await rest("/instances/\(identifier)/file"))
    }
}
