"""The classifiers, layer by layer as their papers and torchvision have them."""

from graph import Graph

CLASSES = 1000
COLOUR = (3, 224, 224)
BRANCH = 0.5
"""The scale of a residual branch beside what it is added to: smaller, or the sum would grow with every block."""


def _divisible(channels, by=8):
    """To a multiple of 8, never more than a tenth below."""
    rounded = max(by, int(channels + by / 2) // by * by)
    return rounded + by if rounded < 0.9 * channels else rounded


def _unit(g, x, channels, kernel, activation=None, stride=1, groups=1, weight=1.0):
    """Convolution, normalisation, activation."""
    x = g.normalisation(g.convolution(x, channels, kernel, stride, groups), weight)
    return activation(x) if activation else x


def mobilenet_v2():
    """Sandler et al. 2018, table 2."""
    g = Graph("mobilenet-v2", COLOUR, 1)
    x = _unit(g, g.image, 32, 3, g.relu6, 2)
    stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for expansion, channels, count, first_stride in stages:
        for stride in [first_stride] + [1] * (count - 1):
            inner, y = x.channels * expansion, x
            if expansion > 1:
                y = _unit(g, y, inner, 1, g.relu6)
            y = _unit(g, y, inner, 3, g.relu6, stride, inner)
            added = stride == 1 and x.channels == channels
            y = _unit(g, y, channels, 1, weight=BRANCH if added else 1)
            x = g.sum(x, y) if added else y
    return g, g.classifier(_unit(g, x, 1280, 1, g.relu6), CLASSES)


def _squeezed(g, x, channels, inner, gate):
    """Squeeze and excitation: every channel times a gate that depends on the averages of all."""
    y = g.node("GlobalAveragePool", [x], (x.channels, 1, 1))
    y = inner(g.convolution(y, channels, 1, bias=True))
    return g.node("Mul", [x, gate(g.convolution(y, x.channels, 1, bias=True))], x.size)


def mobilenet_v3_large():
    """Howard et al. 2019, table 1."""
    g = Graph("mobilenet-v3-large", COLOUR, 2)
    x = _unit(g, g.image, 16, 3, g.hard_swish, 2)
    # Kernel, inner channels, channels, squeeze, hard-swish, stride.
    blocks = [
        (3, 16, 16, False, False, 1), (3, 64, 24, False, False, 2), (3, 72, 24, False, False, 1),
        (5, 72, 40, True, False, 2), (5, 120, 40, True, False, 1), (5, 120, 40, True, False, 1),
        (3, 240, 80, False, True, 2), (3, 200, 80, False, True, 1), (3, 184, 80, False, True, 1),
        (3, 184, 80, False, True, 1), (3, 480, 112, True, True, 1), (3, 672, 112, True, True, 1),
        (5, 672, 160, True, True, 2), (5, 960, 160, True, True, 1), (5, 960, 160, True, True, 1),
    ]
    for kernel, inner, channels, squeeze, hard, stride in blocks:
        activation, y = g.hard_swish if hard else g.relu, x
        if inner != x.channels:
            y = _unit(g, y, inner, 1, activation)
        y = _unit(g, y, inner, kernel, activation, stride, inner)
        if squeeze:
            y = _squeezed(g, y, _divisible(inner / 4), g.relu,
                          lambda v: g.node("HardSigmoid", [v], v.size, alpha=1 / 6, beta=0.5))
        added = stride == 1 and x.channels == channels
        y = _unit(g, y, channels, 1, weight=BRANCH if added else 1)
        x = g.sum(x, y) if added else y
    x = _unit(g, x, 960, 1, g.hard_swish)
    x = g.node("GlobalAveragePool", [x], (960, 1, 1))
    return g, g.classifier(g.hard_swish(g.convolution(x, 1280, 1, bias=True)), CLASSES)


def efficientnet_b0():
    """Tan and Le 2019, table 1."""
    g = Graph("efficientnet-b0", COLOUR, 3)
    x = _unit(g, g.image, 32, 3, g.silu, 2)
    stages = [(1, 3, 16, 1, 1), (6, 3, 24, 2, 2), (6, 5, 40, 2, 2), (6, 3, 80, 3, 2), (6, 5, 112, 3, 1),
              (6, 5, 192, 4, 2), (6, 3, 320, 1, 1)]
    for expansion, kernel, channels, count, first_stride in stages:
        for stride in [first_stride] + [1] * (count - 1):
            inner, y = x.channels * expansion, x
            if expansion > 1:
                y = _unit(g, y, inner, 1, g.silu)
            y = _unit(g, y, inner, kernel, g.silu, stride, inner)
            y = _squeezed(g, y, max(1, x.channels // 4), g.silu, lambda v: g.node("Sigmoid", [v], v.size))
            added = stride == 1 and x.channels == channels
            y = _unit(g, y, channels, 1, weight=BRANCH if added else 1)
            x = g.sum(x, y) if added else y
    return g, g.classifier(_unit(g, x, 1280, 1, g.silu), CLASSES)


def _resnet(name, seed, counts, bottleneck):
    g = Graph(name, COLOUR, seed)
    x = g.pooled(_unit(g, g.image, 64, 7, g.relu, 2), "MaxPool", 3, 2, 1)
    for stage, count in enumerate(counts):
        inner = 64 << stage
        channels = inner * 4 if bottleneck else inner
        for stride in [1 if stage == 0 else 2] + [1] * (count - 1):
            if bottleneck:
                y = _unit(g, _unit(g, x, inner, 1, g.relu), inner, 3, g.relu, stride)
                y = _unit(g, y, channels, 1, weight=BRANCH)
            else:
                y = _unit(g, _unit(g, x, inner, 3, g.relu, stride), channels, 3, weight=BRANCH)
            if stride != 1 or x.channels != channels:
                x = _unit(g, x, channels, 1, stride=stride)
            x = g.relu(g.sum(y, x))
    return g, g.classifier(x, CLASSES)


def resnet_18():
    """He et al. 2015, table 1."""
    return _resnet("resnet-18", 4, [2, 2, 2, 2], bottleneck=False)


def resnet_50():
    """He et al. 2015, table 1; the stride is the 3 × 3 convolution's, as torchvision has it."""
    return _resnet("resnet-50", 5, [3, 4, 6, 3], bottleneck=True)


def densenet_121():
    """Huang et al. 2016, table 1; one gray channel and 18 findings, as networks for chest radiographs have."""
    g = Graph("densenet-121", (1, 224, 224), 6)
    x = g.pooled(_unit(g, g.image, 64, 7, g.relu, 2), "MaxPool", 3, 2, 1)
    for block, count in enumerate([6, 12, 24, 16]):
        for _ in range(count):
            y = g.relu(g.normalisation(x))
            y = g.convolution(_unit(g, y, 128, 1, g.relu), 32, 3)
            x = g.joined(x, y)
        x = g.relu(g.normalisation(x))
        if block < 3:
            x = g.pooled(g.convolution(x, x.channels // 2, 1), "AveragePool", 2, 2)
    return g, g.classifier(x, 18)
