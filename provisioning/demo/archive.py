"""Asks an Orthanc what it holds, by its own REST interface, and reads the results that Outpost put there."""

import io
import json
import urllib.request
from dataclasses import dataclass, field

import pydicom
from PIL import Image

SECONDARY_CAPTURES = {"1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.7.2", "1.2.840.10008.5.1.4.1.1.7.4"}
STRUCTURED_REPORTS = "1.2.840.10008.5.1.4.1.1.88."
REST_SECONDS = 30


@dataclass
class StudyContent:
    """What an archive holds of one study: of the objects that were sent, their UIDs; of results, what they refer to."""

    images: set = field(default_factory=set)
    reports: dict = field(default_factory=dict)
    """SOP Instance UID of an SR: the UIDs that it refers to."""
    captures: dict = field(default_factory=dict)
    """SOP Instance UID of an SC: the UIDs that it refers to."""
    others: set = field(default_factory=set)

    def __str__(self):
        return f"{len(self.images)} sent, {len(self.reports)} SR, {len(self.captures)} SC"


class Archive:
    def __init__(self, name, rest):
        self.name = name
        self._rest = rest
        self._identifiers = {}

    def study(self, study_instance_uid, sent_uids):
        """The content of one study; every result is fetched and read."""
        content = StudyContent()
        for study in self._lookup(study_instance_uid, "Study"):
            for instance in json.loads(self._get(f"/studies/{study}/instances")):
                uid = instance["MainDicomTags"]["SOPInstanceUID"]
                self._identifiers[uid] = instance["ID"]
                if uid in sent_uids:
                    content.images.add(uid)
                    continue
                data_set = self.fetch(uid)
                if data_set.SOPClassUID.startswith(STRUCTURED_REPORTS):
                    content.reports[uid] = referenced_uids(data_set)
                elif data_set.SOPClassUID in SECONDARY_CAPTURES:
                    content.captures[uid] = referenced_uids(data_set)
                else:
                    content.others.add(uid)
        return content

    def fetch(self, sop_instance_uid):
        """The data set of an instance that `study` has found."""
        return pydicom.dcmread(io.BytesIO(self._get(f"/instances/{self._identifiers[sop_instance_uid]}/file")))

    def _lookup(self, uid, level):
        request = urllib.request.Request(f"{self._rest}/tools/lookup", data=uid.encode(), method="POST")
        with urllib.request.urlopen(request, timeout=REST_SECONDS) as response:
            return [match["ID"] for match in json.load(response) if match["Type"] == level]

    def _get(self, path):
        with urllib.request.urlopen(self._rest + path, timeout=REST_SECONDS) as response:
            return response.read()


def referenced_uids(data_set):
    """Every Referenced SOP Instance UID at any depth."""
    return {str(element.value) for element in data_set.iterall() if element.keyword == "ReferencedSOPInstanceUID"}


def save_picture(data_set, path):
    """Writes a Secondary Capture's pixels as PNG."""
    pixels = data_set.pixel_array
    if pixels.dtype != "uint8":
        pixels = (pixels.astype("float64") * 255 / max(int(pixels.max()), 1)).astype("uint8")
    Image.fromarray(pixels).save(path)
