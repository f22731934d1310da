#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Logits to probabilities.
enum Softmax {
    /// The second of two classes' probability. Only the difference counts, so nothing overflows.
    static func ofSecond(_ first: Double, _ second: Double) -> Double { 1 / (1 + exp(first - second)) }
}
