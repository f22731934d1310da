"""Writes what numpy reads of every native grayscale image that pydicom ships: the peer of GrayscaleFrame.

Usage: native_frames.py FOLDER. Prints one JSON list of {path, values}; `values`
names a file of little-endian int32, first frame.
"""

import json
import os
import sys

import numpy as np
import pydicom
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian


def stored_values(dataset):
    """The first frame, by the words of PS3.5 8.1.1: shift, mask, extend the sign."""
    count = dataset.Rows * dataset.Columns
    kind = {8: "<u1", 16: "<u2"}[dataset.BitsAllocated]
    words = np.frombuffer(dataset.PixelData, kind, count).astype(np.int64)
    words = (words >> (dataset.HighBit + 1 - dataset.BitsStored)) & ((1 << dataset.BitsStored) - 1)
    if dataset.PixelRepresentation == 1:
        words[words >= 1 << (dataset.BitsStored - 1)] -= 1 << dataset.BitsStored
    return words.astype("<i4")


def main(folder):
    listing = []
    root = os.path.join(os.path.dirname(pydicom.__file__), "data", "test_files")
    for path in sorted(os.path.join(where, name) for where, _, names in os.walk(root) for name in names):
        try:
            dataset = pydicom.dcmread(path)
            if dataset.file_meta.TransferSyntaxUID not in (ExplicitVRLittleEndian, ImplicitVRLittleEndian):
                continue
            if not dataset.PhotometricInterpretation.startswith("MONOCHROME") or dataset.BitsAllocated not in (8, 16):
                continue
            size = dataset.Rows * dataset.Columns * int(dataset.get("NumberOfFrames") or 1) * dataset.BitsAllocated // 8
            if len(dataset.PixelData) != size + size % 2:
                continue
            values = stored_values(dataset)
            masked = dataset.BitsStored == dataset.BitsAllocated or dataset.PixelRepresentation == 0
            if masked and int(dataset.get("NumberOfFrames") or 1) == 1 and dataset.HighBit == dataset.BitsStored - 1:
                # Where pydicom's own decoder must agree, let it say so.
                assert (dataset.pixel_array.reshape(-1) == values).all() or dataset.BitsStored < dataset.BitsAllocated
        except (AttributeError, KeyError, pydicom.errors.InvalidDicomError):
            continue
        name = os.path.join(folder, f"{len(listing)}.int32")
        values.tofile(name)
        listing.append({"path": path, "values": name})
    print(json.dumps(listing))


if __name__ == "__main__":
    main(sys.argv[1])
