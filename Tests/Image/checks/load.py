"""A study of 400 CT slices: how long it takes, and what memory it needs at most."""

import threading
import time

from lab import UNITS

SLICES = 400


def check(lab):
    lab.ensure_running()
    images = lab.modality.tomography(SLICES)
    megabytes = sum(path.stat().st_size for path in images) / 1e6
    least, done = [10 ** 9], threading.Event()
    began = time.monotonic()
    join = lab.in_background(send, lab, images, done)
    while not done.wait(2):
        available = int(lab.guest.run("awk '/MemAvailable/ {print int($2/1024)}' /proc/meminfo"))
        least[0] = min(least[0], available)
    join()
    received = time.monotonic() - began
    lab.wait_for_arrival(images)
    peaks = [f"{unit} {int(lab.property(unit, 'MemoryPeak')) >> 20}" for unit in UNITS]
    return (f"{SLICES} slices, {megabytes:.0f} MB: received in {received:.0f} s, at the archive after "
            f"{time.monotonic() - began:.0f} s; at least {least[0]} MiB were available; peaks with page cache, MiB: "
            f"{', '.join(peaks)}")


def send(lab, images, done):
    try:
        lab.modality.send_all(images, lab.machine.check)
    finally:
        done.set()
