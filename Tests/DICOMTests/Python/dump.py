"""Writes what pydicom reads from files, one element a line, for comparison.

Usage: python dump.py FILE...

A line is: path of tags and items, VR, kind, and what tells values apart: for bytes their count and some of them, for
fragments their lengths, for numbers the numbers. Where pydicom has replaced the bytes already, it says `other`.
"""

import logging
import struct
import sys

from pydicom import dcmread
from pydicom.dataelem import RawDataElement
from pydicom.encaps import generate_fragments
from pydicom.filewriter import correct_ambiguous_vr

NUMBERS = {"US", "SS", "UL", "SL", "UV", "SV", "IS"}
DECIMALS = {"FL", "FD", "DS"}


def values(element):
    value = element.value
    if value is None or value == "":
        return []
    return list(value) if element.VM > 1 else [value]


def numbers(element) -> str:
    try:
        if element.VR in NUMBERS:
            return ",".join(str(int(value)) for value in values(element))
        if element.VR in DECIMALS:
            return ",".join(struct.pack(">d", float(value)).hex() for value in values(element))
    except (TypeError, ValueError):
        pass
    return ""


def dump(raw, resolved, path: str) -> None:
    for tag in sorted(raw.keys()):
        here = f"{path}{tag:08X}"
        stored = raw.get_item(tag)
        explicit = isinstance(stored, RawDataElement) and stored.VR not in (None, "UN")
        element = resolved[tag]
        representation = stored.VR if explicit else element.VR
        if isinstance(stored, RawDataElement) and stored.VR == "UN" and element.VR != "SQ":
            representation = "UN"
        if element.VR == "SQ" and representation != "UN":
            items = raw[tag].value
            print(f"{here} SQ items {len(items)}")
            for index, (item, other) in enumerate(zip(items, element.value)):
                dump(item, other, f"{here}[{index}]/")
            continue
        value = (stored.value or b"") if isinstance(stored, RawDataElement) else None
        if value is not None and stored.length == 0xFFFFFFFF:
            lengths = [len(fragment) for fragment in generate_fragments(value)]
            print(f"{here} {representation} fragments {lengths}".replace(", ", ","))
        elif value is not None:
            shown = value if len(value) <= 64 else value[:32] + value[-32:]
            text = numbers(element) if representation == element.VR else ""
            print(f"{here} {representation} bytes {len(value)}:{shown.hex()} {text}")
        else:
            print(f"{here} {representation} other")


def main() -> None:
    logging.disable(logging.CRITICAL)
    for path in sys.argv[1:]:
        print(f"file {path}")
        try:
            raw = dcmread(path)
            resolved = dcmread(path)
            if resolved.original_encoding[0]:
                correct_ambiguous_vr(resolved, True)
            dump(raw, resolved, "")
        except Exception as error:  # Some files are made to be unreadable.
            print(f"failed {type(error).__name__}")


if __name__ == "__main__":
    main()
