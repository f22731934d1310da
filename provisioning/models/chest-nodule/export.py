"""Writes the trained network as ONNX, and quantises it to int8 with onnxruntime's static quantisation (QDQ)."""

import os
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

import network

OPSET, IR_VERSION = 17, 8


def fp32_model(weights):
    """weights: layer name -> (weight, bias), batch normalisation folded. Returns a checked ONNX model."""
    nodes, constants = [], [numpy_helper.from_array(np.float32(value), name) for name, value in (("zero", 0), ("six", network.CLIP_MAXIMUM))]
    for layer in network.layers():
        inputs, attributes = list(layer.inputs), {}
        if layer.name in weights:
            for suffix, array in zip(("weight", "bias"), weights[layer.name]):
                constants.append(numpy_helper.from_array(array, f"{layer.name}.{suffix}"))
                inputs.append(f"{layer.name}.{suffix}")
        if layer.operator in ("Conv", "MaxPool"):
            attributes = dict(kernel_shape=[layer.kernel] * 2, strides=[layer.stride] * 2, pads=[layer.padding] * 4)
        if layer.operator == "Conv":
            attributes["group"] = layer.groups
        elif layer.operator == "Clip":
            inputs += ["zero", "six"]
        elif layer.operator == "Gemm":
            attributes["transB"] = 1
        nodes.append(helper.make_node(layer.operator, inputs, [layer.name], name=f"node.{layer.name}", **attributes))
    graph = helper.make_graph(
        nodes,
        "chest-nodule",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 128, 128])],
        [helper.make_tensor_value_info("nodule", TensorProto.FLOAT, [1, 2]), helper.make_tensor_value_info("location", TensorProto.FLOAT, [1, 1, 16, 16])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="chest-nodule")
    onnx.checker.check_model(model, full_check=True)
    return model


class _Images(quantization.CalibrationDataReader):
    """Feeds the calibration images [n, 128, 128, 1] one by one."""

    def __init__(self, images):
        self.images = iter(images)

    def get_next(self):
        image = next(self.images, None)
        return None if image is None else {"image": image[None, None, :, :, 0]}


def int8_model(fp32, images):
    """The quantised model: weights int8, symmetric, one scale per channel; activations int8, one scale and zero point per tensor.

    images: [n, 128, 128, 1] float32, from which the activations' ranges are taken (least and greatest value).
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("fp32.onnx", "prepared.onnx", "int8.onnx")]
        onnx.save(fp32, paths[0])
        # The shapes are all static, so ONNX's own shape inference suffices.
        quant_pre_process(paths[0], paths[1], skip_symbolic_shape=True)
        quantization.quantize_static(
            paths[1],
            paths[2],
            _Images(images),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            activation_type=quantization.QuantType.QInt8,
            weight_type=quantization.QuantType.QInt8,
            calibrate_method=quantization.CalibrationMethod.MinMax,
        )
        model = onnx.load(paths[2])
    # The preparation declares every operator domain that onnxruntime knows; only the standard one is used.
    standard = [entry for entry in model.opset_import if entry.domain == ""]
    del model.opset_import[:]
    model.opset_import.extend(standard)
    model.producer_name, model.producer_version = "onnxruntime.quantization", ""
    onnx.checker.check_model(model, full_check=True)
    return model


def set_metadata(model, entries):
    """Replaces the model's metadata_props by `entries`, strings to strings."""
    del model.metadata_props[:]
    helper.set_model_props(model, entries)
