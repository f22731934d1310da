/// All operators, by name. A new one is a file and a row.
enum OperatorRegistry {
    static let operators: [String: any Operator.Type] = {
        let all: [any Operator.Type] = [
            Add.self, AveragePool.self, Clip.self, Constant.self, Conv.self, DequantizeLinear.self, Flatten.self,
            Gemm.self, GlobalAveragePool.self, MaxPool.self, QuantizeLinear.self, Relu.self, Reshape.self,
        ]
        return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    }()
}
