"""Runs a model's own preprocessing.py on drawn images: the peer of LetterboxPercentile.

Usage: preprocess.py MODEL_FOLDER OUTPUT_FOLDER. Prints a JSON list of cases; `stored` names a file of little-endian
uint16 or int16, `expected` one of 128 × 128 little-endian float32; `centers` are image positions of model pixels,
[row, column, row, column].
"""

import json
import os
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import phantom  # noqa: E402
import preprocessing  # noqa: E402

# rows, columns, slope, intercept, MONOCHROME1, signed
CASES = [
    (1024, 1024, 1.0, 0.0, False, False),
    (700, 1111, 1.0, 0.0, True, False),
    (1111, 700, 0.37, -1024.5, False, True),
    (128, 128, -2.0, 7.0, False, False),
    (61, 90, -0.125, 3.0, True, True),
    (128, 127, 1e-3, 1e6, False, False),
    (2430, 1994, 1.0, 0.0, False, False),
    (3, 1, 1.0, 0.0, False, False),
    (1, 5, 1.0, 0.0, False, False),
    (40, 40, 0.0, 5.0, False, False),
]


def main(folder):
    listing = []
    random = np.random.default_rng(3)
    for index, (rows, columns, slope, intercept, monochrome1, signed) in enumerate(CASES):
        if 600 <= max(rows, columns) <= 1200:
            stored = phantom.draw(index, True, rows, columns).stored_values.astype(np.int32)
        else:
            stored = random.integers(0, 4096, (rows, columns)).astype(np.int32)
        if signed:
            stored = stored - 2048
        expected = preprocessing.preprocess(stored, slope, intercept, monochrome1)
        names = [os.path.join(folder, f"{index}.{kind}") for kind in ("stored", "expected")]
        stored.astype("<i2" if signed else "<u2").tofile(names[0])
        expected.astype("<f4").tofile(names[1])
        positions = ((0, 0), (3.5, 59.5), (127, 64))
        centers = [(r, c, *map(float, preprocessing.to_image(r, c, rows, columns))) for r, c in positions]
        listing.append(dict(rows=rows, columns=columns, slope=slope, intercept=intercept, monochrome1=monochrome1,
                            signed=signed, stored=names[0], expected=names[1], centers=centers))
    print(json.dumps(listing))


if __name__ == "__main__":
    main(sys.argv[2])
