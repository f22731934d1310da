"""Lamps read from outside, at the GPIO chip's pins, and compared with the card that hangs on a clinic's wall."""

import re
import threading
import time
from pathlib import Path

from processes import PeerError

DATA_REGISTER = 0x090303FC
"""Of the PL061 in qemu's `virt`, all eight lines."""
LINES = {"Health": 0, "Network": 1, "Activity": 2, "Attention": 4}
"""provisioning/boards/qemu-virt.yaml, by the names on the card."""
CARD = Path(__file__).resolve().parents[2] / "docs/LAMPS.md"
STEP_SECONDS = 0.125
SAMPLE_SECONDS = 0.03
WINDOW_SECONDS = 4
"""Two rounds of each pattern."""
AGREEMENT = 0.85
"""Of a lamp's samples with a drawing. A busy host lets steps be late; any two drawings differ in more than the rest."""
DARK, LIT = "○" * 16, "●" * 16


def card():
    """State → lamp → drawing, from the English part of docs/LAMPS.md."""
    states = {}
    for row in CARD.read_text().partition("## The button")[0].splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if len(cells) == 4 and cells[0].startswith("**"):
            states[cells[0].strip("*")] = dict(re.findall(r"(\w+): `([●○]{16})`", cells[1]))
    if "Ready" not in states:
        raise PeerError(f"{CARD} has no table of lamps that can be read")
    return states


def agreement(samples, drawing):
    """The share of (seconds, lit) samples that a drawing explains, at the phase that explains most."""
    best = 0
    for phase in range(4 * len(drawing)):
        offset = phase * STEP_SECONDS / 4
        hits = sum(lit == (drawing[int((at + offset) / STEP_SECONDS) % len(drawing)] == "●") for at, lit in samples)
        best = max(best, hits)
    return best / len(samples)


class Watcher(threading.Thread):
    """Samples all lines until it is stopped."""

    def __init__(self, monitor):
        super().__init__(daemon=True)
        self._monitor = monitor
        self._stopped = threading.Event()
        self.samples = []

    def run(self):
        while not self._stopped.wait(SAMPLE_SECONDS):
            try:
                self.samples.append((time.monotonic(), self._monitor.read_word(DATA_REGISTER)))
            except (PeerError, OSError):
                return

    def stop(self):
        self._stopped.set()
        self.join()

    def window(self, end, lamp):
        """The samples of a lamp in the seconds before `end`; nothing where the host left too many out."""
        part = [(at, bool(word >> LINES[lamp] & 1)) for at, word in self.samples if end - WINDOW_SECONDS <= at < end]
        return part if len(part) >= WINDOW_SECONDS / STEP_SECONDS else []

    def seen(self, wanted, since=0):
        """Whether all `wanted` lamps showed their drawings together in some window after `since`."""
        ends = [at for at, _ in self.samples if at >= since + WINDOW_SECONDS][::8]
        return any(self._fits(end, wanted) for end in reversed(ends))

    def drawings(self):
        """What each lamp shows at the end, drawn in steps, for a person who looks for a fault."""
        if not self.samples:
            return "no samples"
        end = self.samples[-1][0]
        lines = []
        for lamp in LINES:
            part = self.window(end, lamp)
            lines.append(f"{lamp}: " + "".join("●" if lit else "○" for _, lit in part[::4]))
        return "; ".join(lines)

    def _fits(self, end, wanted):
        for lamp, drawing in wanted.items():
            part = self.window(end, lamp)
            if not part or agreement(part, drawing) < AGREEMENT:
                return False
        return True


def expect(monitor, wanted, seconds, what):
    """Waits until the lamps show it; gives the seconds that it took."""
    watcher = Watcher(monitor)
    began = time.monotonic()
    watcher.start()
    try:
        while not watcher.seen(wanted, max(began, time.monotonic() - 2 * WINDOW_SECONDS)):
            if time.monotonic() - began > seconds:
                raise PeerError(
                    f"the lamps did not show {what} ({wanted}) within {seconds} seconds; {watcher.drawings()}")
            time.sleep(0.5)
    finally:
        watcher.stop()
    return time.monotonic() - began
