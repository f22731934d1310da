#!/usr/bin/env python3
"""Small models for the fuzzer to start from: `make_models.py --folder FOLDER` writes one of each operator in float, and
one with its values quantised as exporters do it (QDQ, signed and unsigned). All are well-formed; which of them Outpost
runs is not said here.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPERATOR_SET, IR_VERSION = 17, 8
IMAGE = (1, 8, 6, 6)


def floats(*shape):
    return np.random.default_rng(len(shape)).normal(0, 0.5, shape).astype(np.float32)


def integers(*values):
    return np.array(values, np.int64)


# Operator, what follows the image among its inputs (None: absent), attributes.
CONVOLUTION = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
UNARY = ["Abs", "Ceil", "Dropout", "Elu", "Erf", "Exp", "Flatten", "Floor", "GlobalAveragePool", "GlobalMaxPool",
         "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Log", "Neg", "Reciprocal", "Relu", "Round",
         "Shape", "Sigmoid", "Sign", "Size", "Softmax", "Softplus", "Sqrt", "Tanh"]
BINARY = ["Add", "Div", "Max", "Min", "Mul", "Pow", "Sub"]
CASES = [(operator, [], {}) for operator in UNARY]
CASES += [(operator, [floats(8, 1, 1)], {}) for operator in BINARY]
CASES += [(operator, [], {"keepdims": 1, "axes": [2, 3]}) for operator in ("ReduceMean", "ReduceMax", "ReduceMin")]
CASES += [
    ("ReduceSum", [integers(2, 3)], {}), ("ArgMax", [], {"axis": 1}),
    ("AveragePool", [], {"kernel_shape": [2, 2], "strides": [2, 2]}),
    ("AveragePool", [], {"kernel_shape": [3, 3], "pads": [1] * 4, "count_include_pad": 1, "ceil_mode": 1}),
    ("BatchNormalization", [floats(8), floats(8), floats(8), np.abs(floats(8)) + 1], {}),
    ("Cast", [], {"to": TensorProto.INT64}), ("Clip", [np.float32(0), np.float32(6)], {}),
    ("Concat", [floats(*IMAGE)], {"axis": 1}), ("Conv", [floats(8, 8, 1, 1), floats(8)], {"kernel_shape": [1, 1]}),
    ("Conv", [floats(16, 8, 3, 3)], CONVOLUTION | {"strides": [2, 2]}),
    ("Conv", [floats(8, 1, 3, 3), floats(8)], CONVOLUTION | {"group": 8}),
    ("Conv", [floats(4, 4, 3, 3)], {"kernel_shape": [3, 3], "dilations": [2, 2], "group": 2}),
    ("Conv", [floats(8, 8, 3, 3)], {"auto_pad": "SAME_UPPER"}),
    ("ConvTranspose", [floats(8, 4, 2, 2), floats(4)], {"kernel_shape": [2, 2], "strides": [2, 2]}),
    ("ConvTranspose", [floats(8, 4, 3, 3)], {"strides": [2, 2], "pads": [1] * 4, "output_padding": [1, 1]}),
    ("DepthToSpace", [], {"blocksize": 2}), ("Expand", [integers(2, 8, 6, 6)], {}),
    ("Gather", [integers(0, -1, 3)], {"axis": 1}),
    ("InstanceNormalization", [floats(8), floats(8)], {}), ("LayerNormalization", [floats(6)], {"axis": -1}),
    ("MatMul", [floats(6, 5)], {}), ("MaxPool", [], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1] * 4}),
    ("Pad", [integers(0, 0, 1, 1, 0, 0, 1, 1), np.float32(0)], {}), ("PRelu", [floats(8, 1, 1)], {}),
    ("Reshape", [integers(0, -1)], {}), ("Resize", [None, np.array([1, 1, 2, 2], np.float32)], {"mode": "nearest"}),
    ("Resize", [None, np.array([1, 1, 2, 2], np.float32)], {"mode": "linear"}),
    ("Resize", [None, None, integers(1, 8, 9, 3)],
     {"mode": "linear", "coordinate_transformation_mode": "align_corners"}),
    ("Slice", [integers(1, -5), integers(5, 6), integers(1, 2), integers(2, 1)], {}),
    ("SpaceToDepth", [], {"blocksize": 2}), ("Split", [integers(3, 5)], {"axis": 1, "outputs": 2}),
    ("Squeeze", [integers(0)], {}), ("Tile", [integers(1, 2, 1, 1)], {}), ("Transpose", [], {"perm": [0, 2, 3, 1]}),
    ("Unsqueeze", [integers(0)], {}),
]


class Builder:
    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, array):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def node(self, operator, inputs, outputs=1, **attributes):
        names = [f"v{len(self.nodes)}.{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, name=f"n{len(self.nodes)}", **attributes))
        return names[0]

    def pair(self, x, kind):
        """Quantised and back."""
        parameters = [self.constant(np.float32(0.05)), self.constant(kind(3))]
        return self.node("DequantizeLinear", [self.node("QuantizeLinear", [x, *parameters]), *parameters])

    def weights(self, array):
        """8-bit, with a scale for each of the first axis."""
        count = len(array)
        operands = [np.clip(np.round(array * 50), -127, 127).astype(np.int8), np.full(count, 0.02, np.float32),
                    np.zeros(count, np.int8)]
        return self.node("DequantizeLinear", [self.constant(each) for each in operands], axis=0)

    def model(self, result):
        graph = helper.make_graph(
            self.nodes, "seed", [helper.make_tensor_value_info("image", TensorProto.FLOAT, IMAGE)],
            [onnx.ValueInfoProto(name=result)], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPERATOR_SET)], ir_version=IR_VERSION)
        return onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)


def plain(operator, others, attributes):
    builder = Builder()
    inputs = ["image"] + ["" if each is None else builder.constant(each) for each in others]
    return builder.model(builder.node(operator, inputs, **attributes))


def quantised(operator, others, attributes, kind):
    builder = Builder()
    inputs = [builder.pair("image", kind)]
    for each in others:
        is_weights = each is not None and each.dtype == np.float32 and each.ndim >= 2
        inputs.append("" if each is None else builder.weights(each) if is_weights else builder.constant(each))
    return builder.model(builder.pair(builder.node(operator, inputs, **attributes), kind))


def shapes():
    """What exporters write to flatten an image: arithmetic with its shape."""
    builder = Builder()
    shape = builder.node("Shape", ["image"])
    batch = builder.node("Gather", [shape, builder.constant(integers(0))], axis=0)
    rest = builder.node("Constant", [], value=numpy_helper.from_array(integers(-1)))
    whole = builder.node("Concat", [batch, rest], axis=0)
    filled = builder.node("ConstantOfShape", [builder.constant(integers(1, 288))])
    return builder.model(builder.node("Add", [builder.node("Reshape", ["image", whole]), filled]))


def main():
    parser = argparse.ArgumentParser(description="Writes small models for the fuzzer to start from.")
    parser.add_argument("--folder", type=Path, required=True)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    models = {"shapes": shapes()}
    for number, (operator, others, attributes) in enumerate(CASES):
        others = [None if each is None else np.asarray(each) for each in others]
        models[f"{number}-{operator}"] = plain(operator, others, attributes)
        # Whether a value can be quantised at all is its type's matter.
        if operator not in ("ArgMax", "Cast", "Shape", "Size"):
            for kind in (np.int8, np.uint8):
                models[f"{number}-{operator}-{kind.__name__}"] = quantised(operator, others, attributes, kind)
    for name, model in models.items():
        onnx.checker.check_model(model)
        (folder / f"{name}.onnx").write_bytes(model.SerializeToString())
    print(f"{len(models)} models")


if __name__ == "__main__":
    main()
