"""The machine's disk: a copy of the image behind a cache that forgets, when the power is cut, what was not flushed."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from processes import Child, find_program, run, wait_until

GIBIBYTES = 8
"""Room for the data partition, which the first start makes."""
BOOT_OFFSET = "1M"
START_SECONDS = 60


class Disk:
    """Outlives machines. nbdkit is the disk with a volatile cache: what it did not write into the file dies with it."""

    def __init__(self, image, folder):
        self._folder = folder
        self.file = folder / "disk.img"
        self._socket = folder / "disk.sock"
        self._server = None
        run([find_program("cp", "coreutils"), "--sparse=always", Path(image).resolve(), self.file], "copying the image")
        os.truncate(self.file, GIBIBYTES << 30)

    @property
    def url(self):
        return f"nbd+unix:///?socket={self._socket}"

    def put(self, text, name):
        """Writes a file into the folder `outpost` of the boot partition, as any computer can that has the disk."""
        source = self._folder / "put"
        source.write_text(text)
        subprocess.run(
            [find_program("mcopy", "mtools"), "-o", "-i", f"{self.file}@@{BOOT_OFFSET}", source, f"::/outpost/{name}"],
            check=True, env=os.environ | {"MTOOLS_SKIP_CHECK": "1"}, timeout=60)

    def attach(self):
        self._socket.unlink(missing_ok=True)
        cache = self._folder / "cache"
        shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir()
        self._server = Child(
            "nbdkit", [find_program("nbdkit", "nbdkit"), "--foreground", "--unix", self._socket, "--filter=cache",
                       "file", self.file, "cache=writeback"],
            self._folder / "nbdkit.log", os.environ | {"TMPDIR": str(cache)})
        wait_until(self._socket.exists, START_SECONDS, "nbdkit's start", self._server.check)

    def freeze(self):
        """From here on nothing is acknowledged any more."""
        os.kill(self._server.pid, signal.SIGSTOP)

    def cut(self):
        """The power is gone, and with it what the cache held."""
        self._server.process.kill()
        self._server.process.wait()
        self._server = None

    def detach(self):
        """After the machine has ended in order, and so flushed its disk."""
        if self._server is not None:
            self._server.stop()
            self._server = None
