"""Preprocessing `letterbox-percentile-1`: from an image's stored values to the network's input.

This file is the reference; the appliance's own implementation must agree with it to 1e-5. In words:

1. Modality values. value = stored × RescaleSlope + RescaleIntercept, in double precision (1 and 0 where the image has none). With
   PhotometricInterpretation MONOCHROME1 the value is then negated, so that higher always means whiter. No VOI LUT or window is applied. Of a
   multi-frame image one frame is one image.
2. Range. Sort all n values in ascending order, indices from 0. low = sorted[⌊(n − 1) / 100⌋], high = sorted[⌊99 (n − 1) / 100⌋], whole-number
   arithmetic, no interpolation.
3. Scale. scaled = (min(max(value, low), high) − low) / (high − low), so 0 ... 1. If high = low every scaled value is 0.
4. Letterbox. The side of the square is S = max(rows, columns). The image lies in it with top = ⌊(S − rows) / 2⌋ rows above and
   left = ⌊(S − columns) / 2⌋ columns to the left; everything else in the square is 0.
5. Box filter. Output pixel (i, j), 0 ≤ i, j < 128, is the mean of the square over rows [i S / 128, (i + 1) S / 128) and columns
   [j S / 128, (j + 1) S / 128), where pixel k covers [k, k + 1) and a pixel that is covered in part counts in that part. The same rule enlarges
   an image with S < 128. Sums in double precision, first over rows, then over columns; the result is rounded once to float32.

The output is [1, 1, 128, 128] float32.

Back to the image: the centre of output pixel (i, j) is the image's row (i + 0.5) S / 128 − top − 0.5 and column (j + 0.5) S / 128 − left − 0.5,
with pixel centres at whole numbers. Cell (p, q) of a location map with stride 8 is centred on output position (8 p + 3.5, 8 q + 3.5).
"""

import numpy as np

SIDE = 128
"""Rows and columns of the network's input."""


def preprocess(stored_values, slope=1.0, intercept=0.0, monochrome1=False):
    """[rows, columns] integers -> [1, 1, 128, 128] float32 in 0 ... 1."""
    stored_values = np.asarray(stored_values)
    if stored_values.ndim != 2 or stored_values.size == 0:
        raise ValueError(f"expected one non-empty frame [rows, columns], got shape {stored_values.shape}: pass the frames of a multi-frame image singly")
    values = stored_values.astype(np.float64) * slope + intercept
    if monochrome1:
        values = -values
    rows, columns = values.shape
    side = max(rows, columns)
    # The letterbox's padding is left out of the products: it is 0 and adds nothing to a sum.
    by_row = _coverage(rows, side, (side - rows) // 2) @ _scaled(values)
    output = by_row @ _coverage(columns, side, (side - columns) // 2).T
    return output.astype(np.float32)[None, None]


def to_image(row, column, rows, columns):
    """A position in the network's input (128 × 128 pixels) -> (row, column) in an image of rows × columns."""
    side = max(rows, columns)
    scale = side / SIDE
    return (row + 0.5) * scale - (side - rows) // 2 - 0.5, (column + 0.5) * scale - (side - columns) // 2 - 0.5


def from_image(row, column, rows, columns):
    """The inverse of `to_image`."""
    side = max(rows, columns)
    scale = SIDE / side
    return (row + (side - rows) // 2 + 0.5) * scale - 0.5, (column + (side - columns) // 2 + 0.5) * scale - 0.5


def _scaled(values):
    """Steps 2 and 3."""
    n = values.size
    low_index, high_index = (n - 1) // 100, 99 * (n - 1) // 100
    ordered = np.partition(values, (low_index, high_index), axis=None)
    low, high = ordered[low_index], ordered[high_index]
    if high == low:
        return np.zeros_like(values)
    return (np.clip(values, low, high) - low) / (high - low)


def _coverage(count, side, offset):
    """[128, count] float64: how much of each output pixel is covered by each of `count` source pixels that begin at `offset` in the square."""
    edges = np.arange(SIDE + 1) * (side / SIDE)
    source = np.arange(count) + offset
    overlap = np.minimum(edges[1:, None], source[None, :] + 1) - np.maximum(edges[:-1, None], source[None, :])
    return np.maximum(overlap, 0) * (SIDE / side)
