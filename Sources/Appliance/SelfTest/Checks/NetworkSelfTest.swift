import DICOM
import DICOMNetwork
import Delivery
import Records
import Spool

/// Whether the box is connected, its ports are its own, and its destinations answer. Nothing that is found here is a
/// fault of the program's version: an outage is none.
struct NetworkSelfTest: SelfTestCheck {
    /// For all destinations together, which are asked at the same time.
    static let destinationSeconds: Int64 = 10

    let configuration: ApplianceConfiguration?
    let dataFolder: String
    /// Whether systemd listens in intake's place.
    let isSocketUnitActive: @Sendable () async -> Bool

    var subject: SelfTestSubject { .network }

    func run(_ progress: @escaping @Sendable (Double) -> Void) async -> [SelfTestFinding] {
        let interfaces = NetworkInterface.connected()
        var findings: [SelfTestFinding] = interfaces.isEmpty
            ? [.init(.attention, .noAddress)]
            : interfaces.map { .init(.ok, .addressed(interface: $0.name, addresses: $0.addresses)) }
        guard let configuration else { return findings }
        findings += await ports(configuration.intake)
        guard !configuration.destinations.isEmpty else { return findings + [.init(.ok, .noDestinations)] }
        let asked = configuration.destinations
        await withTaskGroup(of: (Int, SelfTestFinding).self) { group in
            for (number, destination) in asked.enumerated() {
                group.addTask { (number, await Self.ask(destination)) }
            }
            var answers: [Int: SelfTestFinding] = [:]
            for await (number, answer) in group {
                answers[number] = answer
                progress(Double(answers.count) / Double(asked.count))
            }
            findings += asked.indices.compactMap { answers[$0] }
        }
        return findings
    }

    private func ports(_ intake: ApplianceConfiguration.Intake) async -> [SelfTestFinding] {
        let isIntakeRunning = StageLock.isHeld(folder: StageFiles.folder(.intake, in: dataFolder))
        var findings: [SelfTestFinding] = []
        for port in [intake.port, intake.tls?.port ?? 0] where port > 0 {
            switch PortState(address: intake.address, port: port) {
            case .free: findings.append(.init(.ok, .portFree(port: port)))
            case .addressNotHere: findings.append(.init(.attention, .addressNotHere(address: intake.address)))
            case .taken:
                let isOurs = isIntakeRunning ? true : await isSocketUnitActive()
                findings.append(isOurs ? .init(.ok, .portOpen(port: port)) : .init(.attention, .portTaken(port: port)))
            case .unknown: break
            }
        }
        return findings
    }

    private static func ask(_ destination: ApplianceConfiguration.Destination) async -> SelfTestFinding {
        let problem: String?
        switch destination.transport {
        case .dicom(let peer, _): problem = await echo(peer.remoteApplicationEntity)
        case .stow(let server):
            do throws(STOWSettingsError) {
                problem = await STOWProbe(try STOWSettings(
                    name: destination.name, url: server.url, caCertificatePath: server.caCertificate,
                    clientCertificatePath: server.clientCertificate, clientKeyPath: server.clientKey)
                ).problem(withinSeconds: destinationSeconds)
            } catch {
                problem = error.description
            }
        }
        return problem.map { .init(.attention, .destinationSilent(name: destination.name, reason: $0)) }
            ?? .init(.ok, .destinationAnswers(name: destination.name))
    }

    /// C-ECHO; nil where it succeeds.
    private static func echo(_ peer: RemoteApplicationEntity) async -> String? {
        var timeouts = AssociationTimeouts()
        timeouts.artim = .seconds(destinationSeconds)
        timeouts.idle = .seconds(destinationSeconds)
        timeouts.write = .seconds(destinationSeconds)
        let verification = PresentationContextProposal(
            id: 1, abstractSyntax: SOPClass.verification, transferSyntaxes: [.implicitVRLittleEndian])
        do throws(AssociationError) {
            let client = StorageClient(timeouts: timeouts, connectTimeout: .seconds(destinationSeconds))
            let status = try await client.withAssociation(to: peer, contexts: [verification]) {
                association throws(AssociationError) in try await association.echo()
            }
            return status == .success ? nil : "it answers C-ECHO with \(status)"
        } catch {
            return error.description
        }
    }
}
