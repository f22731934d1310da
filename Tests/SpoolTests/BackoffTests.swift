import Spool
import Testing

@Suite("Back-off")
struct BackoffTests {
    @Test("Pauses double from the minimum to the maximum, lie between half and whole, and never end")
    func doubling() {
        var generator = SystemRandomNumberGenerator()
        var backoff = Backoff(minimum: .seconds(5), maximum: .seconds(300))
        for step in [5, 10, 20, 40, 80, 160, 300, 300] + Array(repeating: 300, count: 200) {
            let pause = backoff.next(using: &generator)
            #expect(pause >= .seconds(step) / 2 && pause <= .seconds(step))
        }
        backoff.reset()
        #expect(backoff.next(using: &generator) <= .seconds(5))
    }
}
