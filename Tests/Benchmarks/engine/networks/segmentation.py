"""A small U-Net (Ronneberger et al. 2015) with normalisation and padding, as it is exported today."""

from graph import Graph


def _twice(g, x, channels):
    for _ in range(2):
        x = g.relu(g.normalisation(g.convolution(x, channels, 3)))
    return x


def u_net():
    """A gray image of 128 × 128 to the probability of each pixel. Each of its three ways up is of another kind."""
    g = Graph("u-net", (1, 128, 128), 7)
    x, kept = _twice(g, g.image, 16), []
    for channels in (32, 64, 128):
        kept.append(x)
        x = _twice(g, g.pooled(x, "MaxPool", 2, 2), channels)
    ways = [lambda v: g.transposed_convolution(v, v.channels // 2),
            lambda v: g.convolution(g.enlarged(v, "nearest"), v.channels // 2, 1, bias=True),
            lambda v: g.convolution(g.enlarged(v, "linear"), v.channels // 2, 1, bias=True)]
    for way, skipped in zip(ways, reversed(kept)):
        x = _twice(g, g.joined(way(x), skipped), skipped.channels)
    # Normalised too: probabilities on both sides of a half.
    x = g.normalisation(g.convolution(x, 1, 1), 2)
    return g, g.node("Sigmoid", [x], x.size)
