"""What the demonstration sends: two phantoms (no patient's image) and a few real files of pydicom's package."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pydicom

from processes import PeerError

PHANTOM_SEEDS = {"with a nodule": 7, "without a nodule": 5}
REAL_FILES = {
    "CT_small.dcm": "CT", "MR_small.dcm": "MR", "JPEG2000.dcm": "bone scan, JPEG 2000",
    "SC_rgb_rle.dcm": "capture, RLE", "examples_ybr_color.dcm": "ultrasound, JPEG", "waveform_ecg.dcm": "ECG",
    "rtplan.dcm": "treatment plan", "6154": "CR that is no chest"}
"""Files by name, anywhere in pydicom's folder, and what to call them: several modalities and compressions."""
REQUIRED_FILES = {"CT_small.dcm", "MR_small.dcm"}
ANALYSED_MODALITIES = {"DX", "CR"}
ANALYSED_BODY_PARTS = {"CHEST"}


@dataclass(frozen=True)
class Sent:
    """One object that is sent to Outpost."""

    path: Path
    title: str
    sop_instance_uid: str
    study_instance_uid: str
    modality: str
    body_part: str

    @property
    def is_analysed(self):
        """By the rule in outpost.yaml.in: such an image gets one SR and one SC."""
        return self.modality in ANALYSED_MODALITIES and self.body_part in ANALYSED_BODY_PARTS


def phantoms(repository, folder):
    """Draws the phantoms into `folder`."""
    script = repository / "provisioning/models/chest-nodule/phantom.py"
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for title, seed in PHANTOM_SEEDS.items():
        path = folder / f"phantom-{seed}.dcm"
        arguments = [sys.executable, str(script), "--seed", str(seed), "--out", str(path)]
        arguments.append("--nodule" if title.startswith("with ") else "--no-nodule")
        result = subprocess.run(arguments, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise PeerError(f"drawing a phantom with {script} failed:\n{result.stderr[-2000:]}")
        drawn.append(_read(path, f"phantom {title}"))
    return drawn


def real_files():
    """The files of REAL_FILES that this version of pydicom has, each SOP Instance UID once."""
    root = Path(pydicom.__file__).parent / "data/test_files"
    found = {}
    for parent, _, names in os.walk(root):
        found |= {name: Path(parent) / name for name in sorted(names) if name in REAL_FILES}
    missing = REQUIRED_FILES - set(found)
    if missing:
        raise PeerError(f"pydicom's package has no {', '.join(sorted(missing))} under {root}; install pydicom 3")
    files = [_read(found[name], title) for name, title in REAL_FILES.items() if name in found]
    by_uid = {each.sop_instance_uid: each for each in reversed(files)}
    return [each for each in files if by_uid[each.sop_instance_uid] is each]


def _read(path, title):
    data_set = pydicom.dcmread(path, stop_before_pixels=True)
    return Sent(path, title, str(data_set.SOPInstanceUID), str(data_set.StudyInstanceUID), data_set.get("Modality", ""),
                data_set.get("BodyPartExamined", ""))
