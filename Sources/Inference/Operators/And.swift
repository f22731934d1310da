/// ONNX And-7 of bool values, broadcast.
struct And: LogicalOperator {
    static let name = "And"

    let broadcast: Broadcast

    static func combine(_ a: Bool, _ b: Bool) -> Bool { a && b }
}
