"""The network's architecture: one list of layers, read both by the trainer (jax) and by the exporter (ONNX), so that the two cannot drift apart.

Input  `image`    [N, 1, 128, 128] float32, 0 ... 1.
Output `nodule`   [N, 2] logits: absent, present.
Output `location` [N, 1, 16, 16] logits: is a nodule near this cell (stride 8)?

Inverted residual blocks (1×1 up, depthwise 3×3, 1×1 down, add) and one plain residual block. Some residual blocks apply their activation first: then
the sum has two readers, so onnxruntime's quantiser cannot fold the Relu or the Clip into the sum's range and keeps the node. The file therefore has
activations in both forms that occur in practice, folded and explicit.
"""

from dataclasses import dataclass

CLIP_MAXIMUM = 6.0
"""Clip keeps values within 0 and this (ReLU6)."""
TRUNK = "trunk"
"""The tensor [48, 16, 16] from which both outputs are computed."""


@dataclass(frozen=True)
class Layer:
    """One node. `name` is also the name of its output tensor.

    channels, kernel, stride, groups: for Conv and MaxPool; every 3×3 window has padding 1, every other none.
    normalised: Conv with batch normalisation while training; folded into weights and bias at export.
    """

    operator: str
    name: str
    inputs: tuple[str, ...]
    channels: int = 0
    kernel: int = 1
    stride: int = 1
    groups: int = 1
    normalised: bool = True

    @property
    def padding(self):
        return 1 if self.kernel == 3 else 0


def layers():
    """The layers in order of computation."""
    plan = _Plan()
    x = plan.relu(plan.conv("stem", "image", 16, kernel=3, stride=2))  # [16, 64, 64]
    y = plan.clip(plan.depthwise("block1.depthwise", x, 16))
    x = plan.add("block1", x, plan.conv("block1.project", y, 16))
    x = plan.max_pool("pool1", x, kernel=3, stride=2)  # [16, 32, 32]
    x = plan.inverted("block2", x, 16, 48, 24)
    x = plan.add("block3", x, plan.inverted("block3", plan.relu(x, "block3.activation"), 24, 72, 24))
    x = plan.conv("down", x, 48, kernel=3, stride=2)  # [48, 16, 16]
    x = plan.add("block4", x, plan.inverted("block4", plan.clip(x, "block4.activation"), 48, 96, 48))
    y = plan.relu(plan.conv("block5.first", plan.relu(x, "block5.activation"), 48, kernel=3))
    x = plan.relu(plan.add("block5", x, plan.conv("block5.second", y, 48)), TRUNK)
    # Where: one logit for each cell.
    y = plan.relu(plan.conv("location.hidden", x, 32))
    plan.conv("location", y, 1, normalised=False)
    # Whether: the strongest cell says that there is one, the mean says how much else looks like one.
    y = plan.relu(plan.conv("features", x, 64))
    strongest = plan.max_pool("strongest", plan.max_pool("quarters", y, kernel=4, stride=4), kernel=4, stride=4)
    mean = plan.append(Layer("GlobalAveragePool", "mean", (y,)))
    y = plan.append(Layer("Flatten", "flat", (plan.add("summary", strongest, mean),)))
    plan.append(Layer("Gemm", "nodule", (y,), channels=2))
    return plan.layers


def layers_for(output, given="image"):
    """The layers, in order, that compute the tensor `output` from the tensor `given`."""
    wanted, chosen = {output}, []
    for layer in reversed(layers()):
        if layer.name in wanted and layer.name != given:
            chosen.append(layer)
            wanted.update(layer.inputs)
    return chosen[::-1]


class _Plan:
    """Collects layers; every method returns the name of the tensor that it added."""

    def __init__(self):
        self.layers = []

    def append(self, layer):
        self.layers.append(layer)
        return layer.name

    def conv(self, name, x, channels, kernel=1, stride=1, normalised=True):
        return self.append(Layer("Conv", name, (x,), channels, kernel, stride, normalised=normalised))

    def depthwise(self, name, x, channels):
        return self.append(Layer("Conv", name, (x,), channels, 3, groups=channels))

    def relu(self, x, name=None):
        return self.append(Layer("Relu", name or f"{x}.relu", (x,)))

    def clip(self, x, name=None):
        """ReLU6."""
        return self.append(Layer("Clip", name or f"{x}.clip", (x,)))

    def add(self, name, x, y):
        return self.append(Layer("Add", f"{name}.sum", (x, y)))

    def max_pool(self, name, x, kernel, stride):
        return self.append(Layer("MaxPool", name, (x,), kernel=kernel, stride=stride))

    def inverted(self, name, x, channels, wide, out):
        """1×1 from `channels` up to `wide`, depthwise 3×3, 1×1 down to `out`; no activation at the end."""
        y = self.clip(self.conv(f"{name}.expand", x, wide))
        y = self.clip(self.depthwise(f"{name}.depthwise", y, wide))
        return self.conv(f"{name}.project", y, out)
