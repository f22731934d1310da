"""Each unit is stopped with SIGSTOP: its watchdog ends it, it starts again, the study of that moment is completed."""

import time

from lab import UNITS, WATCHDOG_SECONDS
from processes import PeerError

LATEST_SECONDS = 2.5 * WATCHDOG_SECONDS
"""By the machine's own clock: a unit feeds its watchdog up to the moment it is stopped, SIGABRT and SIGKILL follow."""


def check(lab):
    lab.ensure_running()
    return "; ".join(f"{unit} ran again {stop(lab, unit):.0f} s after it was stopped" for unit in UNITS)


def stop(lab, unit):
    """Seconds of the machine's clock from the stop to the new start."""
    image = lab.modality.chest()
    before = lab.process(unit)
    began = float(lab.guest.run(f"kill -STOP {before} && cut -d ' ' -f 1 /proc/uptime"))
    join = lab.in_background(lab.modality.send_all, [image], lab.machine.check)
    deadline = time.monotonic() + 900
    while (after := lab.process(unit)) in (0, before) or lab.property(unit, "ActiveState") != "active":
        if time.monotonic() > deadline:
            raise PeerError(f"{unit} was stopped and did not run again")
        time.sleep(1)
    join()
    ended = lab.guest.run(
        f"journalctl --boot --no-pager -u outpost-{unit}.service | grep -c 'Watchdog timeout' || true")
    if int(ended) < 1:
        raise PeerError(f"{unit} has a new process {after}, and no watchdog ended the one before")
    seconds = int(lab.property(unit, "ExecMainStartTimestampMonotonic")) / 1e6 - began
    if seconds > LATEST_SECONDS:
        raise PeerError(f"{unit} ran again only {seconds:.0f} s after it was stopped")
    lab.wait_for_results(image)
    lab.say(f"{unit}: ran again {seconds:.0f} s after it was stopped, and the study was completed")
    return seconds
