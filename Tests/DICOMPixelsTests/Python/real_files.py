"""Decodes every image that pydicom's wheel brings along. Usage: real_files.py FOLDER; prints JSON."""

import json
import os
import sys

import pydicom

from peer import Peer


def main(folder):
    peer = Peer(folder)
    root = os.path.join(os.path.dirname(pydicom.__file__), "data", "test_files")
    paths = sorted(os.path.join(where, name) for where, _, names in os.walk(root) for name in names)
    print(json.dumps([entry for entry in map(peer.describe, paths) if entry]))


if __name__ == "__main__":
    main(sys.argv[1])
