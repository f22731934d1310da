"""Writes reference values for an inference engine: every tensor of the graph, as onnxruntime computes it with all graph optimisations off.

`python export_reference.py --out FOLDER [--cases 50] [--model chest-nodule.onnx]` writes

  FOLDER/index.json   {"model", "sha256", "outputs", "nodes": [...], "cases": [...]}
  FOLDER/case-NN.bin  raw little-endian values, C order, each tensor beginning at a multiple of 64 bytes

nodes: in order of computation {"name", "operator", "inputs", "outputs"}.
cases: {"seed", "nodule", "rows", "columns", "tensors": {tensor name: {"dtype", "shape", "file", "offset"}}}.
dtype is float32, int8, uint8, int32, int64 or uint16. Besides the graph's tensors (the input `image` included, constants not) each case holds
"stored_values" [rows, columns] uint16, a MONOCHROME2 image with slope 1 and intercept 0, from which `image` was made: the preprocessing is
tested with it. Every fifth case is enlarged from fewer than 128 rows or is oblong, to test the letterbox.
"""

import argparse
import hashlib
import json
import pathlib
import time

import numpy as np
import onnx
import onnxruntime

import dataset
import phantom
import preprocessing

ALIGNMENT = 64
SHAPES = ((512, 512), (400, 512), (512, 420), (301, 257), (96, 110))
"""(rows, columns), in turn. The last is enlarged, the one before has no common factor with 128."""
FOLDER = pathlib.Path(__file__).parent


def every_output(model):
    """A copy of the model in which each node's output is an output of the graph, in order of computation, and the list of their names."""
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    names = [name for node in model.graph.node for name in node.output if name]
    del shown.graph.output[:]
    # onnxruntime infers the type of an output that only has a name.
    shown.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    return shown, names


def unoptimised_session(model):
    """An onnxruntime session that computes node by node, exactly as the graph says, on one thread."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def write_case(path, tensors):
    """Writes name -> array to one file; returns the index entry of each."""
    entries = {}
    with open(path, "wb") as file:
        for name, array in tensors.items():
            file.write(b"\0" * (-file.tell() % ALIGNMENT))
            entries[name] = {"dtype": array.dtype.name, "shape": list(array.shape), "file": path.name, "offset": file.tell()}
            file.write(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes())
    return entries


def main():
    parser = argparse.ArgumentParser(description="Writes reference tensors of the network for tests.")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder to write to; made if missing")
    parser.add_argument("--cases", type=int, default=50, help="number of phantoms, every other one with nodules")
    parser.add_argument("--model", type=pathlib.Path, default=FOLDER / "chest-nodule.onnx")
    arguments = parser.parse_args()
    if arguments.cases < 1:
        parser.error("--cases must be at least 1")
    if not arguments.model.is_file():
        parser.error(f"no model at {arguments.model}: make it with train.py, or name another with --model")

    started = time.monotonic()
    arguments.out.mkdir(parents=True, exist_ok=True)
    model = onnx.load(arguments.model)
    outputs = [output.name for output in model.graph.output]
    nodes = [dict(name=n.name, operator=n.op_type, inputs=list(n.input), outputs=list(n.output)) for n in model.graph.node]
    shown, names = every_output(model)
    session = unoptimised_session(shown)
    cases = []
    for k in range(arguments.cases):
        seed, nodule, (rows, columns) = dataset.FIRST_SEED["reference"] + k, k % 2 == 1, SHAPES[k % len(SHAPES)]
        stored_values = phantom.draw(seed, nodule, rows, columns).stored_values
        image = preprocessing.preprocess(stored_values)
        tensors = {"stored_values": stored_values, "image": image, **dict(zip(names, session.run(names, {"image": image})))}
        entries = write_case(arguments.out / f"case-{k:02}.bin", tensors)
        cases.append(dict(seed=seed, nodule=nodule, rows=rows, columns=columns, tensors=entries))
        if (k + 1) % 10 == 0 or k + 1 == arguments.cases:
            print(f"{k + 1} of {arguments.cases} cases, {time.monotonic() - started:.0f} s", flush=True)
    digest = hashlib.sha256(arguments.model.read_bytes()).hexdigest()
    index = dict(model=arguments.model.name, sha256=digest, outputs=outputs, nodes=nodes, cases=cases)
    (arguments.out / "index.json").write_text(json.dumps(index, indent=1) + "\n")


if __name__ == "__main__":
    main()
