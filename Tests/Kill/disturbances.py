"""Kills of units and falls of the PACS at seeded moments, each with what the courier's queue said of it then."""

import itertools
import threading
import time
from dataclasses import dataclass

from clinic import UNITS
from processes import PeerError

SHORTEST_LIFE_SECONDS, LONGEST_LIFE_SECONDS = 0.1, 3.0
"""Between two kills: short enough to hit a unit that is still starting."""
PACS_UP_SECONDS = (4, 15)
PACS_DOWN_SECONDS = (0.5, 4)
PACS = "PACS"


@dataclass(frozen=True)
class Disturbance:
    """What was killed, when (monotonic seconds), and what the courier then still owed the PACS: stage and sequence."""

    what: str
    time: float
    owed: frozenset


class Disturber:
    """Keeps the list of what was done. `chance` is a random.Random: one for the units, one for the PACS."""

    def __init__(self, clinic, receiver):
        self._clinic, self._receiver = clinic, receiver
        self._done = threading.Event()
        self.disturbances = []
        self.failure = None

    def kill_units(self, count, chance, check):
        """Kills `count` times, every unit equally often, and starts it again at once."""
        deck = []
        for number in range(count):
            time.sleep(chance.uniform(SHORTEST_LIFE_SECONDS, LONGEST_LIFE_SECONDS))
            check()
            if not deck:
                deck = chance.sample(UNITS, len(UNITS))
            unit = deck.pop()
            self._clinic.kill(unit)
            moment = time.monotonic()
            owed = self._clinic.in_flight(["sending"]) if unit == "courier" else ()
            self._clinic.start(unit)
            self.disturbances.append(Disturbance(unit, moment, frozenset(owed)))
            if (number + 1) % 10 == 0:
                print(f"{number + 1}/{count} kills", flush=True)

    def let_pacs_fall(self, chance):
        """Until `end`; the PACS is up afterwards. For a thread of its own."""
        try:
            while not self._done.wait(chance.uniform(*PACS_UP_SECONDS)):
                self._receiver.kill()
                moment = time.monotonic()
                # Whatever it answered last is sending or waiting, unless the courier has heard the answer.
                self._done.wait(chance.uniform(*PACS_DOWN_SECONDS))
                owed = self._clinic.in_flight(["sending", "waiting"])
                self._receiver.start()
                self.disturbances.append(Disturbance(PACS, moment, frozenset(owed)))
        except (OSError, PeerError) as error:
            self.failure = str(error)

    def end(self):
        self._done.set()

    def count(self):
        return {what: sum(1 for each in self.disturbances if each.what == what)
                for what in itertools.chain(UNITS, [PACS])}
