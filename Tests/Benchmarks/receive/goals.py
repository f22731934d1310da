"""The goals: what Outpost has to reach beside the others in the same run."""

from dataclasses import dataclass
from statistics import median

OUTPOST = "Outpost"
LARGEST_PEAK_MEGABYTES = 64


@dataclass(frozen=True)
class Goal:
    """Outpost's figure, or its ratio to another's, must not be below `least` or above `most`."""

    case: str
    what: str
    value: float
    least: float | None = None
    most: float | None = None

    @property
    def is_met(self):
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    @property
    def bound(self):
        return f"≥ {self.least:g}" if self.most is None else f"≤ {self.most:g}"

    def as_json(self):
        return {"case": self.case, "what": self.what, "value": self.value, "bound": self.bound, "met": self.is_met}


def judge(results):
    """Goals for all that was measured. `results`: case → subject → figures of each repetition, in order."""
    goals = []
    for case, subjects in results.items():
        for rival, least in _rivals(case.workload.name, case.associations, case.nagle):
            if rival in subjects and OUTPOST in subjects:
                goals.append(Goal(case.name, f"images/s ÷ {rival}", ratio(subjects, rival), least=least))
        if case.workload.name == "CR" and case.associations > 1 and OUTPOST in subjects:
            peak = max(each.peak_megabytes for each in subjects[OUTPOST])
            goals.append(Goal(case.name, "highest peak memory, MB", peak, most=LARGEST_PEAK_MEGABYTES))
    return goals


def ratio(subjects, rival):
    """The median of the repetitions' own ratios: what slows the whole machine for a while slows both."""
    pairs = zip(subjects[OUTPOST], subjects[rival])
    return median(own.images_per_second / other.images_per_second for own, other in pairs)


def _rivals(workload, associations, nagle):
    if nagle:
        return [("storescp", 10)]
    if associations == 1:
        rivals = [("Orthanc", 2), ("disk", 0.8)]
    else:
        rivals = [("Orthanc", 3), ("storescp", 1)]
    return rivals + ([("storescp +B", 1)] if workload == "CR" else [])
