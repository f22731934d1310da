import DICOM
import Foundation
import GRDB
import Records
import TestSupport

@testable import Spool

/// An intake spool on a folder of its own, with shorthands for keeping things in it.
final class SpoolFixture {
    let folder: TemporaryFolder
    let disk = FaultyDisk()
    private(set) var spool: IntakeSpool?

    init() throws {
        folder = try TemporaryFolder()
        try open()
    }

    var path: String { folder.url.path }

    func open() throws { spool = try ProcessStart.paused { try IntakeSpool(folder: path, disk: disk) } }

    /// Lets go of the spool, as the end of the process would: afterwards nobody has its database open.
    func close() async throws {
        spool = nil
        // The thread that writes rows may hold it for a moment longer, and closing takes its time too.
        try await eventually("the end of the database") { try !hasOpenFiles }
    }

    /// Whether this process has a file of the spool open.
    private var hasOpenFiles: Bool {
        get throws {
            let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            return descriptors.contains { descriptor in
                // Some are closed by now.
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
                // A broken database stays open on purpose.
                return target.map { $0.hasPrefix(path + "/") && !$0.contains(".broken-") } ?? false
            }
        }
    }

    func reopen() async throws {
        try await close()
        try open()
    }

    var store: InstanceStore {
        get throws {
            guard let spool else { throw TestSupportError("the spool is closed") }
            return spool.instances
        }
    }

    /// Keeps an object and waits for its row.
    @discardableResult
    func keep(_ bytes: [UInt8], _ number: Int = 1, study: Int = 1) async throws -> Keeping {
        let store = try store
        let writer = try store.begin()
        try writer.append(bytes)
        let keeping = try await store.commit(writer, description(number, study: study))
        try await store.settle()
        return keeping
    }

    /// Changes the database behind the program's back.
    func database(_ body: (Database) throws -> Void) throws {
        try DatabaseQueue(path: StageFiles.database(path)).write(body)
    }

    /// The number of an instance file.
    func number(_ path: String) -> Int64 { Int64(URL(fileURLWithPath: path).lastPathComponent) ?? -1 }

    /// Every instance file on disk.
    func files() throws -> [URL] {
        let root = folder.url.appendingPathComponent("instances")
        let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.contains("/") }.sorted().map { root.appendingPathComponent($0) }
    }
}

let noon = RecordedTime(Timestamp(microseconds: 1_700_000_000_000_000), isTrusted: true)

func description(_ number: Int, study: Int = 1) -> InstanceDescription {
    func uid(_ text: String) -> UID { UID(text) ?? UID(known: "1.2") }
    return InstanceDescription(
        sopClassUID: SOPClass.secondaryCaptureImageStorage, sopInstanceUID: uid("1.2.3.\(number)"),
        studyInstanceUID: uid("1.9.\(study)"), seriesInstanceUID: uid("1.9.\(study).1"),
        transferSyntax: .explicitVRLittleEndian,
        peer: Peer(callingAETitle: "CT1", calledAETitle: "OUTPOST", address: "127.0.0.1"),
        received: noon, modality: "CT", bodyPartExamined: nil)
}
