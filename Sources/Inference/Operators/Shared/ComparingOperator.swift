/// Equal and its like: two operands of one type, broadcast, compared element by element.
protocol ComparingOperator: ElementwiseOperator {
    var broadcast: Broadcast { get }
    init(broadcast: Broadcast)
    static func holds<Element: Comparable>(_ a: Element, _ b: Element) -> Bool
}

extension ComparingOperator {
    init(_ context: NodeContext) throws(InferenceError) {
        self.init(
            broadcast: try Broadcast(
                context, counts: 2...2, types: [.float32, .uint8, .int8, .int32, .int64, .bool]))
    }

    var resultType: ValueType { ValueType(elementType: .bool, shape: broadcast.shape) }
    var operands: [Int] { [0, 1] }

    func body(_ kernels: KernelSet) -> any StepBody {
        let name = Self.name.lowercased()
        switch broadcast.elementType {
        // A bool is a byte of 0 or 1.
        case .uint8, .bool: return ComparingBody<UInt8>(name, broadcast) { Self.holds($0, $1) }
        case .int8: return ComparingBody<Int8>(name, broadcast) { Self.holds($0, $1) }
        case .int32: return ComparingBody<Int32>(name, broadcast) { Self.holds($0, $1) }
        case .int64: return ComparingBody<Int64>(name, broadcast) { Self.holds($0, $1) }
        default: return ComparingBody<Float>(name, broadcast) { Self.holds($0, $1) }
        }
    }
}

/// And and its like.
protocol LogicalOperator: ElementwiseOperator {
    var broadcast: Broadcast { get }
    init(broadcast: Broadcast)
    static func combine(_ a: Bool, _ b: Bool) -> Bool
}

extension LogicalOperator {
    init(_ context: NodeContext) throws(InferenceError) {
        self.init(broadcast: try Broadcast(context, counts: 2...2, types: [.bool]))
    }

    var resultType: ValueType { ValueType(elementType: .bool, shape: broadcast.shape) }
    var operands: [Int] { [0, 1] }

    func body(_ kernels: KernelSet) -> any StepBody {
        CombiningBody<Bool>(Self.name.lowercased(), broadcast) { Self.combine($0, $1) }
    }
}
