"""SIGKILL of units at random moments while a modality sends: what had success is not lost, and arrives."""

import time

from lab import UNITS

KILLS = 8
SLICES = 24


def check(lab):
    lab.ensure_running()
    images = lab.modality.tomography(SLICES) + [lab.modality.chest()]
    join = lab.in_background(lab.modality.send_all, images, lab.machine.check)
    killed = 0
    for number in range(KILLS):
        time.sleep(lab.chance.uniform(0.5, 6))
        unit = UNITS[number % len(UNITS)]
        # A unit that is between two lives has no process.
        status, _ = lab.guest.ask(f"systemctl kill --signal=SIGKILL --kill-whom=main outpost-{unit}.service")
        killed += status == 0
    join()
    lab.wait_for_service()
    lab.wait_for_results(images[-1])
    lab.wait_for_arrival(images)
    return f"{killed} kills; {lab.check_nothing_lost()}"
