#!/usr/bin/env python3
"""How fast Outpost receives, beside Orthanc and dcmtk's storescp, and beside what loopback and disk allow.

Everything is measured in one run, interleaved: each repetition visits every receiver in every case, each time as a
fresh process on a fresh folder. Only ratios of one run mean something; the figures are this machine's.
Outpost alone promises that what it answered survives a power cut.
"""

import argparse
import itertools
import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Peers"))

# The folder of the peers must be on the path first.
# pylint: disable=wrong-import-position
from goals import judge  # noqa: E402
from measurement import DISK, LOOPBACK, Case, measure_machine, measure_receiver  # noqa: E402
from processes import PeerError  # noqa: E402
from receivers import RECEIVERS  # noqa: E402
from table import figures_table, goals_table  # noqa: E402
from workloads import make_workloads  # noqa: E402

NAGLE_FILES = 40
"""A sender with Nagle's algorithm makes some receivers take 17 images a second: fewer are enough."""
MEMORY_FILE_SYSTEMS = {"tmpfs", "ramfs", "overlay"}


def cases(workloads):
    plain = [Case(workload, associations) for workload in workloads.values() for associations in (1, 4)]
    return [*plain, Case(workloads["CT"].first(NAGLE_FILES, "CT"), 1, nagle=True)]


def file_system(folder):
    """The type of the file system that holds `folder`: the mount with the longest path above it."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    folder = str(folder)
    above = [(path, kind) for path, kind in mounts if folder == path or folder.startswith(path.rstrip("/") + "/")]
    return max(above, key=lambda mount: len(mount[0]))[1]


def run(options, folder):
    """Case → subject → figures of each repetition."""
    print("Making the objects to send", flush=True)
    chosen = [case for case in cases(make_workloads(folder / "objects"))
              if not options.only or any(part in case.name for part in options.only)]
    fresh = (folder / str(number) for number in itertools.count())
    subjects = {kind.name: lambda case, kind=kind: measure_receiver(case, kind, options.outpost, next(fresh))
                for kind in RECEIVERS}
    subjects |= {kind: lambda case, kind=kind: measure_machine(case, kind, next(fresh)) for kind in (LOOPBACK, DISK)}
    for name in options.without:
        del subjects[name]
    names = list(subjects)
    results = {case: {name: [] for name in names} for case in chosen}
    for repetition in range(options.repetitions):
        # Another one begins each time: none is always the one after a certain other.
        turn = repetition % len(names)
        for case in chosen:
            for name in names[turn:] + names[:turn]:
                # The bare machine knows no Nagle and no association.
                if case.nagle and name in (LOOPBACK, DISK):
                    continue
                figures = subjects[name](case)
                results[case][name].append(figures)
                print(f"{repetition + 1}/{options.repetitions}  {case.name:<14} {name:<12} "
                      f"{figures.images_per_second:8.1f} images/s", flush=True)
    return {case: {name: figures for name, figures in each.items() if figures} for case, each in results.items()}


def parser():
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("--outpost", required=True, type=Path, help="the program, built for release")
    top.add_argument("--folder", required=True, type=Path, help="where to work: on the disk to be measured")
    top.add_argument("--repetitions", type=int, default=5)
    top.add_argument("--only", action="append", default=[], metavar="TEXT",
                     help="only cases whose name contains this, such as `CT × 4`; may be repeated")
    top.add_argument("--without", action="append", default=[], metavar="NAME",
                     help="leave a receiver or limit out; may be repeated")
    top.add_argument("--json", type=Path, metavar="FILE", help="write every repetition's figures and the goals")
    return top


def main():
    options = parser().parse_args()
    # SIGTERM then unwinds like Ctrl-C, which stops what is running and removes the folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options.outpost = options.outpost.absolute()
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="receive-", dir=options.folder.absolute()))
    try:
        kind = file_system(folder)
        if kind in MEMORY_FILE_SYSTEMS:
            raise PeerError(f"{folder} is on {kind}, which syncs nothing; choose a folder on a disk with --folder")
        print(f"{os.cpu_count()} processors, {kind}, {options.repetitions} repetitions, medians\n", flush=True)
        results = run(options, folder)
    except PeerError as error:
        print(f"receive.py: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    goals = judge(results)
    print("\n" + figures_table(results) + "\n\n" + goals_table(goals), flush=True)
    if options.json:
        options.json.write_text(json.dumps({
            "repetitions": options.repetitions, "processors": os.cpu_count(), "fileSystem": kind,
            "figures": [
                {"case": case.name, "receiver": name, "repetitions": [each.as_json() for each in figures]}
                for case, subjects in results.items() for name, figures in subjects.items()],
            "goals": [goal.as_json() for goal in goals],
        }, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
