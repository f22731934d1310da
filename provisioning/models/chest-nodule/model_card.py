"""Writes MODEL_CARD.md from the figures, so that no number in it is typed by hand."""

import hashlib
from dataclasses import dataclass

import phantom


@dataclass(frozen=True)
class Plan:
    """What was drawn and how long was trained. A pair is one patient, once with and once without nodules."""

    training_pairs: int
    calibration_pairs: int
    validation_pairs: int
    test_pairs: int
    location_steps: int
    class_epochs: int
    seed: int
    specificity: float


def table(results):
    """results: {"fp32", "int8"} -> `evaluation.figures`. A Markdown table, fp32 beside int8 in every cell."""
    lines = ["| peak contrast | phantoms with nodule | AUC | sensitivity | location hits |", "| --- | --- | --- | --- | --- |"]
    for band, figures in results["fp32"].items():
        other = results["int8"][band]
        cells = [f"{figures[key]:.3f} / {other[key]:.3f}" for key in ("auc", "sensitivity", "hit_rate")]
        lines.append(f"| {band} | {figures['n']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def text(folder, plan, metadata, results, parameter_count):
    """The whole card; hashes and sizes are those of the .onnx files in `folder`."""
    files = []
    for path in sorted(folder.glob("chest-nodule*.onnx")):
        content = path.read_bytes()
        files.append(f"| `{path.name}` | {len(content)} | `{hashlib.sha256(content).hexdigest()}` |")
    radius, contrast = phantom.NODULE_RADIUS_MILLIMETRES, phantom.NODULE_CONTRAST
    whole, whole_int8 = results["fp32"]["all"], results["int8"]["all"]
    return f"""# Chest nodule demonstration, version {metadata["version"]}

**{metadata["intended_use"].capitalize()}.** A small network that says whether a frontal chest radiograph holds a nodule, and where. It exists so that Outpost can
be shown and tested from image to report without a patient's image and without anybody's medical product. It has never seen a radiograph of
a person.

## Data
Only drawings: `phantom.py` draws chest-like radiographs from a seed. Half of them have 1 to 3 nodules, radius {radius[0]:g} to {radius[1]:g} mm, peak contrast {contrast[0]:g} to {contrast[1]:g}
of the step from lung to mediastinum, inside the lung fields. Each patient is drawn with and without nodules. No patient is in two sets.

| set | patients | phantoms | used for |
| --- | --- | --- | --- |
| training | {plan.training_pairs} | {2 * plan.training_pairs} | weights |
| calibration | {plan.calibration_pairs} | {2 * plan.calibration_pairs} | ranges of the int8 activations |
| validation | {plan.validation_pairs} | {2 * plan.validation_pairs} | the threshold |
| test | {plan.test_pairs} | {2 * plan.test_pairs} | the figures below |

## Network
{parameter_count} parameters; inverted residual blocks; input `image` [1, 1, 128, 128] float32 as `preprocessing.py` makes it; outputs `nodule` [1, 2] (logits: absent,
present; the probability is their softmax) and `location` [1, 1, 16, 16] (logits, stride 8). The int8 file is in QDQ form: weights symmetric, one scale per
channel; activations one scale and zero point per tensor.

Trained in two parts: {plan.location_steps} steps on pieces of 64 × 64 pixels for the location, then {plan.class_epochs} epochs on whole images for the class, with the trunk as it was.

## Figures on the test phantoms
fp32 / int8, at the threshold {metadata["threshold"]}. The threshold is the lowest at which {plan.specificity:.0%} of the validation phantoms without nodules are below it (int8).

Specificity on {whole["negatives"]} phantoms without nodules: {whole["specificity"]:.3f} / {whole_int8["specificity"]:.3f}.

{table(results)}

The band is that of the phantom's most conspicuous nodule. Each band's AUC is against all phantoms without nodules. Sensitivity: the share of phantoms with
nodules that reach the threshold. Location hit: the highest cell's centre is within a nodule's radius plus one cell of its centre, counted in every phantom with
nodules, found or not.

## Limits
- Drawings are easier than people and differ from them: these figures say nothing about radiographs of patients. On such images any answer can come.
- Faint nodules are missed: see the row of the lowest contrast. A nodule of 4 mm radius is little more than one of the network's pixels.
- Nodules behind the heart, the diaphragm or outside the lungs were never drawn; neither were other diseases, devices, markers, lateral or AP views, children.
- The location is one of 16 × 16 cells, about 27 mm wide. Several nodules give one class.
- The probability is not calibrated, and half of the phantoms have nodules; in people few do.

## Regenerate
`pip install -r requirements-train.txt && python train.py` (one core suffices; seeds are fixed, seed {plan.seed}). Another processor or version of
the libraries may round differently and give other hashes and slightly other figures.

| file | bytes | SHA-256 |
| --- | --- | --- |
{chr(10).join(files)}
"""
