"""Sets of phantoms as the network sees them. Each set has its own range of seeds, so that no patient is in two sets."""

import time
from dataclasses import dataclass

import numpy as np

import phantom
import preprocessing

CELLS = 16
"""Rows and columns of the location map."""
STRIDE = preprocessing.SIDE // CELLS
FIRST_SEED = {"train": 1_000_000, "calibration": 2_000_000, "validation": 3_000_000, "test": 4_000_000, "reference": 5_000_000}
"""The patients of each set are numbered from here. Seeds below a million are left to demonstrations and tests."""
SHAPES = ((1.0, 1.0), (1.0, 0.82), (0.82, 1.0))
"""Height and width of the detector relative to its longer side: square, portrait, landscape."""


@dataclass
class Data:
    """n phantoms, pairs with and without nodules in turn.

    images [n, 128, 128, 1] float32 · present [n] int32, 0 or 1 · nodules: n lists of (row, column, radius) in the network's pixels and contrast
    """

    images: np.ndarray
    present: np.ndarray
    nodules: list


def draw(name, pairs, side):
    """`pairs` patients of the set `name`, each with and without nodules, drawn with a longer side of `side` pixels. Prints progress."""
    if name not in FIRST_SEED:
        raise ValueError(f"no set {name}: take one of {', '.join(FIRST_SEED)}")
    images, all_nodules, started = [], [], time.monotonic()
    for k in range(pairs):
        height, width = SHAPES[k % len(SHAPES)]
        rows, columns = round(side * height), round(side * width)
        for drawn in phantom.draw_pair(FIRST_SEED[name] + k, rows, columns):
            images.append(preprocessing.preprocess(drawn.stored_values)[0, 0, :, :, None])
            nodules = [_in_network(nodule, rows, columns) for nodule in drawn.nodules]
            all_nodules.append(nodules)
        if (k + 1) % 500 == 0 or k + 1 == pairs:
            print(f"{name}: {k + 1} of {pairs} pairs drawn, {time.monotonic() - started:.0f} s", flush=True)
    present = np.array([int(bool(nodules)) for nodules in all_nodules], np.int32)
    return Data(np.stack(images), present, all_nodules)


def _in_network(nodule, rows, columns):
    row, column = preprocessing.from_image(nodule.row, nodule.column, rows, columns)
    return row, column, nodule.radius * preprocessing.SIDE / max(rows, columns), nodule.contrast


def cell_distances(row, column, cells=CELLS):
    """[cells, cells]: distance of each cell's centre from a position, in the network's pixels."""
    centres = (np.arange(cells) + 0.5) * STRIDE - 0.5
    return np.hypot(centres[:, None] - row, centres[None, :] - column)


def location_map(nodules, cells=CELLS):
    """[cells, cells] float32: 1 in the cell nearest to a nodule's centre and in those whose centre it covers, -1 next to them, 0 elsewhere."""
    result = np.zeros((cells, cells), np.float32)
    for row, column, radius, _ in nodules:
        distance = cell_distances(row, column, cells)
        result[(distance < radius + STRIDE) & (result == 0)] = -1
        result[distance < radius] = 1
        if distance.min() < STRIDE:
            result[np.unravel_index(distance.argmin(), distance.shape)] = 1
    return result
