"""Writes golden cases for the appliance's self-test: inputs of the network, and what onnxruntime computes of them.

`python golden.py [--out FOLDER] [--model chest-nodule.onnx]` writes, by default beside the model,

  chest-nodule.golden/golden.json   {"model_sha256", "cases": [{"inputs": {name: file}, "outputs": {name: file}}]}
  chest-nodule.golden/*.npy         the tensors, as numpy writes them

The inputs are phantoms, one without and one with nodules, prepared as the appliance prepares images. The outputs are those of onnxruntime with all
graph optimisations off: the self-test asks the appliance's own engine for the very same bytes.
"""

import argparse
import hashlib
import json
import pathlib

import numpy as np
import onnx

import dataset
import phantom
import preprocessing
from export_reference import unoptimised_session

FOLDER = pathlib.Path(__file__).parent
ROWS, COLUMNS = 512, 512
CASES = ((dataset.FIRST_SEED["reference"] + 8, False), (dataset.FIRST_SEED["reference"] + 9, True))
"""(seed, nodule). In these no value between the layers lies so near the middle of two steps of its scale that the order of float operations decides;
in about every third phantom one does, and then engines that are both right differ by a step."""


def main():
    parser = argparse.ArgumentParser(description="Writes golden cases for the self-test.")
    parser.add_argument("--out", type=pathlib.Path, default=FOLDER / "chest-nodule.golden", help="folder to write to; made if missing")
    parser.add_argument("--model", type=pathlib.Path, default=FOLDER / "chest-nodule.onnx")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    model = onnx.load(arguments.model)
    outputs = [output.name for output in model.graph.output]
    session = unoptimised_session(model)
    cases = []
    for number, (seed, nodule) in enumerate(CASES):
        image = preprocessing.preprocess(phantom.draw(seed, nodule, ROWS, COLUMNS).stored_values)
        tensors = {"image": image, **dict(zip(outputs, session.run(outputs, {"image": image})))}
        files = {name: f"{number}-{name}.npy" for name in tensors}
        for name, tensor in tensors.items():
            np.save(arguments.out / files[name], np.ascontiguousarray(tensor))
        cases.append({"inputs": {"image": files["image"]}, "outputs": {name: files[name] for name in outputs}})
    digest = hashlib.sha256(arguments.model.read_bytes()).hexdigest()
    (arguments.out / "golden.json").write_text(json.dumps({"model_sha256": digest, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
