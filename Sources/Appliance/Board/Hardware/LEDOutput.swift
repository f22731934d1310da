import Foundation

/// A lamp of the kernel's LED class (Documentation/leds/leds-class.rst): files below `/sys/class/leds/NAME`.
final class LEDOutput: LampOutput {
    /// What the files hold is a number or a word.
    private static let maximumBytes = 64

    private let folder: String
    private let words: String
    /// What fully lit is for this LED; 1 to 255 in practice.
    private let brightness: Int

    /// Takes the LED away from the kernel's own trigger, such as the card reader's.
    init(_ name: String, leds: String) throws(BoardDeviceError) {
        folder = "\(leds)/\(name)"
        words = "the LED \(name)"
        guard FileManager.default.fileExists(atPath: folder) else { throw .missing("LED \(name)") }
        let text = try Self.read("\(folder)/max_brightness", words)
        brightness = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 1
        try Self.write("none", to: "\(folder)/trigger", words)
    }

    func set(_ isLit: Bool) throws(BoardDeviceError) {
        try Self.write("\(isLit ? brightness : 0)", to: "\(folder)/brightness", words)
    }

    private static func read(_ path: String, _ words: String) throws(BoardDeviceError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed(words, errorNumber: errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw .failed(words, errorNumber: errno) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Files of sysfs take a value in one write.
    private static func write(_ text: String, to path: String, _ words: String) throws(BoardDeviceError) {
        // Opened each time: a LED that went away and came back has other files.
        let descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed(words, errorNumber: errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw .failed(words, errorNumber: errno)
        }
    }
}
