"""Models that ask for more than they bring: `make_hostile.py --out FOLDER` writes one file for each way, none of them
larger than a few megabytes. Every one of them has to be refused; `sound.onnx` is the one to compare with.

They are written field by field, for onnx' own checks would refuse most of them here already.
"""

import argparse
import pathlib

import numpy as np
from onnx import AttributeProto, ModelProto, NodeProto, TensorProto, helper

INT64_MAX, INT64_MIN = 2**63 - 1, -(2**63)
HALF_GIGABYTE = 2**27
"""Floats: below the limit of one tensor."""


def tensor(name, kind, dims, raw=b""):
    return TensorProto(name=name, data_type=kind, dims=dims, raw_data=raw)


def values(name, array):
    array = np.asarray(array)
    kind = helper.np_dtype_to_tensor_dtype(array.dtype)
    return tensor(name, kind, array.shape, array.tobytes())


def model(nodes, constants=(), shape=(1, 1, 8, 8), kind=TensorProto.FLOAT, output="y"):
    """`nodes`: (operator, inputs, outputs, attributes), the last of which makes `y` of `x`."""
    result = ModelProto(ir_version=8, opset_import=[helper.make_opsetid("", 17)])
    for operator, inputs, outputs, attributes in nodes:
        node = result.graph.node.add(op_type=operator, name=f"{operator} of {outputs[0]}", input=inputs, output=outputs)
        node.attribute.extend(helper.make_attribute(name, value) for name, value in attributes.items())
    result.graph.name = "hostile"
    result.graph.initializer.extend(constants)
    result.graph.input.append(helper.make_tensor_value_info("x", kind, shape))
    result.graph.output.add(name=output)
    return result


def convolution(**attributes):
    return model([("Conv", ["x", "w"], ["y"], {"kernel_shape": [3, 3], **attributes})],
                 [values("w", np.ones((2, 1, 3, 3), np.float32))])


def relu(**how):
    return model([("Relu", ["x"], ["y"], {})], **how)


def constant(*constants, operator="Add"):
    return model([(operator, ["x", constants[0].name], ["y"], {})], constants)


def sizes():
    for name, shape in {
        "overflow": (1, 1, INT64_MAX, INT64_MAX), "wraps to nothing": (1, 2**32, 2**32, 1), "negative": (1, 1, -1, 8),
        "most negative": (INT64_MIN, 1, 8, 8), "nothing": (1, 0, 8, 8), "2^62": (2**62,),
        "billions": (1, 64, 2**14, 2**14), "nine axes": (1,) * 9, "a million axes": (1,) * 1_000_000,
    }.items():
        yield f"input of {name}", relu(shape=shape)
    yield "input without a type", relu(kind=0)
    yield "input of text", relu(kind=TensorProto.STRING)


def constants():
    yield "constant of billions without bytes", constant(tensor("c", TensorProto.FLOAT, [2**20, 2**20]))
    yield "constant of fewer bytes", constant(tensor("c", TensorProto.FLOAT, [4, 4], bytes(32)))
    yield "constant of more bytes", constant(tensor("c", TensorProto.FLOAT, [1], bytes(1_000_000)))
    yield "constant of part of a value", constant(tensor("c", TensorProto.FLOAT, [1], bytes(3)))
    yield "constant of a negative size", constant(tensor("c", TensorProto.FLOAT, [-1, -4], bytes(16)))
    yield "constant whose size overflows", constant(tensor("c", TensorProto.FLOAT, [2**33, 2**31], b""))
    yield "constant of text", constant(tensor("c", TensorProto.STRING, [1], b"text"))
    outside = tensor("c", TensorProto.FLOAT, [1])
    outside.data_location = TensorProto.EXTERNAL
    outside.external_data.add(key="location", value="/etc/passwd")
    yield "constant in another file", constant(outside)
    wide = TensorProto(name="c", data_type=TensorProto.INT8, dims=[2], int32_data=[1, 1000])
    yield "constant outside its type", constant(wide)
    yield "constant twice", constant(values("c", np.float32(1)), values("c", np.float32(2)))


def windows():
    for name, attributes in {
        "strides of nothing": {"strides": [0, 1]}, "negative strides": {"strides": [-1, -1]},
        "huge strides": {"strides": [INT64_MAX, INT64_MAX]}, "pads for billions": {"pads": [2**16] * 4},
        "pads that overflow": {"pads": [INT64_MAX] * 4}, "negative pads": {"pads": [-9] * 4},
        "dilations that overflow": {"dilations": [INT64_MAX, 2]}, "dilations of nothing": {"dilations": [0, 0]},
        "another kernel": {"kernel_shape": [2**31, 2**31]}, "no groups": {"group": 0}, "negative groups": {"group": -1},
        "many groups": {"group": 2**40}, "one stride": {"strides": [1]}, "a stride of text": {"strides": "1"},
        "a thousand strides": {"strides": [1] * 1000},
    }.items():
        yield f"convolution of {name}", convolution(**attributes)
    yield "pool for billions", model([("MaxPool", ["x"], ["y"], {"kernel_shape": [1, 1], "pads": [2**16] * 4})])
    yield "transposed convolution for billions", model(
        [("ConvTranspose", ["x", "w"], ["y"], {"strides": [2**14, 2**14]})],
        [values("w", np.ones((1, 64, 1, 1), np.float32))])


def growth():
    """Little that makes much, of constants and of the input."""
    much = values("s", np.array([HALF_GIGABYTE * 32], np.int64))
    yield "filled with billions", model([("ConstantOfShape", ["s"], ["c"], {}), ("Add", ["x", "c"], ["y"], {})], [much])
    part = [values("s", np.array([HALF_GIGABYTE], np.int64)), values("one", np.float32(1))]
    many = [("ConstantOfShape", ["s"], [f"c{k}"], {}) for k in range(40)]
    sums = [("Add", [f"c{k}", f"c{k + 1}"], [f"d{k}"], {}) for k in range(39)]
    yield "filled with much, many times", model([*many, *sums, ("Add", ["x", "d38"], ["y"], {})], part)
    yield "expanded to billions", model([("Expand", ["x", "s"], ["y"], {})], [values("s", np.array([2**33, 1, 8, 8]))])
    yield "constant expanded to billions", model(
        [("Expand", ["one", "s"], ["c"], {}), ("Add", ["x", "c"], ["y"], {})],
        [part[1], values("s", np.array([2**34]))])
    yield "tiled to billions", model([("Tile", ["x", "s"], ["y"], {})], [values("s", np.array([2**20, 2**14, 1, 1]))])
    ends = [values(name, np.int64(value)) for name, value in (("a", 0), ("b", 2**40), ("step", 1))]
    yield "range of billions", model(
        [("Range", ["a", "b", "step"], ["c"], {}), ("Reshape", ["x", "c"], ["y"], {})], ends)
    yield "range without an end", model(
        [("Range", ["a", "b", "step"], ["c"], {}), ("Reshape", ["x", "c"], ["y"], {})],
        [*ends[:2], values("step", np.int64(0))])
    yield "resized to billions", model(
        [("Resize", ["x", "", "s"], ["y"], {})], [values("s", np.array([1, 1, 2**15, 2**15], np.float32))])
    yield "resized by what is no number", model(
        [("Resize", ["x", "", "s"], ["y"], {})], [values("s", np.array([1, 1, np.nan, np.inf], np.float32))])
    yield "padded to billions", model(
        [("Pad", ["x", "s"], ["y"], {})], [values("s", np.array([0, 0, 2**16, 2**16, 0, 0, 2**16, 2**16]))])
    doubling = [("Concat", [f"v{k}", f"v{k}"], [f"v{k + 1}"], {"axis": 0}) for k in range(48)]
    yield "doubled 48 times", model([("Relu", ["x"], ["v0"], {}), *doubling, ("Relu", ["v48"], ["y"], {})])
    constants_doubled = [("Concat", [f"v{k}", f"v{k}"], [f"v{k + 1}"], {"axis": 0}) for k in range(48)]
    yield "constant doubled 48 times", model(
        [*constants_doubled, ("Add", ["x", "v48"], ["y"], {})], [values("v0", np.ones(16, np.float32))])
    yield "product of a row and a column", model(
        [("Transpose", ["x"], ["t"], {"perm": [1, 0]}), ("Mul", ["x", "t"], ["y"], {})], shape=(1, 2**17))
    yield "split into a million", model(
        [("Split", ["x"], ["y", *(f"p{k}" for k in range(1_000_000))], {"axis": 3})])


def graphs():
    yield "circle", model([("Add", ["x", "b"], ["a"], {}), ("Relu", ["a"], ["b"], {}), ("Relu", ["b"], ["y"], {})])
    yield "node of itself", model([("Add", ["x", "y"], ["y"], {})])
    yield "nobody's output", relu(output="z")
    yield "made twice", model([("Relu", ["x"], ["y"], {}), ("Relu", ["x"], ["y"], {})])
    chain = [("Relu", [f"v{k}" if k else "x"], [f"v{k + 1}"], {}) for k in range(100_000)]
    yield "100000 nodes", model(chain, output="v100000")
    yield "200000 inputs of a node", model([("Concat", ["x"] * 200_000, ["y"], {"axis": 1})])
    attributes = NodeProto(op_type="Relu", input=["x"], output=["y"])
    attributes.attribute.extend(AttributeProto(name=f"a{k}", i=k, type=AttributeProto.INT) for k in range(100_000))
    flooded = relu()
    flooded.graph.node[0].CopyFrom(attributes)
    yield "100000 attributes", flooded
    name = relu()
    name.graph.node[0].name = "n" * 4_000_000
    yield "a name of 4 megabytes", name
    card = relu()
    for index in range(100_000):
        card.metadata_props.add(key=f"key {index}", value="value")
    yield "100000 entries of metadata", card


def nested():
    """A graph within an attribute within a node within a graph, as deep as protobuf would never let itself be read."""
    def delimited(number, content):
        length, rest = b"", len(content)
        while rest >= 0x80:
            length, rest = length + bytes([rest & 0x7F | 0x80]), rest >> 7
        return bytes([number << 3 | 2]) + length + bytes([rest]) + content

    graph = relu().graph.SerializeToString()
    for _ in range(2000):
        # GraphProto.node, NodeProto.attribute, AttributeProto.g.
        graph = delimited(1, delimited(5, delimited(6, graph)))
    head = ModelProto(ir_version=8, opset_import=[helper.make_opsetid("", 17)])
    return head.SerializeToString() + delimited(7, graph)


def main():
    parser = argparse.ArgumentParser(description="Writes models that must be refused.")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    files = {"sound": relu().SerializeToString(), "nested": nested(), "empty": b"", "zeros": bytes(1_000_000),
             "all ones": b"\xff" * 1_000_000}
    for kind in (sizes, constants, windows, growth, graphs):
        files |= {name: made.SerializeToString() for name, made in kind()}
    for name, content in files.items():
        (folder / f"{name}.onnx").write_bytes(content)


if __name__ == "__main__":
    main()
