import Foundation
import TestSupport
import Testing

@testable import Appliance

/// A lamp or a button whose chip can be pulled out.
private final class FakeDevice: LampOutput, ButtonInput {
    var isThere = true
    var opened = 0
    var written: [Bool] = []
    var isPressed = false

    static let gone = BoardDeviceError.failed("line 3 of the GPIO chip test", errorNumber: ENODEV)

    func open() throws(BoardDeviceError) -> FakeDevice {
        opened += 1
        guard isThere else { throw .missing("GPIO chip test") }
        return self
    }

    func set(_ isLit: Bool) throws(BoardDeviceError) {
        guard isThere else { throw Self.gone }
        written.append(isLit)
    }

    func samples(now: Duration) throws(BoardDeviceError) -> [ButtonSample] {
        guard isThere else { throw Self.gone }
        return [ButtonSample(isPressed: isPressed, instant: now)]
    }
}

@Suite("Lamps that come and go")
struct BoardPanelTests {
    private let health = FakeDevice()
    private let button = FakeDevice()

    private func panel() -> BoardPanel {
        BoardPanel(
            outputs: [.health: RecoveringDevice { () throws(BoardDeviceError) in try health.open() }],
            button: RecoveringDevice { () throws(BoardDeviceError) in try button.open() })
    }

    /// Between two beats at which everything is written anew.
    private let quiet = Duration.milliseconds(125)

    @Test("A lamp is written when it changes, and every two seconds")
    func changes() {
        var panel = panel()
        panel.show([.health: true], at: quiet)
        panel.show([.health: true], at: quiet * 2)
        panel.show([.health: false], at: quiet * 3)
        #expect(health.written == [true, false])
        for step in 4..<36 { panel.show([.health: false], at: quiet * step) }
        #expect(health.written == [true, false, false, false])
        #expect(panel.takeReports().isEmpty)
        #expect(health.opened == 1)
    }

    @Test("A chip that is lost is said to be lost once, tried again quietly, and said to be back")
    func lost() {
        var panel = panel()
        panel.show([.health: true], at: quiet)
        health.isThere = false
        panel.show([.health: false], at: .seconds(1) + quiet)
        #expect(panel.takeReports() == [.init(part: "health", change: .lost(FakeDevice.gone))])
        #expect(panel.lost == [.health])
        let opened = health.opened
        for step in 0..<800 { panel.show([.health: step % 2 == 0], at: .seconds(2) + quiet * step) }
        #expect(panel.takeReports().isEmpty)
        #expect((19...21).contains(health.opened - opened), "every five seconds for a hundred seconds")
        health.isThere = true
        for step in 0..<48 { panel.show([.health: true], at: .seconds(200) + quiet * step) }
        #expect(panel.takeReports() == [.init(part: "health", change: .recovered)])
        #expect(panel.lost.isEmpty)
        #expect(health.written.last == true)
    }

    @Test("A lamp that is lit all the time is missed too")
    func lostWhileLit() {
        var panel = panel()
        panel.show([.health: true], at: quiet)
        health.isThere = false
        for step in 2..<20 { panel.show([.health: true], at: quiet * step) }
        #expect(panel.takeReports().count == 1)
    }

    @Test("A button that goes away while it is pressed wants nothing, and works when it is back")
    func lostButton() {
        var panel = panel()
        var wishes: [ButtonWish] = []
        let sampleUntil = { (panel: inout BoardPanel, from: Int, to: Int) in
            for step in from..<to { wishes += panel.wishes(at: quiet * step) }
        }
        sampleUntil(&panel, 0, 8)
        button.isPressed = true
        sampleUntil(&panel, 8, 100)
        #expect(panel.buttonPhase(at: quiet * 100) == .willReset)
        button.isThere = false
        sampleUntil(&panel, 100, 200)
        #expect(panel.buttonPhase(at: quiet * 200) == .idle)
        #expect(panel.takeReports() == [.init(part: "button", change: .lost(FakeDevice.gone))])
        button.isThere = true
        button.isPressed = false
        sampleUntil(&panel, 200, 300)
        #expect(wishes.isEmpty)
        button.isPressed = true
        sampleUntil(&panel, 300, 304)
        button.isPressed = false
        sampleUntil(&panel, 304, 310)
        #expect(wishes == [.identify])
        #expect(panel.takeReports() == [.init(part: "button", change: .recovered)])
    }

    @Test("A board without lamps and button is nothing to worry about")
    func nothing() {
        var panel = BoardPanel(nil, places: BoardPlaces())
        panel.show([.health: true], at: .zero)
        #expect(panel.wishes(at: .zero).isEmpty)
        #expect(panel.lamps.isEmpty && panel.takeReports().isEmpty)
    }
}

@Suite("Lamps of the kernel's LED class")
struct LEDOutputTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func makeLED(_ name: String, brightest: String = "255\n") throws {
        let led = folder.file(name)
        try FileManager.default.createDirectory(at: led, withIntermediateDirectories: true)
        for (file, text) in [("max_brightness", brightest), ("brightness", "7\n"), ("trigger", "[mmc0] none\n")] {
            try Data(text.utf8).write(to: led.appendingPathComponent(file))
        }
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOf: folder.file(path), encoding: .utf8)
    }

    @Test("The kernel's trigger is taken away, and the LED is as bright as it can be, or dark")
    func lit() throws {
        try makeLED("ACT")
        let led = try LEDOutput("ACT", leds: folder.path)
        #expect(try text("ACT/trigger") == "none")
        try led.set(true)
        #expect(try text("ACT/brightness") == "255")
        try led.set(false)
        #expect(try text("ACT/brightness") == "0")
        try makeLED("one", brightest: "1\n")
        let one = try LEDOutput("one", leds: folder.path)
        try one.set(true)
        #expect(try text("one/brightness") == "1")
    }

    @Test("A LED that is not there, or no longer, is an error; one that comes back works")
    func missing() throws {
        #expect(throws: BoardDeviceError.missing("LED ACT")) { _ = try LEDOutput("ACT", leds: folder.path) }
        try makeLED("ACT")
        let led = try LEDOutput("ACT", leds: folder.path)
        try FileManager.default.removeItem(at: folder.file("ACT"))
        #expect(throws: BoardDeviceError.failed("the LED ACT", errorNumber: ENOENT)) { try led.set(true) }
        var panel = BoardPanel(
            BoardDescription(name: "x", title: "X", compatible: [], lamps: [.health: .led("ACT")], button: nil),
            places: BoardPlaces(leds: folder.path))
        panel.show([.health: true], at: .seconds(1))
        #expect(panel.takeReports() == [.init(part: "health", change: .lost(.missing("LED ACT")))])
        try makeLED("ACT")
        panel.show([.health: true], at: .seconds(7))
        #expect(panel.takeReports() == [.init(part: "health", change: .recovered)])
        #expect(try text("ACT/brightness") == "255")
    }

    @Test("A LED that this account may not light says what to do")
    func forbidden() throws {
        let error = BoardDeviceError.failed("the LED ACT", errorNumber: EACCES)
        #expect("\(error)".contains("udev"))
    }
}

/// No GPIO chip can be had on a build machine: the lines themselves are tried in the image. Here is what the library
/// says of chips that are none.
@Suite("GPIO lines")
struct GPIOLineTests {
    private let place = GPIOLinePlace(chip: "pinctrl-test", line: 3, isActiveLow: true)

    @Test("Without a chip of that label a lamp and a button are missing")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(throws: BoardDeviceError.missing("GPIO chip pinctrl-test")) {
            _ = try GPIOLine.output(place, devices: folder.path)
        }
        #expect(throws: BoardDeviceError.missing("GPIO chip pinctrl-test")) {
            _ = try GPIOLine.input(ButtonPlace(line: place, bias: .pullUp), devices: "/nowhere")
        }
    }

    @Test("What is no chip, though it is called so, is an error and nothing worse")
    func noChip() throws {
        let folder = try TemporaryFolder()
        try Data("chip".utf8).write(to: folder.file("gpiochip0"))
        #expect(symlink("/dev/null", folder.file("gpiochip1").path) == 0)
        #expect(symlink("/nowhere", folder.file("gpiochip2").path) == 0)
        #expect(throws: BoardDeviceError.self) { _ = try GPIOLine.output(place, devices: folder.path) }
        #expect(throws: BoardDeviceError.self) {
            _ = try GPIOLine.input(ButtonPlace(line: place, bias: .none), devices: folder.path)
        }
    }
}
