"""A modality and a PACS outside of the machine: dcmtk's storescu and storescp."""

import subprocess
import sys
import warnings
from pathlib import Path

import pydicom
from pydicom.uid import generate_uid

from ports import LOOPBACK, answers, free_port
from processes import Child, PeerError, find_program, wait_until
from senders import store

TITLE = "OUTPOST"
PACS_TITLE = "PACS"
HOST_AS_SEEN_FROM_INSIDE = "10.0.2.2"
PHANTOM = Path(__file__).resolve().parents[2] / "provisioning/models/chest-nodule/phantom.py"
PHANTOM_PIXELS = 512
START_SECONDS = 60
ASSOCIATION_SECONDS = 1200
"""Of the largest study on the slowest host."""


class Archive:
    """A PACS that can fall and get up again on the same port, and keeps each object as it came."""

    def __init__(self, folder):
        self.port = free_port()
        self.folder = folder / "pacs"
        self.folder.mkdir()
        self._log = folder / "storescp.log"
        self._child = None

    def start(self):
        if self._child is not None:
            return
        self._child = Child(
            "storescp", [find_program("storescp", "dcmtk"), "--fork", "--bit-preserving", "--accept-all", "--aetitle",
                         PACS_TITLE, "--output-directory", self.folder, self.port], self._log)
        wait_until(lambda: answers(self.port), START_SECONDS, "listening of storescp", self._child.check)

    def stop(self):
        if self._child is not None:
            self._child.stop()
            self._child = None

    def uids(self):
        """Of the objects that came; the file is called MODALITY.UID."""
        return {path.name.partition(".")[2] for path in self.folder.iterdir()}

    def path(self, uid):
        return next(path for path in self.folder.iterdir() if path.name.partition(".")[2] == uid)

    def of_study(self, study):
        """The headers of the objects of a study."""
        found = []
        for path in self.folder.iterdir():
            try:
                header = pydicom.dcmread(path, stop_before_pixels=True)
            except (pydicom.errors.InvalidDicomError, OSError, EOFError):
                # It is being written.
                continue
            if header.get("StudyInstanceUID") == study:
                found.append(header)
        return found


class Modality:
    """Makes studies and sends them; remembers what it had success for."""

    def __init__(self, folder, port):
        self._folder = folder / "sent"
        self._folder.mkdir()
        self._port = port
        self.acknowledged = {}
        """UID → path."""
        self._templates = {}

    def chest(self):
        """The path of a chest image with a nodule, in a study of its own."""
        return self._make(self._phantom(), generate_uid(), generate_uid(), 1)

    def tomography(self, slices, rows=512):
        """The paths of a study of CT slices."""
        template = pydicom.dcmread(pydicom.data.get_testdata_file("CT_small.dcm"))
        # dcmtk sends no padding after a data set.
        del template["DataSetTrailingPadding"]
        factor = rows // template.Rows
        template.PixelData = template.pixel_array.repeat(factor, 0).repeat(factor, 1).tobytes()
        template.Rows = template.Columns = rows
        study, series = generate_uid(), generate_uid()
        return [self._make(template, study, series, number + 1) for number in range(slices)]

    def send(self, paths):
        """Over one association; what had success."""
        try:
            stored = store(paths, self._port, TITLE, ASSOCIATION_SECONDS)
        except subprocess.TimeoutExpired:
            stored = []
        self.acknowledged |= {path.stem: path for path in stored}
        return stored

    def send_all(self, paths, check, attempts=60):
        """Again and again what had no success, as modalities do."""
        left = list(paths)
        for _ in range(attempts):
            check()
            self.send(left)
            left = [path for path in left if path.stem not in self.acknowledged]
            if not left:
                return
        raise PeerError(f"{len(left)} of {len(paths)} objects could not be sent in {attempts} attempts")

    def _phantom(self):
        path = self._folder.parent / "phantom.dcm"
        if not path.exists():
            subprocess.run(
                [sys.executable, PHANTOM, "--seed", "7", "--nodule", "--rows", str(PHANTOM_PIXELS), "--columns",
                 str(PHANTOM_PIXELS), "--out", path], check=True, stdout=subprocess.DEVNULL)
        return pydicom.dcmread(path)

    def _make(self, template, study, series, number):
        template.StudyInstanceUID, template.SeriesInstanceUID, template.InstanceNumber = study, series, number
        template.SOPInstanceUID = template.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        path = self._folder / f"{template.SOPInstanceUID}.dcm"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            template.save_as(path)
        return path


def study_of(path):
    return str(pydicom.dcmread(path, stop_before_pixels=True).StudyInstanceUID)


def is_same(one, other):
    """Whether two files hold the same data set."""
    return pydicom.dcmread(one) == pydicom.dcmread(other)


def configuration(archive):
    """What lies on the box's boot partition."""
    return f"""\
station: {{name: OUTPOST-TEST}}
data_folder: /var/lib/outpost
intake: {{ae_title: {TITLE}, address: 0.0.0.0, port: 11112, study_quiet_seconds: 5}}
analysis:
  models:
    - {{file: /usr/share/outpost/models/chest-nodule/chest-nodule.onnx, modalities: [DX], body_parts: [CHEST]}}
destinations:
  - {{name: pacs, kind: dicom, host: {HOST_AS_SEEN_FROM_INSIDE}, port: {archive.port}, ae_title: {PACS_TITLE},
     send: [results, images], retry_minimum_seconds: 1, retry_maximum_seconds: 5}}
"""
