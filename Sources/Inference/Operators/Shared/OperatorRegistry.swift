/// All operators, by name. A new one is a file and a row.
enum OperatorRegistry {
    static let operators: [String: any Operator.Type] = {
        let all: [any Operator.Type] = [
            Abs.self, Add.self, And.self, ArgMax.self, ArgMin.self, AveragePool.self, BatchNormalization.self,
            Cast.self, Ceil.self, Celu.self, Clip.self, Concat.self, Constant.self, ConstantOfShape.self, Conv.self,
            ConvTranspose.self, DepthToSpace.self, DequantizeLinear.self, Div.self, Dropout.self, Elu.self,
            Equal.self, Erf.self, Exp.self, Expand.self, Flatten.self, Floor.self, Gather.self, Gelu.self, Gemm.self,
            GlobalAveragePool.self, GlobalMaxPool.self, Greater.self, GreaterOrEqual.self, GroupNormalization.self,
            HardSigmoid.self, HardSwish.self, Identity.self, InstanceNormalization.self, LayerNormalization.self,
            LeakyRelu.self, Less.self, LessOrEqual.self, Log.self, LogSoftmax.self, MatMul.self, Max.self,
            MaxPool.self, Min.self, Mish.self, Mul.self, Neg.self, Not.self, Or.self, PRelu.self, Pad.self, Pow.self,
            QuantizeLinear.self, NumberRange.self, Reciprocal.self, ReduceL1.self, ReduceL2.self, ReduceLogSum.self,
            ReduceLogSumExp.self, ReduceMax.self, ReduceMean.self, ReduceMin.self, ReduceProd.self, ReduceSum.self,
            ReduceSumSquare.self, Relu.self, Reshape.self, Resize.self, Round.self, Selu.self, Shape.self,
            Sigmoid.self, Size.self, Slice.self, Softmax.self, Softplus.self, Softsign.self, SpaceToDepth.self,
            Split.self, Sqrt.self, Squeeze.self, Sub.self, Sum.self, Tanh.self, Tile.self, Transpose.self,
            Unsqueeze.self, Where.self, Xor.self,
        ]
        return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    }()
}
