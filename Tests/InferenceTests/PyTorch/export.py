"""Quantises a small network with PyTorch in each of its ways and exports it, as files for ExportedGraphTests.

`python export.py` writes the .onnx files beside it, which are kept: PyTorch is too large to be there for every test. Needs, from PyPI,
torch==2.8.0, onnx==1.23.2 and onnxscript==0.7.2; other versions may write other files. What they say of the machine they were made on
is taken out.
"""

import logging
import pathlib
import warnings

import onnx
import torch
from torch import nn
from torch.ao.quantization import (
    FakeQuantize, MovingAverageMinMaxObserver, MovingAveragePerChannelMinMaxObserver, QConfig, QConfigMapping,
    disable_observer, get_default_qconfig_mapping, move_exported_model_to_eval,
)
from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx, prepare_qat_fx
from torch.ao.quantization.quantize_pt2e import convert_pt2e, prepare_pt2e
from torch.ao.quantization.quantizer.xnnpack_quantizer import XNNPACKQuantizer, get_symmetric_quantization_config

FOLDER = pathlib.Path(__file__).parent
SEED = 7
CALIBRATION_BATCHES = 8
SHAPE = (1, 16, 18)


def layer(inputs, outputs, kernel=3, stride=1, groups=1, activation=nn.ReLU):
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), activation())


class Network(nn.Module):
    """A bit of every network: depthwise layers, excitation, a residual, an encoder and a decoder, a classifier."""

    def __init__(self):
        super().__init__()
        self.first = layer(1, 8, stride=2)
        self.depthwise = layer(8, 8, groups=8, activation=nn.ReLU6)
        self.pointwise = layer(8, 16, kernel=1, activation=nn.Hardswish)
        self.residual = layer(16, 16)
        self.excitation = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(16, 8, 1), nn.ReLU(), nn.Conv2d(8, 16, 1), nn.Hardsigmoid())
        self.pool = nn.MaxPool2d(2, ceil_mode=True)
        self.deep = layer(16, 24, activation=nn.LeakyReLU)
        self.up = nn.ConvTranspose2d(24, 8, 2, 2)
        self.joined = layer(24, 8, activation=nn.SiLU)
        self.dropout = nn.Dropout()
        self.classifier = nn.Linear(8, 5)

    def forward(self, image):
        x = self.pointwise(self.depthwise(self.first(image)))
        x = self.residual(x) + x
        x = x * self.excitation(x)
        deep = self.up(self.deep(self.pool(x)))[:, :, :, :9]
        x = self.joined(torch.cat([x, deep], 1))
        x = nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")
        x = torch.flatten(nn.functional.adaptive_avg_pool2d(x, 1), 1)
        return self.classifier(self.dropout(x))


def settled(batches):
    """The network with statistics in its batch normalisations; the same each time."""
    torch.manual_seed(SEED)
    network = Network().train()
    for batch in batches:
        network(batch)
    return network.eval()


def calibrated(network, batches):
    for batch in batches:
        network(batch)
    return network


def converted(batches, image):
    """Static quantisation of a traced graph with the settings for x86: unsigned 7-bit values, weights by channel."""
    mapping = get_default_qconfig_mapping("fbgemm")
    torch.backends.quantized.engine = "fbgemm"
    return convert_fx(calibrated(prepare_fx(settled(batches), mapping, (image,)), batches))


def trained(batches, image):
    """As training leaves a network whose quantisation is feigned: unsigned 7-bit values, normalisations not folded."""
    values = FakeQuantize.with_args(
        observer=MovingAverageMinMaxObserver, quant_min=0, quant_max=127, dtype=torch.quint8, reduce_range=False)
    weights = FakeQuantize.with_args(
        observer=MovingAveragePerChannelMinMaxObserver, quant_min=-128, quant_max=127, dtype=torch.qint8,
        qscheme=torch.per_channel_symmetric, ch_axis=0)
    mapping = QConfigMapping().set_global(QConfig(activation=values, weight=weights))
    network = calibrated(prepare_qat_fx(settled(batches).train(), mapping, (image,)), batches)
    network.eval()
    return network.apply(disable_observer)


def captured(batches, image):
    """Static quantisation of an exported program: signed values, weights by channel."""
    program = torch.export.export_for_training(settled(batches), (image,)).module()
    quantiser = XNNPACKQuantizer().set_global(get_symmetric_quantization_config(is_per_channel=True))
    network = convert_pt2e(calibrated(prepare_pt2e(program, quantiser), [batch[:1] for batch in batches]))
    move_exported_model_to_eval(network)
    return network


def save(network, image, name, opset, dynamo):
    path = FOLDER / f"{name}.onnx"
    torch.onnx.export(network, (image,), path, opset_version=opset, dynamo=dynamo, input_names=["image"])
    model = onnx.load(path)
    for message in (model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input,
                    *model.graph.output, *model.graph.initializer):
        message.ClearField("metadata_props")
        message.ClearField("doc_string")
    onnx.checker.check_model(model)
    onnx.save(model, path)
    path.with_suffix(".onnx.data").unlink(missing_ok=True)
    print(f"{path.name}: {path.stat().st_size} bytes, {len(model.graph.node)} nodes")


def main():
    logging.disable(logging.ERROR)
    warnings.simplefilter("ignore")
    torch.manual_seed(SEED)
    batches = [torch.randn(4, *SHAPE) for _ in range(CALIBRATION_BATCHES)]
    image = torch.randn(1, *SHAPE)
    save(converted(batches, image), image, "converted", opset=13, dynamo=False)
    save(trained(batches, image), image, "trained", opset=17, dynamo=False)
    save(captured(batches, image), image, "captured", opset=21, dynamo=True)


if __name__ == "__main__":
    main()
