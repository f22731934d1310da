#!/usr/bin/env python3
"""Boots the appliance's image in qemu and drives it from outside: DICOM by a port, lamps at their pins, power cuts.

Ends with 0 if everything held. The image is the product's own; commands in the machine come over a second serial line,
by a credential that qemu hands over (see guest/). One machine at a time; a start takes a minute or two.
"""

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "Peers"), str(TESTS / "Kill")]
sys.path.insert(0, str(TESTS / "Image"))

# The folders of the peers must be on the path first.
# pylint: disable=wrong-import-position
from checks import ALL  # noqa: E402
from lab import Lab  # noqa: E402
from processes import PeerError  # noqa: E402

SHORT = ["boot", "study", "power-cut"]
"""What fits where time is short."""


def run(options, folder):
    """A row for each check: name, whether it held, seconds, what it measured or what is wrong."""
    began = time.monotonic()

    def say(text):
        print(f"[{time.monotonic() - began:6.0f} s] {text}", flush=True)

    lab = Lab(options.image, folder, say, random.Random(options.seed), options.cuts)
    rows = []
    try:
        for name in options.only or (SHORT if options.short else list(ALL)):
            say(f"{name}: {ALL[name].__module__}")
            start = time.monotonic()
            try:
                held, text = True, ALL[name](lab)
            except (PeerError, TimeoutError, OSError, ValueError, KeyError) as error:
                held, text = False, f"{type(error).__name__}: {error}"
                lab.collect()
            rows.append({"check": name, "held": held, "seconds": round(time.monotonic() - start), "text": text})
            say(f"{name}: {'held' if held else 'FAILED'}: {text}")
            if not held and not options.go_on:
                break
    finally:
        lab.close()
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", required=True, type=Path)
    parser.add_argument("--folder", required=True, type=Path, help="where to work; a run that fails stays there")
    parser.add_argument("--only", action="append", choices=list(ALL), help="this check; may be repeated")
    parser.add_argument("--short", action="store_true", help=f"only {', '.join(SHORT)}")
    parser.add_argument("--cuts", type=int, default=3, help="of the power")
    parser.add_argument("--seed", default="1", help="of the random moments")
    parser.add_argument("--go-on", action="store_true", help="with the next check after a failure")
    parser.add_argument("--json", type=Path, help="write the table to this file too")
    options = parser.parse_args()
    if not options.image.exists():
        parser.error(f"{options.image} is not there. Build it with 'make image'.")
    # SIGTERM then unwinds like Ctrl-C, which stops what is running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=options.folder.absolute()))
    began = time.monotonic()
    rows = run(options, folder)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    print()
    for row in rows:
        print(f"{'held  ' if row['held'] else 'FAILED'}  {row['check']:<10} {row['seconds']:>6} s  {row['text']}")
    print(f"{round(time.monotonic() - began)} s, seed {options.seed}")
    if not all(row["held"] for row in rows):
        print(f"What was left behind is in {folder}.")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
