"""What a program and its children use: processor time and peak memory, from /proc."""

import os
import threading
import time
from pathlib import Path

POLL_SECONDS = 0.05
"""How often children are looked for: those that live shorter go unseen by the memory figure, not by the time."""
CHILDREN_END_SECONDS = 5
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class UsageMeter:
    """Measures a process, its threads and its children from entry to exit of the `with` block.

    `processor_seconds` counts children once their parent has waited for them, which the exit allows time for.
    `peak_megabytes` is the sum of the peaks (VmHWM) of the processes that lived at the same time; the parent's since
    its start, so it wants a freshly started program.
    """

    def __init__(self, pid):
        self._pid = pid
        self._peaks = {}
        self._highest = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.processor_seconds = 0.0
        self.peak_megabytes = 0.0

    def __enter__(self):
        self._before = _processor_seconds(self._pid)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()
        self._look()
        self.peak_megabytes = self._highest / 1000
        deadline = time.monotonic() + CHILDREN_END_SECONDS
        while _children(self._pid) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        self.processor_seconds = _processor_seconds(self._pid) - self._before

    def _watch(self):
        while not self._done.wait(POLL_SECONDS):
            self._look()

    def _look(self):
        living = {}
        for pid in [self._pid, *_children(self._pid)]:
            kilobytes = _peak_kilobytes(pid)
            if kilobytes is not None:
                living[pid] = kilobytes
        self._highest = max(self._highest, sum(living.values()))


def _processor_seconds(pid):
    # utime, stime, cutime and cstime follow the name, which stands in parentheses and may hold spaces (proc(5)).
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(each) for each in fields[11:15]) / TICKS_PER_SECOND


def _children(pid):
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _peak_kilobytes(pid):
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except OSError:
        pass
    return None
