import Foundation

/// The folders in which the board looks for things; other ones in tests.
public struct BoardPlaces: Sendable {
    /// Where packages and the image keep the data.
    public static let unprovisionedDataFolder = "/var/lib/outpost"

    /// Where the board keeps its things, and is asked, on a box without a configuration.
    public var dataFolder: String
    /// Of the boards' files.
    public var boards: String
    public var devices: String
    public var leds: String
    /// The device tree's `compatible` of this box. Not by /proc/device-tree, which the unit's sandbox hides.
    public var compatible: String

    public init(
        dataFolder: String = BoardPlaces.unprovisionedDataFolder, boards: String = "/usr/share/outpost/boards",
        devices: String = "/dev", leds: String = "/sys/class/leds",
        compatible: String = "/sys/firmware/devicetree/base/compatible"
    ) {
        self.dataFolder = dataFolder
        (self.boards, self.devices, self.leds, self.compatible) = (boards, devices, leds, compatible)
    }
}

/// Finds the file of the board that this is.
struct BoardCatalogue: Sendable {
    /// Files in the folder; more are not looked at.
    static let maximumFiles = 256
    /// Of the device tree's property; real ones have less than a hundred.
    private static let maximumCompatibleBytes = 4096

    let places: BoardPlaces

    /// What was found, and what is to be said of it.
    struct Finding: Sendable, Equatable {
        var board: BoardDescription?
        /// Files that cannot be used.
        var problems: [String] = []
        /// What this machine calls itself, where no file describes it.
        var unknown: String?
    }

    /// - Parameter name: the board that the configuration names; nil finds it by the device tree.
    func find(_ name: String?) -> Finding {
        var finding = Finding()
        if let name {
            finding.board = load("\(name).yaml", &finding.problems)
            return finding
        }
        let compatible = self.compatible()
        var boards: [BoardDescription] = []
        for file in files() {
            if let board = load(file, &finding.problems) { boards.append(board) }
        }
        // The tree names the board itself before its family.
        finding.board = compatible.lazy.compactMap { name in boards.first { $0.compatible.contains(name) } }.first
        if finding.board == nil {
            finding.unknown = compatible.isEmpty
                ? "a machine without a device tree" : compatible.joined(separator: ", ")
        }
        return finding
    }

    /// What the device tree calls this board, the most exact name first.
    func compatible() -> [String] {
        guard let handle = FileHandle(forReadingAtPath: places.compatible) else { return [] }
        defer { try? handle.close() }  // Opened for reading: nothing can be lost.
        guard let bytes = try? handle.read(upToCount: Self.maximumCompatibleBytes) else { return [] }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self).clipped }
    }

    private func files() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: places.boards)) ?? []
        return Array(names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted().prefix(Self.maximumFiles))
    }

    private func load(_ file: String, _ problems: inout [String]) -> BoardDescription? {
        let path = "\(places.boards)/\(file)"
        do throws(ConfigurationError) {
            let bytes = try ConfigurationFile.bytes(of: path)
            return try BoardFile.parse(bytes, name: String(file.dropLast(".yaml".count)), file: path)
        } catch {
            problems.append("\(error)")
            return nil
        }
    }
}
