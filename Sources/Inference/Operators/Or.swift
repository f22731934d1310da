/// ONNX Or-7 of bool values, broadcast.
struct Or: LogicalOperator {
    static let name = "Or"

    let broadcast: Broadcast

    static func combine(_ a: Bool, _ b: Bool) -> Bool { a || b }
}
