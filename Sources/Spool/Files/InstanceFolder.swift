/// Where instance files lie: `FOLDER/000012/0000012345`, a thousand to a folder, named by number and never by input.
struct InstanceFolder: Sendable {
    static let filesPerFolder: Int64 = 1000

    let root: String
    let disk: any Disk

    func path(_ number: Int64) -> String { "\(folder(number))/\(Self.name(number))" }

    /// The name of a file in its folder.
    static func name(_ number: Int64) -> String { padded(number, 10) }

    /// Makes empty files under the next `count` numbers and makes their names durable, with one sync a folder.
    func prepare(_ numbers: Range<Int64>) throws(DiskError) {
        var folders: Set<String> = []
        for number in numbers {
            let folder = folder(number)
            if folders.insert(folder).inserted {
                try disk.createFolder(folder)
                // An earlier attempt may have made it and failed to make its name durable.
                try disk.synchronizeFolder(root)
            }
            try disk.createFile(path(number))
        }
        for folder in folders { try disk.synchronizeFolder(folder) }
    }

    /// The numbers that each folder there is holds, ascending.
    func ranges() throws(DiskError) -> [Range<Int64>] {
        try disk.createFolder(root)
        try disk.synchronizeFolder(root)
        // A number that no folder of ours has is somebody else's name.
        return try disk.names(in: root).compactMap { Int64($0) }.filter { (0..<1_000_000_000).contains($0) }.sorted()
            .map { $0 * Self.filesPerFolder..<($0 + 1) * Self.filesPerFolder }
    }

    /// The numbers of the files that exist in the folder of `range`, ascending. Their names are durable afterwards: a
    /// process may have ended between making them and synchronising their folder.
    func numbers(in range: Range<Int64>) throws(DiskError) -> [Int64] {
        let folder = folder(range.lowerBound)
        try disk.synchronizeFolder(folder)
        return try disk.names(in: folder).compactMap { Int64($0) }.filter(range.contains).sorted()
    }

    private func folder(_ number: Int64) -> String { "\(root)/\(Self.padded(number / Self.filesPerFolder, 6))" }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
