#!/usr/bin/env python3
"""Makes the networks that the engine is measured on: known architectures with random weights, in float and in int8.

`make_networks.py --folder FOLDER [--only NAME…]` writes FOLDER/<name>-{float,s8s8,u8s8}.onnx and FOLDER/<name>.json
with the multiply-accumulates, unless those of the same recipe are there. Every figure follows from the seeds: the same
packages make the same files. s8s8 and u8s8: the type of activations, then of weights; QDQ, weights per channel.
"""

import argparse
import hashlib
import json
import logging
import sys
import tempfile
import warnings
from pathlib import Path

import numpy
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

import classifiers
import segmentation
from graph import INPUT
from images import images

NETWORKS = {
    "mobilenet-v2": classifiers.mobilenet_v2,
    "mobilenet-v3-large": classifiers.mobilenet_v3_large,
    "resnet-18": classifiers.resnet_18,
    "resnet-50": classifiers.resnet_50,
    "densenet-121": classifiers.densenet_121,
    "efficientnet-b0": classifiers.efficientnet_b0,
    "u-net": segmentation.u_net,
}
ACTIVATIONS = {"s8s8": QuantType.QInt8, "u8s8": QuantType.QUInt8}
SETTLING_SEED, CLASSIFIER_SEED, CALIBRATION_SEED, TEST_SEED = range(4)
SETTLING_IMAGES = CLASSIFIER_IMAGES = CALIBRATION_IMAGES = 16


def recipe():
    """The digest of all that decides what is in the files."""
    digest = hashlib.sha256()
    for script in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(script.read_bytes())
    digest.update(repr([each.__version__ for each in (numpy, onnx, onnxruntime)]).encode())
    return digest.hexdigest()


def ensure(folder, names=tuple(NETWORKS)):
    """Makes what is missing. Returns name → what its JSON says."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = recipe()
    descriptions = {}
    for name in names:
        path = folder / f"{name}.json"
        if not path.exists() or json.loads(path.read_text())["recipe"] != wanted:
            print(f"Making {name}", file=sys.stderr, flush=True)
            description = _make(name, folder) | {"recipe": wanted}
            # Last: where it is, the models are complete.
            path.write_text(json.dumps(description) + "\n")
        descriptions[name] = json.loads(path.read_text())
    return descriptions


def test_images(count, size):
    """Images that no network has seen; the classifiers' classes are each like some."""
    known = images(CLASSIFIER_IMAGES, size, CLASSIFIER_SEED)
    fresh = images(count, size, TEST_SEED)
    return numpy.stack([(0.9 * known[index % len(known)] + 0.4 * image) for index, image in enumerate(fresh)])


def _make(name, folder):
    graph, result = NETWORKS[name]()
    size = graph.image.size
    known = images(CLASSIFIER_IMAGES, size, CLASSIFIER_SEED)
    model = graph.settle(images(SETTLING_IMAGES, size, SETTLING_SEED), known, result)
    onnx.checker.check_model(model, full_check=True)
    float_model = folder / f"{name}-float.onnx"
    onnx.save(model, float_model)
    with tempfile.TemporaryDirectory() as temporary:
        # Folds the normalisations into the convolutions before them.
        folded = Path(temporary) / "folded.onnx"
        quant_pre_process(float_model, folded, skip_symbolic_shape=True)
        for suffix, kind in ACTIVATIONS.items():
            quantize_static(folded, folder / f"{name}-{suffix}.onnx", _Calibration(size, known), per_channel=True,
                            quant_format=QuantFormat.QDQ, activation_type=kind, weight_type=QuantType.QInt8)
    return {"size": size, "multiply_accumulates": graph.multiply_accumulates, "parameters": graph.trained_parameters}


class _Calibration(CalibrationDataReader):
    def __init__(self, size, known):
        self._images = iter([*known, *images(CALIBRATION_IMAGES, size, CALIBRATION_SEED)])

    def get_next(self):
        image = next(self._images, None)
        return None if image is None else {INPUT: image[None]}


def main():
    parser = argparse.ArgumentParser(description="Makes the networks that the engine is measured on.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=NETWORKS, default=list(NETWORKS), metavar="NAME")
    options = parser.parse_args()
    for name, description in ensure(options.folder, options.only).items():
        print(f"{name}: {description['multiply_accumulates'] / 1e6:.1f} million multiply-accumulates")


if __name__ == "__main__":
    # onnxruntime's advice to run its own preprocessing, which was done.
    logging.getLogger().setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    main()
