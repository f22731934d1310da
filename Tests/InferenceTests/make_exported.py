"""Makes float graphs of the kind that exporters write, in several operator sets, and what onnxruntime computes for them.

`python make_exported.py --out FOLDER` writes FOLDER/opset-<N>/ in the format of make_reference.py. What changed between operator
sets (axes as attribute or operand, Split, GroupNormalization, Gelu) is written as each of them has it.
"""

import argparse
import pathlib
import sys

import numpy as np
from onnx import helper

# Nothing is to be left among the tests' sources.
sys.dont_write_bytecode = True
from make_reference import Builder, write  # noqa: E402

OPERATOR_SETS = (13, 15, 17, 18, 20, 21)


class Exporter(Builder):
    def __init__(self, version):
        super().__init__(f"opset-{version}", [1, 4, 12, 10], version)
        self.version = version

    def integers(self, *values):
        return self.constant(np.array(values, np.int64))

    def scalar(self, value):
        return self.constant(np.float32(value))

    def floats(self, *shape):
        return self.constant(self.random.normal(0, 0.5, shape).astype(np.float32))

    def reduce(self, operator, x, axes, **attributes):
        operand = operator == "ReduceSum" or self.version >= 18
        return self.node(operator, [x] + [self.integers(*axes)] * operand, **({} if operand else {"axes": axes}), **attributes)

    def size(self, x, axis):
        """One size of a value, as a vector of one entry: how PyTorch writes x.size(axis)."""
        size = self.node("Gather", [self.node("Shape", [x]), self.constant(np.int64(axis))], axis=0)
        return self.node("Unsqueeze", [size, self.integers(0)])

    def layer_norm(self, x, width):
        if self.version >= 17:
            return self.node("LayerNormalization", [x, self.floats(width), self.floats(width)], axis=-1)
        centred = self.node("Sub", [x, self.reduce("ReduceMean", x, [-1])])
        variance = self.reduce("ReduceMean", self.node("Pow", [centred, self.scalar(2)]), [-1])
        deviation = self.node("Sqrt", [self.node("Add", [variance, self.scalar(1e-5)])])
        return self.node("Add", [self.node("Mul", [self.node("Div", [centred, deviation]), self.floats(width)]), self.floats(width)])

    def gelu(self, x):
        if self.version >= 20:
            return self.node("Gelu", [x], approximate="tanh")
        erf = self.node("Erf", [self.node("Div", [x, self.scalar(np.sqrt(2))])])
        return self.node("Mul", [self.node("Mul", [x, self.node("Add", [erf, self.scalar(1)])]), self.scalar(0.5)])

    def group_norm(self, x, channels, groups):
        if self.version >= 21:
            return self.node("GroupNormalization", [x, self.floats(channels), self.floats(channels)], num_groups=groups)
        # PyTorch's way: instances of groups, then a scale and a bias for each channel.
        shape = self.node("Shape", [x])
        rows = self.node("Reshape", [x, self.integers(0, groups, -1)])
        one, none = self.constant(np.ones(groups, np.float32)), self.constant(np.zeros(groups, np.float32))
        rows = self.node("InstanceNormalization", [rows, one, none])
        x = self.node("Reshape", [rows, shape])
        return self.node("Add", [self.node("Mul", [x, self.floats(channels, 1, 1)]), self.floats(channels, 1, 1)])

    def attention(self, x, width, heads):
        """Self-attention over the places of an image, with the shapes computed as exporters compute them."""
        count = self.size(x, 0)
        rows = self.node("Transpose", [self.node("Reshape", [x, self.node("Concat", [count, self.integers(width, -1)], axis=0)])], perm=[0, 2, 1])
        rows = self.layer_norm(rows, width)
        joined = self.node("Add", [self.node("MatMul", [rows, self.floats(width, 3 * width)]), self.floats(3 * width)])
        name = self.fresh("split")
        parts = [f"{name}.{part}" for part in range(3)]
        sized = self.version < 18
        self.nodes.append(helper.make_node(
            "Split", [joined] + [self.integers(width, width, width)] * sized, parts, name=name, axis=-1,
            **({} if sized else {"num_outputs": 3})))
        target = self.node("Concat", [count, self.integers(-1, heads, width // heads)], axis=0)
        query, key, value = (
            self.node("Transpose", [self.node("Reshape", [part, target])], perm=perm)
            for part, perm in zip(parts, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])))
        scores = self.node("Div", [self.node("MatMul", [query, key]), self.scalar(np.sqrt(width // heads))])
        mixed = self.node("MatMul", [self.node("Softmax", [scores], axis=-1), value])
        mixed = self.node("Transpose", [mixed], perm=[0, 2, 1, 3])
        mixed = self.node("Reshape", [mixed, self.node("Concat", [count, self.integers(-1, width)], axis=0)])
        mixed = self.gelu(self.node("Add", [mixed, rows]))
        back = self.node("Transpose", [mixed], perm=[0, 2, 1])
        return self.node("Reshape", [back, self.node("Shape", [x])])


def exported(version):
    b = Exporter(version)
    x = b.node("Conv", ["image", b.floats(8, 4, 3, 3), b.floats(8)], auto_pad="SAME_UPPER")
    x = b.node("Mul", [x, b.node("Sigmoid", [x])])
    skip = b.group_norm(x, 8, 4)
    x = b.attention(skip, 8, 2)
    down = b.node("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    down = b.node("Conv", [down, b.floats(8, 2, 3, 3)], group=4, dilations=[2, 2], pads=[2, 2, 2, 2])
    down = b.node("HardSwish", [down]) if version >= 14 else b.node("LeakyRelu", [down], alpha=0.2)
    # The size of the skip connection, computed; the channels from the other side.
    spatial = b.node("Slice", [b.node("Shape", [skip]), b.integers(2), b.integers(4), b.integers(0)])
    sizes = b.node("Concat", [b.node("Slice", [b.node("Shape", [down]), b.integers(0), b.integers(2)]), spatial], axis=0)
    up = b.node("Resize", [down, "", "", sizes], mode="linear", coordinate_transformation_mode="half_pixel")
    x = b.node("Concat", [b.node("PRelu", [up, b.floats(8, 1, 1)]), skip], axis=1)
    x = b.node("ConvTranspose", [x, b.floats(16, 6, 2, 2), b.floats(6)], strides=[2, 2])
    x = b.node("InstanceNormalization", [x, b.floats(6), b.floats(6)])
    x = b.node("Pad", [x, b.integers(0, 0, 1, 2, 0, 0, 2, 1)], mode="reflect")
    x = b.node("AveragePool", [x], kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1, count_include_pad=1, pads=[1, 0, 1, 0])
    mask = b.node("Greater", [x, b.scalar(0)])
    x = b.node("Where", [mask, x, b.node("Mul", [x, b.scalar(0.1)])])
    x = b.node("Clip", [x, b.scalar(-1), b.scalar(2)])
    mean = b.reduce("ReduceMean", x, [2, 3], keepdims=0)
    largest = b.reduce("ReduceMax", x, [-1, -2], keepdims=0)
    features = b.node("Concat", [mean, largest, b.node("Squeeze", [b.node("GlobalAveragePool", [x]), b.integers(2, 3)])], axis=1)
    logits = b.node("Gemm", [features, b.floats(18, 5), b.floats(5)], alpha=0.5)
    return b.model([b.node("LogSoftmax", [logits], axis=1), b.node("Tanh", [x]), b.reduce("ReduceSum", logits, [1])])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    for version in OPERATOR_SETS:
        model = exported(version)
        model.opset_import[0].version = version
        model.ir_version = 10 if version > 20 else 8
        write(model, arguments.out / f"opset-{version}")


if __name__ == "__main__":
    main()
