import CSupport
import Foundation

/// A line of a GPIO chip that this process holds. Given back when the last reference goes.
final class GPIOLine: LampOutput, ButtonInput {
    /// Changes taken at once; the kernel keeps 16 for each line. A line that changes faster than it is read must not
    /// hold anybody up.
    private static let maximumEdges = 64

    private let line: OpaquePointer
    private let words: String

    /// A line that lights a lamp, dark at first.
    static func output(_ place: GPIOLinePlace, devices: String) throws(BoardDeviceError) -> GPIOLine {
        try GPIOLine(place, devices: devices) { path, error in
            gpio_open_output(path, UInt32(place.line), place.isActiveLow, &error)
        }
    }

    /// A line that a button is on.
    static func input(_ place: ButtonPlace, devices: String) throws(BoardDeviceError) -> GPIOLine {
        let bias: gpio_bias = switch place.bias {
        case .none: GPIO_BIAS_AS_IS
        case .pullUp: GPIO_BIAS_PULL_UP
        case .pullDown: GPIO_BIAS_PULL_DOWN
        }
        return try GPIOLine(place.line, devices: devices) { path, error in
            gpio_open_input(path, UInt32(place.line.line), place.line.isActiveLow, bias, &error)
        }
    }

    private init(
        _ place: GPIOLinePlace, devices: String, open: (String, inout Int32) -> OpaquePointer?
    ) throws(BoardDeviceError) {
        words = "line \(place.line) of the GPIO chip \(place.chip)"
        let path = try Self.chip(place.chip, devices: devices)
        var error: Int32 = 0
        guard let line = open(path, &error) else { throw .failed(words, errorNumber: error) }
        self.line = line
    }

    deinit { gpio_close(line) }

    func set(_ isLit: Bool) throws(BoardDeviceError) { try check(gpio_set(line, isLit)) }

    func samples(now: Duration) throws(BoardDeviceError) -> [ButtonSample] {
        var samples: [ButtonSample] = []
        for _ in 0..<Self.maximumEdges {
            var edge = gpio_edge()
            var found = false
            try check(gpio_next_edge(line, &edge, &found))
            guard found else { break }
            // The kernel's instant; one behind `now` would be of another clock.
            let instant = min(Duration.nanoseconds(Int64(clamping: edge.nanoseconds)), now)
            samples.append(ButtonSample(isPressed: edge.is_active, instant: instant))
        }
        // Where changes were lost, or the chip tells of none.
        var isPressed = false
        try check(gpio_get(line, &isPressed))
        samples.append(ButtonSample(isPressed: isPressed, instant: now))
        return samples
    }

    private func check(_ error: Int32) throws(BoardDeviceError) {
        if error != 0 { throw .failed(words, errorNumber: error) }
    }

    /// The device of the chip with this label.
    private static func chip(_ label: String, devices: String) throws(BoardDeviceError) -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: devices)) ?? []
        var refused: Int32 = 0
        for name in names.sorted() where name.hasPrefix("gpiochip") {
            let path = "\(devices)/\(name)"
            var text = [CChar](repeating: 0, count: Int(GPIO_LABEL_LENGTH))
            let error = gpio_chip_label(path, &text)
            if error != 0 {
                refused = error
                continue
            }
            let found = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if found == label { return path }
        }
        if refused != 0 { throw .failed("the GPIO chip \(label)", errorNumber: refused) }
        throw .missing("GPIO chip \(label)")
    }
}
