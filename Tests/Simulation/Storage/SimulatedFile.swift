import Foundation
import TestSupport

/// The content of one file: what every reader sees, what the platter holds, and the changes between the two.
///
/// What survives a loss of power is what Linux promises for ext4 and XFS, and no more:
/// - `fdatasync` makes content and size durable (fsync(2): metadata is flushed as far as "a subsequent data retrieval"
///   needs it, and "the file size" does).
/// - Without it each write may have reached the platter or not, in any order, whole or in part. A sector is written
///   as a whole, and holds what the page cache held at some moment; so a write never changes bytes beside its range,
///   which SQLite calls powersafe overwrite (sqlite.org/psow.html).
/// - Sizes are metadata and change in their order, journalled; data does not wait for them. Where the size has grown
///   and the data is lost there are zeros: neither file system shows what a block held before.
struct SimulatedFile: Sendable {
    /// The most that a disk writes at once (sqlite.org/atomiccommit.html, "Hardware Assumptions").
    static let sectorLength = 512

    private enum Change: Sendable {
        case write(offset: Int, bytes: [UInt8])
        case truncate(size: Int)
    }

    /// What is certain to be there after a loss of power.
    private(set) var durable: [UInt8] = []
    /// What readers see.
    private(set) var cached: [UInt8] = []
    /// Not yet synchronised, oldest first. `durable` with these applied is `cached`, unless a synchronisation failed.
    private var changes: [Change] = []

    init() {}

    private init(durable: [UInt8]) {
        self.durable = durable
        cached = durable
    }

    var isSynchronized: Bool { changes.isEmpty }

    mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        change(.write(offset: offset, bytes: Array(bytes)))
    }

    mutating func truncate(to size: Int) { change(.truncate(size: size)) }

    /// Copies what is there from `offset` on into `buffer` and gives the number of bytes.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, max(0, cached.count - offset))
        guard count > 0 else { return 0 }
        cached.withUnsafeBytes { cached in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: cached[offset..<offset + count]))
        }
        return count
    }

    mutating func synchronize() {
        for change in changes { Self.apply(change, to: &durable) }
        changes = []
    }

    /// What Linux does when writing back fails: the pages count as clean from then on, some of them written and some
    /// not, and the next synchronisation reports success. Readers see the new content until the cache lets go of it,
    /// which chance decides here. (fsync(2), EIO; Rebello et al., "Can Applications Recover from fsync Failures?",
    /// USENIX ATC 2020.)
    mutating func failToSynchronize(using chance: inout SeededGenerator) {
        durable = contentAfterPowerLoss(using: &chance)
        changes = []
        if Bool.random(using: &chance) { cached = durable }
    }

    mutating func flipBit(_ bit: Int) {
        let (byte, mask) = (bit / 8, UInt8(1) << UInt8(bit % 8))
        if byte < durable.count { durable[byte] ^= mask }
        if byte < cached.count { cached[byte] ^= mask }
    }

    func afterPowerLoss(using chance: inout SeededGenerator) -> SimulatedFile {
        SimulatedFile(durable: contentAfterPowerLoss(using: &chance))
    }

    private mutating func change(_ change: Change) {
        Self.apply(change, to: &cached)
        changes.append(change)
    }

    private static func apply(_ change: Change, to content: inout [UInt8]) {
        switch change {
        case .write(let offset, let bytes):
            resize(&content, to: max(content.count, offset + bytes.count))
            copy(bytes, to: offset, of: &content)
        case .truncate(let size):
            resize(&content, to: size)
        }
    }

    private static func copy(_ bytes: [UInt8], to offset: Int, of content: inout [UInt8]) {
        content.withUnsafeMutableBytes { content in
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: content[offset...]).copyMemory(from: $0) }
        }
    }

    private static func resize(_ content: inout [UInt8], to size: Int) {
        if content.count > size {
            content.removeLast(content.count - size)
        } else if content.count < size {
            let growth = size - content.count
            // All at once: byte by byte a debug build would spend most of its time here.
            content.append(contentsOf: [UInt8](unsafeUninitializedCapacity: growth) { buffer, count in
                if let start = buffer.baseAddress { memset(start, 0, growth) }
                count = growth
            })
        }
    }
}

extension SimulatedFile {
    /// One of the contents that a loss of power may leave.
    private func contentAfterPowerLoss(using chance: inout SeededGenerator) -> [UInt8] {
        guard !changes.isEmpty else { return durable }
        let luck = Luck(of: changes.count, using: &chance)
        let sizesKept = luck.sizesKept(of: changes.count, using: &chance)
        // The page cache, replayed: a sector reaches the platter as it was at one of these moments.
        var history = durable
        var result = durable
        var size = durable.count
        // Data behind a truncation that was lost lies in blocks that nothing refers to.
        var reachable = Int.max
        for (index, change) in changes.enumerated() {
            Self.apply(change, to: &history)
            switch change {
            case .truncate(let newSize):
                if index < sizesKept { Self.resize(&result, to: newSize) } else { reachable = min(reachable, newSize) }
            case .write(let offset, let bytes) where !bytes.isEmpty:
                let sectors = offset / Self.sectorLength...(offset + bytes.count - 1) / Self.sectorLength
                for sector in luck.kept(sectors, ofChange: index, using: &chance) {
                    let start = sector * Self.sectorLength
                    guard start < reachable else { break }
                    // Behind the end of the file, wherever it was at that moment, the page cache holds zeros.
                    var content = Array(history[start..<min(start + Self.sectorLength, history.count)])
                    Self.resize(&content, to: Self.sectorLength)
                    Self.resize(&result, to: max(result.count, start + Self.sectorLength))
                    Self.copy(content, to: start, of: &result)
                }
            case .write:
                break
            }
            if index < sizesKept { size = history.count }
        }
        Self.resize(&result, to: size)
        return result
    }
}
