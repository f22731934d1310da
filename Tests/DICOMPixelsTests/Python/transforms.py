"""Images with every kind of modality and VOI transform, and what pydicom makes of them.

Usage: transforms.py FOLDER; prints JSON: for each frame a file of float64 of modality values and one of gray, 0 to 255.
"""

import json
import os
import sys

import numpy as np
import pydicom
from pydicom.pixels.processing import apply_modality_lut, apply_voi, apply_windowing

from made_files import blank


def lut(entries, first, bits, kind="US"):
    item = pydicom.Dataset()
    item.add_new("LUTDescriptor", kind, [len(entries) % 65536, first, bits])
    item.add_new("LUTData", "OW", np.asarray(entries, "<u2").tobytes())
    return item


def gray(values, dataset):
    """As pydicom shows it, scaled to a byte."""
    if "VOILUTSequence" in dataset:
        bits = dataset.VOILUTSequence[0].LUTDescriptor[2]
        return apply_voi(values, dataset) / (2**bits - 1) * 255
    # Without a rescale, of which pydicom would derive other bounds, the windowed values fill the stored range.
    plain = pydicom.Dataset()
    for keyword in ("WindowCenter", "WindowWidth", "VOILUTFunction", "PhotometricInterpretation"):
        if keyword in dataset:
            setattr(plain, keyword, dataset[keyword].value)
    plain.BitsStored, plain.PixelRepresentation = 16, 0
    return apply_windowing(values, plain) / 65535 * 255


class Cases:
    def __init__(self, folder):
        self.folder = folder
        self.entries = []

    def add(self, name, dataset, frames, groups):
        """`groups` are the flat data sets that say of each frame what holds for it."""
        path = os.path.join(self.folder, name + ".dcm")
        pydicom.dcmwrite(path, dataset, enforce_file_format=True)
        entry = {"path": path, "modality": [], "gray": []}
        for index, (frame, group) in enumerate(zip(frames, groups)):
            values = apply_modality_lut(frame, group).astype(np.float64)
            for kind, array in [("modality", values), ("gray", gray(values.astype(np.float64), group))]:
                file = f"{path}.{index}.{kind}"
                np.ascontiguousarray(array, "<f8").tofile(file)
                entry[kind].append(file)
        self.entries.append(entry)


def flat(**attributes):
    dataset = pydicom.Dataset()
    dataset.PhotometricInterpretation = "MONOCHROME2"
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def main(folder):
    cases = Cases(folder)
    unsigned = np.arange(4096, dtype="u2").reshape(64, 64)
    signed = (np.arange(4096) - 2048).astype("i2").reshape(64, 64)
    for function in (None, "LINEAR", "LINEAR_EXACT", "SIGMOID"):
        for array in (unsigned, signed):
            dataset = blank(array, stored=16 if array is signed else 12)
            dataset.update(flat(
                RescaleSlope="0.5", RescaleIntercept="-100.25", WindowCenter="40.5", WindowWidth="400"))
            if function:
                dataset.VOILUTFunction = function
            cases.add(f"window-{function}-{array.dtype}", dataset, [array], [dataset])
    dataset = blank(unsigned, stored=12)
    dataset.update(flat(WindowCenter=["30", "900"], WindowWidth=["1", "2000"]))
    cases.add("threshold", dataset, [unsigned], [dataset])
    dataset = blank(unsigned, stored=12)
    dataset.ModalityLUTSequence = [lut(np.arange(4000)[::-1] * 16, 50, 16)]
    dataset.update(flat(WindowCenter="30000", WindowWidth="20000"))
    cases.add("modality-table", dataset, [unsigned], [dataset])
    dataset = blank(signed)
    dataset.ModalityLUTSequence = [lut((np.arange(1000) ** 2 // 16) & 0xFFFF, -500, 16, "SS")]
    dataset.VOILUTSequence = [lut(np.arange(30000) // 8, 100, 12)]
    cases.add("both-tables", dataset, [signed], [dataset])
    dataset = blank(unsigned, stored=12)
    dataset.VOILUTSequence = [lut(np.arange(1024) * 64, 1000, 16)]
    cases.add("voi-table", dataset, [unsigned], [dataset])

    frames = np.stack([unsigned, unsigned[::-1], unsigned.T])
    dataset = blank(frames, stored=12)
    shared = flat(WindowCenter="500", WindowWidth="300")
    groups = [flat(RescaleSlope=str(index + 1), RescaleIntercept=str(-index), WindowCenter=shared.WindowCenter,
                   WindowWidth=shared.WindowWidth) for index in range(3)]
    common = pydicom.Dataset()
    common.FrameVOILUTSequence = [flat(WindowCenter="500", WindowWidth="300")]
    dataset.SharedFunctionalGroupsSequence = [common]
    dataset.PerFrameFunctionalGroupsSequence = []
    for index, group in enumerate(groups):
        item = pydicom.Dataset()
        item.PixelValueTransformationSequence = [
            flat(RescaleSlope=group.RescaleSlope, RescaleIntercept=group.RescaleIntercept)]
        if index == 2:
            # The frame's own goes before the shared one.
            group.WindowCenter, group.WindowWidth, group.VOILUTFunction = "70", "60", "SIGMOID"
            item.FrameVOILUTSequence = [flat(WindowCenter="70", WindowWidth="60", VOILUTFunction="SIGMOID")]
        dataset.PerFrameFunctionalGroupsSequence.append(item)
    # What stands outside the groups does not hold for an enhanced object.
    dataset.RescaleSlope, dataset.RescaleIntercept = "77", "7"
    cases.add("functional-groups", dataset, frames, groups)
    print(json.dumps(cases.entries))


if __name__ == "__main__":
    main(sys.argv[1])
