"""One measurement: a workload to one receiver, or to the bare machine, on a folder that does not exist yet."""

import os
from dataclasses import asdict, dataclass

from limits import disk_seconds, loopback_seconds
from processes import PeerError, private_folder
from senders import send
from usage import UsageMeter
from workloads import Workload

LOOPBACK = "loopback"
DISK = "disk"


@dataclass(frozen=True)
class Case:
    """What is sent, over how many associations, and whether the sender leaves Nagle's algorithm on."""

    workload: Workload
    associations: int
    nagle: bool = False

    @property
    def name(self):
        return f"{self.workload.name} × {self.associations}" + (", Nagle" if self.nagle else "")


@dataclass(frozen=True)
class Figures:
    """What one measurement gave. The bare machine has neither a receiver's processor time nor its memory."""

    seconds: float
    images_per_second: float
    megabytes_per_second: float
    processor_milliseconds_per_image: float | None = None
    peak_megabytes: float | None = None

    def as_json(self):
        return asdict(self)


def _figures(case, seconds, processor_seconds=None, peak_megabytes=None):
    images = len(case.workload.files)
    return Figures(
        seconds, images / seconds, case.workload.megabytes / seconds,
        None if processor_seconds is None else processor_seconds * 1000 / images, peak_megabytes)


def measure_receiver(case, receiver_type, program, folder):
    """Starts the receiver, sends, and makes sure that it has everything; stops it in any case."""
    folder = private_folder(folder)
    try:
        receiver = receiver_type(program, folder, case.nagle)
        try:
            receiver.wait()
            with UsageMeter(receiver.pid) as usage:
                seconds = send(case.workload.shares(case.associations), receiver.port, case.nagle)
            stored = receiver.stored()
            if stored != len(case.workload.files):
                raise PeerError(f"{receiver.name} has {stored} of {len(case.workload.files)} objects of {case.name}")
        finally:
            receiver.stop()
    finally:
        _empty(folder)
    return _figures(case, seconds, usage.processor_seconds, usage.peak_megabytes)


def measure_machine(case, kind, folder):
    """The limit of `kind`, LOOPBACK or DISK."""
    if kind == LOOPBACK:
        return _figures(case, loopback_seconds(case.workload, case.associations))
    folder = private_folder(folder)
    try:
        return _figures(case, disk_seconds(case.workload, case.associations, folder))
    finally:
        _empty(folder)


def _empty(folder):
    """Gives the space back and leaves the files, which go with the whole run's folder: ext4 without a journal makes new
    files slowly for minutes after others were deleted."""
    for parent, _, names in os.walk(folder):
        for name in names:
            os.truncate(os.path.join(parent, name), 0)
    # What one receiver left unwritten must not burden the next.
    os.sync()
