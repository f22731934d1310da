"""Compares data sets that were re-encoded with the files that they came from, as pydicom reads both.

Usage: python compare.py LIST, whose lines hold an original's path, a tab, and a copy's path. Writes a line for each
difference, and at the end how many images and elements were compared.
"""

import logging
import sys

import numpy as np
from pydicom import config, dcmread
from pydicom.filewriter import correct_ambiguous_vr

WORD = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}
compared = 0
pictures = 0


def stored(value, representation: str, little: bool):
    """Other data has no meaning to pydicom: it gives the bytes as they are stored, here as in little endian."""
    size = WORD.get(representation)
    if not isinstance(value, bytes) or little or size is None:
        return value
    return b"".join(value[start:start + size][::-1] for start in range(0, len(value), size))


def differences(left, right, left_little: bool, right_little: bool, implicit: bool, path: str):
    global compared
    left_tags = [tag for tag in left.keys() if tag & 0xFFFF]
    right_tags = list(right.keys())
    if sorted(left_tags) != right_tags:
        yield f"{path}: other elements: {set(left_tags) ^ set(right_tags)}"
        return
    for tag in right_tags:
        compared += 1
        here = f"{path}{tag}"
        first, second = left[tag], right[tag]
        if "SQ" in (first.VR, second.VR):
            if first.VR != second.VR or len(first.value) != len(second.value):
                yield f"{here}: other items"
                continue
            for index, pair in enumerate(zip(first.value, second.value)):
                yield from differences(*pair, left_little, right_little, implicit, f"{here}[{index}]/")
            continue
        # What is unknown, or private in Implicit VR, keeps only its bytes; pydicom guesses for some vendors.
        unknown = "UN" in (first.VR, second.VR) or tag.is_private and implicit
        # Eight-bit pixels are words in Implicit VR and may be bytes elsewhere (PS3.5 A.1, A.2).
        bytewise = {first.VR, second.VR} == {"OW", "OB"} and left.get("BitsAllocated", 16) <= 8
        if first.VR != second.VR and not unknown and not bytewise:
            yield f"{here}: {first.VR} became {second.VR}"
        values = stored(first.value, first.VR, left_little), stored(second.value, second.VR, right_little)
        if values[0] != values[1] and not unknown:
            yield f"{here}: another value"


def pixel_difference(left, right) -> bool:
    """Whether both have pixels that pydicom can decode, and other ones."""
    global pictures
    try:
        pixels = left.pixel_array
    except Exception:  # Some files hold none, or too few.
        return False
    pictures += 1
    return not np.array_equal(pixels, right.pixel_array)


def read(path: str):
    dataset = dcmread(path)
    implicit, little = dataset.original_encoding
    if implicit:
        correct_ambiguous_vr(dataset, True)
    return dataset, little, implicit


def main() -> None:
    logging.disable(logging.CRITICAL)
    # What is written as unknown is not swapped, so pydicom must not read numbers out of it.
    config.replace_un_with_known_vr = False
    for line in open(sys.argv[1]):
        original, copy = line.rstrip("\n").split("\t")
        try:
            left, left_little, left_implicit = read(original)
            right, right_little, right_implicit = read(copy)
            implicit = left_implicit or right_implicit
            for difference in differences(left, right, left_little, right_little, implicit, ""):
                print(f"{original} {copy} {difference}")
            if pixel_difference(left, right):
                print(f"{original} {copy} other pixels")
        except Exception as error:
            print(f"{original} {copy} {type(error).__name__} {error}")
    print(f"pictures {pictures}")
    print(f"compared {compared}")


if __name__ == "__main__":
    main()
