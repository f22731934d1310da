"""Sends every Part 10 file below a folder, each in the transfer syntax that it is stored in, its data set untouched.

send_all.py PORT FOLDER: prints a line for each file: status, path; "----" where the receiver took no such context.
Files without file meta information, and those that are no composite objects, are left out.
"""

import os
import sys

from pydicom import dcmread
from pynetdicom import AE, _config

# The bytes go out as they lie in the file.
_config.STORE_SEND_CHUNKED_DATASET = True
CONTEXTS_PER_ASSOCIATION = 128


def sendable(folder):
    """(path, SOP class, transfer syntax) of one file for each SOP Instance UID."""
    seen = set()
    for root, _, names in os.walk(folder):
        for name in sorted(names):
            path = os.path.join(root, name)
            with open(path, "rb") as file:
                if file.read(132)[128:] != b"DICM":
                    continue
            try:
                meta = dcmread(path, stop_before_pixels=True, force=True).file_meta
                sop_class, instance = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
                syntax = meta.TransferSyntaxUID
            except Exception:
                continue
            # Media Storage Directory is for media alone.
            if not sop_class or sop_class == "1.2.840.10008.1.3.10" or not instance or instance in seen:
                continue
            seen.add(instance)
            yield path, sop_class, syntax


def main():
    port, folder = int(sys.argv[1]), sys.argv[2]
    files = list(sendable(folder))
    pairs = sorted({(sop_class, syntax) for _, sop_class, syntax in files})
    for start in range(0, len(pairs), CONTEXTS_PER_ASSOCIATION):
        part = pairs[start:start + CONTEXTS_PER_ASSOCIATION]
        ae = AE(ae_title="PYNETDICOM")
        ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 300
        for sop_class, syntax in part:
            ae.add_requested_context(sop_class, syntax)
        association = ae.associate("127.0.0.1", port, ae_title="OUTPOST")
        if not association.is_established:
            sys.exit("no association")
        accepted = {(c.abstract_syntax, c.transfer_syntax[0]) for c in association.accepted_contexts}
        for path, sop_class, syntax in files:
            if (sop_class, syntax) in accepted:
                status = association.send_c_store(path)
                print("%04X" % status.Status if status else "none", path)
            elif (sop_class, syntax) in part:
                print("----", path)
        association.release()


main()
