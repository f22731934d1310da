import Records

/// Why an object of ours cannot be sent. The destination has nothing to do with it.
enum SpooledDataSetError: Error, Equatable, CustomStringConvertible {
    case cannotOpen(errno: CInt)
    case cannotRead(errno: CInt)
    case tooShort(bytes: Int64, expected: Int64)
    /// The bytes are not those that were received.
    case damaged
    /// The task was cancelled.
    case stopped

    var description: String {
        switch self {
        case .cannotOpen(let errno):
            "its file in the spool cannot be opened (errno \(errno)); check the data folder and its disk"
        case .cannotRead(let errno):
            "its file in the spool cannot be read (errno \(errno)); check the disk"
        case .tooShort(let bytes, let expected):
            "its file in the spool has \(bytes) bytes where \(expected) were stored; check the disk"
        case .damaged:
            "its bytes in the spool are not those that were received, so they are not sent; have its sender send it"
                + " again, and check the disk"
        case .stopped:
            "sending was stopped"
        }
    }

    /// What cannot be read now may be readable later; what is damaged will not mend.
    var outcome: DeliveryOutcome {
        switch self {
        case .cannotOpen, .cannotRead, .tooShort: .retry(description)
        case .damaged: .unsendable(description)
        case .stopped: .unavailable(description)
        }
    }
}
