import Crypto
import GRDB
import Records

/// Something about a kept object that is not as it was written.
public struct InstanceFault: Sendable, Codable, Equatable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// The index tells of an object whose file is gone or cannot be opened.
        case missing
        /// The file's bytes are not those that were written.
        case damaged
        /// File and index tell of different objects.
        case contradictory
    }

    public var kind: Kind
    public var stage: Stage
    public var sequence: Int64
    public var sopInstanceUID: String
    public var path: String
    /// For the operator.
    public var what: String
}

/// What ``InstanceReader/verify(readsData:_:)`` found.
public struct VerificationReport: Sendable, Codable, Equatable {
    public var stage: Stage
    /// Objects looked at.
    public var objects: Int64 = 0
    /// Bytes of data sets that were read.
    public var bytes: Int64 = 0
    public var faults: [InstanceFault] = []
    /// Faults beyond ``maximumFaults``.
    public var furtherFaults: Int64 = 0

    public init(stage: Stage) { self.stage = stage }

    /// Faults that are listed one by one; more are counted.
    public static let maximumFaults = 10_000
}

extension InstanceReader {
    private static let rowsInPage = 256
    private static let pieceLength: Int64 = 1024 * 1024

    /// How many objects the index tells of.
    public func count() throws(SpoolError) -> Int64 {
        try database.read { try Int64.fetchOne($0, sql: "SELECT COUNT(*) FROM instance") ?? 0 }
    }

    /// Compares every row of the index with its file, while the stage runs or not. Changes nothing.
    ///
    /// - Parameters:
    ///   - readsData: whether each data set is read and its digest taken, or only its trailer looked at.
    ///   - progress: called with the number of objects looked at.
    public func verify(
        readsData: Bool, _ progress: (Int64) -> Void
    ) throws(SpoolError) -> VerificationReport {
        var report = VerificationReport(stage: stage)
        var last: Int64 = 0
        while true {
            let after = last
            let page = try database.read { database in
                try InstanceIndex.entries(
                    "sequence > ? ORDER BY sequence LIMIT ?", [after, Self.rowsInPage], in: database)
            }
            guard let newest = page.last else { return report }
            for entry in page {
                if let fault = try fault(entry, readsData: readsData, &report) { add(fault, to: &report) }
                report.objects += 1
                progress(report.objects)
            }
            last = newest.instance.sequence
        }
    }

    private func add(_ fault: InstanceFault, to report: inout VerificationReport) {
        if report.faults.count < VerificationReport.maximumFaults {
            report.faults.append(fault)
        } else {
            report.furtherFaults += 1
        }
    }

    func fault(
        _ entry: InstanceIndex.Entry, readsData: Bool, _ report: inout VerificationReport
    ) throws(SpoolError) -> InstanceFault? {
        guard let (kind, what) = examine(entry, readsData: readsData, &report) else { return nil }
        // Its stage may have let go of it meanwhile.
        do throws(SpoolError) { _ = try locate(entry.instance.sequence) } catch .notFound { return nil }
        return InstanceFault(
            kind: kind, stage: stage, sequence: entry.instance.sequence,
            sopInstanceUID: entry.instance.sopInstanceUID.value, path: folder.path(entry.file), what: what)
    }

    private func examine(
        _ entry: InstanceIndex.Entry, readsData: Bool, _ report: inout VerificationReport
    ) -> (InstanceFault.Kind, String)? {
        let path = folder.path(entry.file)
        let file: any DiskFile
        do throws(DiskError) {
            file = try folder.disk.open(path, for: .reading)
        } catch {
            return (.missing, "\(error)")
        }
        do throws(SpoolError) {
            guard let trailer = try Trailer.read(file, path: path) else {
                return (.damaged, "it does not end with a whole trailer")
            }
            guard trailer == entry.instance else { return (.contradictory, "its trailer tells of another object") }
            guard readsData else { return nil }
            report.bytes += trailer.dataSetLength
            let isIntact = try digest(file, count: trailer.dataSetLength) == trailer.sha256
            return isIntact ? nil : (.damaged, "its bytes differ from the digest taken on receipt")
        } catch {
            return (.damaged, "\(error)")
        }
    }

    private func digest(_ file: any DiskFile, count: Int64) throws(SpoolError) -> Records.Digest? {
        var hash = SHA256()
        var offset: Int64 = 0
        while offset < count {
            let piece: [UInt8]
            do throws(DiskError) {
                piece = try file.read(at: offset, count: Int(min(Self.pieceLength, count - offset)))
            } catch {
                throw .disk(error)
            }
            guard !piece.isEmpty else { return nil }
            piece.withUnsafeBytes { hash.update(bufferPointer: $0) }
            offset += Int64(piece.count)
        }
        return Records.Digest(hash.finalize())
    }
}
