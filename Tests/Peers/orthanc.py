"""A real Orthanc as PACS or as the archive behind a hub: Debian's package, no authentication, for this machine only."""

import glob
import json
import urllib.error
import urllib.request

from ports import LOOPBACK, free_ports, require_free
from processes import Child, PeerError, find_program, private_folder, wait_until

START_SECONDS = 60
DICOMWEB_PLUGIN_PATTERNS = [
    "/usr/share/orthanc/plugins/libOrthancDicomWeb.so*",
    "/usr/lib/orthanc/libOrthancDicomWeb.so*",
    "/usr/local/share/orthanc/plugins/libOrthancDicomWeb.so*",
]


class Orthanc:
    """Starts at once; `wait()` returns when its REST interface answers.

    Its DICOM port cannot be bound to one address: with `allowed_titles` it stores only for those calling AE titles and
    only from the loopback address. `peers` ("TITLE:PORT") are those of this machine that it can call. Without
    `dicom_port` (None) it has no DICOM server at all.
    """

    def __init__(self, folder, http_port, dicom_port=None, ae_title="PACS", dicomweb=False, allowed_titles=(),
                 peers=()):
        self.folder = private_folder(folder)
        self.http_port = http_port
        self.dicom_port = dicom_port
        self.url = f"http://{LOOPBACK}:{http_port}"
        program = find_program("Orthanc", "orthanc")
        require_free(http_port, "Orthanc's REST interface")
        if dicom_port is not None:
            require_free(dicom_port, "Orthanc's DICOM server")
        configuration = self.folder / "orthanc.json"
        settings = self._configuration(ae_title, dicomweb, allowed_titles, peers)
        configuration.write_text(json.dumps(settings, indent=2) + "\n")
        self.child = Child("Orthanc", [program, configuration], self.folder / "orthanc.log")

    def _configuration(self, ae_title, dicomweb, allowed_titles, peers):
        storage = private_folder(self.folder / "storage")
        return {
            "Name": ae_title,
            "StorageDirectory": str(storage),
            "IndexDirectory": str(storage),
            "StorageCompression": False,
            "Plugins": [dicomweb_plugin()] if dicomweb else [],
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/", "Host": "localhost", "Ssl": False},
            "HttpPort": self.http_port,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "HttpThreadsCount": 10,
            "WebDavEnabled": False,
            "DicomServerEnabled": self.dicom_port is not None,
            "DicomPort": self.dicom_port or 0,
            "DicomAet": ae_title,
            "DicomCheckCalledAet": False,
            "UnknownSopClassAccepted": True,
            "AcceptedTransferSyntaxes": ["*"],
            "DicomModalities": {title: [title, LOOPBACK, 104] for title in allowed_titles} | {
                title: [title, LOOPBACK, int(port)] for title, port in (peer.split(":") for peer in peers)},
            "DicomCheckModalityHost": bool(allowed_titles),
            "DicomAlwaysAllowStore": not allowed_titles,
            "DicomAlwaysAllowEcho": True,
            # A re-sent object replaces its equal: what a PACS holds is then what was sent last.
            "OverwriteInstances": True,
            "StableAge": 1,
            "MaximumStorageSize": 0,
        }

    def wait(self):
        wait_until(lambda: self.get("/system") is not None, START_SECONDS, "an answer of Orthanc's REST interface",
                   self.child.check)

    def get(self, path):
        """The JSON at a path of the REST interface, or None while nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as response:
                return json.load(response)
        except (urllib.error.URLError, OSError, ValueError):
            return None

    def stop(self):
        self.child.stop()


def dicomweb_plugin():
    for pattern in DICOMWEB_PLUGIN_PATTERNS:
        for path in sorted(glob.glob(pattern)):
            return path
    raise PeerError("Orthanc's DICOMweb plug-in is not installed; on Debian: apt-get install orthanc-dicomweb")


def choose_ports(http_port, dicom_port):
    """The given ports, and free ones for those that are None."""
    first, second = free_ports(2)
    return http_port or first, dicom_port or second
