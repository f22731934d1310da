"""The receivers, each as a fresh process on a fresh, empty folder. `pid` is the process that is measured."""

import os
import subprocess

from orthanc import Orthanc
from ports import answers, free_port, free_ports
from processes import Child, PeerError, find_program, wait_until

START_SECONDS = 60
TITLE = "RECEIVER"
# dcmtk's programs and Orthanc, which is built on it, otherwise leave Nagle's algorithm on for their answers too.
WITHOUT_NAGLE = {"TCP_NODELAY": "1"}


def environment(nagle):
    """The environment of a program of dcmtk, with Nagle's algorithm on or off."""
    own = {name: value for name, value in os.environ.items() if name not in WITHOUT_NAGLE}
    return own if nagle else own | WITHOUT_NAGLE


class OutpostReceiver:
    """`outpost intake`: answers after an fdatasync."""

    name = "Outpost"

    def __init__(self, program, folder, nagle):
        self._program = program
        self._folder = folder
        self._configuration = folder / "outpost.yaml"
        self.port = free_port()
        self._configuration.write_text(
            f"station:\n  name: BENCHMARK\ndata_folder: {folder}/data\n"
            f"intake:\n  ae_title: {TITLE}\n  address: 127.0.0.1\n  port: {self.port}\n")
        self.child = Child(self.name, [program, "intake", "--config", self._configuration], folder / "log")
        self.pid = self.child.pid

    def wait(self):
        wait_until(lambda: answers(self.port), START_SECONDS, "listening of Outpost", self.child.check)

    def stored(self):
        """How many objects it has, by its own word."""
        # One line of JSON for each.
        result = subprocess.run([self._program, "spool", "list", "--json", "--config", self._configuration],
                                capture_output=True, check=False)
        if result.returncode != 0:
            raise PeerError(f"outpost spool list ended with {result.returncode}: {result.stderr.decode()[-500:]}")
        return len(result.stdout.splitlines())

    def stop(self):
        self.child.stop()


class OrthancReceiver:
    """Debian's Orthanc: syncs the file, not its index."""

    name = "Orthanc"

    def __init__(self, program, folder, nagle):
        http, self.port = free_ports(2)
        previous = dict(os.environ)
        try:
            os.environ.clear()
            os.environ.update(environment(nagle))
            self._orthanc = Orthanc(folder, http, self.port, TITLE)
        finally:
            os.environ.clear()
            os.environ.update(previous)
        self.pid = self._orthanc.child.pid

    def wait(self):
        self._orthanc.wait()

    def stored(self):
        return (self._orthanc.get("/statistics") or {}).get("CountInstances")

    def stop(self):
        self._orthanc.stop()


class StorescpReceiver:
    """dcmtk's storescp, a process for each association: never syncs."""

    name = "storescp"
    options = []

    def __init__(self, program, folder, nagle):
        self._kept = folder / "kept"
        self._kept.mkdir()
        self.port = free_port()
        self.child = Child(
            self.name,
            [find_program("storescp", "dcmtk"), "--fork", "--accept-all", "--aetitle", TITLE, *self.options,
             "--output-directory", self._kept, self.port],
            folder / "log", environment(nagle))
        self.pid = self.child.pid

    def wait(self):
        wait_until(lambda: answers(self.port), START_SECONDS, f"listening of {self.name}", self.child.check)

    def stored(self):
        return sum(1 for each in self._kept.iterdir() if each.is_file())

    def stop(self):
        self.child.stop()


class BitPreservingStorescpReceiver(StorescpReceiver):
    """The same at its fastest: bytes go straight to the file, in the longest PDUs that it takes."""

    name = "storescp +B"
    options = ["+B", "--max-pdu", "131072"]


RECEIVERS = [OutpostReceiver, OrthancReceiver, StorescpReceiver, BitPreservingStorescpReceiver]
