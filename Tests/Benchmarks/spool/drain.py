#!/usr/bin/env python3
"""How fast the courier works off a queue into dcmtk's storescp, beside storescu that sends the same files.

Both are timed by the receiver: from its first file to its last, so that nobody's start counts. Ratios are of the same
repetition.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "Peers"), str(Path(__file__).resolve().parents[1] / "receive")]

# The folders must be on the path first.
# pylint: disable=wrong-import-position
from ports import LOOPBACK  # noqa: E402
from processes import Child, PeerError, find_program, private_folder, wait_until  # noqa: E402
from receivers import OutpostReceiver, StorescpReceiver, TITLE, environment  # noqa: E402
from senders import send  # noqa: E402
from workloads import make_workloads  # noqa: E402

GOAL = 0.8
DRAIN_SECONDS = 300
WORKLOADS = ["CT"]
"""What storescu can send: it offers no compressed syntax beside others."""


def rate(folder, count):
    """Files a second, by when the receiver finished each."""
    moments = [path.stat().st_mtime_ns for path in (folder / "kept").iterdir()]
    if len(moments) != count:
        raise PeerError(f"storescp has {len(moments)} of {count} files")
    return (count - 1) * 1e9 / (max(moments) - min(moments))


def drain(files, program, folder):
    """Images a second from a full queue."""
    intake = OutpostReceiver(program, private_folder(folder / "outpost"), nagle=False)
    try:
        intake.wait()
        send([files], intake.port, nagle=False)
    finally:
        intake.stop()
    return _received(folder, len(files), lambda port: _courier(program, folder, port))


def storescu(files, folder):
    """Images a second from storescu."""
    return _received(folder, len(files), lambda port: Child(
        "storescu", [find_program("storescu", "dcmtk"), "-R", "-aec", TITLE, LOOPBACK, port, *files], folder / "log",
        environment(nagle=False)))


def _courier(program, folder, port):
    configuration = folder / "courier.yaml"
    configuration.write_text(
        f"station: {{name: BENCHMARK}}\ndata_folder: {folder}/outpost/data\n"
        f"intake: {{ae_title: {TITLE}, address: {LOOPBACK}, port: 1}}\ndestinations:\n"
        f"  - {{name: pacs, kind: dicom, host: {LOOPBACK}, port: {port}, ae_title: {TITLE}, send: [images]}}\n")
    return Child("outpost courier", [program, "courier", "--config", configuration], folder / "courier.log")


def _received(folder, count, start):
    receiver = StorescpReceiver(None, private_folder(folder / "storescp"), nagle=False)
    sender = None
    try:
        receiver.wait()
        sender = start(receiver.port)
        wait_until(lambda: receiver.stored() >= count, DRAIN_SECONDS, f"the arrival of {count} files")
    finally:
        if sender is not None:
            sender.stop()
        receiver.stop()
    return rate(folder / "storescp", count)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outpost", required=True, type=Path, help="the program, built for release")
    parser.add_argument("--folder", required=True, type=Path, help="where to work: on a disk")
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="drain-", dir=options.folder.absolute()))
    try:
        workloads = make_workloads(folder / "objects")
        print(f"{'drained':<8}  {'courier/s':>9}  {'storescu/s':>10}  {'ratio':>5}  goal ≥ {GOAL:g}")
        for name in WORKLOADS:
            files = workloads[name].files
            pairs = []
            for number in range(options.repetitions):
                own = drain(files, options.outpost.absolute(), private_folder(folder / f"{name}-{number}-courier"))
                pairs.append((own, storescu(files, private_folder(folder / f"{name}-{number}-storescu"))))
            ratio = median(own / other for own, other in pairs)
            print(f"{name:<8}  {median(own for own, _ in pairs):>9.1f}  {median(other for _, other in pairs):>10.1f}  "
                  f"{ratio:>5.2f}  {'met' if ratio >= GOAL else 'MISSED'}", flush=True)
    except (PeerError, OSError, subprocess.SubprocessError) as error:
        print(f"drain.py: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
