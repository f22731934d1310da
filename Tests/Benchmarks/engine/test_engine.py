"""The scripts' own arithmetic, and the networks' shapes against published figures."""

import sys
import unittest
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent / "networks"))

# The folder of the networks must be on the path first.
# pylint: disable=wrong-import-position
from agreement import Runs, Steps, distances  # noqa: E402
from arm import GOALS, OUTPOST, Figures, summary  # noqa: E402
from make_networks import NETWORKS  # noqa: E402
from tables import aligned  # noqa: E402

PUBLISHED = {
    "mobilenet-v2": (301, 3.50), "mobilenet-v3-large": (217, 5.48), "resnet-18": (1814, 11.69),
    "resnet-50": (4089, 25.56), "efficientnet-b0": (386, 5.29),
}
"""Million multiply-accumulates, and million parameters as torchvision lists them."""


class Networks(unittest.TestCase):
    def test_published_sizes(self):
        for name, (multiply_accumulates, parameters) in PUBLISHED.items():
            with self.subTest(name):
                graph, _ = NETWORKS[name]()
                self.assertEqual(round(graph.multiply_accumulates / 1e6), multiply_accumulates)
                self.assertAlmostEqual(graph.trained_parameters / 1e6, parameters, delta=0.01)

    def test_one_seed_makes_one_network(self):
        first, second = (NETWORKS["u-net"]()[0] for _ in range(2))
        self.assertEqual([each.SerializeToString() for each in first.nodes],
                         [each.SerializeToString() for each in second.nodes])
        for name, array in first.constants.items():
            np.testing.assert_array_equal(array, second.constants[name])


class Agreement(unittest.TestCase):
    def test_steps_of_bytes(self):
        found, expected = np.array([-128, 3, 5, 127], np.int8), np.array([127, 3, 4, 127], np.int8)
        self.assertEqual(list(distances(found, expected)), [255, 0, 1, 0])

    def test_steps_of_floats(self):
        found, expected = np.array([1, 100.002, 0], np.float32), np.array([1, 100, 0], np.float32)
        self.assertEqual(distances(found, expected)[0], 0)
        self.assertAlmostEqual(distances(found, expected)[1], 2, places=2)
        self.assertEqual(list(distances(np.zeros(2, np.float32), np.zeros(2, np.float32))), [0, 0])
        # What is no number is far from everything.
        self.assertFalse(distances(np.array([np.nan]), np.array([1.0]))[0] <= 1)

    def test_nodes(self):
        steps = Steps()
        steps.add(np.array([1, 2], np.uint8), np.array([1, 2], np.uint8), "a")
        steps.add(np.array([1, 5], np.uint8), np.array([1, 2], np.uint8), "b")
        self.assertEqual((steps.exact_share, steps.largest, steps.largest_at), (0.75, 3, "b"))

    def test_classes(self):
        expected = np.array([[0, 1, 0.9], [0, 5, 1], [2, 0, 0]])
        found = np.array([[0, 0.9, 1], [0, 5, 1], [0, 2, 0]])
        runs = Runs(found, expected, step=0.1)
        self.assertEqual(list(runs.same), [False, True, False])
        self.assertEqual(list(runs.decided), [False, True, True])
        self.assertAlmostEqual(runs.percentile(100), 20)
        self.assertAlmostEqual(runs.percentile(50), 0)

    def test_maps(self):
        expected = np.array([[[[0.4, 0.5, 0.9]]]])
        runs = Runs(np.array([[[[0.6, 0.6, 0.8]]]]), expected, step=0.01)
        self.assertEqual(list(runs.same.ravel()), [False, False, True])
        self.assertEqual(list(runs.decided.ravel()), [True, False, True])


class Counting(unittest.TestCase):
    def test_ratio_and_verdict(self):
        goal = GOALS["resnet-18"]["cortex-a76"]
        counts = {"total": goal * 1_000_000, "level2Misses": 410_000}
        figures = Figures("resnet-18", "cortex-a76", OUTPOST, 16 * goal * 500_000, 16, counts)
        self.assertEqual((figures.millions, figures.ratio, figures.misses), (goal, 2, 0.41))
        cells = summary([figures]).splitlines()[-1].split()
        self.assertEqual(cells[2:], ["138.0", "≤", "138", "met", "2.00", "0.41", "≤", "0.4", "MISSED"])

    def test_columns(self):
        self.assertEqual(aligned([["a", "bb"], ["ccc", "d"]]), "a    bb\n-------\nccc   d")


if __name__ == "__main__":
    unittest.main()
