"""Kills of units and falls of the PACS at seeded moments, each with what the courier's queue said of it then."""

import time
from dataclasses import dataclass

from clinic import UNITS

LIFE_SECONDS = (0.1, 3)
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
    """Kills and starts, all from the caller's thread, and keeps the list of what was killed.

    Two sources of chance, one for the units and one for the PACS, so that neither's moments depend on the other's.
    """

    def __init__(self, clinic, receiver, unit_chance, pacs_chance):
        self._clinic, self._receiver = clinic, receiver
        self._unit_chance, self._pacs_chance = unit_chance, pacs_chance
        self._deck = []
        self._fallen = None
        self.disturbances = []

    def disturb(self, kills, check):
        """Kills units `kills` times, every unit equally often, while the PACS falls and gets up; it is up at the end."""
        next_kill = time.monotonic() + self._unit_chance.uniform(*LIFE_SECONDS)
        next_turn = time.monotonic() + self._pacs_chance.uniform(*PACS_UP_SECONDS)
        done = 0
        while done < kills:
            time.sleep(max(0, min(next_kill, next_turn) - time.monotonic()))
            check()
            if next_turn <= next_kill:
                next_turn = time.monotonic() + self._pacs_chance.uniform(*self._turn_pacs())
                continue
            self._kill_unit()
            next_kill = time.monotonic() + self._unit_chance.uniform(*LIFE_SECONDS)
            done += 1
            if done % 10 == 0:
                print(f"{done}/{kills} kills", flush=True)
        if self._fallen is not None:
            self._turn_pacs()

    def count(self):
        return {what: sum(1 for each in self.disturbances if each.what == what) for what in [*UNITS, PACS]}

    def _kill_unit(self):
        if not self._deck:
            self._deck = self._unit_chance.sample(UNITS, len(UNITS))
        unit = self._deck.pop()
        self._clinic.kill(unit)
        moment = time.monotonic()
        owed = self._clinic.parcels(["sending"]) if unit == "courier" else ()
        self._clinic.start(unit)
        self.disturbances.append(Disturbance(unit, moment, frozenset(owed)))

    def _turn_pacs(self):
        """Lets the PACS fall, or get up again; how long it stays so."""
        if self._fallen is None:
            self._receiver.kill()
            self._fallen = time.monotonic()
            return PACS_DOWN_SECONDS
        # Whatever it answered last is sending or waiting still, unless the courier has heard the answer.
        owed = self._clinic.parcels(["sending", "waiting"])
        self.disturbances.append(Disturbance(PACS, self._fallen, frozenset(owed)))
        self._fallen = None
        self._receiver.start()
        return PACS_UP_SECONDS
