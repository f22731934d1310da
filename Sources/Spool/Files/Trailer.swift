import Crypto
import Foundation
import Records

/// What stands behind the data set in an instance file, so that the file explains itself without any database.
///
/// Layout: data set | ``StoredInstance`` as JSON | 48-byte footer. The footer is the magic `OUTPOST1`, the JSON's
/// length as a 64-bit little-endian number, and the SHA-256 of the JSON. A file counts as complete only if all three
/// are right, so a torn write at the end never passes for an object; the data set's own digest stands in the JSON.
enum Trailer {
    static let magic = Array("OUTPOST1".utf8)
    static let footerLength = 8 + 8 + Records.Digest.byteCount
    /// UIDs, titles and a digest take some hundred bytes.
    static let longestJSON = 64 * 1024

    /// The trailer around a description.
    static func encode(_ json: [UInt8]) -> [UInt8] {
        let length = (0..<8).map { UInt8(truncatingIfNeeded: json.count >> ($0 * 8)) }
        return json + magic + length + Array(SHA256.hash(data: json))
    }

    /// The description at the end of `file`; nil where there is none, as in a prepared or half-written file.
    static func read(_ file: any DiskFile, path: String) throws(SpoolError) -> StoredInstance? {
        let footer: [UInt8]
        let json: [UInt8]
        do {
            let size = try file.size()
            guard size >= Int64(footerLength) else { return nil }
            footer = try file.read(at: size - Int64(footerLength), count: footerLength)
            guard footer.starts(with: magic) else { return nil }
            let length = footer[8..<16].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length <= UInt64(longestJSON), Int64(length) <= size - Int64(footerLength) else { return nil }
            json = try file.read(at: size - Int64(footerLength) - Int64(length), count: Int(length))
            guard footer[16...].elementsEqual(SHA256.hash(data: json)) else { return nil }
            let instance: StoredInstance
            do {
                instance = try JSONDecoder().decode(StoredInstance.self, from: Data(json))
            } catch {
                throw SpoolError.damagedFile(path: path, what: "its trailer is intact but not of a known form")
            }
            guard instance.dataSetLength == size - Int64(footerLength) - Int64(length) else {
                throw SpoolError.damagedFile(path: path, what: "its length differs from what its trailer says")
            }
            return instance
        } catch let error as DiskError {
            throw .disk(error)
        } catch let error as SpoolError {
            throw error
        } catch {
            throw .damagedFile(path: path, what: "\(error)")
        }
    }
}
