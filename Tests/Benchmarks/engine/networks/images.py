"""Images drawn from a seed: structures of several sizes, so that networks tell one from another, unlike plain noise."""

import numpy as np


def images(count, size, seed):
    """`[count, channels, rows, columns]` float32 with a mean of about 0 and a deviation of about 1, as after the usual
    normalisation."""
    random = np.random.default_rng(seed)
    return np.stack([_image(random, size) for _ in range(count)])


def _image(random, size):
    channels, rows, columns = size
    image = random.normal(0, 0.1, size)
    for cells in (3, 7, 19, 61):
        image += _enlarged(random.normal(0, random.uniform(0.3, 1), (channels, cells, cells)), rows, columns)
    image = (image - image.mean()) / image.std()
    return (image * random.uniform(0.8, 1.2) + random.normal(0, 0.1, (channels, 1, 1))).astype(np.float32)


def _enlarged(grid, rows, columns):
    """By linear interpolation between the cells' corners."""
    (row, row_part), (column, column_part) = map(_places, (rows, columns), grid.shape[1:])
    upper, lower = grid[:, row], grid[:, row + 1]
    lines = upper + (lower - upper) * row_part[:, None]
    left, right = lines[:, :, column], lines[:, :, column + 1]
    return left + (right - left) * column_part


def _places(length, cells):
    places = np.linspace(0, cells - 1, length, endpoint=False)
    return places.astype(int), places - places.astype(int)
