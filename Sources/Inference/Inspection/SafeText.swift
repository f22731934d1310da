/// Text for reports in columns.
enum SafeText {
    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    static func leftPadded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// Names and metadata come from a file: nothing of them may steer a terminal or pass for another line.
    static func oneLine(_ text: String) -> String {
        let visible = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        return String(String.UnicodeScalarView(visible))
    }
}

/// Numbers with a fixed count of decimal places.
enum Decimals {
    /// - Parameter places: 0 to 9.
    static func text(_ value: Double, places: Int) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
        var unit = 1.0
        for _ in 0..<places { unit *= 10 }
        let scaled = Int((value.magnitude * unit).rounded()), whole = scaled / Int(unit), part = scaled % Int(unit)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return "\(sign)\(whole)" }
        return "\(sign)\(whole)." + String(repeating: "0", count: places - "\(part)".count) + "\(part)"
    }
}
