"""The power is cut while a study comes in, the disk forgets what was not flushed: nothing that had success is lost."""

import time

from processes import PeerError

SLICES = 150
"""More than arrive before the cut."""
MARK = "/var/lib/outpost-test-mark"


def check(lab):
    return "; ".join(cut(lab, number + 1) for number in range(lab.cuts))


def cut(lab, number):
    lab.ensure_running()
    known = len(lab.modality.acknowledged)
    images = lab.modality.tomography(SLICES)
    # What the disk must keep, and what it must forget, if this test is worth anything.
    lab.guest.run(f"echo {number} > {MARK}.kept && sync {MARK}.kept")
    join = lab.in_background(lab.modality.send, images)
    moment = lab.chance.uniform(1, 20)
    time.sleep(moment)
    lab.guest.run(f"dd if=/dev/urandom of={MARK}.lost.{number} bs=64k count=64 status=none")
    lab.machine.cut_power()
    lab.running = False
    join()
    acknowledged = len(lab.modality.acknowledged) - known
    lab.say(f"cut {number}: after {moment:.1f} s, {acknowledged} of {SLICES} slices had success")
    seconds = lab.boot()
    lab.wait_for_service()
    verified = lab.check_nothing_lost()
    if lab.guest.run(f"cat {MARK}.kept") != str(number):
        raise PeerError("the disk forgot what was flushed: this test's disk is at fault")
    unflushed = lab.guest.run(f"wc -c < {MARK}.lost.{number} 2>/dev/null || echo 0", succeed=False)
    lab.guest.run(f"rm -f {MARK}.lost.*")
    sent = [path for path in images if path.stem in lab.modality.acknowledged]
    lab.wait_for_arrival(sent)
    lab.say(f"cut {number}: {verified}")
    return (f"cut {number} after {moment:.1f} s: {acknowledged} had success and arrived, {unflushed} of 4194304 "
            f"unflushed bytes survived, answered again after {seconds:.0f} s")
