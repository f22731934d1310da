/// ONNX Xor-7 of bool values, broadcast.
struct Xor: LogicalOperator {
    static let name = "Xor"

    let broadcast: Broadcast

    static func combine(_ a: Bool, _ b: Bool) -> Bool { a != b }
}
