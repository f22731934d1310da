import Testing

@testable import Appliance

@Suite("The button")
struct ButtonWatchTests {
    /// Presses as the kernel tells of them: alternately down and up, at these milliseconds.
    private func edges(_ milliseconds: [Int]) -> [ButtonSample] {
        milliseconds.enumerated().map { index, time in
            ButtonSample(isPressed: index % 2 == 0, instant: .milliseconds(time))
        }
    }

    /// A watch that has seen the button up for a while.
    private func ready() -> ButtonWatch {
        var watch = ButtonWatch()
        _ = watch.take([ButtonSample(isPressed: false, instant: .milliseconds(100))], now: .milliseconds(100))
        return watch
    }

    private func wishes(_ milliseconds: [Int], now: Int) -> [ButtonWish] {
        var watch = ready()
        return watch.take(edges(milliseconds), now: .milliseconds(now))
    }

    @Test("A short press identifies, however late it is heard of")
    func short() {
        #expect(wishes([1000, 1100], now: 1125) == [])
        #expect(wishes([1000, 1100], now: 1130) == [.identify])
        #expect(wishes([1000, 1100], now: 60_000) == [.identify])
        #expect(wishes([1000, 2999], now: 3050) == [.identify])
    }

    @Test("Ten seconds and then letting go resets; before nothing happens, nor before it is let go")
    func long() {
        #expect(wishes([1000, 3000], now: 4000) == [])
        #expect(wishes([1000, 10_999], now: 12_000) == [])
        #expect(wishes([1000], now: 20_000) == [])
        #expect(wishes([1000, 11_000], now: 12_000) == [.reset])
        #expect(wishes([1000, 30_999], now: 32_000) == [.reset])
    }

    @Test("A button that is stuck never resets")
    func stuck() {
        #expect(wishes([1000], now: 10_000_000) == [])
        #expect(wishes([1000, 31_000], now: 32_000) == [])
        #expect(wishes([1000, 9_000_000], now: 9_000_100) == [])
        // Afterwards it is a button as before.
        #expect(wishes([1000, 31_000, 40_000, 40_100], now: 41_000) == [.identify])
    }

    @Test("One that is down when watching begins means nothing until it was up")
    func downAtFirst() {
        var watch = ButtonWatch()
        #expect(watch.take([ButtonSample(isPressed: true, instant: .seconds(5))], now: .seconds(5)) == [])
        #expect(watch.take([], now: .seconds(16)) == [])
        #expect(watch.phase(at: .seconds(16)) == .idle)
        #expect(watch.take([ButtonSample(isPressed: false, instant: .seconds(17))], now: .seconds(18)) == [])
        #expect(watch.take(edges([20_000, 20_100]), now: .seconds(21)) == [.identify])
    }

    @Test("Contacts that bounce are one press, and a spike is none")
    func bounce() {
        #expect(wishes([1000, 1004, 1008, 1015, 1020, 1200, 1204, 1210], now: 2000) == [.identify])
        #expect(wishes([1000, 1020], now: 2000) == [])
        // Held for eleven seconds by a bad contact.
        #expect(wishes([1000, 5000, 5010, 12_000], now: 13_000) == [.reset])
    }

    @Test("Levels that are looked at eight times a second are enough")
    func sampled() {
        var watch = ready()
        var wishes: [ButtonWish] = []
        for step in 1...200 {
            let now = Duration.milliseconds(125 * step)
            let isPressed = (40..<130).contains(step)
            wishes += watch.take([ButtonSample(isPressed: isPressed, instant: now)], now: now)
        }
        #expect(wishes == [.reset])
    }

    @Test("Two presses are two wishes; a line that changes all the time is none")
    func repeated() {
        #expect(wishes([1000, 1100, 2000, 2100], now: 3000) == [.identify, .identify])
        #expect(wishes(Array(stride(from: 1000, to: 9000, by: 10)), now: 9000) == [])
    }

    @Test("The lamps show that it counts, that letting go resets, and then that it means nothing")
    func phases() {
        var watch = ready()
        #expect(watch.take(edges([1000]), now: .milliseconds(1100)) == [])
        let phases: [(Int, ButtonWatch.Phase)] = [
            (1100, .idle), (2999, .idle), (3000, .counting(since: .seconds(1))),
            (10_999, .counting(since: .seconds(1))), (11_000, .willReset), (30_999, .willReset), (31_000, .stuck),
        ]
        for (time, phase) in phases { #expect(watch.phase(at: .milliseconds(time)) == phase) }

        var display = LampDisplay(states: [.ready])
        let lamps: Set<Lamp> = [.health, .attention]
        display.button = .counting(since: .milliseconds(1030))
        // A flash at each full second of the press.
        for second in 2..<10 {
            let flash = Duration.milliseconds(1030 + second * 1000)
            #expect(display.lit(on: lamps, at: flash) == [.health: true, .attention: true])
            #expect(display.lit(on: lamps, at: flash + .milliseconds(130)) == [.health: false, .attention: false])
        }
        display.button = .willReset
        #expect(display.patterns(on: lamps, at: .seconds(12)) == [.health: .on, .attention: .on])
        display.button = .stuck
        #expect(display.patterns(on: lamps, at: .seconds(40)) == [.health: .on, .attention: .off])
    }

    @Test("Identifying and a shown state end by themselves")
    func endings() {
        var display = LampDisplay(states: [.fault])
        display.shown = (.updating, .seconds(60))
        display.identifyUntil = .seconds(30)
        let lamps: Set<Lamp> = [.health, .hub]
        #expect(display.patterns(on: lamps, at: .seconds(29)) == [.health: .longAndShort, .hub: .longAndShort])
        #expect(display.patterns(on: lamps, at: .seconds(30)) == [.health: .tripleFlash, .hub: .off])
        #expect(display.patterns(on: lamps, at: .seconds(60)) == [.health: .fastBlink, .hub: .off])
    }
}
