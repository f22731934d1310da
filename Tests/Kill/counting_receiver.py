#!/usr/bin/env python3
"""A PACS that keeps nothing and counts everything: it answers each C-STORE with success and writes down what it was.

The journal has one line of JSON for each C-STORE, repeats included. A line is in the kernel's hands before the answer
leaves, so that it outlives the process: what a killed receiver may have answered is always in its journal.
"""

import argparse
import hashlib
import json
import os
import signal
import threading
import time

from pynetdicom import ALL_TRANSFER_SYNTAXES, AE, AllStoragePresentationContexts, evt
from pynetdicom.sop_class import Verification

SUCCESS = 0x0000
ASSOCIATIONS = 32


def serve(port, title, journal, syntaxes):
    file = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def store(event):
        line = {
            "time": time.monotonic(), "uid": event.request.AffectedSOPInstanceUID,
            "syntax": event.context.transfer_syntax,
            "sha256": hashlib.sha256(event.request.DataSet.getvalue()).hexdigest()}
        os.write(file, (json.dumps(line) + "\n").encode())
        return SUCCESS

    entity = AE(ae_title=title)
    entity.maximum_associations = ASSOCIATIONS
    entity.add_supported_context(Verification)
    for context in AllStoragePresentationContexts:
        entity.add_supported_context(context.abstract_syntax, syntaxes)
    return entity.start_server(("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_C_STORE, store)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--title", required=True)
    parser.add_argument("--journal", required=True)
    parser.add_argument("--syntax", action="append", help="take only this transfer syntax; may be repeated")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server = serve(options.port, options.title, options.journal, options.syntax or ALL_TRANSFER_SYNTAXES)
    stop.wait()
    server.shutdown()


if __name__ == "__main__":
    main()
