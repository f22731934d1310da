// The functions of the C library that operators use, under one roof for every platform.

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

enum Mathematics {
    static func exponential(_ x: Float) -> Float { exp(x) }
    static func exponentialMinusOne(_ x: Float) -> Float { expm1(x) }
    static func logarithm(_ x: Float) -> Float { log(x) }
    static func logarithm(_ x: Double) -> Double { log(x) }
    static func logarithmOfOnePlus(_ x: Float) -> Float { log1p(x) }
    static func hyperbolicTangent(_ x: Float) -> Float { tanh(x) }
    static func errorFunction(_ x: Float) -> Float { erf(x) }
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
    static func exponential(_ x: Double) -> Double { exp(x) }

    /// 1 / (1 + e^-x), without overflow on either side.
    static func sigmoid(_ x: Float) -> Float {
        guard x < 0 else { return 1 / (1 + exp(-x)) }
        let power = exp(x)
        return power / (1 + power)
    }

    /// log(1 + e^x), without overflow.
    static func softplus(_ x: Float) -> Float { max(x, 0) + log1p(exp(-x.magnitude)) }
}
