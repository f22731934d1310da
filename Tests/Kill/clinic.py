"""Outpost under test: intake, analysis and courier as units of their own on one data folder."""

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from ports import LOOPBACK, answers, free_port
from processes import Child, PeerError, describe_end, tail, wait_until
from receiver import TITLE as PACS_TITLE

TITLE = "OUTPOST"
UNITS = ["intake", "analysis", "courier"]
START_SECONDS = 120
STOP_SECONDS = 60
MODEL = Path(__file__).resolve().parents[2] / "provisioning/models/chest-nodule/chest-nodule.onnx"


class Clinic:
    """The units, and what they say about themselves."""

    def __init__(self, program, folder, pacs_port):
        self.port = free_port()
        self._program = program
        self._folder = folder
        self._configuration = folder / "outpost.yaml"
        self._units = {}
        self._configuration.write_text(f"""\
station: {{name: OUTPOST-KILL}}
data_folder: {folder}/data
intake: {{ae_title: {TITLE}, address: {LOOPBACK}, port: {self.port}, study_quiet_seconds: 1}}
analysis:
  models: [{{file: "{MODEL}", modalities: [DX], body_parts: [CHEST]}}]
destinations:
  - {{name: pacs, kind: dicom, host: {LOOPBACK}, port: {pacs_port}, ae_title: {PACS_TITLE}, send: [results, images],
     retry_minimum_seconds: 1, retry_maximum_seconds: 2}}
""")

    def start(self, unit):
        self._units[unit] = Child(
            unit, [self._program, unit, "--config", self._configuration], self._folder / f"{unit}.log")

    def wait(self):
        intake = self._units["intake"]
        wait_until(lambda: answers(self.port), START_SECONDS, "listening of intake", intake.check)

    def kill(self, unit):
        """SIGKILL, and the process is gone on return. Raises PeerError where it had ended by itself."""
        child = self._units[unit]
        child.check()
        child.process.kill()
        child.process.wait()

    def check(self):
        for child in self._units.values():
            child.check()

    def stop(self):
        """Stops all that run, in order; a sentence for each that did not end as it should."""
        faults = []
        for unit, child in self._units.items():
            child.stop()
            if child.process.returncode != 0:
                faults.append(f"{unit} ended with {describe_end(child.process.returncode)} when it was told to stop:\n"
                              + tail(child.log))
        self._units = {}
        return faults

    def parcels(self, states):
        """What the courier's own queue says: stage and sequence number of the parcels in one of `states`."""
        path = self._folder / "data/courier/stage.sqlite"
        if not path.exists():
            return set()
        marks = ",".join("?" * len(states))
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as database:
                return set(database.execute(f"SELECT stage, sequence FROM parcel WHERE state IN ({marks})", states))
        except sqlite3.OperationalError as error:
            # Killed before it had made its tables.
            if "no such table" in str(error):
                return set()
            raise

    def status(self):
        return json.loads(self._ask("status", "--json"))

    def objects(self):
        """Every object that is kept, received and made."""
        return [json.loads(line) for line in self._ask("spool", "list", "--json").splitlines()]

    def audit(self):
        """What `outpost audit verify` prints; raises PeerError where a log is not as it was written."""
        return self._ask("audit", "verify")

    def _ask(self, *arguments):
        result = subprocess.run([self._program, *arguments, "--config", self._configuration], capture_output=True,
                                text=True, check=False, timeout=START_SECONDS)
        if result.returncode != 0:
            raise PeerError(f"outpost {' '.join(arguments)} ended with {result.returncode}:\n"
                            f"{result.stdout[-2000:]}{result.stderr[-2000:]}")
        return result.stdout
