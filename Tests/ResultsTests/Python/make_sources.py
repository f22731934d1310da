"""Writes source images of several kinds: what results must carry a patient over from.

Usage: make_sources.py MODEL_FOLDER OUTPUT_FOLDER. Prints a JSON object, name -> path.
"""

import json
import os
import sys

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import phantom  # noqa: E402

SHEVCHENKO = "Шевченко^Леся^Ґєїівна"


def radiograph(pixels, number, character_set, name, syntax=ExplicitVRLittleEndian, **attributes):
    """A DX image for presentation. `name` may be bytes, to be written as they are."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    meta.MediaStorageSOPInstanceUID = f"2.25.{number}1"
    dataset = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    if character_set is not None:
        dataset.SpecificCharacterSet = character_set
    dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = f"2.25.{number}2", f"2.25.{number}3"
    dataset.Modality, dataset.BodyPartExamined = "DX", "CHEST"
    dataset.PatientName, dataset.PatientID = name, f"ID-{number}"
    dataset.PatientBirthDate, dataset.PatientSex = "19710225", "F"
    dataset.StudyDate, dataset.StudyTime, dataset.StudyID = "20260301", "101500", "S1"
    dataset.AccessionNumber, dataset.ReferringPhysicianName = "A-77", ""
    dataset.InstanceNumber, dataset.SeriesNumber = 1, 1
    dataset.PatientOrientation = ["L", "F"]
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    dataset.PixelData = pixels.astype("<u2").tobytes()
    return dataset


def code(value, scheme, meaning):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def main(folder):
    chest = phantom.draw(7, True).stored_values
    narrow = phantom.draw(8, True, 1200, 900).stored_values
    small = chest[::8, ::8]
    sources = {
        "utf8": radiograph(chest, 1, "ISO_IR 192", SHEVCHENKO, StudyDescription="ОГК пряма",
                           ProcedureCodeSequence=[code("399208008", "SCT", "Рентгенографія ОГК")]),
        "cyrillic": radiograph(4095 - narrow, 2, "ISO_IR 144", "Шевченко^Леся^Їванівна", syntax=ImplicitVRLittleEndian,
                               PhotometricInterpretation="MONOCHROME1", StudyDescription="Органи грудної клітки",
                               TimezoneOffsetFromUTC="+0200"),
        "latin": radiograph(small, 3, "ISO_IR 100", "Müller^Jörg"),
        "japanese": radiograph(small, 4, ["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎"),
        "lying": radiograph(small, 5, None, None),
        "bare": radiograph(small, 6, None, ""),
        "wide": radiograph(narrow[:, ::2], 7, None, "Oblong^Pixel", PixelSpacing=[0.2, 0.4]),
    }
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID",
                    "AccessionNumber", "ReferringPhysicianName", "PatientOrientation"):
        del sources["bare"][keyword]
    paths = {}
    for name, dataset in sources.items():
        if name == "lying":
            # Windows-1251 bytes under no declaration at all.
            dataset.add(pydicom.dataelem.DataElement(0x00100010, "UN", SHEVCHENKO[:13].encode("cp1251")))
        paths[name] = os.path.join(folder, f"{name}.dcm")
        dataset.save_as(paths[name], enforce_file_format=True)
    files = os.path.join(os.path.dirname(pydicom.__file__), "data", "test_files")
    paths["ct"], paths["mr"] = os.path.join(files, "CT_small.dcm"), os.path.join(files, "MR_small.dcm")
    print(json.dumps(paths))


if __name__ == "__main__":
    main(sys.argv[2])
