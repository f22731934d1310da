import Foundation
import Spool

/// What a program can ask of the storage that may fail or that power may be lost before.
public enum StorageOperation: String, Sendable, CaseIterable {
    case createFolder = "create the folder"
    case createFile = "create"
    case remove = "remove"
    case rename = "rename"
    case write = "write to"
    case truncate = "truncate"
    case synchronizeFile = "synchronise"
    case synchronizeFolder = "synchronise the folder"
    case read = "read"

    /// Changes something or makes a change durable: power can be lost before it. Between two of these it does not
    /// matter when power is lost.
    public var isMutating: Bool { self != .read }
}

/// An operation that is to fail, chosen beforehand.
public struct StorageFailure: Sendable {
    public var operation: StorageOperation
    /// Which files or folders it concerns.
    public var concerns: @Sendable (_ path: String) -> Bool
    /// Which of the matching operations from now on fails, from 1.
    public var occurrence: Int
    /// Whether all after it fail too.
    public var isLasting: Bool
    public var errorNumber: Int32

    /// - Parameter concerns: every path unless said otherwise.
    public init(
        _ operation: StorageOperation, occurrence: Int = 1, isLasting: Bool = false, errorNumber: Int32 = EIO,
        concerns: @escaping @Sendable (_ path: String) -> Bool = { _ in true }
    ) {
        precondition(occurrence > 0, "occurrences count from 1")
        self.operation = operation
        self.concerns = concerns
        self.occurrence = occurrence
        self.isLasting = isLasting
        self.errorNumber = errorNumber
    }
}

extension DiskError {
    init(_ operation: String, _ path: String, _ errorNumber: Int32) {
        self.init(
            operation: operation, path: path, errorNumber: errorNumber, reason: String(cString: strerror(errorNumber)))
    }
}
