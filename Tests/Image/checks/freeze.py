"""PID 1 hangs: the hardware watchdog resets the machine, and it is back in service by itself."""

import time

from machine import BOOT_SECONDS
from processes import PeerError

RESET_SECONDS = 600
CARDRESET = 32
"""WDIOF_CARDRESET of linux/watchdog.h: the card's last reset was its own doing."""


def check(lab):
    lab.ensure_running()
    image = lab.modality.chest()
    lab.modality.send_all([image], lab.machine.check)
    lab.monitor.forget("WATCHDOG")
    began = time.monotonic()
    lab.guest.run("echo 1 > /sys/fs/cgroup/init.scope/cgroup.freeze")
    lab.monitor.wait_for("WATCHDOG", RESET_SECONDS)
    reset = time.monotonic() - began
    lab.say(f"the hardware watchdog reset the machine after {reset:.0f} s")
    lab.guest.wait(BOOT_SECONDS, lab.machine.check)
    lab.wait_for_service()
    back = time.monotonic() - began
    reason = int(lab.guest.run("cat /sys/class/watchdog/watchdog0/bootstatus"))
    if not reason & CARDRESET:
        raise PeerError(f"the watchdog does not know that it reset the machine: bootstatus {reason}")
    lab.wait_for_results(image)
    return f"reset after {reset:.0f} s, in service after {back:.0f} s; {lab.check_nothing_lost()}"
