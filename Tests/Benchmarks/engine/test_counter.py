"""Whether the counting plugin counts what a program of known instructions does: `test_counter.py TOOLS`."""

import sys
import unittest
from pathlib import Path

import counting

ROUNDS = 1000
LINE = 64
SMALL, LARGE = 32768 // LINE, 2097152 // LINE
"""Lines of the two passes in known.S; the first fits the Cortex-A76's first level, the second no level."""
MARK = {"branch": 1, "scalar": 1}
"""What each call of getppid() takes within its interval: svc, and the mov before it."""

PROCESSOR = counting.Processor("cortex-a76", "max,sve=off,sme=off", 0xD0B, 32, has_caches=True)
"""The caches of one, the instructions of all."""


class KnownProgram(unittest.TestCase):
    tools: Path

    @classmethod
    def setUpClass(cls):
        cls.intervals = counting.count(cls.tools, PROCESSOR, [cls.tools / "known"])

    def kinds(self, interval):
        """Without the call, and what was not counted left out."""
        counts = self.intervals[interval]
        self.assertEqual(counts["total"], sum(counts[kind] for kind in counting.KINDS))
        return {kind: counts[kind] - MARK.get(kind, 0) for kind in counting.KINDS if counts[kind] - MARK.get(kind, 0)}

    def misses(self, interval):
        return self.intervals[interval]["level1Misses"], self.intervals[interval]["level2Misses"]

    def test_every_kind(self):
        of_a_round = {"dot": 2, "widen8": 2, "widen16": 2, "pairwise": 1, "multiply": 3, "float": 2,
                      "vectorLoad": 3, "vectorStore": 2, "vectorOther": 1, "scalarLoad": 2, "scalarStore": 2, "branch": 1, "scalar": 1}
        expected = {kind: count * ROUNDS for kind, count in of_a_round.items()}
        # The loop's number of rounds is set once.
        expected["scalar"] += 1
        self.assertEqual(self.kinds(0), expected)

    def test_matrix(self):
        self.assertEqual(self.kinds(1), {"matrix": ROUNDS, "branch": ROUNDS, "scalar": ROUNDS + 1})

    def test_pass_over_little_memory(self):
        self.assertEqual(self.kinds(2), {"scalarLoad": SMALL, "branch": SMALL, "scalar": 2 * SMALL + 1})
        # The loops before touched the first line.
        self.assertEqual(self.misses(2), (SMALL - 1, SMALL - 1))
        self.assertEqual(self.misses(3), (0, 0))

    def test_pass_over_much_memory(self):
        # What the passes before left is still there; of itself a pass finds nothing, for the lines it wants next are the
        # ones that gave way first.
        self.assertEqual(self.misses(4), (LARGE - SMALL, LARGE - SMALL))
        self.assertEqual(self.misses(5), (LARGE, LARGE))


if __name__ == "__main__":
    KnownProgram.tools = Path(sys.argv.pop())
    unittest.main()
