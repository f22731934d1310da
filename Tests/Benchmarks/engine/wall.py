#!/usr/bin/env python3
"""How long Outpost and onnxruntime take for the same int8 networks on this machine, on one thread each, in turns.

For information: Outpost's kernels are written for aarch64, and on x86-64 it runs its portable ones.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from statistics import median

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "networks"))

# The folder of the networks must be on the path first.
# pylint: disable=wrong-import-position
from make_networks import ACTIVATIONS, NETWORKS, ensure, test_images  # noqa: E402
from tables import aligned, number  # noqa: E402

OUTPOST, ONNXRUNTIME = "Outpost", "onnxruntime"


class Refused(Exception):
    pass


class Runner:
    """A process that holds a network and runs it whenever it is told."""

    def __init__(self, command):
        self._process = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, text=True)
        if self._process.stdout.readline().strip() != "ready":
            raise Refused(self._process.communicate()[1].strip())

    def run(self):
        """Seconds by the clock, and of processor."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return tuple(map(float, self._process.stdout.readline().split()))

    def end(self):
        self._process.communicate()


def measure(options, name, suffix, size):
    """Engine → [(clock, processor)], one pair for each repetition."""
    image = options.networks / f"{name}.npy"
    np.save(image, test_images(1, size))
    model = options.networks / f"{name}-{suffix}.onnx"
    commands = {OUTPOST: [options.program, "time", model, image],
                ONNXRUNTIME: [sys.executable, HERE / "run_onnxruntime.py", "time", model, image]}
    runners = {engine: Runner(command) for engine, command in commands.items()}
    results = {engine: [] for engine in runners}
    for _ in range(options.repetitions):
        for engine, runner in runners.items():
            results[engine].append(runner.run())
    for runner in runners.values():
        runner.end()
    return results


def row(title, results):
    clocks = {engine: [clock for clock, _ in pairs] for engine, pairs in results.items()}
    processors = {engine: [processor for _, processor in pairs] for engine, pairs in results.items()}
    ratios = [own / other for own, other in zip(processors[OUTPOST], processors[ONNXRUNTIME])]
    return [title, *(number(median(each[engine]) * 1e3, 2) for each in (clocks, processors) for engine in results),
            number(median(ratios), 2)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True, help="outpost-engine-runner of the release build")
    parser.add_argument("--networks", type=Path, required=True, help="where the networks are, or are made")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=NETWORKS, default=list(NETWORKS), metavar="NETWORK")
    options = parser.parse_args()
    rows = [["network", "Outpost, ms", "onnxruntime, ms", "of processor", "onnxruntime", "Outpost ÷ onnxruntime"]]
    refused = []
    for name, description in ensure(options.networks, options.only).items():
        for suffix in ACTIVATIONS:
            print(f"Timing {name} {suffix}", file=sys.stderr, flush=True)
            try:
                rows.append(row(f"{name} {suffix}", measure(options, name, suffix, description["size"])))
            except Refused as refusal:
                refused.append(f"{name} {suffix} refused: {refusal}")
    print(f"One run on one thread, medians of {options.repetitions}; the ratio is of processor time\n")
    print(aligned(rows))
    print("\n".join(refused))


if __name__ == "__main__":
    main()
