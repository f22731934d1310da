#!/usr/bin/env python3
"""Whether Outpost computes real networks as onnxruntime does, with onnxruntime's graph optimisations off.

Node by node, each on onnxruntime's own inputs: no 8-bit value may be more than one step off. Then whole runs: random
networks amplify a difference of one step with every layer, so beside Outpost's figures stand those of onnxruntime's own
optimised graph. A network that the engine refuses is said, with its reason, and is no failure.
"""

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "networks"))

# The folder of the networks must be on the path first.
# pylint: disable=wrong-import-position
from agreement import Runs, Steps  # noqa: E402
from graph import INPUT, OUTPUT, session  # noqa: E402
from make_networks import ACTIVATIONS, NETWORKS, ensure, test_images  # noqa: E402
from tables import aligned  # noqa: E402

IMAGES = 20
REFUSED = 65
LARGEST_STEPS = 1
# Memory that loading may take on top of the program's own, in parts of the file, of which small ones say nothing.
LARGEST_LOADING = 1.3
SMALLEST_LOADED = 8_000_000
TINY_NETWORK = HERE.parents[1] / "InferenceTests/PyTorch/captured.onnx"


class Refused(Exception):
    pass


class Engine:
    """Outpost's, by way of outpost-engine-runner."""

    def __init__(self, command, model):
        self._command, self._model = command, model

    def inspect(self):
        return json.loads(self._run("inspect"))

    def loading(self):
        """The most memory that the program held while it read and planned the network, in bytes."""
        return json.loads(self._run("load"))["peakBytes"]

    def steps(self, folder):
        self._run("steps", folder)

    def outputs(self, folder, count):
        self._run("outputs", folder, count)

    def _run(self, how, *arguments):
        command = [*self._command, how, self._model, *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode == REFUSED:
            raise Refused(result.stderr.strip())
        if result.returncode != 0:
            sys.exit(f"{how} of {self._model}: {result.stderr.strip() or f'ended with {result.returncode}'}")
        return result.stdout


def loading_share(options, path):
    """What loading takes more than loading a network of nearly nothing, in parts of the file; None of small files."""
    size = path.stat().st_size
    if size < SMALLEST_LOADED:
        return None
    return (Engine(options.program, path).loading() - Engine(options.program, TINY_NETWORK).loading()) / size


def compare_steps(engine, model, image):
    plan = engine.inspect()["steps"]
    known = {INPUT, *(name for node in model.graph.node for name in node.output)}
    named = [value["name"] for step in plan for value in step["inputs"] + step["outputs"]]
    names = [name for name in dict.fromkeys(named) if name in known]
    tensors = _reference(model, image, names)
    result = Steps()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "values.json").write_text(json.dumps({name: number for number, name in enumerate(names)}))
        for number, name in enumerate(names):
            np.save(folder / f"{number}.npy", tensors[name])
        engine.steps(folder)
        for number, step in enumerate(plan):
            for index, name in enumerate(output["name"] for output in step["outputs"]):
                if name in tensors:
                    found = np.load(folder / f"step-{number}-{index}.npy")
                    result.add(found, tensors[name], f"{'+'.join(step['operators'])} of {step['name']}")
    return result


def _reference(model, image, names):
    """Name → tensor, as onnxruntime computes the graph node by node."""
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    wanted = [name for name in names if name != INPUT]
    shown.graph.output.extend(onnx.ValueInfoProto(name=name) for name in wanted if name != OUTPUT)
    return {INPUT: image, **dict(zip(wanted, session(shown, optimised=False).run(wanted, {INPUT: image})))}


def compare_runs(engine, model, drawn):
    """Outpost's whole runs, and those of onnxruntime's optimised graph, beside the same reference."""
    expected, other = ([session(model, optimised).run(None, {INPUT: image[None]})[0][0] for image in drawn]
                       for optimised in (False, True))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for number, image in enumerate(drawn):
            np.save(folder / f"input-{number}.npy", image[None])
        engine.outputs(folder, len(drawn))
        found = [np.load(folder / f"output-{number}.npy")[0] for number in range(len(drawn))]
    expected, step = np.stack(expected), output_step(model)
    return (Runs(np.stack(found), expected, step), Runs(np.stack(other), expected, step))


def output_step(model):
    """The scale of the DequantizeLinear that makes the output."""
    constants = {each.name: each for each in model.graph.initializer}
    last = next(node for node in model.graph.node if OUTPUT in node.output)
    return float(numpy_helper.to_array(constants[last.input[1]]))


def row(name, suffix, steps, runs):
    found, other = runs

    def share(which):
        return f"{which.mean() * 100:.2f} %" if found.is_map else f"{which.sum()}/{which.size}"

    return [f"{name} {suffix}", f"{steps.exact_share * 100:.3f} %", f"{steps.largest:.2g}",
            *(share(each.same) for each in runs), share(found.same | ~found.decided),
            *(f"{found.percentile(share):.1f}" for share in (50, 99, 100)), f"{other.percentile(99):.1f}"]


TITLES = ["network", "nodes exact", "largest", "same class", "ORT's own", "same or undecided", "deviation 50 %",
          "99 %", "100 %", "ORT's own 99 %"]


def main():
    parser = argparse.ArgumentParser(description="Compares whole networks with onnxruntime.")
    parser.add_argument("--program", type=shlex.split, required=True, help="outpost-engine-runner, emulated or not")
    parser.add_argument("--networks", type=Path, required=True, help="where the networks are, or are made")
    parser.add_argument("--only", nargs="+", choices=NETWORKS, default=list(NETWORKS), metavar="NETWORK")
    options = parser.parse_args()
    rows, refused, loadings, failures = [TITLES], [], [], []
    for name, description in ensure(options.networks, options.only).items():
        drawn = test_images(IMAGES, description["size"])
        for suffix in ACTIVATIONS:
            path = options.networks / f"{name}-{suffix}.onnx"
            print(f"Comparing {name} {suffix}", file=sys.stderr, flush=True)
            engine, model = Engine(options.program, path), onnx.load(path)
            try:
                steps = compare_steps(engine, model, drawn[:1])
                runs = compare_runs(engine, model, drawn)
            except Refused as refusal:
                refused.append(f"{name} {suffix} refused: {refusal}")
                continue
            rows.append(row(name, suffix, steps, runs))
            print(*rows[-1], file=sys.stderr, flush=True)
            loading = loading_share(options, path)
            if loading is not None:
                loadings.append(f"{name} {suffix}: loading takes {loading:.2f} times its file")
                if loading > LARGEST_LOADING:
                    failures.append(f"{loadings[-1]}, above {LARGEST_LOADING}")
            if steps.largest > LARGEST_STEPS:
                failures.append(f"{name} {suffix}: {steps.largest:.3g} steps at {steps.largest_at}")
    print(f"Each node on identical inputs of one image; whole runs on {IMAGES} images, deviations in steps of the output\n")
    print(aligned(rows))
    print("\n".join(refused + loadings))
    if failures:
        sys.exit("Too much:\n" + "\n".join(failures))


if __name__ == "__main__":
    main()
