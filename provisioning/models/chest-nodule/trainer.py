"""Runs the layers of `network` in jax, and trains them.

Tensors are [N, H, W, C] here: XLA's CPU code is fastest when a convolution is a matrix product over the last axis. Weights are kept as ONNX has them,
[out, in / groups, kernel, kernel].
"""

import functools
import time

import jax
import jax.numpy as jnp
import numpy as np
import optax

import dataset
import network

NORMALISATION_EPSILON = 1e-3
NORMALISATION_MOMENTUM = 0.95
CROP = 64
"""Side, in pixels, of the pieces on which the location is learnt: a quarter of the image's work, and every second piece has a nodule in it."""


def initial_parameters(seed):
    """(parameters, statistics): dictionaries layer name -> arrays. Statistics are batch normalisation's running mean and variance."""
    random = np.random.default_rng(seed)
    channels = {"image": 1}
    parameters, statistics = {}, {}
    for layer in network.layers():
        incoming = channels[layer.inputs[0]]
        channels[layer.name] = layer.channels or incoming
        if layer.operator == "Conv":
            shape = (layer.channels, incoming // layer.groups, layer.kernel, layer.kernel)
            weight = random.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:]))
            parameters[layer.name] = {"weight": jnp.float32(weight), "bias": jnp.zeros(layer.channels)}
            if layer.normalised:
                parameters[layer.name]["gain"] = jnp.ones(layer.channels)
                statistics[layer.name] = {"mean": jnp.zeros(layer.channels), "variance": jnp.ones(layer.channels)}
        elif layer.operator == "Gemm":
            weight = random.standard_normal((layer.channels, incoming)) * np.sqrt(1 / incoming)
            parameters[layer.name] = {"weight": jnp.float32(weight), "bias": jnp.zeros(layer.channels)}
    # Few cells hold a nodule: begin with that belief instead of learning it.
    parameters["location"]["bias"] = jnp.full(1, -4.0)
    return parameters, statistics


def forward(parameters, statistics, layers, tensors, training=False):
    """Adds the outputs of `layers` to `tensors` (name -> [N, H, W, C]). Returns (tensors, statistics), both new."""
    tensors, updated = dict(tensors), dict(statistics)
    for layer in layers:
        x = [tensors[name] for name in layer.inputs]
        if layer.operator == "Conv":
            p = parameters[layer.name]
            y = _convolution(x[0], p["weight"], layer)
            if layer.normalised:
                y, updated[layer.name] = _normalised(y, p["gain"], statistics[layer.name], training)
            y = y + p["bias"]
        elif layer.operator == "Relu":
            y = jnp.maximum(x[0], 0)
        elif layer.operator == "Clip":
            y = jnp.clip(x[0], 0, network.CLIP_MAXIMUM)
        elif layer.operator == "Add":
            y = x[0] + x[1]
        elif layer.operator == "MaxPool":
            y = _max_pool(x[0], layer)
        elif layer.operator == "GlobalAveragePool":
            y = x[0].mean((1, 2), keepdims=True)
        elif layer.operator == "Flatten":
            y = x[0].reshape(x[0].shape[0], -1)
        elif layer.operator == "Gemm":
            y = x[0] @ parameters[layer.name]["weight"].T + parameters[layer.name]["bias"]
        else:
            raise ValueError(f"layer {layer.name}: the trainer has no operator {layer.operator}; add it to forward()")
        tensors[layer.name] = y
    return tensors, updated


def _windows(x, layer, fill):
    """The kernel's positions as shifted, strided views: kernel² arrays [N, H', W', C]."""
    p, k, s = layer.padding, layer.kernel, layer.stride
    x = jnp.pad(x, ((0, 0), (p, p), (p, p), (0, 0)), constant_values=fill)
    height, width = (x.shape[1] - k) // s + 1, (x.shape[2] - k) // s + 1
    return [x[:, i : i + s * (height - 1) + 1 : s, j : j + s * (width - 1) + 1 : s] for i in range(k) for j in range(k)]


def _convolution(x, weight, layer):
    views = _windows(x, layer, 0.0)
    if layer.groups > 1:
        taps = weight[:, 0].reshape(layer.channels, -1).T  # [kernel², C]
        return sum(view * tap for view, tap in zip(views, taps))
    columns = views[0] if len(views) == 1 else jnp.concatenate(views, -1)
    return columns @ weight.transpose(2, 3, 1, 0).reshape(-1, layer.channels)


def _max_pool(x, layer):
    result, *others = _windows(x, layer, -jnp.inf)
    for view in others:
        result = jnp.maximum(result, view)
    return result


def _normalised(y, gain, statistics, training):
    if training:
        mean, variance = y.mean((0, 1, 2)), y.var((0, 1, 2))
        keep = NORMALISATION_MOMENTUM
        statistics = {"mean": keep * statistics["mean"] + (1 - keep) * mean, "variance": keep * statistics["variance"] + (1 - keep) * variance}
    else:
        mean, variance = statistics["mean"], statistics["variance"]
    return (y - mean) * (gain * jax.lax.rsqrt(variance + NORMALISATION_EPSILON)), statistics


def folded(parameters, statistics):
    """layer name -> (weight, bias) as float32 arrays, with batch normalisation folded in."""
    result = {}
    for name, p in parameters.items():
        weight, bias = np.asarray(p["weight"], np.float64), np.asarray(p["bias"], np.float64)
        if name in statistics:
            s = {key: np.asarray(value, np.float64) for key, value in statistics[name].items()}
            factor = np.asarray(p["gain"], np.float64) / np.sqrt(s["variance"] + NORMALISATION_EPSILON)
            weight, bias = weight * factor[:, None, None, None], bias - s["mean"] * factor
        result[name] = weight.astype(np.float32), bias.astype(np.float32)
    return result


def train(data, seed, location_steps, class_epochs):
    """data: `dataset.Data`. Returns (parameters, statistics). First the location and the trunk; then, on the finished trunk, the class."""
    parameters, statistics = initial_parameters(seed)
    random = np.random.default_rng(seed)
    parameters, statistics = _train_location(parameters, statistics, data, random, location_steps)
    return _train_class(parameters, statistics, data, random, class_epochs)


def _optimise(parameters, statistics, layers, loss_of, batches, steps, learning_rate, label):
    """Trains the parameters of `layers` only. `batches` yields (tensors, target); loss_of(tensors, target) is a scalar."""
    names = [layer.name for layer in layers if layer.name in parameters]
    trained = {name: parameters[name] for name in names}
    schedule = optax.warmup_cosine_decay_schedule(learning_rate / 20, learning_rate, steps // 20, steps, learning_rate / 200)
    optimiser = optax.chain(optax.clip_by_global_norm(5.0), optax.adamw(schedule, weight_decay=1e-3))
    state = optimiser.init(trained)

    def loss(trained, statistics, tensors, target):
        tensors, statistics = forward(trained, statistics, layers, tensors, training=True)
        return loss_of(tensors, target), statistics

    @jax.jit
    def step(trained, statistics, state, tensors, target):
        (value, statistics), gradient = jax.value_and_grad(loss, has_aux=True)(trained, statistics, tensors, target)
        change, state = optimiser.update(gradient, state, trained)
        return optax.apply_updates(trained, change), statistics, state, value

    started, losses, every = time.monotonic(), [], max(1, steps // 20)
    for number, (tensors, target) in zip(range(1, steps + 1), batches):
        trained, statistics, state, value = step(trained, statistics, state, tensors, target)
        losses.append(float(value))
        if number % every == 0 or number == steps:
            print(f"{label}: step {number} of {steps}, loss {np.mean(losses[-every:]):.4f}, {time.monotonic() - started:.0f} s", flush=True)
    return {**parameters, **trained}, statistics


def _train_location(parameters, statistics, data, random, steps, batch_size=64):
    def loss(tensors, location):
        logits = tensors["location"][..., 0]
        # A cell marked -1 is next to a nodule or at the crop's edge: it is neither, and counts for nothing.
        each = optax.sigmoid_binary_cross_entropy(logits, location) * (1 + 2 * location)
        return jnp.where(location < 0, 0, each).sum() / jnp.maximum((location >= 0).sum(), 1)

    def batches():
        while True:
            pieces = [_crop(random, data, k) for k in random.choice(len(data.images), batch_size, replace=False)]
            yield {"image": np.stack([image for image, _ in pieces])}, np.stack([location for _, location in pieces])

    layers = network.layers_for("location")
    return _optimise(parameters, statistics, layers, loss, batches(), steps, 6e-3, "location")


def _crop(random, data, k):
    """A piece of image k, [64, 64, 1], and its location map [8, 8]: around a nodule if there is one, mirrored at random, with a random gamma."""
    limit = dataset.STRIDE * dataset.CELLS - CROP
    # The middle of the image holds the lungs, outside it there is little to learn.
    corner = random.integers(0, limit + 1, 2)
    if data.nodules[k]:
        row, column, _, _ = data.nodules[k][random.integers(len(data.nodules[k]))]
        inside = random.integers(CROP // 6, CROP - CROP // 6, 2)
        corner = np.clip(np.round([row, column]).astype(int) - inside, 0, limit)
    i, j = corner
    image = data.images[k, i : i + CROP, j : j + CROP]
    location = dataset.location_map([(row - i, column - j, radius, contrast) for row, column, radius, contrast in data.nodules[k]], CROP // dataset.STRIDE)
    # The convolutions see zeros past the crop's edge that the whole image does not have.
    location[[0, -1]] = -1
    location[:, [0, -1]] = -1
    if random.random() < 0.5:
        image, location = image[:, ::-1], location[:, ::-1]
    return image ** np.float32(random.uniform(0.8, 1.25)), location


def _train_class(parameters, statistics, data, random, epochs, batch_size=64):
    trunk = np.concatenate([run(parameters, statistics, network.TRUNK, data.images[k : k + 50]) for k in range(0, len(data.images), 50)])

    def loss(tensors, present):
        return optax.softmax_cross_entropy_with_integer_labels(tensors["nodule"], present).mean()

    def batches():
        while True:
            for batch in random.permutation(len(trunk))[: len(trunk) // batch_size * batch_size].reshape(-1, batch_size):
                yield {network.TRUNK: trunk[batch]}, data.present[batch]

    layers = network.layers_for("nodule", given=network.TRUNK)
    return _optimise(parameters, statistics, layers, loss, batches(), epochs * (len(trunk) // batch_size), 5e-3, "class")


@functools.partial(jax.jit, static_argnames="output")
def run(parameters, statistics, output, images):
    """The tensor `output` for images [N, 128, 128, 1], with batch normalisation's running statistics."""
    return forward(parameters, statistics, network.layers_for(output), {"image": images})[0][output]
