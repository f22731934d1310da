import Foundation
import TestSupport

/// A file system of a few megabytes in memory, mounted on a folder in a mount namespace of its own.
///
/// The namespace lives as long as a keeper that waits for the end of its input: when the test is gone, however it
/// ended, so are keeper and mount.
final class SmallDisk: Sendable {
    private let keeper: Subprocess
    private let input: Pipe

    /// Root needs no user namespace, and many kernels give others none.
    private static let namespaces = geteuid() == 0 ? ["--mount"] : ["--mount", "--user", "--map-root-user"]

    /// Whether this machine lets the test have a namespace and a file system.
    static var isPossible: Bool {
        let probe = ["unshare"] + namespaces + ["mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        return (try? Tool.run("unshare", Array(probe.dropFirst())))?.exitCode == 0
    }

    /// - Parameter folder: is made; whoever is outside sees it empty.
    init(megabytes: Int, on folder: URL) async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        input = Pipe()
        let script = #"mount -t tmpfs -o size="$1"m,mode=700 tmpfs "$2" && echo mounted && exec cat"#
        keeper = try Subprocess(
            ["unshare"] + Self.namespaces + ["sh", "-c", script, "sh", "\(megabytes)", folder.path], input: input)
        try await eventually("the mount of a small file system") { [keeper] in
            guard keeper.isRunning else { throw TestSupportError("no small file system: \(keeper.errors)") }
            return keeper.output.contains("mounted")
        }
    }

    private func inside(_ arguments: [String]) -> [String] {
        let isUser = Self.namespaces.contains("--user")
        let entering = ["--mount"] + (isUser ? ["--user", "--preserve-credentials"] : [])
        return ["nsenter", "--target", "\(keeper.processIdentifier)"] + entering + arguments
    }

    /// Starts a program that sees the file system.
    func start(_ arguments: [String]) throws -> Subprocess { try Subprocess(inside(arguments)) }

    /// Runs a program that sees the file system to its end.
    func run(_ arguments: [String]) async throws -> Subprocess.Result { try await Subprocess.run(inside(arguments)) }

    func stop() async throws { try await keeper.stop() }
}
