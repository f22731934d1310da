import Foundation

/// Why a lamp or the button cannot be used now. It may be again.
enum BoardDeviceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No chip with this label, or no LED with this name, is here (any more).
    case missing(String)
    /// A call of the system failed.
    case failed(String, errorNumber: Int32)

    var description: String {
        switch self {
        case .missing(let what): "there is no \(what) here; the board's file names it"
        case .failed(let what, let number):
            "\(what) cannot be used: \(String(cString: strerror(number)))" + (Self.advice[number] ?? "")
        }
    }

    private static let advice: [Int32: String] = [
        EACCES: "; let the service's account use it (udev rules of the package)",
        EBUSY: "; another program or a driver of the kernel has it",
    ]
}

/// A lamp that can be lit.
protocol LampOutput: AnyObject {
    func set(_ isLit: Bool) throws(BoardDeviceError)
}

/// A button that can be asked.
protocol ButtonInput: AnyObject {
    /// What the button was since the last call, oldest first, and at last what it is.
    ///
    /// - Parameter now: the instant of the last sample, by CLOCK_MONOTONIC.
    func samples(now: Duration) throws(BoardDeviceError) -> [ButtonSample]
}

/// A device that may go away and come back. It is opened, used, given up when it fails, and tried again quietly; what
/// there is to say is said once.
struct RecoveringDevice<Device> {
    /// Between two attempts to open what is not there.
    static var retryInterval: Duration { .seconds(5) }

    enum Change: Equatable {
        case lost(BoardDeviceError)
        case recovered
    }

    private let open: () throws(BoardDeviceError) -> Device
    private var device: Device?
    private var retryAt = Duration.zero
    private(set) var isLost = false

    init(open: @escaping () throws(BoardDeviceError) -> Device) { self.open = open }

    /// Does `body` with the device where there is one.
    ///
    /// - Returns: what is to be said, if anything.
    mutating func use(at now: Duration, _ body: (Device) throws(BoardDeviceError) -> Void) -> Change? {
        do throws(BoardDeviceError) {
            if device == nil {
                guard now >= retryAt else { return nil }
                device = try open()
            }
            guard let device else { return nil }
            try body(device)
        } catch {
            device = nil
            retryAt = now + Self.retryInterval
            if isLost { return nil }
            isLost = true
            return .lost(error)
        }
        guard isLost else { return nil }
        isLost = false
        return .recovered
    }

    /// Whether there is a device in hand.
    var isOpen: Bool { device != nil }
}
