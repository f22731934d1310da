import Foundation
import Testing
import TestSupport

/// The program as systemd runs it: with a service manager's socket, its ports, its credentials and its journal.
@Suite("Under a service manager", .serialized)
struct SupervisionTests {
    private static let python = Repository.root.appendingPathComponent("Tests/SliceTests/Python").path

    /// An intake, or more, that needs nobody else.
    private struct Box {
        let folder: TemporaryFolder
        let manager: NotifySocket
        let port: Int
        let configuration: URL

        init(intake: String = "", models: String = "") throws {
            folder = try TemporaryFolder()
            manager = try NotifySocket(in: folder)
            port = try freePort()
            configuration = folder.file("outpost.yaml")
            try """
                station: {name: OUTPOST-TEST}
                data_folder: \(folder.file("data").path)
                intake: {ae_title: OUTPOST, address: 127.0.0.1, port: \(port), study_quiet_seconds: 1\(intake)}
                analysis: {models: [\(models)]}
                """.write(to: configuration, atomically: true, encoding: .utf8)
        }

        func command(_ unit: String) -> [String] { [Site.program, unit, "--config", configuration.path] }

        /// - Parameter watchdogSeconds: every part's patience is some times that.
        func start(_ unit: String, watchdogSeconds: Int = 60) throws -> Subprocess {
            try Subprocess(command(unit), environment: manager.environment(watchdogSeconds: watchdogSeconds))
        }

        func ready(_ program: Subprocess) async throws {
            try await eventually("readiness") {
                guard program.isRunning else { throw TestSupportError("it ended: \(program.errors)") }
                return manager.messages.contains("READY=1")
            }
        }

        func echo() async throws -> Bool {
            try await Subprocess.run(["echoscu", "-aec", "OUTPOST", "127.0.0.1", "\(port)"]).status == 0
        }

        func send(_ file: URL) async throws {
            try await Subprocess.run(["storescu", "-aec", "OUTPOST", "127.0.0.1", "\(port)", file.path])
                .requireSuccess()
        }
    }

    @Test("It says when it is ready, what it does, that all moves, and that it ends")
    func notifications() async throws {
        let box = try Box()
        let intake = try box.start("intake")
        try await box.ready(intake)
        // Ready is who takes connections.
        #expect(try await box.echo())
        try await eventually("a sign of life") { box.manager.messages.contains("WATCHDOG=1") }
        try await eventually("words") { box.manager.status == "Ready to receive as OUTPOST" }
        try await box.send(try await Repository.pydicomFiles().appendingPathComponent("CT_small.dcm"))
        try await eventually("news of the sender") { box.manager.status.hasPrefix("Receiving from STORESCU: 1 image") }

        let status = try await Subprocess.run(
            [Site.program, "status", "--json", "--config", box.configuration.path]).requireSuccess()
        #expect(status.output.contains("\"activities\""))
        #expect(try await Subprocess.run([Site.program, "status", "--config", box.configuration.path]).output
            .contains("intake: running: "))

        try await intake.stop()
        #expect(box.manager.messages.contains("STOPPING=1"))
        #expect(intake.result.status == 0)
    }

    @Test("A disk that hangs is named, the watchdog is not fed meanwhile, and what moves again is told")
    func hangingDisk() async throws {
        let box = try Box()
        let intake = try box.start("intake", watchdogSeconds: 2)
        try await box.ready(intake)
        let input = Pipe()
        let holder = try Subprocess(
            [
                Repository.python, "\(Self.python)/hold_database.py", box.folder.file("data/intake/stage.sqlite").path,
            ], input: input)
        try await eventually("the lock") { holder.output.contains("held") }
        try await eventually("the part's name") {
            box.manager.status.hasPrefix("Hangs: ") && box.manager.status.contains("the disk has not moved")
        }
        // From the moment of that on.
        let messages = box.manager.messages
        let last = messages.lastIndex { $0.hasPrefix("STATUS=Hangs") && $0.contains("the disk") } ?? 0
        #expect(!messages[last...].contains("WATCHDOG=1"))
        #expect(intake.errors.contains("intake partOverdue part=spool"))

        try input.fileHandleForWriting.close()
        try await eventually("movement") { intake.errors.contains("partMoves part=spool") }
        let before = box.manager.messages.count { $0 == "WATCHDOG=1" }
        try await eventually("a fed watchdog") { box.manager.messages.count { $0 == "WATCHDOG=1" } > before }
        try await intake.stop()
    }

    @Test("A thread of the connections that hangs is named")
    func hangingThread() async throws {
        let box = try Box()
        let input = Pipe()
        let program = try Subprocess(
            [Repository.python, "\(Self.python)/hang_thread.py", "NIO-ELT-"] + box.command("intake"),
            environment: box.manager.environment(watchdogSeconds: 2), input: input)
        defer { program.send(SIGTERM) }
        try await box.ready(program)
        try input.fileHandleForWriting.write(contentsOf: Data("hang\n".utf8))
        try await eventually("the stopped thread") {
            guard program.isRunning else { throw TestSupportError("it ended: \(program.errors)") }
            return program.output.contains("stopped")
        }
        try await eventually("the part's name") {
            // A manager that does not read would make the program wait.
            _ = box.manager.messages
            return program.errors.contains("intake partOverdue part=eventLoops")
        }
    }

    @Test("An image whose analysis hangs is named as the part that hangs")
    func hangingAnalysis() async throws {
        let model = "{file: \(Site.model.path), modalities: [CT], body_parts: [CHEST]}"
        let box = try Box(models: model)
        let file = box.folder.file("chest.dcm")
        try FileManager.default.copyItem(
            at: try await Repository.pydicomFiles().appendingPathComponent("CT_small.dcm"), to: file)
        try await Subprocess.run(["dcmodify", "-nb", "-i", "(0018,0015)=CHEST", file.path]).requireSuccess()
        let intake = try box.start("intake")
        try await box.ready(intake)
        try await box.send(file)
        try await eventually("the study's end") { intake.errors.contains("intake studyComplete") }
        try await intake.stop()
        // In the place of the image a file that never gives a byte, as one on a disk that has died.
        let kept = try #require(
            try FileManager.default.subpathsOfDirectory(atPath: box.folder.file("data/intake").path)
                .map { box.folder.file("data/intake/\($0)") }
                .first { try $0.resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey]).fileSize ?? 0 > 30_000
                    && $0.lastPathComponent.allSatisfy(\.isNumber) })
        try FileManager.default.removeItem(at: kept)
        #expect(mkfifo(kept.path, 0o600) == 0)

        let analysis = try box.start("analysis", watchdogSeconds: 2)
        defer { analysis.send(SIGKILL) }
        try await eventually("the part's name", within: patience * 2) {
            _ = box.manager.messages
            return analysis.errors.contains("analysis partOverdue part=inference")
        }
    }

    /// Foundation knows that a program has ended when the last copy of a descriptor is closed, and waits for it then;
    /// systemd-socket-activate closes all that it does not know when it begins. The shell keeps a copy.
    private static let keptByShell = [
        "sh", "-c", "trap 'kill $child' TERM; \"$@\" & child=$!; wait $child; wait $child", "sh",
    ]

    @Test("Ports that are handed over are taken; one that the configuration does not have is let go")
    func socketActivation() async throws {
        let box = try Box()
        let other = try freePort()
        let program = try Subprocess(
            Self.keptByShell + [
                "systemd-socket-activate", "-l", "127.0.0.1:\(box.port)", "-l", "127.0.0.1:\(other)",
                "--fdname=dicom:dicom-tls",
            ] + box.command("intake"))
        // The first call starts the program, which opens the port itself if it does not take the one it was given; and
        // that would fail.
        try await eventually("an answer") {
            guard program.isRunning else { throw TestSupportError("it ended: \(program.errors)") }
            return try await box.echo()
        }
        #expect(program.errors.contains("intake portNotTaken port=\(other)"))
        try await program.stop()
    }

    @Test("The journal has each event with its fields", .enabled(if: mayMount))
    func journal() async throws {
        let box = try Box()
        let played = try await Subprocess.run(
            Self.ownMounts + [
                Repository.python, "\(Self.python)/play_journal.py", box.folder.path, "50",
            ] + box.command("intake")
        ).requireSuccess()
        let entries = try played.output.split(separator: "\n").map {
            try JSONDecoder().decode([String: String].self, from: Data($0.utf8))
        }
        let started = try #require(entries.first { $0["OUTPOST_EVENT"] == "started" })
        #expect(started["OUTPOST_STAGE"] == "intake")
        #expect(started["OUTPOST_PORT"] == "\(box.port)")
        #expect(started["OUTPOST_AE_TITLE"] == "OUTPOST")
        #expect(started["PRIORITY"] == "5")
        #expect(started["MESSAGE"]?.hasPrefix("intake started aeTitle=OUTPOST") == true)
        // As docs/OPERATIONS.md has it.
        let table = try String(contentsOf: Repository.root.appending(path: "docs/OPERATIONS.md"), encoding: .utf8)
        #expect(table.contains("| `started` | `\(started["MESSAGE_ID"] ?? "none")` |"))
        #expect(entries.contains { $0["OUTPOST_EVENT"] == "stopped" })
    }

    /// The journal's socket has a fixed place, and only who has mounts of its own can put another there.
    private static let ownMounts = geteuid() == 0 ? ["unshare", "--mount"] : ["unshare", "--map-root-user", "--mount"]

    private static let mayMount: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ownMounts + ["mount", "-t", "tmpfs", "tmpfs", "/run"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test("Certificate and key come from the unit's credentials")
    func credentials() async throws {
        let port = try freePort()
        let box = try Box(
            intake: """
                , tls: {port: \(port), certificate: "credential:outpost.device.pem",
                    key: "credential:outpost.device.key"}
                """)
        try await PeerProgram.makeCertificates(in: box.folder)
        let credentials = box.folder.file("credentials")
        try FileManager.default.createDirectory(at: credentials, withIntermediateDirectories: true)
        for suffix in ["pem", "key"] {
            try FileManager.default.copyItem(
                at: box.folder.file("server.\(suffix)"),
                to: credentials.appendingPathComponent("outpost.device.\(suffix)"))
        }
        let environment = ["CREDENTIALS_DIRECTORY": credentials.path]
        let intake = try Subprocess(box.command("intake"), environment: environment)
        try await eventually("an answer over TLS") {
            guard intake.isRunning else { throw TestSupportError("it ended: \(intake.errors)") }
            return try await Subprocess.run([
                "echoscu", "+tla", "+cf", box.folder.file("ca.pem").path, "-aec", "OUTPOST", "127.0.0.1", "\(port)",
            ]).status == 0
        }
        try await intake.stop()

        // Who has no credentials can read the configuration all the same, and is told what it cannot see.
        let check = try await Subprocess.run([Site.program, "check-config", box.configuration.path]).requireSuccess()
        #expect(check.output.contains("warning: intake.tls.key: the credential outpost.device.key"))
        // Who has them, and lacks one, is told of a mistake.
        try FileManager.default.removeItem(at: credentials.appendingPathComponent("outpost.device.key"))
        let incomplete = try await Subprocess.run(
            [Site.program, "check-config", box.configuration.path], environment: environment)
        #expect(incomplete.status == 78)
        #expect(incomplete.output.contains("error: intake.tls.key: the file \(credentials.path)/outpost.device.key"))
    }
}
