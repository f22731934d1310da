"""What is sent: CT slices, CR images, and small objects of many kinds, written once as files for all repetitions."""

import itertools
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy
import pydicom
from pydicom.uid import (DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian, generate_uid)

CT_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.2"
CR_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.1"
STORAGE_ROOT = "1.2.840.10008.5.1.4.1.1."
SMALL_LARGEST_BYTES = 256 * 1024
# Not every receiver takes these two syntaxes.
SMALL_LEFT_OUT_SYNTAXES = {ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian}


@dataclass(frozen=True, eq=False)
class Workload:
    """Files to send, in order. Each is equal only to itself."""

    name: str
    files: list[Path]
    sizes: list[int]

    @property
    def megabytes(self):
        return sum(self.sizes) / 1e6

    def first(self, count, name):
        """The first `count` files under another name."""
        return Workload(name, self.files[:count], self.sizes[:count])

    def shares(self, senders):
        """The files dealt out to so many senders."""
        return [self.files[start::senders] for start in range(senders)]


def make_workloads(folder):
    """By name: `CT`, `CR` and `small`."""
    numbers = numpy.random.default_rng(1)
    return {
        "CT": _of("CT", [_image(folder / "CT", number, CT_IMAGE_STORAGE, "CT", 512, 512, numbers)
                         for number in range(400)]),
        "CR": _of("CR", [_image(folder / "CR", number, CR_IMAGE_STORAGE, "CR", 2800, 2680, numbers)
                         for number in range(20)]),
        "small": _of("small", _small(folder / "small", 300)),
    }


def _of(name, files):
    return Workload(name, files, [path.stat().st_size for path in files])


def _image(folder, number, sop_class, modality, rows, columns, numbers):
    """An uncompressed image of 16 bits: noise, so that no layer below can shrink it."""
    folder.mkdir(parents=True, exist_ok=True)
    image = pydicom.Dataset()
    image.SOPClassUID = sop_class
    image.SOPInstanceUID = generate_uid()
    image.StudyInstanceUID = generate_uid(entropy_srcs=[str(folder), "study"])
    image.SeriesInstanceUID = generate_uid(entropy_srcs=[str(folder), "series"])
    image.StudyDate = image.StudyTime = image.AccessionNumber = image.StudyID = ""
    image.PatientName = "Phantom^Noise"
    image.PatientID = "BENCHMARK"
    image.Modality = modality
    image.InstanceNumber = number + 1
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.Rows, image.Columns = rows, columns
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 16, 15, 0
    image.PixelData = numbers.bytes(rows * columns * 2)
    return _save(image, folder / f"{number:04}.dcm", ExplicitVRLittleEndian)


def _small(folder, count):
    """Files of pydicom's package, over and over, each time with fresh UIDs."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = _small_sources()
    files = []
    for number, source in zip(range(count), itertools.cycle(sources)):
        instance = pydicom.dcmread(source)
        syntax = instance.file_meta.TransferSyntaxUID
        instance.SOPInstanceUID = generate_uid()
        instance.StudyInstanceUID = generate_uid(entropy_srcs=[str(source), "study"])
        instance.SeriesInstanceUID = generate_uid(entropy_srcs=[str(source), "series"])
        instance.file_meta = pydicom.dataset.FileMetaDataset()
        files.append(_save(instance, folder / f"{number:04}.dcm", syntax))
    return files


def _small_sources():
    folder = Path(pydicom.__file__).parent / "data/test_files"
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and _is_suitable(path)]


def _is_suitable(path):
    # Of some only a part is there: pydicom takes it, the sender does not.
    if path.stat().st_size > SMALL_LARGEST_BYTES or "truncated" in path.name:
        return False
    try:
        # Many are broken on purpose, which pydicom says in a warning.
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            instance = pydicom.dcmread(path)
    except (pydicom.errors.InvalidDicomError, OSError, Warning):
        return False
    syntax = instance.file_meta.get("TransferSyntaxUID")
    return (instance.get("SOPClassUID", "").startswith(STORAGE_ROOT) and syntax is not None
            and syntax not in SMALL_LEFT_OUT_SYNTAXES)


def _save(instance, path, syntax):
    if not hasattr(instance, "file_meta"):
        instance.file_meta = pydicom.dataset.FileMetaDataset()
    instance.file_meta.TransferSyntaxUID = syntax
    instance.file_meta.MediaStorageSOPClassUID = instance.SOPClassUID
    instance.file_meta.MediaStorageSOPInstanceUID = instance.SOPInstanceUID
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        instance.save_as(path, enforce_file_format=True)
    return path
