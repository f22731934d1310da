"""Makes the demonstration network from nothing: draws phantoms, trains, exports, quantises, evaluates, writes the model card.

`python train.py` writes chest-nodule.onnx (int8), chest-nodule-fp32.onnx and MODEL_CARD.md beside itself. Seeds are fixed. `--quick` does a
tenth of the work and gives a weak network, to try a change.
"""

import argparse
import pathlib
import time

import onnx

import dataset
import evaluation
import export
import model_card
import trainer

SEED = 20
SPECIFICITY = 0.95
"""The operating point: chosen so that of the validation phantoms without nodules this share is below the threshold."""
METADATA = {
    "name": "chest-nodule-demonstration",
    "version": "1.0.0",
    "maker": "Outpost",
    "intended_use": "demonstration, not for clinical use",
    "accepts.modality": "DX,CR",
    "accepts.body_part": "CHEST",
    "preprocessing": "letterbox-percentile-1",
    "output.class": "nodule",
    "output.location": "location",
    "finding.code": "27925004|SCT|Nodule",
    "anatomy.code": "39607008|SCT|Lung",
}


def main():
    parser = argparse.ArgumentParser(description="Trains, quantises and evaluates the demonstration network.")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent, help="folder for the models and the card")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, for a trial")
    arguments = parser.parse_args()
    tenth = 10 if arguments.quick else 1
    plan = model_card.Plan(
        training_pairs=1500 // tenth,
        calibration_pairs=100 // tenth,
        validation_pairs=300 // tenth,
        test_pairs=400 // tenth,
        location_steps=1000 // tenth,
        class_epochs=20,
        seed=SEED,
        specificity=SPECIFICITY,
    )
    arguments.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    parameters, statistics = trainer.train(dataset.draw("train", plan.training_pairs, 160), SEED, plan.location_steps, plan.class_epochs)
    weights = trainer.folded(parameters, statistics)
    fp32 = export.fp32_model(weights)
    int8 = export.int8_model(fp32, dataset.draw("calibration", plan.calibration_pairs, 160).images)

    validation = dataset.draw("validation", plan.validation_pairs, 256)
    # Chosen on the int8 network, because that is the one that runs.
    threshold = evaluation.threshold_for_specificity(evaluation.predict(int8, validation).probability, validation.present, SPECIFICITY)
    metadata = METADATA | {"threshold": f"{threshold:.3f}"}
    for model, name in ((int8, "chest-nodule.onnx"), (fp32, "chest-nodule-fp32.onnx")):
        export.set_metadata(model, metadata)
        onnx.save(model, arguments.out / name)
    test = dataset.draw("test", plan.test_pairs, 384)
    results = {name: evaluation.figures(evaluation.predict(model, test), test, threshold) for name, model in (("fp32", fp32), ("int8", int8))}
    count = sum(weight.size + bias.size for weight, bias in weights.values())
    card = model_card.text(arguments.out, plan, metadata, results, count)
    (arguments.out / "MODEL_CARD.md").write_text(card)
    print(model_card.table(results))
    print(f"done in {(time.monotonic() - started) / 60:.1f} minutes; threshold {threshold:.3f}")


if __name__ == "__main__":
    main()
