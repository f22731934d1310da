"""The counting receiver as a program that falls and gets up again on the same port."""

import json
import sys
from pathlib import Path

from ports import answers, free_port
from processes import Child, wait_until

SCRIPT = Path(__file__).with_name("counting_receiver.py")
TITLE = "PACS"
START_SECONDS = 60


class Receiver:
    """One journal over all lives."""

    def __init__(self, folder, name, syntax=None):
        """Takes every transfer syntax, or only the given one."""
        self.port = free_port()
        self._name = name
        self._options = [] if syntax is None else ["--syntax", syntax]
        self._journal = folder / f"{name}.journal"
        self._log = folder / f"{name}.log"
        self._child = None

    def start(self):
        self._child = Child(
            self._name, [sys.executable, SCRIPT, "--port", self.port, "--title", TITLE, "--journal", self._journal,
                         *self._options], self._log)

    def wait(self):
        wait_until(lambda: answers(self.port), START_SECONDS, f"listening of {self._name}", self._child.check)

    def kill(self):
        self._child.process.kill()
        self._child.process.wait()

    def stop(self):
        if self._child is not None:
            self._child.stop()

    def stores(self):
        """Every C-STORE that was answered, in order."""
        if not self._journal.exists():
            return []
        return [json.loads(line) for line in self._journal.read_text().splitlines()]
