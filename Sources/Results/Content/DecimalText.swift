import Records

/// Numbers as decimal strings of at most 16 characters (PS3.5 section 6.2), the same on every machine.
enum DecimalText {
    /// Up to `places` digits after the point, at most 6; |value| below 1e8.
    static func text(_ value: Double, places: Int = 4) -> String {
        precondition(abs(value) < 1e8 && (0...6).contains(places), "a number of a result is bounded")
        let unit = (0..<places).reduce(1) { product, _ in product * 10 }
        let scaled = Int((abs(value) * Double(unit)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        var fraction = String(scaled % unit + unit).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return sign + String(scaled / unit) + (fraction.isEmpty ? "" : "." + fraction)
    }
}

/// Shares as percent for people: one digit after the point, but never rounded into another verdict or into certainty.
enum PercentText {
    static func threshold(_ finding: Finding) -> String { DecimalText.text(finding.threshold * 100) }

    static func probability(_ finding: Finding) -> String {
        let percent = finding.probability * 100
        let rounded = (percent * 10).rounded() / 10
        if rounded >= 100, percent < 100 { return ">99.9" }
        if rounded <= 0, percent > 0 { return "<0.1" }
        let saysSame = (rounded >= finding.threshold * 100) == finding.isPresent
        return DecimalText.text(percent, places: saysSame ? 1 : 6)
    }
}
