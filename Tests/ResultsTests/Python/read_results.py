"""Reads results as their receivers do: SR by highdicom, SC by pydicom.

Usage: read_results.py SOURCE SR SC [PNG]. Prints one JSON object.
"""

import json
import shutil
import sys

import highdicom as hd
import pydicom
from PIL import Image

IDENTITY = ["PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID",
            "AccessionNumber", "ReferringPhysicianName", "StudyInstanceUID", "StudyDescription"]


def identity(dataset):
    return {keyword: str(dataset.get(keyword) or "") for keyword in IDENTITY}


def group(item, region):
    facts = {
        "finding": item.finding_type.meaning,
        "site": item.finding_sites[0].value.meaning,
        "trackingIdentifier": item.tracking_identifier,
        "trackingUID": item.tracking_uid,
        "measurements": [
            {"name": m.name.meaning, "value": float(m.value), "unit": m.unit.value} for m in item.get_measurements()],
        "evaluations": {
            e.name.meaning: e.value.meaning for e in item.get_qualitative_evaluations() if e.name.value == "121052"},
    }
    texts = {c.name.meaning: c.value for c in item[0].ContentSequence if c.ValueType == "TEXT"}
    facts["algorithm"] = f"{texts['Algorithm Name']} {texts['Algorithm Version']}"
    facts["comment"] = texts["Comment"]
    if region:
        roi = item.roi
        facts["graphicType"] = roi.graphic_type.value
        facts["graphicData"] = [float(x) for x in roi.value.flatten()]
        facts["image"] = str(roi.ContentSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID)
    else:
        facts["image"] = str(item.source_images[0].referenced_sop_instance_uid)
    return facts


def main(source, sr, sc, png=None):
    source, report, capture = pydicom.dcmread(source), hd.sr.srread(sr), pydicom.dcmread(sc)
    content = report.content
    observer = content.get_observer_contexts()[0].observer_identifying_attributes
    language = next(c.value for c in content[0].ContentSequence if c.name.value == "121049")
    evidence = report.CurrentRequestedProcedureEvidenceSequence[0]
    pixels = capture.pixel_array
    if png:
        Image.fromarray(pixels).save(png)
        shutil.copy(sys.argv[2], png + ".SR.dcm")
        shutil.copy(sys.argv[3], png + ".SC.dcm")
    facts = {
        "source": identity(source), "report": identity(report), "capture": identity(capture),
        "nameBytes": [
            bytes(d.get_item("PatientName").value or b"").rstrip().hex() if d.get_item("PatientName") else ""
            for d in map(pydicom.dcmread, sys.argv[1:4])],
        "characterSets": [str(d.get("SpecificCharacterSet", "")) for d in (source, report, capture)],
        "language": language.value,
        "device": [str(observer.uid), observer.name, observer.manufacturer_name, observer.model_name],
        "evidence": str(evidence.ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID),
        "template": report.ContentTemplateSequence[0].TemplateIdentifier,
        "flags": [report.CompletionFlag, report.VerificationFlag],
        "contentTime": [report.ContentDate, report.ContentTime],
        "regions": [group(item, True) for item in content.get_planar_roi_measurement_groups()],
        "wholes": [group(item, False) for item in content.get_image_measurement_groups()],
        "captureShape": list(pixels.shape),
        "captureSource": str(capture.SourceImageSequence[0].ReferencedSOPInstanceUID),
        "captureDescription": capture.SeriesDescription,
        "captureKind": [
            capture.Modality, capture.ConversionType, "\\".join(capture.ImageType), capture.BurnedInAnnotation],
        "dull": int((pixels.max(axis=2).astype(int) - pixels.min(axis=2) > 60).sum()),
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main(*sys.argv[1:])
