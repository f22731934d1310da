"""Small real objects, each under UIDs of its own."""

import copy
import subprocess
import sys
import warnings
from pathlib import Path

import pydicom
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

from processes import PeerError

LARGEST_BYTES = 64 * 1024
STORAGE_ROOT = "1.2.840.10008.5.1.4.1.1."
# Those that dcmtk's storescu sends without being told to.
SYNTAXES = {ImplicitVRLittleEndian, ExplicitVRLittleEndian}
PHANTOM = Path(__file__).resolve().parents[2] / "provisioning/models/chest-nodule/phantom.py"
PHANTOM_PIXELS = 128
PHANTOM_CHANCE = 0.05
"""Of an association to hold an image that the network looks at."""
MOST_IN_AN_ASSOCIATION = 8


class Objects:
    """Makes what a modality sends over one association."""

    def __init__(self, folder, can_be_sent):
        """`can_be_sent` says of a path whether the sender can send it at all, to a receiver that takes everything."""
        self._folder = folder
        folder.mkdir(parents=True)
        templates = [each for each in map(_read, sorted(_package_files())) if each is not None]
        self._templates = [each for each in templates if can_be_sent(self._instance(each, *_new_uids(2)))]
        if not self._templates:
            raise PeerError("pydicom's package holds no suitable files; install pydicom 3 with its test files")
        self.kinds = len(self._templates)
        self._phantoms = [_phantom(folder / f"phantom-{nodule}.dcm", nodule) for nodule in (False, True)]

    def study(self, chance):
        """Paths of a new study's objects; `chance`, a random.Random, says which."""
        study, series = _new_uids(2)
        templates = [chance.choice(self._templates) for _ in range(chance.randint(1, MOST_IN_AN_ASSOCIATION))]
        if chance.random() < PHANTOM_CHANCE:
            templates.append(chance.choice(self._phantoms))
        return [self._instance(template, study, series) for template in templates]

    def _instance(self, template, study, series):
        # Down to the elements: the senders' threads share the templates.
        instance = copy.deepcopy(template)
        instance.StudyInstanceUID, instance.SeriesInstanceUID = study, series
        # One patient in a study, as it should be.
        instance.PatientID = "KILL"
        [instance.SOPInstanceUID] = _new_uids(1)
        instance.file_meta = pydicom.dataset.FileMetaDataset()
        instance.file_meta.TransferSyntaxUID = template.file_meta.TransferSyntaxUID
        path = self._folder / f"{instance.SOPInstanceUID}.dcm"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            instance.save_as(path, enforce_file_format=True)
        return path


def uid_of(path):
    """The SOP Instance UID of an object that `study` made."""
    return path.stem


def _new_uids(count):
    return [generate_uid() for _ in range(count)]


def _package_files():
    folder = Path(pydicom.__file__).parent / "data/test_files"
    return [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size <= LARGEST_BYTES]


def _read(path):
    """The file's data set, or None where it is broken on purpose or not to be sent as it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            instance = pydicom.dcmread(path)
            instance.file_meta = instance.file_meta
            suitable = (instance.get("SOPClassUID", "").startswith(STORAGE_ROOT) and "truncated" not in path.name
                        and instance.file_meta.get("TransferSyntaxUID") in SYNTAXES)
            # Touches every element, which shows what cannot be written again.
            instance.walk(lambda *_: None)
    except (pydicom.errors.InvalidDicomError, OSError, Warning, ValueError, NotImplementedError):
        return None
    return instance if suitable else None


def _phantom(path, nodule):
    subprocess.run(
        [sys.executable, PHANTOM, "--seed", "7", "--nodule" if nodule else "--no-nodule", "--rows",
         str(PHANTOM_PIXELS), "--columns", str(PHANTOM_PIXELS), "--out", path], check=True, stdout=subprocess.DEVNULL)
    return pydicom.dcmread(path)
