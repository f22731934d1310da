/// The room on a file system, for whoever is not root.
public struct DiskSpace: Sendable, Codable, Equatable {
    public var totalBytes: Int64
    public var freeBytes: Int64
    /// Files and folders; zero where the file system has no limit of its own (btrfs).
    public var totalNodes: Int64
    public var freeNodes: Int64

    public init(totalBytes: Int64, freeBytes: Int64, totalNodes: Int64, freeNodes: Int64) {
        self.totalBytes = totalBytes
        self.freeBytes = freeBytes
        self.totalNodes = totalNodes
        self.freeNodes = freeNodes
    }

    /// What is free of bytes or of nodes, whichever is less, in percent; 0 to 100.
    public var freePercent: Double {
        let bytes = totalBytes > 0 ? Double(freeBytes) / Double(totalBytes) : 0
        let nodes = totalNodes > 0 ? Double(freeNodes) / Double(totalNodes) : 1
        return min(bytes, nodes) * 100
    }
}
