"""Makes small quantised graphs and what onnxruntime computes for every tensor of them.

`python make_reference.py --out FOLDER` writes, for each graph, FOLDER/<graph>/model.onnx, index.json and case-NN.bin in the format of
provisioning/models/*/export_reference.py: raw little-endian values of every tensor, graph optimisations off.
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


def write(model, folder):
    folder.mkdir(parents=True, exist_ok=True)
    shape = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim]
    onnx.save(model, folder / "model.onnx")
    outputs = [output.name for output in model.graph.output]
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    names = [name for node in model.graph.node for name in node.output]
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
    arguments = parser.parse_args()
    for make in (convolutions, depthwise, unsigned, poolings, mixed):
        write(make(), arguments.out / make.__name__)


if __name__ == "__main__":
    main()
