#!/usr/bin/env python3
"""Kills Outpost's units again and again while modalities send and the PACS comes and goes, and looks for losses.

Intake, analysis and courier run as units of their own. Each is killed by SIGKILL at seeded moments and started again at
once. A seed repeats the moments and the objects; what the machine makes of them it does not. Ends with 0 if everything
that a sender had success for is at the PACS bit for bit, nothing was sent again without a reason, and the queue is
empty and every audit log intact.
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydicom.uid import ExplicitVRLittleEndian

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Peers"))

# The folder of the peers must be on the path first.
# pylint: disable=wrong-import-position
from clinic import TITLE, UNITS, Clinic  # noqa: E402
from disturbances import PACS, Disturber  # noqa: E402
from objects import Objects, uid_of  # noqa: E402
from processes import PeerError, wait_until  # noqa: E402
from receiver import TITLE as PACS_TITLE, Receiver  # noqa: E402
from senders import Sender, store  # noqa: E402
from verdict import check_arrival, check_objects, check_queue, explain_repeats  # noqa: E402

SENDERS = 4
DRAIN_SECONDS = 900
POLL_SECONDS = 1
COMPARED_AT_ONCE = 100
"""Objects over one association when they are sent to be compared."""


def disturb(options, clinic, receiver, objects):
    """The whole run up to the last delivery: senders and disturbances."""
    senders = [Sender(objects, clinic.port, TITLE, random.Random(f"{options.seed}/sender/{number}"))
               for number in range(SENDERS)]
    disturber = Disturber(
        clinic, receiver, random.Random(f"{options.seed}/units"), random.Random(f"{options.seed}/{PACS}"))

    def check():
        for failure in [sender.failure for sender in senders if sender.failure]:
            raise PeerError(failure)

    for sender in senders:
        sender.start()
    disturber.disturb(options.kills, check)
    for sender in senders:
        sender.finish()
    for sender in senders:
        sender.join()
    check()
    return senders, disturber


def drain(clinic):
    """Waits for the last delivery, and gives the status that says so."""
    print("Waiting for the last delivery", flush=True)
    found = {}

    def settled():
        found.update(clinic.status())
        time.sleep(0 if found["settled"] else POLL_SECONDS)
        return found["settled"]

    wait_until(settled, DRAIN_SECONDS, "the delivery of everything", clinic.check)
    return found


def send_to_compare(paths, reference):
    """What the same senders bring to the same receiver with nothing in between."""
    print("Sending the same objects straight to a receiver", flush=True)
    shares = [paths[start:start + COMPARED_AT_ONCE] for start in range(0, len(paths), COMPARED_AT_ONCE)]
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(lambda share: store(share, reference.port, PACS_TITLE), shares))
    return reference.stores()


def print_table(rows):
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name.ljust(width)}  {value:>8}")


def run(options, folder):
    """Sentences about what is wrong."""
    print(f"seed {options.seed}, {options.kills} kills, {SENDERS} senders\nMaking the objects to send", flush=True)
    receiver = Receiver(folder, "pacs")
    # dcmtk converts to what is accepted, and Outpost accepts this where it is offered.
    reference = Receiver(folder, "reference", ExplicitVRLittleEndian)
    clinic = Clinic(options.outpost, folder, receiver.port)
    start = time.monotonic()
    try:
        reference.start()
        reference.wait()
        objects = Objects(folder / "objects", lambda path: store([path], reference.port, PACS_TITLE))
        print(f"{objects.kinds} kinds of small objects, and phantoms", flush=True)
        receiver.start()
        receiver.wait()
        for unit in UNITS:
            clinic.start(unit)
        clinic.wait()
        senders, disturber = disturb(options, clinic, receiver, objects)
        status = drain(clinic)
        faults = clinic.stop()
        seconds = time.monotonic() - start
        acknowledged = {uid: path for sender in senders for uid, path in sender.acknowledged.items()}
        compared = send_to_compare(list(acknowledged.values()), reference)
    finally:
        clinic.stop()
        receiver.stop()
        reference.stop()
    kept = clinic.objects()
    stores = receiver.stores()
    made = {uid_of(path) for path in (folder / "objects").iterdir()}
    faults += check_arrival(acknowledged, compared, stores)
    faults += check_objects(kept, made, stores)
    explained, unexplained = explain_repeats(kept, stores, disturber.disturbances)
    faults += unexplained + check_queue(status)
    audit = clinic.audit()
    counts = disturber.count()
    print()
    print_table([
        *((f"kills of {unit}", counts[unit]) for unit in UNITS),
        ("falls of the PACS", counts[PACS]),
        ("associations of the senders", sum(each.associations for each in senders)),
        ("... that were cut short", sum(each.cut_short for each in senders)),
        ("objects that had success", len(acknowledged)),
        ("objects kept, results included", len(kept)),
        ("C-STOREs that the PACS answered", len(stores)),
        ("different objects at the PACS", len({(each["uid"], each["sha256"]) for each in stores})),
        ("sent again for a kill of the courier", explained.get("courier", 0)),
        ("sent again for a fall of the PACS", explained.get(PACS, 0)),
        ("sent again without a reason", len(stores) - len({each["uid"] for each in stores})
         - sum(explained.values())),
        ("seconds up to the last delivery", round(seconds)),
    ])
    print("\n" + audit.strip() + "\n")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outpost", required=True, type=Path, help="the program")
    parser.add_argument("--folder", required=True, type=Path, help="where to work; a run that fails stays there")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    # SIGTERM then unwinds like Ctrl-C, which stops what is running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options.outpost = options.outpost.absolute()
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="kill-", dir=options.folder.absolute()))
    try:
        faults = run(options, folder)
    except PeerError as error:
        faults = [str(error)]
    if faults:
        print("\n".join(["WRONG:", *faults, f"What was left behind is in {folder}."]), flush=True)
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    print("Nothing was lost.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
