"""Figures of a network on a set of phantoms: AUC, sensitivity, specificity, location hits; and the choice of the operating point."""

from dataclasses import dataclass

import numpy as np
import onnxruntime

import dataset

BANDS = (("0.05 to 0.10", 0.05, 0.10), ("0.10 to 0.20", 0.10, 0.20), ("0.20 to 0.30", 0.20, 0.30), ("0.30 to 0.45", 0.30, 0.451))
"""Peak contrast of a phantom's most conspicuous nodule: name, from (inclusive), to (exclusive)."""


@dataclass
class Predictions:
    """probability [n] of a nodule · peak [n, 2]: the location map's highest cell (row, column)."""

    probability: np.ndarray
    peak: np.ndarray


def predict(model, data):
    """Runs an ONNX model, image by image, on `dataset.Data`."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    probabilities, peaks = [], []
    for image in data.images:
        nodule, location = session.run(["nodule", "location"], {"image": image[None, None, :, :, 0]})
        probabilities.append(1 / (1 + np.exp(np.float64(nodule[0, 0]) - nodule[0, 1])))
        peaks.append(np.unravel_index(location[0, 0].argmax(), location.shape[2:]))
    return Predictions(np.array(probabilities), np.array(peaks))


def area_under_curve(positive, negative):
    """The probability that a positive's score is above a negative's; a tie counts half."""
    positive, negative = np.asarray(positive), np.asarray(negative)
    return float(((positive[:, None] > negative).mean() + (positive[:, None] == negative).mean() / 2))


def threshold_for_specificity(probability, present, specificity):
    """The lowest threshold, rounded up to 0.001, at which at least this share of the phantoms without a nodule lies below it."""
    negative = np.sort(probability[present == 0])
    index = min(int(np.ceil(specificity * len(negative))), len(negative) - 1)
    return float(np.ceil(negative[index] * 1000) / 1000)


def hits(predictions, data):
    """[n] bool: the highest cell's centre lies within a nodule's radius plus one cell (8 pixels) of that nodule's centre."""
    result = np.zeros(len(data.images), bool)
    for k, nodules in enumerate(data.nodules):
        for row, column, radius, _ in nodules:
            result[k] |= dataset.cell_distances(row, column)[tuple(predictions.peak[k])] <= radius + dataset.STRIDE
    return result


def figures(predictions, data, threshold):
    """band name -> {n, auc, sensitivity, hit_rate}; the band "all" has the specificity too. Every band is set against all phantoms without nodules."""
    with_nodule = data.present == 1
    negative = predictions.probability[~with_nodule]
    strongest = np.array([max((nodule[3] for nodule in nodules), default=0) for nodules in data.nodules])
    hit = hits(predictions, data)
    result = {}
    for name, low, high in (("all", 0.0, 1.0), *BANDS):
        chosen = with_nodule & (strongest >= low) & (strongest < high)
        positive = predictions.probability[chosen]
        result[name] = dict(
            n=int(chosen.sum()),
            auc=area_under_curve(positive, negative),
            sensitivity=float((positive >= threshold).mean()),
            hit_rate=float(hit[chosen].mean()),
        )
    result["all"].update(negatives=len(negative), specificity=float((negative < threshold).mean()))
    return result
