"""dcmtk's dcmsend, one process for each association, all at once."""

import subprocess
import time

from ports import LOOPBACK
from processes import PeerError, find_program
from receivers import TITLE, environment

TIMEOUT_SECONDS = 600


def send(shares, port, nagle):
    """Sends each share of files by a sender of its own. The seconds from the first start to the last end."""
    program = find_program("dcmsend", "dcmtk")
    senders = []
    start = time.monotonic()
    try:
        for share in shares:
            senders.append(subprocess.Popen(
                [program, "--decompress-never", "--no-uid-checks", "-aec", TITLE, LOOPBACK, str(port),
                 *map(str, share)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment(nagle)))
        for sender in senders:
            _, errors = sender.communicate(timeout=TIMEOUT_SECONDS)
            if sender.returncode != 0:
                raise PeerError(f"dcmsend ended with {sender.returncode}: {errors.decode(errors='replace')[-1000:]}")
        return time.monotonic() - start
    finally:
        for sender in senders:
            if sender.poll() is None:
                sender.kill()
                sender.wait()
