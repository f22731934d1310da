#!/usr/bin/env python3
"""How many instructions, and how many misses of the caches, Outpost and onnxruntime take for the same int8 networks on
the same emulated processors, beside the goals.

Instructions are not time; but they repeat exactly, on any machine.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "networks"))

# The folder of the networks must be on the path first.
# pylint: disable=wrong-import-position
from counting import KINDS, PROCESSORS, CountingError, count  # noqa: E402
from make_networks import ensure, test_images  # noqa: E402
from tables import aligned, number  # noqa: E402

NETWORKS = ["mobilenet-v2", "resnet-18", "resnet-50", "densenet-121"]
GOALS = {
    "mobilenet-v2": {"cortex-a72": 85, "cortex-a76": 36, "i8mm": 28, "misses": 0.24},
    "resnet-18": {"cortex-a72": 300, "cortex-a76": 138, "i8mm": 82, "misses": 0.40},
    "resnet-50": {"cortex-a72": 780, "cortex-a76": 315, "i8mm": 190, "misses": 1.18},
    "densenet-121": {"cortex-a72": 520, "cortex-a76": 215, "i8mm": 130, "misses": 0.96},
}
"""Million instructions on each processor, and million misses of the second level on the Cortex-A76."""
MEASURED = 1
"""Of the intervals: the run after the one that warms up."""
OUTPOST, ONNXRUNTIME = "Outpost", "onnxruntime"


@dataclass(frozen=True)
class Figures:
    """Of one run of a network."""

    network: str
    processor: str
    engine: str
    multiply_accumulates: int
    per_instruction: int
    counts: dict

    @property
    def millions(self):
        return self.counts["total"] / 1e6

    @property
    def ratio(self):
        """To the least instructions that the processor's widest one allows."""
        return self.counts["total"] / (self.multiply_accumulates / self.per_instruction)

    @property
    def misses(self):
        """Millions, of the second level; None where the caches are not modelled."""
        return self.counts["level2Misses"] / 1e6 if "level2Misses" in self.counts else None


def commands(options, model, image):
    """Engine → what runs it, and in which environment."""
    python = next((options.tools / "root" / "usr" / "bin").glob("python3.*"))
    wheels = {"PYTHONPATH": str(options.tools / "wheels"), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]}
    return {OUTPOST: ([options.program, "count", model, image], None),
            ONNXRUNTIME: ([python, HERE / "run_onnxruntime.py", "count", model, image], wheels)}


def measure(options):
    """All figures; a network that an engine refuses is said and left out."""
    figures = []
    for name, description in ensure(options.networks, options.only).items():
        image = options.networks / f"{name}.npy"
        np.save(image, test_images(1, description["size"]))
        model = options.networks / f"{name}-s8s8.onnx"
        for processor in PROCESSORS:
            for engine, (command, environment) in commands(options, model, image).items():
                what = f"{name} on {processor.name} in {engine}"
                try:
                    counts = count(options.tools, processor, command, environment)[MEASURED]
                except CountingError as error:
                    print(f"{what}: {error}", flush=True)
                    continue
                print(f"{what}: {counts['total'] / 1e6:.1f} million", file=sys.stderr, flush=True)
                figures.append(Figures(name, processor.name, engine, description["multiply_accumulates"],
                                       processor.per_instruction, counts))
    return figures


def summary(figures):
    """A row for each network and processor: both engines, and the goals."""
    rows = [["network", "processor", "Outpost", "onnxruntime", "goal", "", "× MACs/n", "onnxruntime", "L2 misses",
             "onnxruntime", "goal", ""]]
    found = {(each.network, each.processor, each.engine): each for each in figures}
    for name, processor in dict.fromkeys((each.network, each.processor) for each in figures):
        own, other = (found.get((name, processor, engine)) for engine in (OUTPOST, ONNXRUNTIME))
        goal = GOALS[name]
        misses = own and own.misses
        rows.append([
            name, processor, number(own and own.millions, 1), number(other and other.millions, 1),
            f"≤ {goal[processor]}", _verdict(own and own.millions, goal[processor]), number(own and own.ratio, 2),
            number(other and other.ratio, 2), number(misses, 2), number(other and other.misses, 2),
            f"≤ {goal['misses']}" if misses is not None else "", _verdict(misses, goal["misses"])])
    return aligned(rows, left=2)


def by_kind(figures):
    """Million instructions of each kind, the empty kinds left out."""
    kinds = [kind for kind in KINDS if any(each.counts[kind] for each in figures)]
    rows = [["network", "processor", "engine", *kinds]]
    rows += [[each.network, each.processor, each.engine, *(number(each.counts[kind] / 1e6, 1) for kind in kinds)]
             for each in figures]
    return aligned(rows, left=3)


def _verdict(value, goal):
    return "" if value is None else "met" if value <= goal else "MISSED"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True, help="outpost-engine-runner for aarch64")
    parser.add_argument("--tools", type=Path, required=True, help="the folder of prepare-arm")
    parser.add_argument("--networks", type=Path, required=True, help="where the networks are, or are made")
    parser.add_argument("--only", nargs="+", choices=NETWORKS, default=NETWORKS, metavar="NETWORK")
    parser.add_argument("--json", type=Path, help="the figures also go here")
    options = parser.parse_args()
    figures = measure(options)
    print("Million instructions of one run, s8s8, one thread; n = 8 on Cortex-A72, 16 on Cortex-A76, 32 with i8mm;\n"
          "million misses of a Cortex-A76's second level as modelled\n")
    print(summary(figures), end="\n\n")
    print(by_kind(figures))
    if options.json:
        options.json.write_text(json.dumps([asdict(each) for each in figures], indent=1) + "\n")


if __name__ == "__main__":
    main()
