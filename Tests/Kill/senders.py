"""Modalities: each sends study after study with dcmtk's storescu, and again what had no success."""

import os
import subprocess
import threading
from collections import deque

from objects import uid_of
from ports import LOOPBACK
from processes import PeerError, find_program

TIMEOUT_SECONDS = 120
"""Of one association. A receiver that leaves its sender without an answer for so long is at fault."""
LONGEST_PAUSE_SECONDS = 1.2
AFTER_FAILURE_SECONDS = 0.2
SENDING = "Sending file: "
# With a warning an object is kept all the same (PS3.4 B.2.3).
KEPT = ("Received Store Response (Success", "Received Store Response (Warning")
MOST_FAILURES = 200
"""In a row, far beyond what kills explain: then it is the object or the receiver that is at fault."""


def store(paths, port, title, seconds=TIMEOUT_SECONDS):
    """Sends the files over one association; those that the receiver says it has."""
    result = subprocess.run(
        [find_program("storescu", "dcmtk"), "--verbose", "-aec", title, LOOPBACK, str(port), *map(str, paths)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        timeout=seconds, env=os.environ | {"TCP_NODELAY": "1"})
    stored, current = [], None
    by_name = {str(path): path for path in paths}
    for line in result.stdout.decode(errors="replace").splitlines():
        if SENDING in line:
            current = by_name[line.partition(SENDING)[2]]
        elif any(answer in line for answer in KEPT) and current is not None:
            stored.append(current)
            current = None
    return stored


class Sender(threading.Thread):
    """Sends new studies until `finish`, then only what is left over from earlier ones."""

    def __init__(self, objects, port, title, chance):
        super().__init__(daemon=True)
        self._objects, self._port, self._title, self._chance = objects, port, title, chance
        self._finishing = threading.Event()
        self._left = deque()
        self.acknowledged = {}
        """UID → path of what had success."""
        self.associations = 0
        self.cut_short = 0
        """Associations that did not bring all of their objects home."""
        self.failure = None
        self._failures = 0

    def finish(self):
        self._finishing.set()

    def run(self):
        try:
            while self._left or not self._finishing.is_set():
                self._send_once()
        except (OSError, subprocess.SubprocessError, PeerError, ValueError) as error:
            self.failure = f"{type(error).__name__}: {error}"

    def _send_once(self):
        if not self._left:
            self._left.extend(self._objects.study(self._chance))
        stored = store(self._left, self._port, self._title)
        self.associations += 1
        self.acknowledged |= {uid_of(path): path for path in stored}
        waiting = [path for path in self._left if uid_of(path) not in self.acknowledged]
        self._left = deque(waiting)
        self.cut_short += bool(waiting)
        self._failures = 0 if stored else self._failures + 1
        if self._failures > MOST_FAILURES:
            raise PeerError(f"nothing of {', '.join(map(str, waiting))} could be sent in {MOST_FAILURES} attempts")
        pause = AFTER_FAILURE_SECONDS if waiting else self._chance.uniform(0, LONGEST_PAUSE_SECONDS)
        self._finishing.wait(pause)
