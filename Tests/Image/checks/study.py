"""The main job: a study comes in through the forwarded port, and its results go out to storescp."""

import lamps
from processes import PeerError


def check(lab):
    lab.ensure_running()
    image = lab.modality.chest()
    watcher = lamps.Watcher(lab.monitor)
    watcher.start()
    try:
        lab.modality.send_all([image], lab.machine.check)
        seconds = lab.wait_for_results(image)
    finally:
        watcher.stop()
    reports, captures = lab.results(image)
    if len(reports) != 1 or len(captures) != 1:
        raise PeerError(f"the archive has {len(reports)} reports and {len(captures)} captures of one image")
    # Work may be too short to be seen; what must not be is a lamp that never heard of it.
    line = 1 << lamps.LINES["Activity"]
    if not any(word & line for _, word in watcher.samples):
        raise PeerError("the lamp Activity stayed dark while an image was received and analysed")
    return (f"image, report and capture at the archive {seconds:.0f} s after the image was sent; "
            "the lamp Activity told of it")
