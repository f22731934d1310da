"""Writes phantoms as DICOM: Digital X-Ray Image Storage - For Presentation (PS3.3 A.26), a study of one or more images.

Every value, UIDs included, is a function of the command's options, so that the same command writes the same file.
"""

import argparse
import hashlib
import pathlib

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

import phantom

DX_FOR_PRESENTATION = "1.2.840.10008.5.1.4.1.1.1.1"
PATIENTS = {
    "latin": ("PHANTOM^CHEST", "Outpost demonstration"),
    "cyrillic": ("ФАНТОМОВА^МАРІЯ^ІВАНІВНА", "Демонстраційна лікарня"),
}
"""Patient name and institution of each choice of --name."""


def identifier(*parts):
    """A UID under 2.25 (PS3.5 B.2), derived from `parts`."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()[:16]
    # The bits that make 16 bytes a UUID (RFC 9562, version 8: made by the application).
    number = int.from_bytes(digest) & ~(0xF << 76) & ~(0x3 << 62) | 8 << 76 | 2 << 62
    return f"2.25.{number}"


def dx_object(drawn, seed, instance, name="latin", monochrome1=False, date="20250310"):
    """A `phantom.Phantom` -> pydicom Dataset with file meta information. `instance` counts from 1 within the study of `seed`."""
    if name not in PATIENTS:
        raise ValueError(f"no name {name}: take one of {', '.join(PATIENTS)}")
    if len(date) != 8 or not date.isdigit():
        raise ValueError(f"date {date} must be YYYYMMDD")
    patient_name, institution = PATIENTS[name]
    stored_values = drawn.stored_values
    if monochrome1:
        stored_values = phantom.MAXIMUM_STORED_VALUE - stored_values
    study = ("study", seed, name, date)
    picture = hashlib.sha256(stored_values.astype("<u2").tobytes()).hexdigest()

    d = Dataset()
    d.SpecificCharacterSet = "ISO_IR 192" if name == "cyrillic" else "ISO_IR 100"
    _patient_and_study(d, seed, patient_name, study, date)
    _series_and_equipment(d, study, institution, date, instance)
    _image(d, stored_values, drawn.pixel_spacing_millimetres, instance, monochrome1, date)
    d.SOPClassUID = DX_FOR_PRESENTATION
    d.SOPInstanceUID = identifier("instance", *study, instance, monochrome1, picture)

    d.file_meta = FileMetaDataset()
    d.file_meta.MediaStorageSOPClassUID = d.SOPClassUID
    d.file_meta.MediaStorageSOPInstanceUID = d.SOPInstanceUID
    d.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    d.file_meta.ImplementationClassUID = identifier("phantom writer")
    d.file_meta.ImplementationVersionName = "PHANTOM_1"
    return d


def _patient_and_study(d, seed, patient_name, study, date):
    d.PatientName = patient_name
    d.PatientID = f"PHANTOM-{seed:06}"
    d.PatientBirthDate = f"{1940 + seed % 50}0615"
    d.PatientSex = "F"
    d.PatientAge = f"{int(date[:4]) - 1940 - seed % 50 - (date[4:] < '0615'):03}Y"
    d.StudyInstanceUID = identifier(*study)
    d.StudyDate, d.StudyTime = date, "091500"
    d.ReferringPhysicianName = ""
    d.StudyID = f"{seed % 10000:04}"
    d.AccessionNumber = f"A{seed:07}"
    d.StudyDescription = "Chest PA (phantom)"


def _series_and_equipment(d, study, institution, date, instance):
    d.Modality = "DX"
    d.PresentationIntentType = "FOR PRESENTATION"
    d.SeriesInstanceUID = identifier("series", *study)
    d.SeriesNumber = 1
    d.SeriesDate, d.SeriesTime = date, "091600"
    d.SeriesDescription = "Chest PA"
    d.BodyPartExamined = "CHEST"
    d.Manufacturer = "Outpost"
    d.ManufacturerModelName = "Phantom"
    d.InstitutionName = institution
    d.DeviceSerialNumber = "1"
    d.SoftwareVersions = "1.0.0"
    d.InstanceNumber = instance


def _image(d, stored_values, spacing, instance, monochrome1, date):
    d.ImageType = ["ORIGINAL", "PRIMARY", ""]
    time = f"0917{instance % 60:02}"
    d.AcquisitionDate = d.ContentDate = date
    d.AcquisitionTime = d.ContentTime = time
    d.AcquisitionNumber = instance
    d.ImagesInAcquisition = 1
    d.BurnedInAnnotation = "NO"
    d.LossyImageCompression = "00"
    d.ImageLaterality = "U"
    d.ViewPosition = "PA"
    # A row runs towards the patient's left, a column towards the feet: the way chest films are hung.
    d.PatientOrientation = ["L", "F"]
    d.AnatomicRegionSequence = [_code("51185008", "SCT", "Chest")]
    view = _code("272479007", "SCT", "postero-anterior")
    view.ViewModifierCodeSequence = []
    d.ViewCodeSequence = [view]
    d.AcquisitionContextSequence = []

    d.PositionerType = "NONE"
    d.DetectorType = "DIRECT"
    d.DetectorID = "1"
    d.KVP, d.Exposure, d.DistanceSourceToDetector = 120, 2, 1800
    # The phantom is drawn in the detector's plane, so both spacings are the same and no magnification was corrected.
    d.ImagerPixelSpacing = d.PixelSpacing = [f"{spacing:.6f}"] * 2

    d.SamplesPerPixel = 1
    d.PhotometricInterpretation = "MONOCHROME1" if monochrome1 else "MONOCHROME2"
    d.Rows, d.Columns = stored_values.shape
    d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 16, 12, 11, 0
    d.PixelIntensityRelationship = "LOG"
    # Whiter means denser: higher values mean less radiation in MONOCHROME2, more in MONOCHROME1.
    d.PixelIntensityRelationshipSign = 1 if monochrome1 else -1
    d.RescaleIntercept, d.RescaleSlope, d.RescaleType = 0, 1, "US"
    d.PresentationLUTShape = "INVERSE" if monochrome1 else "IDENTITY"
    low, high = (float(np.quantile(stored_values, p)) for p in (0.01, 0.995))
    d.WindowCenter, d.WindowWidth = round((low + high) / 2), max(round(high - low), 1)
    d.WindowCenterWidthExplanation = "Whole range"
    d.PixelData = stored_values.astype("<u2").tobytes()


def _code(value, scheme, meaning):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def main():
    parser = argparse.ArgumentParser(prog="phantom.py", description="Draws a chest phantom and writes it as a DICOM DX object.")
    parser.add_argument("--seed", type=int, default=1, help="the patient; below 1000000, so that the network was not trained on it")
    parser.add_argument("--nodule", action=argparse.BooleanOptionalAction, default=True, help="with nodules (default) or without")
    parser.add_argument("--study", type=int, metavar="N", help="a study of N images, named 001.dcm ... in the folder --out")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="file to write, or with --study the folder")
    parser.add_argument("--rows", type=int, default=1024)
    parser.add_argument("--columns", type=int, default=1024)
    parser.add_argument("--monochrome1", action="store_true", help="low values white")
    parser.add_argument("--name", choices=sorted(PATIENTS), default="latin", help="script of the patient's name; cyrillic is UTF-8")
    parser.add_argument("--date", default="20250310", help="study date, YYYYMMDD")
    arguments = parser.parse_args()
    if arguments.study is not None and arguments.study < 1:
        parser.error("--study must be at least 1")
    if arguments.study is None:
        paths = [arguments.out]
    else:
        paths = [arguments.out / f"{k + 1:03}.dcm" for k in range(arguments.study)]
    paths[0].parent.mkdir(parents=True, exist_ok=True)
    for view, path in enumerate(paths):
        try:
            drawn = phantom.draw(arguments.seed, arguments.nodule, arguments.rows, arguments.columns, view)
            data_set = dx_object(drawn, arguments.seed, view + 1, arguments.name, arguments.monochrome1, arguments.date)
        except ValueError as error:
            parser.error(str(error))
        data_set.save_as(path, enforce_file_format=True)
        places = "; ".join(f"row {n.row:.0f}, column {n.column:.0f}, radius {n.radius:.0f}, contrast {n.contrast:.2f}" for n in drawn.nodules)
        print(f"{path}: {places or 'no nodule'}")


if __name__ == "__main__":
    main()
