"""The programs of the demonstration as running things: the peers (Tests/Peers/peers.py) and Outpost itself."""

import json
import os
import subprocess
import sys

from processes import Child, PeerError, find_program, wait_until

PEER_START_SECONDS = 120
STATUS_SECONDS = 60
"""One answer of `outpost status`, under emulation too."""


class RunningPeer:
    """`peers.py COMMAND` on a folder; `ready` is its JSON line. Started again it has the same ports and store."""

    def __init__(self, repository, command, folder, options=()):
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "peer.log"
        # A log of an earlier start would look like readiness.
        self.log.write_text("")
        self.child = Child(command, [sys.executable, repository / "Tests/Peers/peers.py", command, "--folder", folder,
                                     "--end-with-parent", *options], self.log)
        try:
            wait_until(lambda: "\n" in self.log.read_text(), PEER_START_SECONDS, f"readiness of {command}",
                       self.child.check)
            self.ready = json.loads(self.log.read_text().splitlines()[0])
        except BaseException:
            self.stop()
            raise

    def stop(self):
        self.child.stop()


class Outpost:
    """`outpost run` with a configuration; `runner` goes before the program, for another processor's binary."""

    def __init__(self, program, runner, configuration, log, port):
        self._command = [*runner, str(program)]
        self._configuration = str(configuration)
        self._port = port
        self.log = log
        self.child = Child("outpost", [*self._command, "run", "--config", self._configuration], log)

    def answers_echo(self):
        """Whether a C-ECHO succeeds."""
        result = subprocess.run(
            [find_program("echoscu", "dcmtk"), "-aet", "DEMO", "-aec", "OUTPOST", "-to", "5", "127.0.0.1",
             str(self._port)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return result.returncode == 0

    def send(self, paths, report):
        """Sends files by C-STORE in one go; raises PeerError unless every one was accepted."""
        # Without this dcmtk waits for acknowledgements of small packets (Nagle's algorithm).
        environment = dict(os.environ, TCP_NODELAY="1")
        result = subprocess.run(
            [find_program("dcmsend", "dcmtk"), "--decompress-never", "--no-uid-checks", "-aet", "DEMO",
             "-aec", "OUTPOST", "--create-report-file", str(report), "127.0.0.1", str(self._port), *map(str, paths)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment,
            check=False)
        if result.returncode != 0:
            raise PeerError(f"dcmsend ended with {result.returncode}: {result.stdout[-2000:].strip()}\n"
                            f"its report is in {report}")

    def status(self):
        """What `outpost status --json` prints, or None while it cannot be asked."""
        self.child.check()
        try:
            result = subprocess.run([*self._command, "status", "--json", "--config", self._configuration],
                                    stdin=subprocess.DEVNULL, capture_output=True, timeout=STATUS_SECONDS, check=False)
            return json.loads(result.stdout) if result.returncode == 0 else None
        except (subprocess.TimeoutExpired, ValueError):
            return None

    def stop(self):
        self.child.stop()
