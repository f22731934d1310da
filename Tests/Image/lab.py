"""The machine with what stands around it, and what all checks ask of them."""

import json
import threading
import time

import lamps
from disk import Disk
from machine import Machine
from outside import Archive, Modality, configuration, is_same, study_of
from processes import PeerError, wait_until

UNITS = ["intake", "analysis", "courier", "board"]
READY_SECONDS = 1200
RESULT_SECONDS = 1200
"""From the last image of a study to its results at the archive, on a busy host."""
STRUCTURED_REPORTS = "1.2.840.10008.5.1.4.1.1.88."
SECONDARY_CAPTURES = "1.2.840.10008.5.1.4.1.1.7"
WATCHDOG_SECONDS = 60
"""WatchdogSec of the units."""


class Lab:
    """Checks come one after the other and find the machine running, in service, unless they say otherwise."""

    def __init__(self, image, folder, say, chance, cuts):
        self.folder = folder
        self.say = say
        self.archive = Archive(folder)
        self.disk = Disk(image, folder)
        self.machine = Machine(self.disk, folder)
        self.modality = Modality(folder, self.machine.port)
        self.card = lamps.card()
        self.running = False
        self.boots = 0
        self._has_configuration = False
        self.chance = chance
        self.cuts = cuts

    @property
    def guest(self):
        return self.machine.guest

    @property
    def monitor(self):
        return self.machine.monitor

    def ensure_running(self):
        if self.running:
            return
        self.archive.start()
        if not self._has_configuration:
            self.disk.put(configuration(self.archive), "outpost.yaml")
            self._has_configuration = True
        self.boot()
        self.wait_for_service()

    def boot(self):
        """Gives the seconds until the machine answers; its services may still be starting."""
        seconds = self.machine.boot()
        self.boots += 1
        self.running = True
        self.say(f"the machine answers after {seconds:.0f} s")
        return seconds

    def stop(self):
        """Switches the machine off; False where that did not go in order."""
        self.running = False
        return self.machine.stop()

    def wait_for_service(self):
        """Waits until all units run and DICOM is taken."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            self.machine.check()
            try:
                states = self.guest.run(
                    "systemctl is-active outpost-{intake,analysis,courier,board}.service", succeed=False).split()
            except TimeoutError:
                states = []
            if states == ["active"] * len(UNITS):
                return
            if time.monotonic() > deadline:
                raise PeerError(f"not all units run: {states}\n" + self.guest.run(
                    "systemctl --no-pager status 'outpost-*'; journalctl --no-pager -b -u 'outpost-*' | tail -60",
                    succeed=False))
            time.sleep(2)

    def program(self, arguments):
        """What `outpost …` prints."""
        return self.guest.run(f"outpost {arguments}")

    def property(self, unit, name):
        return self.guest.run(f"systemctl show --property {name} --value outpost-{unit}.service")

    def process(self, unit):
        return int(self.property(unit, "MainPID"))

    def show(self, state, seconds=240):
        """Waits until the lamps show a state of the card, and gives how long that took."""
        return lamps.expect(self.monitor, self.card[state], seconds, state)

    def results(self, path):
        """The results of the image at `path` that the archive has: one report and one capture when all came."""
        headers = self.archive.of_study(study_of(path))
        found = [header.SOPClassUID for header in headers if header.SOPInstanceUID != path.stem]
        reports = [each for each in found if each.startswith(STRUCTURED_REPORTS)]
        captures = [each for each in found if each.startswith(SECONDARY_CAPTURES)]
        return reports, captures

    def wait_for_results(self, path, seconds=RESULT_SECONDS):
        """Waits for the image itself, as it was sent, a report and a capture; gives the seconds."""
        began = time.monotonic()
        wait_until(lambda: all(self.results(path)), seconds, "the arrival of a report and a capture",
                   self._check_slowly)
        self.wait_for_arrival([path], seconds)
        return time.monotonic() - began

    def wait_for_arrival(self, paths, seconds=RESULT_SECONDS):
        """Waits until the archive has the objects, and compares them with what was sent."""
        wanted = {path.stem: path for path in paths}
        wait_until(lambda: set(wanted) <= self.archive.uids(), seconds, "the arrival of what was received",
                   self._check_slowly)
        # The last file may still be being written.
        wait_until(lambda: self._settled(), seconds, "the courier's rest", self._check_slowly)
        changed = [uid for uid, path in wanted.items() if not is_same(path, self.archive.path(uid))]
        if changed:
            raise PeerError(f"{len(changed)} objects arrived changed: {changed[:3]}")

    def kept(self):
        """UIDs of what the spool says that it keeps."""
        lines = self.program("spool list --json").splitlines()
        return {json.loads(line)["instance"]["sopInstanceUID"] for line in lines if line.startswith("{")}

    def check_nothing_lost(self):
        """Everything that a sender had success for is kept and whole; gives how many objects there are."""
        report = self.program("spool verify")
        lost = set(self.modality.acknowledged) - self.kept()
        if lost:
            raise PeerError(f"LOST {len(lost)} objects that had success: {sorted(lost)[:3]}")
        return report.replace("\n", "; ")

    def in_background(self, function, *arguments):
        """Runs it beside; gives a function that waits for its end and passes its error on."""
        errors = []

        def work():
            try:
                function(*arguments)
            except Exception as error:  # pylint: disable=broad-except
                errors.append(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()

        def join():
            thread.join()
            if errors:
                raise errors[0]

        return join

    def collect(self):
        """Puts what a person needs to find a fault into the folder, as far as the machine still answers."""
        try:
            text = self.guest.run(
                "systemctl --no-pager --failed; systemctl --no-pager status 'outpost-*'; outpost board lamps; "
                "outpost status; journalctl --no-pager -b -n 2000 -o short-monotonic", 120, succeed=False)
        except (TimeoutError, AttributeError, PeerError, OSError) as error:
            text = f"the machine does not answer: {error}"
        (self.folder / "machine.log").write_text(text)

    def close(self):
        self.machine.abandon()
        self.archive.stop()

    def _settled(self):
        return json.loads(self.program("status --json"))["settled"]

    def _check_slowly(self):
        self.machine.check()
        time.sleep(1)
