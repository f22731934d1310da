"""A float ONNX graph in the making, written as exporters write it, with random weights of one seed.

Random weights alone let activations die out or explode with depth. So convolutions are followed by batch
normalisations, as in trained networks, whose means and variances are those of a batch of images (`settle`).
"""

from dataclasses import dataclass

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

OPERATOR_SET = 17
IR_VERSION = 8
EPSILON = 1e-5
CERTAINTY = 10
INPUT, OUTPUT = "image", "result"


@dataclass(frozen=True)
class Value:
    """What a node makes: its name, and its size without the batch: (channels, rows, columns) or (channels,)."""

    name: str
    size: tuple

    @property
    def channels(self):
        return self.size[0]


class Graph:
    def __init__(self, name, size, seed):
        self.name, self.image = name, Value(INPUT, size)
        self.multiply_accumulates = 0
        self._random = np.random.default_rng(seed)
        self.nodes, self.constants = [], {}
        self._classifier = None

    @property
    def trained_parameters(self):
        """As torchvision counts them."""
        trained = ("weight_", "bias_", "scale_", "shift_")
        return sum(array.size for name, array in self.constants.items() if name.startswith(trained))

    def constant(self, array, stem="constant"):
        name = f"{stem}_{len(self.constants)}"
        self.constants[name] = np.asarray(array)
        return name

    def node(self, operator, inputs, size, **attributes):
        """Adds a node; `inputs` are values, or names of constants."""
        names = [each.name if isinstance(each, Value) else each for each in inputs]
        output = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, names, [output], name=f"/{output}", **attributes))
        return Value(output, size)

    # Layers with weights.

    def convolution(self, x, channels, kernel, stride=1, groups=1, bias=False):
        """With padding that keeps the size where the stride is 1."""
        (depth, rows, columns), pad = x.size, kernel // 2
        shape = (channels, depth // groups, kernel, kernel)
        size = (channels, *((length + 2 * pad - kernel) // stride + 1 for length in (rows, columns)))
        operands = [x, self.constant(self._normal(shape, shape[1] * kernel * kernel), "weight")]
        if bias:
            operands.append(self.constant(self._random.normal(0, 0.1, channels).astype(np.float32), "bias"))
        self.multiply_accumulates += int(np.prod(shape)) * size[1] * size[2]
        return self.node("Conv", operands, size, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4,
                         group=groups)

    def transposed_convolution(self, x, channels):
        """Doubles rows and columns: 2 × 2, stride 2."""
        depth, rows, columns = x.size
        shape = (depth, channels, 2, 2)
        operands = [x, self.constant(self._normal(shape, depth), "weight"),
                    self.constant(self._random.normal(0, 0.1, channels).astype(np.float32), "bias")]
        self.multiply_accumulates += int(np.prod(shape)) * rows * columns
        return self.node("ConvTranspose", operands, (channels, rows * 2, columns * 2), kernel_shape=[2, 2],
                         strides=[2, 2])

    def normalisation(self, x, weight=1.0):
        """A batch normalisation whose results have a standard deviation of about `weight`."""
        scale = (weight * self._random.uniform(0.7, 1.3, x.channels)).astype(np.float32)
        shift = self._random.normal(0, 0.2 * weight, x.channels).astype(np.float32)
        operands = [x, self.constant(scale, "scale"), self.constant(shift, "shift")]
        operands += [self.constant(np.zeros(x.channels, np.float32), stem) for stem in ("mean", "variance")]
        return self.node("BatchNormalization", operands, x.size, epsilon=EPSILON)

    def classifier(self, x, classes):
        """The last layer: global average, then one row of logits. `settle` centres and scales it."""
        x = self.node("Flatten", [self.node("GlobalAveragePool", [x], (x.channels, 1, 1))], (x.channels,), axis=1)
        weight = self.constant(self._normal((classes, x.channels), x.channels), "weight")
        bias = self.constant(np.zeros(classes, np.float32), "bias")
        self._classifier = (x, weight, bias)
        self.multiply_accumulates += classes * x.channels
        return self.node("Gemm", [x, weight, bias], (classes,), transB=1)

    def _normal(self, shape, fan_in):
        return self._random.normal(0, np.sqrt(1 / fan_in), shape).astype(np.float32)

    # Layers without.

    def relu(self, x):
        return self.node("Relu", [x], x.size)

    def relu6(self, x):
        low, high = self.constant(np.float32(0)), self.constant(np.float32(6))
        return self.node("Clip", [x, low, high], x.size)

    def hard_swish(self, x):
        return self.node("HardSwish", [x], x.size)

    def silu(self, x):
        return self.node("Mul", [x, self.node("Sigmoid", [x], x.size)], x.size)

    def sum(self, x, y):
        return self.node("Add", [x, y], x.size)

    def joined(self, x, y):
        return self.node("Concat", [x, y], (x.channels + y.channels, *x.size[1:]), axis=1)

    def pooled(self, x, kind, kernel, stride, pad=0):
        size = (x.channels, *((length + 2 * pad - kernel) // stride + 1 for length in x.size[1:]))
        return self.node(kind, [x], size, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4)

    def enlarged(self, x, mode):
        """Doubles rows and columns by Resize: `nearest` or `linear`."""
        size = (x.channels, x.size[1] * 2, x.size[2] * 2)
        scales = self.constant(np.array([1, 1, 2, 2], np.float32), "scales")
        how = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"} if mode == "nearest" else \
            {"coordinate_transformation_mode": "half_pixel"}
        return self.node("Resize", [x, "", scales], size, mode=mode, **how)

    # The finished model.

    def settle(self, images, others, result):
        """Measures the normalisations on a batch of images `[count, channels, rows, columns]`, makes classes of other
        ones, and returns the model whose output is `result`."""
        nodes, measured = [], []
        for node in self.nodes:
            if node.op_type == "BatchNormalization":
                nodes += self._by_the_batch(node)
                measured += node.input[3:]
            else:
                nodes.append(node)
        seen = session(self._model(nodes, measured, len(images))).run(None, {INPUT: images})
        for name, array in zip(measured, seen):
            self.constants[name] = array.ravel()
        if self._classifier:
            self._settle_classifier(others, *self._classifier)
        self.nodes.append(helper.make_node("Identity", [result.name], [OUTPUT], name="/result"))
        return self._model(self.nodes, [OUTPUT], 1)

    def _by_the_batch(self, node):
        """What a batch normalisation is while training: by the mean and variance of the batch that it normalises, which
        it makes as values of the names that the constants will have."""
        x, scale, shift, mean, variance = node.input
        scale, shift = (self.constant(self.constants[name].reshape(-1, 1, 1)) for name in (scale, shift))
        epsilon = self.constant(np.float32(EPSILON))

        def step(operator, inputs, output=None, **attributes):
            nodes.append(helper.make_node(operator, inputs, [output or f"{node.name}.{len(nodes)}"], **attributes))
            return nodes[-1].output[0]

        nodes = []
        difference = step("Sub", [x, step("ReduceMean", [x], mean, axes=[0, 2, 3])])
        step("ReduceMean", [step("Mul", [difference, difference])], variance, axes=[0, 2, 3])
        deviation = step("Sqrt", [step("Add", [variance, epsilon])])
        step("Add", [step("Mul", [step("Div", [difference, deviation]), scale]), shift], node.output[0])
        return nodes

    def _settle_classifier(self, images, features, weight, bias):
        """As if trained to know these images: the first classes are theirs, each with its image's features as weights.
        A trained network decides; logits of random weights alone would be so close that rounding decides."""
        running = session(self._model(self.nodes, [features.name], 1))
        seen = np.concatenate([running.run(None, {INPUT: image[None]})[0] for image in images]).astype(np.float64)
        centre = seen.mean(0)
        weights = self.constants[weight].astype(np.float64)
        weights[:len(seen)] = seen - centre
        # An image of a class has a logit of about CERTAINTY for it.
        weights /= np.linalg.norm(weights, axis=1, keepdims=True)
        weights *= CERTAINTY / np.linalg.norm(seen - centre, axis=1).mean()
        self.constants[weight] = weights.astype(np.float32)
        self.constants[bias] = (-weights @ centre).astype(np.float32)

    def _model(self, nodes, outputs, batch):
        used = {name for node in nodes for name in node.input} - {name for node in nodes for name in node.output}
        constants = [numpy_helper.from_array(array, name) for name, array in self.constants.items() if name in used]
        images = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [batch, *self.image.size])
        results = [onnx.ValueInfoProto(name=name) for name in outputs]
        graph = helper.make_graph(nodes, self.name, [images], results, constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPERATOR_SET)], ir_version=IR_VERSION)
        return onnx.shape_inference.infer_shapes(model, strict_mode=True)


def session(model, optimised=True):
    """An onnxruntime session on one thread. `model`: a path or a ModelProto."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    level = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = level.ORT_ENABLE_ALL if optimised else level.ORT_DISABLE_ALL
    source = model.SerializeToString() if isinstance(model, onnx.ModelProto) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
