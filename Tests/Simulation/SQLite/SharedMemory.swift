import Synchronization

/// The memory that all connections to one database in WAL mode share: SQLite's index of the log. It is no file, and
/// gone with the last connection.
///
/// Unchecked because SQLite reads and writes the regions, under locks of its own.
final class SharedMemory: @unchecked Sendable {
    private let regions = Mutex<[UInt]>([])

    deinit {
        for region in regions.withLock({ $0 }) { UnsafeMutableRawPointer(bitPattern: region)?.deallocate() }
    }

    /// The region's memory, zeros at first; nil where it does not exist and is not to be made.
    func region(_ number: Int, byteCount: Int, extends: Bool) -> UnsafeMutableRawPointer? {
        let address: UInt? = regions.withLock { regions in
            guard number < regions.count || extends else { return nil }
            while regions.count <= number {
                let region = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
                region.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
                regions.append(UInt(bitPattern: region))
            }
            return regions[number]
        }
        return address.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
    }
}
