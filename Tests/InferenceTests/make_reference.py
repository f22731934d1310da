"""Makes small quantised graphs and what onnxruntime computes for every tensor of them.

`python make_reference.py --out FOLDER` writes, for each graph, FOLDER/<graph>/model.onnx, index.json and case-NN.bin in the format of
provisioning/models/*/export_reference.py: raw little-endian values of every tensor, graph optimisations off. `--models FILES` does
so for models that exist, whose one input is called image.
The graphs cover odd sizes, strides, padding, dilation, groups, asymmetric zero points, unsigned values and what stays in float.
"""

import argparse
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

CASES = 4
ALIGNMENT = 64


class Builder:
    """A graph in the making. Values are names; quantised ones are followed by the scale and zero point they were made with."""

    def __init__(self, name, shape, seed):
        self.name, self.shape, self.random = name, shape, np.random.default_rng(seed)
        self.nodes, self.initialisers, self.count = [], [], 0

    def fresh(self, stem):
        self.count += 1
        return f"{stem}_{self.count}"

    def constant(self, array, stem="constant"):
        name = self.fresh(stem)
        self.initialisers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def node(self, operator, inputs, **attributes):
        output = self.fresh(operator.lower())
        self.nodes.append(helper.make_node(operator, inputs, [output], name=f"node.{output}", **attributes))
        return output

    def quantise(self, x, scale=0.03, zero_point=5, dtype=np.int8):
        return self.node("QuantizeLinear", [x, self.constant(np.float32(scale)), self.constant(dtype(zero_point))])

    def dequantise(self, x, scale=0.03, zero_point=5, dtype=np.int8):
        return self.node("DequantizeLinear", [x, self.constant(np.float32(scale)), self.constant(dtype(zero_point))])

    def pair(self, x, scale=0.03, zero_point=5, dtype=np.int8):
        return self.dequantise(self.quantise(x, scale, zero_point, dtype), scale, zero_point, dtype)

    def weights(self, shape, axis=0, per_channel=True, lowest=-127):
        depth = int(np.prod(shape)) // shape[axis]
        values = self.constant(self.random.integers(lowest, 128, shape).astype(np.int8), "weights")
        scales = (self.random.uniform(0.5, 1.5, shape[axis] if per_channel else ()) / (80 * np.sqrt(depth))).astype(np.float32)
        inputs = [values, self.constant(scales), self.constant(np.zeros(scales.shape, np.int8))]
        return self.node("DequantizeLinear", inputs, **({"axis": axis} if per_channel else {})), scales

    def bias(self, count, scales, input_scale):
        scales = (np.float32(input_scale) * scales).astype(np.float32)
        values = self.constant(self.random.integers(-3000, 3000, count).astype(np.int32), "bias")
        inputs = [values, self.constant(scales), self.constant(np.zeros(scales.shape, np.int32))]
        return self.node("DequantizeLinear", inputs, **({"axis": 0} if scales.ndim else {}))

    def conv(self, x, inputs, outputs, kernel, groups=1, input_scale=0.03, per_channel=True, lowest=-127, bias=True, **attributes):
        weights, scales = self.weights((outputs, inputs // groups, *kernel), 0, per_channel, lowest)
        operands = [x, weights] + ([self.bias(outputs, scales, input_scale)] if bias else [])
        return self.node("Conv", operands, kernel_shape=list(kernel), group=groups, **attributes)

    def gemm(self, x, depth, columns, transposed=True, input_scale=0.03):
        weights, scales = self.weights((columns, depth) if transposed else (depth, columns), 0 if transposed else 1)
        return self.node("Gemm", [x, weights, self.bias(columns, scales, input_scale)], transB=int(transposed))

    def transposed(self, x, inputs, outputs, kernel, input_scale=0.03, **attributes):
        weights, scales = self.weights((inputs, outputs, *kernel), 1)
        operands = [x, weights, self.bias(outputs, scales, input_scale)]
        return self.node("ConvTranspose", operands, kernel_shape=list(kernel), **attributes)

    def channels(self, count):
        return self.constant(self.random.normal(1, 0.2, (count, 1, 1)).astype(np.float32))

    def normalised(self, x, channels):
        values = [self.random.normal(0.5, 0.7, channels), self.random.normal(0, 0.2, channels), self.random.normal(0, 0.2, channels), self.random.uniform(0.5, 2, channels)]
        return self.node("BatchNormalization", [x] + [self.constant(v.astype(np.float32)) for v in values])

    def model(self, outputs):
        graph = helper.make_graph(
            self.nodes,
            self.name,
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, self.shape)],
            [onnx.ValueInfoProto(name=name) for name in outputs],
            self.initialisers,
        )
        model = helper.make_model(onnx.shape_inference.infer_shapes(helper.make_model(graph)).graph,
                                  opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        helper.set_model_props(model, {"name": self.name, "version": "1"})
        return model


def convolutions():
    b = Builder("convolutions", [1, 3, 19, 23], 1)
    x = b.pair(b.conv(b.pair("image"), 3, 16, (3, 3), pads=[1, 1, 1, 1], strides=[2, 2]), zero_point=-7)
    x = b.pair(b.node("Relu", [b.conv(x, 16, 21, (1, 1))]), zero_point=-128)
    x = b.pair(b.conv(x, 21, 7, (5, 2), pads=[2, 0, 1, 3], strides=[1, 2], dilations=[1, 2], bias=False), zero_point=31)
    x = b.pair(b.conv(x, 7, 5, (2, 3), pads=[0, 1, 0, 0], dilations=[3, 1], per_channel=False, lowest=-128))
    return b.model([b.conv(x, 5, 4, (1, 1), strides=[2, 1])])


def depthwise():
    b = Builder("depthwise", [2, 4, 13, 11], 2)
    x = b.pair(b.conv(b.pair("image"), 4, 33, (3, 3), pads=[1, 1, 1, 1]))
    x = b.pair(b.conv(x, 33, 33, (3, 3), 33, pads=[1, 1, 1, 1], strides=[2, 1]), zero_point=40)
    low, high = b.constant(np.float32(-0.5)), b.constant(np.float32(1.2))
    x = b.pair(b.node("Clip", [b.conv(x, 33, 33, (5, 4), 33, pads=[4, 2, 0, 1], dilations=[2, 1]), low, high]), 0.01, -11)
    x = b.pair(b.conv(x, 33, 66, (3, 3), 33, input_scale=0.01), 0.02, 0)
    x = b.pair(b.conv(x, 66, 12, (1, 2), 3, input_scale=0.02), 0.02, 3)
    return b.model([x])


def unsigned():
    b = Builder("unsigned", [1, 2, 12, 12], 3)
    x = b.pair("image", 0.03, 120, np.uint8)
    left = b.pair(b.node("Relu", [b.conv(x, 2, 8, (3, 3), pads=[1, 1, 1, 1])]), 0.01, 0, np.uint8)
    right = b.pair(b.conv(x, 2, 8, (1, 1)), 0.02, 131, np.uint8)
    x = b.pair(b.node("Relu", [b.node("Add", [left, right])]), 0.02, 0, np.uint8)
    x = b.quantise(b.node("MaxPool", [x], kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 0]), 0.02, 0, np.uint8)
    x = b.dequantise(b.node("MaxPool", [x], kernel_shape=[2, 2]), 0.02, 0, np.uint8)
    x = b.pair(b.node("Reshape", [x, b.constant(np.array([0, -1], np.int64))]), 0.02, 0, np.uint8)
    return b.model([b.pair(b.gemm(x, 8 * 5 * 5, 9, input_scale=0.02), 0.01, 100, np.uint8)])


def poolings():
    b = Builder("poolings", [1, 5, 15, 14], 4)
    x = b.pair("image", 0.03, 5)
    x = b.pair(b.conv(x, 5, 20, (3, 3)), 0.03, -4)
    y = b.pair(b.node("AveragePool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=0), 0.02, 9)
    z = b.pair(b.node("AveragePool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1), 0.025, 0)
    x = b.pair(b.node("Add", [y, z]), 0.04, -3)
    y = b.pair(b.node("MaxPool", [x], kernel_shape=[2, 3]), 0.04, -3)
    x = b.pair(b.node("GlobalAveragePool", [y]), 0.01, 2)
    x = b.pair(b.node("Flatten", [x]), 0.01, 2)
    return b.model([b.gemm(x, 20, 3, transposed=False, input_scale=0.01)])


def mixed():
    """Floats between the quantised parts, broadcasts, a value used twice, a plain float layer."""
    b = Builder("mixed", [1, 1, 9, 9], 5)
    q = b.pair("image")
    x = b.conv(q, 1, 6, (3, 3))
    weights = b.constant(b.random.normal(0, 0.2, (6, 6, 3, 3)).astype(np.float32))
    x = b.node("Relu", [b.node("Add", [x, b.constant(b.random.normal(0, 1, (6, 1, 1)).astype(np.float32))])])
    y = b.node("Conv", [x, weights], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    z = b.pair(b.node("Add", [x, y]), 0.05, -20)
    p = b.node("MaxPool", [z], kernel_shape=[2, 2], strides=[2, 2])
    g = b.node("GlobalAveragePool", [p])
    flat = b.node("Flatten", [b.node("Add", [g, p])])
    return b.model([b.gemm(flat, 6 * 9, 4), y])


def dense_blocks():
    """Concatenations in place and with other scales, batch normalisations that stand alone or follow a convolution."""
    b = Builder("dense_blocks", [1, 1, 14, 14], 6)
    x = b.pair(b.node("Relu", [b.conv(b.pair("image"), 1, 16, (3, 3), pads=[1, 1, 1, 1])]), 0.02, -128)
    channels, scale = 16, 0.02
    for growth, new_scale in ((8, 0.02), (8, 0.03), (12, 0.03), (8, 0.05)):
        y = b.pair(b.node("Relu", [b.normalised(x, channels)]), 0.03, -128)
        y = b.conv(y, channels, 24, (1, 1))
        y = b.pair(b.node("Relu", [b.normalised(y, 24)]), 0.025, -128)
        y = b.pair(b.conv(y, 24, growth, (3, 3), pads=[1, 1, 1, 1], input_scale=0.025), 0.01, 7)
        x = b.pair(b.node("Concat", [x, y], axis=1), new_scale, -100)
        channels += growth
    x = b.node("Clip", [b.node("Mul", [x, b.channels(channels)]), b.constant(np.float32(-1)), b.constant(np.float32(2))])
    x = b.node("Concat", [b.pair(x, 0.03, 0), b.pair(b.node("Add", [x, b.channels(channels)]), 0.04, 1)], axis=2)
    return b.model([b.pair(x, 0.04, 1)])


def activations():
    """Functions of one value, quantised in between or not, gates, and values that meet by broadcasting."""
    b = Builder("activations", [1, 2, 10, 12], 7)
    x = b.pair(b.conv(b.pair("image"), 2, 16, (3, 3)), 0.04, -3)
    x = b.pair(b.node("Mul", [x, b.node("Sigmoid", [x])]), 0.03, -20)
    x = b.pair(b.node("Mul", [x, b.pair(b.node("Sigmoid", [x]), 1 / 256, -128)]), 0.02, -30)
    x = b.pair(b.node("HardSigmoid", [b.pair(b.node("LeakyRelu", [x], alpha=0.1), 0.02, 5)]), 1 / 200, -120)
    gate = b.pair(b.conv(b.pair(b.node("GlobalAveragePool", [x]), 0.01, -100), 16, 16, (1, 1), input_scale=0.01), 0.02, 4)
    x = b.pair(b.node("Mul", [x, b.pair(b.node("Sigmoid", [gate]), 1 / 256, -128)]), 0.006, -128)
    spread = b.pair(b.node("Sigmoid", [b.conv(x, 16, 1, (1, 1), input_scale=0.006)]), 1 / 256, -128)
    x = b.pair(b.node("Mul", [spread, x]), 0.005, -128)
    x = b.pair(b.node("Sub", [x, gate]), 0.02, 10)
    weights = b.dequantise(b.constant(b.random.integers(-128, 128, (1, 16, 1, 1)).astype(np.int8)), 0.01, -4)
    x = b.pair(b.node("Add", [x, weights]), 0.03, 0)
    x = b.pair(b.node("Tanh", [b.node("Add", [x, b.constant(np.float32(0.3))])]), 1 / 128, 0)
    small = b.pair(b.conv(x, 16, 3, (1, 1), input_scale=1 / 128), 0.02, 0)
    small = b.pair(b.conv(small, 3, 3, (3, 3), 3, input_scale=0.02), 0.02, 0)
    return b.model([x, b.pair(b.node("Sub", [small, b.pair(b.node("Relu", [small]), 0.015, -128)]), 0.03, 3)])


def upsampling():
    """Transposed convolutions by phases, resizing, padding, skip connections, unsigned values."""
    b = Builder("upsampling", [1, 3, 12, 8], 8)
    unsigned = dict(dtype=np.uint8)
    skip = b.pair(b.node("Relu", [b.conv(b.pair("image", 0.03, 128, **unsigned), 3, 16, (3, 3), pads=[1, 1, 1, 1])]), 0.03, 0, **unsigned)
    x = b.pair(b.node("MaxPool", [skip], kernel_shape=[2, 2], strides=[2, 2]), 0.03, 0, **unsigned)
    x = b.pair(b.transposed(x, 16, 20, (2, 2), strides=[2, 2]), 0.05, 120, **unsigned)
    x = b.pair(b.node("Concat", [skip, x], axis=1), 0.05, 100, **unsigned)
    x = b.pair(b.transposed(x, 36, 9, (4, 4), 0.05, strides=[2, 2], pads=[1, 1, 1, 1]), 0.06, 130, **unsigned)
    x = b.pair(b.node("Relu", [b.transposed(x, 9, 16, (3, 3), 0.06, strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])]), 0.05, 0, **unsigned)
    nothing = b.constant(np.zeros(0, np.float32))
    scales = b.constant(np.array([1, 1, 0.5, 2], np.float32))
    x = b.pair(b.node("Resize", [x, nothing, scales], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"), 0.05, 0, **unsigned)
    scales = b.constant(np.array([1, 1, 1.5, 0.75], np.float32))
    x = b.pair(b.node("Resize", [x, nothing, scales], mode="linear", coordinate_transformation_mode="half_pixel"), 0.04, 3, **unsigned)
    x = b.pair(b.node("Pad", [x, b.constant(np.array([0, 0, 1, 0, 0, 0, 2, 3], np.int64))]), 0.04, 3, **unsigned)
    x = b.pair(b.node("GlobalMaxPool", [x]), 0.03, 3, **unsigned)
    return b.model([x])


def rearranging():
    """Splits, slices, transpositions, shapes; products with constant matrices; softmax; means."""
    b = Builder("rearranging", [1, 2, 6, 10], 9)
    x = b.pair(b.conv(b.pair("image"), 2, 32, (1, 1)), 0.03, 2)
    left, right = b.fresh("split"), b.fresh("split")
    b.nodes.append(helper.make_node("Split", [x, b.constant(np.array([16, 16], np.int64))], [left, right], name="node.split", axis=1))
    left, right = b.pair(left, 0.03, 2), b.pair(right, 0.04, 1)
    left = b.pair(b.conv(left, 16, 16, (3, 3), 4, pads=[1, 1, 1, 1]), 0.03, 0)
    x = b.pair(b.node("Concat", [left, right], axis=1), 0.04, 1)
    shape = b.constant(np.array([1, 2, 16, 6, 10], np.int64))
    x = b.pair(b.node("Reshape", [x, shape]), 0.04, 1)
    x = b.pair(b.node("Transpose", [x], perm=[0, 2, 1, 3, 4]), 0.04, 1)
    x = b.pair(b.node("Reshape", [x, b.constant(np.array([1, 32, 6, 10], np.int64))]), 0.04, 1)
    starts, ends, axes = (b.constant(np.array(v, np.int64)) for v in ([8, 1, 2], [29, 6, 100], [1, 2, 3]))
    x = b.pair(b.node("Slice", [x, starts, ends, axes]), 0.05, 0)
    mean = b.pair(b.node("ReduceMean", [x], axes=[2, 3], keepdims=0), 0.02, 0)
    tokens = b.pair(b.node("Transpose", [b.pair(b.node("Reshape", [x, b.constant(np.array([1, 21, 40], np.int64))]), 0.05, 0)], perm=[0, 2, 1]), 0.05, 0)
    weights, _ = b.weights((21, 12), 1)
    bias = b.constant(b.random.normal(0, 0.5, 12).astype(np.float32))
    y = b.pair(b.node("Add", [b.node("MatMul", [tokens, weights]), bias]), 0.05, -6)
    y = b.pair(b.node("Softmax", [y], axis=-1), 1 / 256, -128)
    return b.model([y, b.gemm(mean, 21, 4, input_scale=0.02)])


def attention():
    """Products of two values in batches, more heads than a block has channels, dense layers on four axes."""
    b = Builder("attention", [1, 9, 13, 6], 10)
    places = b.dequantise(b.constant(b.random.integers(-128, 128, (1, 9, 13, 6)).astype(np.int8)), 0.01, -9)
    x = b.pair(b.node("Add", [b.pair("image", 0.03, 11), places]), 0.03, 11)
    weights, _ = b.weights((6, 16), 1)
    query = b.pair(b.node("Add", [b.node("MatMul", [x, weights]), b.constant(b.random.normal(0, 0.5, 16).astype(np.float32))]), 0.02, -7)
    key = b.pair(b.node("MatMul", [x, b.weights((6, 16), 1, per_channel=False)[0]]), 0.02, 3)
    scores = b.node("MatMul", [query, b.pair(b.node("Transpose", [key], perm=[0, 1, 3, 2]), 0.02, 3)])
    scores = b.pair(b.node("Mul", [b.pair(scores, 0.05, -2), b.constant(np.float32(0.25))]), 0.02, 0)
    shares = b.pair(b.node("Softmax", [scores], axis=-1), 1 / 256, -128)
    x = b.pair(b.node("MatMul", [shares, query]), 0.015, 20)
    rows = b.pair(b.node("Reshape", [x, b.constant(np.array([117, 16], np.int64))]), 0.015, 20)
    return b.model([x, b.pair(b.node("MatMul", [rows, b.pair(b.node("Transpose", [rows], perm=[1, 0]), 0.015, 20)]), 0.05, 0)])


def write(model, folder):
    folder.mkdir(parents=True, exist_ok=True)
    shape = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim]
    onnx.save(model, folder / "model.onnx")
    outputs = [output.name for output in model.graph.output]
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    names = [name for node in model.graph.node for name in node.output if name]
    del shown.graph.output[:]
    shown.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(shown.SerializeToString(), options, providers=["CPUExecutionProvider"])
    cases = []
    for case in range(CASES):
        image = np.random.default_rng(100 + case).normal(0, 1.5, shape).astype(np.float32)
        tensors = {"image": image, **dict(zip(names, session.run(names, {"image": image})))}
        path, entries = folder / f"case-{case:02}.bin", {}
        with open(path, "wb") as file:
            for name, array in tensors.items():
                file.write(b"\0" * (-file.tell() % ALIGNMENT))
                entries[name] = {"dtype": array.dtype.name, "shape": list(array.shape), "file": path.name, "offset": file.tell()}
                file.write(np.ascontiguousarray(array).tobytes())
        cases.append({"tensors": entries})
    (folder / "index.json").write_text(json.dumps({"model": "model.onnx", "outputs": outputs, "cases": cases}))


def main():
    parser = argparse.ArgumentParser(description="Makes small quantised graphs and onnxruntime's values for them.")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--models", type=pathlib.Path, nargs="+", help="instead of the graphs made here")
    arguments = parser.parse_args()
    for model in arguments.models or ():
        write(onnx.load(model), arguments.out / model.stem)
    for make in () if arguments.models else (
        convolutions, depthwise, unsigned, poolings, mixed, dense_blocks, activations, upsampling, rearranging,
        attention,
    ):
        write(make(), arguments.out / make.__name__)


if __name__ == "__main__":
    main()
