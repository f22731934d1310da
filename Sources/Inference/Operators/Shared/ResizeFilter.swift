/// How Resize makes an element of those around a place: the attributes of Resize that speak of values.
struct ResizeFilter: Sendable {
    private enum Mode {
        case nearest(Nearest)
        case linear
        case cubic(a: Double)
    }

    /// ONNX's nearest_mode.
    private enum Nearest: String {
        case roundPreferFloor = "round_prefer_floor"
        case roundPreferCeil = "round_prefer_ceil"
        case floor
        case ceil
    }

    struct Tap {
        var place: Int
        var weight: Float
    }

    private let mode: Mode
    private let antialiases: Bool
    private let excludesOutside: Bool

    init(_ context: NodeContext) throws(InferenceError) {
        antialiases = try context.flag("antialias")
        excludesOutside = try context.flag("exclude_outside")
        let name = try context.text("nearest_mode", default: Nearest.roundPreferFloor.rawValue)
        guard let nearest = Nearest(rawValue: name) else { throw context.invalid("nearest_mode \(name)") }
        let a = try context.float("cubic_coeff_a", default: -0.75)
        switch try context.text("mode", default: "nearest") {
        case "nearest": mode = .nearest(nearest)
        case "linear": mode = .linear
        case "cubic": mode = .cubic(a: Double(a))
        case let other: throw context.invalid("mode \(other)")
        }
    }

    /// Linear interpolation of the two entries around a place, without antialiasing.
    var isPlainlyLinear: Bool { if case .linear = mode { !antialiases && !excludesOutside } else { false } }

    var isNearest: Bool { if case .nearest = mode { true } else { false } }

    /// The nearest entry to a place.
    func nearest(_ place: Double, _ extent: Int) -> Int {
        guard case .nearest(let nearest) = mode else { return 0 }
        let entry: Double
        switch nearest {
        case .roundPreferFloor: entry = (place - 0.5).rounded(.up)
        case .roundPreferCeil: entry = (place + 0.5).rounded(.down)
        case .floor: entry = place.rounded(.down)
        case .ceil: entry = place.rounded(.up)
        }
        return Int(min(max(entry, 0), Double(extent - 1)))
    }

    /// How many entries of an axis make one.
    func taps(_ axis: ResizeAxis) -> Int {
        guard !isNearest, !axis.isIdentity else { return 1 }
        return 2 - 2 * firstTap(stretch(axis))
    }

    /// The entries that make the one at a place, with their weights; beyond the edge, the edge repeats itself.
    func taps(at place: Double, of axis: ResizeAxis) -> [Tap] {
        // The place lies above its base by more than 0 and at most 1.
        let base = place.rounded(.up) - 1, ratio = place - base
        let stretch = stretch(axis), first = firstTap(stretch)
        var weights = (first..<(2 - first)).map { weight((Double($0) - ratio) * stretch) }
        let places = weights.indices.map { Int(base) + first + $0 }
        if excludesOutside {
            for (index, place) in places.enumerated() where !(0..<axis.input).contains(place) { weights[index] = 0 }
        }
        let sum = excludesOutside || antialiases ? weights.reduce(0, +) : 1
        return zip(places, weights).map { place, weight in
            Tap(place: min(max(place, 0), axis.input - 1), weight: Float(sum == 0 ? 0 : weight / sum))
        }
    }

    /// Where an axis shrinks, antialiasing stretches the filter over all that becomes one entry.
    private func stretch(_ axis: ResizeAxis) -> Double { antialiases ? min(axis.scale, 1) : 1 }

    /// Relative to the base; the last is as far behind the base's successor.
    private func firstTap(_ stretch: Double) -> Int {
        let reach: Double = if case .cubic = mode { 2 } else { 1 }
        return Int((-reach / stretch).rounded(.down)) + 1
    }

    private func weight(_ distance: Double) -> Double {
        let x = distance.magnitude
        guard case .cubic(let a) = mode else { return max(0, 1 - x) }
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
    }
}
