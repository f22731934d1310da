"""How far what Outpost computed is from what onnxruntime did."""

from dataclasses import dataclass

import numpy as np

FLOAT_STEP = 1e-5
"""The part of a float tensor's largest magnitude that counts as a step: float sums depend on their order."""


def distances(found, expected):
    """Element by element in steps: units of an 8-bit value, or parts of a float tensor's largest magnitude."""
    if expected.dtype.kind == "f":
        largest = np.abs(expected).max(initial=0)
        difference = np.abs(found.astype(np.float64) - expected)
        return np.where(difference == 0, 0, difference / (largest * FLOAT_STEP or 1))
    return np.abs(found.astype(np.int64) - expected.astype(np.int64))


@dataclass
class Steps:
    """Of all nodes, each on identical inputs."""

    values: int = 0
    exact: int = 0
    largest: float = 0
    largest_at: str = ""

    def add(self, found, expected, name):
        if found.dtype != expected.dtype or found.shape != expected.shape:
            raise ValueError(f"{name}: {found.dtype} {found.shape} and not {expected.dtype} {expected.shape}")
        steps = distances(found, expected)
        self.values += steps.size
        self.exact += int((steps == 0).sum())
        if steps.max(initial=0) > self.largest:
            self.largest, self.largest_at = float(steps.max()), name

    @property
    def exact_share(self):
        return self.exact / max(self.values, 1)


@dataclass
class Runs:
    """Of whole runs, in which differences grow from node to node."""

    found: np.ndarray
    """`[image, …]` as Outpost has it."""
    expected: np.ndarray
    step: float
    """The scale of the output's quantisation."""

    def percentile(self, share):
        """Of the deviations, in steps."""
        return float(np.percentile(np.abs(self.found - self.expected) / self.step, share))

    @property
    def is_map(self):
        """A probability for each pixel and not a value for each class."""
        return self.found.ndim > 2

    @property
    def decided(self):
        """Images whose best class leads the reference's second by more than a step; of a map, pixels more than a step
        off a half."""
        if self.is_map:
            return np.abs(self.expected - 0.5) > self.step
        best = np.sort(self.expected, axis=1)
        return best[:, -1] - best[:, -2] > 1.5 * self.step

    @property
    def same(self):
        """Images of the same best class; of a map, pixels on the same side of a half."""
        if self.is_map:
            return (self.found > 0.5) == (self.expected > 0.5)
        return self.found.argmax(1) == self.expected.argmax(1)
