"""Makes images in the encodings that pydicom's own files lack, from real pictures among them, and decodes them.

Usage: made_files.py FOLDER; prints JSON. What is made losslessly is compared with the samples it was made from.
"""

import json
import os
import subprocess
import sys

import imagecodecs
import numpy as np
import pydicom
from pydicom import uid
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.pixels import pixel_array

from peer import Peer

FILES = os.path.join(os.path.dirname(pydicom.__file__), "data", "test_files")


def blank(array, interpretation="MONOCHROME2", stored=None, allocated=None, frames=None, big=False):
    """A data set for native [frames,] rows, columns[, samples]."""
    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = uid.ExplicitVRBigEndian if big else uid.ExplicitVRLittleEndian
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = uid.SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    samples = 3 if array.shape[-1] == 3 else 1
    shape = array.shape[: array.ndim - (samples == 3)]
    dataset.Rows, dataset.Columns = shape[-2:]
    dataset.SamplesPerPixel = samples
    dataset.PhotometricInterpretation = interpretation
    dataset.BitsAllocated = allocated or array.dtype.itemsize * 8
    dataset.BitsStored = stored or dataset.BitsAllocated
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(array.dtype.kind == "i")
    if samples == 3:
        dataset.PlanarConfiguration = 0
    if len(shape) == 3:
        dataset.NumberOfFrames = shape[0]
    set_bytes(dataset, array.astype(array.dtype.newbyteorder(">" if big else "<")).tobytes())
    return dataset


def set_bytes(dataset, data):
    dataset.PixelData = data + b"\0" * (len(data) % 2)
    dataset["PixelData"].VR = "OB" if dataset.BitsAllocated <= 8 else "OW"


class Made:
    def __init__(self, folder):
        self.folder = folder
        self.peer = Peer(folder)
        self.entries = []

    def save(self, name, dataset):
        path = os.path.join(self.folder, name + ".dcm")
        syntax = dataset.file_meta.TransferSyntaxUID
        pydicom.dcmwrite(
            path, dataset, enforce_file_format=True, implicit_vr=syntax.is_implicit_VR,
            little_endian=syntax.is_little_endian)
        return path

    def add(self, name, dataset, stored=None):
        """With `stored` as the truth, or else what the peer's decoder says."""
        self.compare(self.save(name, dataset), stored)

    def compare(self, path, stored=None):
        entry = self.peer.describe(path)
        if entry["problem"] and stored is None:
            raise SystemExit(f"{path}: {entry['problem']}")
        if stored is not None:
            entry |= {"stored": self.peer.write(stored.astype(np.int64)), "problem": None, "decoder": "truth"}
        self.entries.append(entry)

    def add_with_tool(self, name, dataset, stored, tool, *options):
        source = self.save("source", dataset)
        path = os.path.join(self.folder, name + ".dcm")
        subprocess.run([tool, *options, source, path], check=True, capture_output=True)
        self.compare(path, stored)


def pictures():
    signed = pixel_array(os.path.join(FILES, "MR_small.dcm"))
    wide = pixel_array(os.path.join(FILES, "examples_overlay.dcm"))
    colors = pixel_array(os.path.join(FILES, "examples_rgb_color.dcm"))
    return signed, wide.astype("u2"), colors


def native(made, signed, wide, colors):
    random = np.random.default_rng(1)
    for big in (False, True):
        end = "big" if big else "little"
        made.add(f"signed-{end}", blank(signed, big=big))
        made.add(f"bytes-{end}", blank((wide >> 4).astype("u1"), big=big))
        made.add(f"frames-{end}", blank(np.stack([wide, wide.T.reshape(wide.shape), wide[::-1]]), stored=12, big=big))
        made.add(f"colors-{end}", blank(colors, "RGB", big=big))
        made.add(f"colors16-{end}", blank(colors.astype("u2") * 257, "RGB", big=big))
        longs = random.integers(-(2**31), 2**31, (7, 5)).astype("i4")
        made.add(f"longs-{end}", blank(longs, big=big))
        # Bytes as words: an odd frame, so that neighbours cross the frames' border.
        packed = random.integers(0, 256, (3, 3, 5)).astype("u1")
        dataset = blank(packed, big=big)
        data = packed.tobytes() + b"\0"
        dataset.PixelData = np.frombuffer(data, "u2").byteswap().tobytes() if big else data
        dataset["PixelData"].VR = "OW"
        made.add(f"bytes-in-words-{end}", dataset, packed)
    # Noise in the bits that are not stored.
    for name, kind, allocated, stored, high in [("12 of 16", "i2", 16, 12, 13), ("5 of 8", "u1", 8, 5, 6)]:
        values = random.integers(0, 2**stored, (9, 7))
        noise = random.integers(0, 2**allocated, (9, 7))
        shift = high + 1 - stored
        mask = (2**stored - 1) << shift
        dataset = blank(((values << shift) | (noise & ~mask)).astype(f"u{allocated // 8}"), stored=stored)
        dataset.HighBit = high
        if kind[0] == "i":
            dataset.PixelRepresentation = 1
            values = np.where(values >= 2 ** (stored - 1), values - 2**stored, values)
        made.add(f"noise {name}", dataset, values)
    bits = random.integers(0, 2, (3, 5, 7)).astype("u1")
    dataset = blank(bits, stored=1, allocated=1)
    dataset.PixelData = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    set_bytes(dataset, dataset.PixelData)
    made.add("bits", dataset, bits)
    for interpretation in ("RGB", "YBR_FULL"):
        dataset = blank(colors, interpretation)
        dataset.PlanarConfiguration = 1
        set_bytes(dataset, colors.transpose(2, 0, 1).tobytes())
        made.add(f"planar-{interpretation}", dataset)
    shared = random.integers(0, 256, (2, 4, 6, 2)).astype("u1")
    # Y Y Cb Cr for two neighbours.
    pairs = np.stack([shared[..., 0::2, 0], shared[..., 1::2, 0], shared[..., 0::2, 1], shared[..., 1::2, 1]], -1)
    dataset = blank(np.zeros((2, 4, 6, 3), "u1"), "YBR_FULL_422")
    set_bytes(dataset, pairs.tobytes())
    made.add("shared-differences", dataset)
    spread = blank(colors, "YBR_FULL_422")
    made.add("spread-differences", spread, colors)


def palettes(made):
    random = np.random.default_rng(2)
    for name, kind, bits, first, count in [
        ("bytes", "u1", 8, 0, 256), ("words", "u1", 16, 3, 200), ("signed", "i2", 16, -100, 150),
        ("whole", "u2", 16, 0, 65536), ("outside", "u1", 8, 100, 20),
    ]:
        low, high = (0, 256) if kind == "u1" else (-200, 200) if kind == "i2" else (0, 65536)
        dataset = blank(random.integers(low, high, (20, 30)).astype(kind), "PALETTE COLOR")
        for color in ("Red", "Green", "Blue"):
            table = random.integers(0, 2**bits, count).astype("u1" if bits == 8 else "u2")
            descriptor = [count % 65536, first, bits]
            tag = f"{color}PaletteColorLookupTableDescriptor"
            dataset.add_new(pydicom.tag.Tag(tag), "SS" if first < 0 else "US", descriptor)
            setattr(dataset, f"{color}PaletteColorLookupTableData", table.tobytes())
        made.add(f"palette-{name}", dataset)
    dataset = blank(np.arange(256, dtype="u1").reshape(16, 16), "PALETTE COLOR")
    segments = {
        "Red": [0, 2, 0, 100, 1, 254, 65000],
        "Green": [0, 1, 5000, 1, 127, 60000, 0, 1, 9, 1, 127, 100],
        # A copy of the first two segments; offsets are in bytes of the data.
        "Blue": [0, 1, 40, 1, 127, 3000, 2, 2, 0, 0],
    }
    for color, words in segments.items():
        setattr(dataset, f"{color}PaletteColorLookupTableDescriptor", [256, 0, 16])
        data = np.array(words, "<u2").tobytes()
        setattr(dataset, f"Segmented{color}PaletteColorLookupTableData", data)
    made.add("palette-segmented", dataset)


def compressed(made, signed, wide, colors):
    frames = np.stack([wide, wide[::-1], wide[:, ::-1]])
    for value in range(1, 8):
        made.add_with_tool(
            f"lossless-{value}", blank(frames, stored=12), frames, "dcmcjpeg", "+el", "+sv", str(value))
    made.add_with_tool("lossless-sv1", blank(frames, stored=12), frames, "dcmcjpeg", "+e1")
    # Differences of sixteen bits.
    full = (wide.astype("u4") * 0x9E37 & 0xFFFF).astype("u2")
    made.add_with_tool("lossless-16", blank(full), full, "dcmcjpeg", "+e1")
    made.add_with_tool("lossless-signed", blank(signed), signed, "dcmcjpeg", "+e1")
    made.add_with_tool("lossless-colors", blank(colors, "RGB"), colors, "dcmcjpeg", "+e1")
    made.add_with_tool("lossless-fragments", blank(frames, stored=12), frames, "dcmcjpeg", "+e1", "+fs", "4")
    made.add_with_tool("extended-12", blank(frames, stored=12), None, "dcmcjpeg", "+ee")
    made.add_with_tool("baseline", blank((frames >> 4).astype("u1")), None, "dcmcjpeg", "+eb")
    for name, dataset, truth in [
        ("12", blank(frames, stored=12), frames), ("16", blank(full), full), ("signed", blank(signed), signed),
        ("colors", blank(colors, "RGB"), colors),
    ]:
        made.add_with_tool(f"jpeg-ls-{name}", dataset, truth, "dcmcjpls", "+el")
        made.add_with_tool(f"run-length-{name}", dataset, truth, "dcmcrle")
    made.add_with_tool("jpeg-ls-near", blank(frames, stored=12), None, "dcmcjpls", "+en")
    for name, dataset, truth in [
        ("12", blank(frames, stored=12), frames), ("16", blank(full), full), ("signed", blank(signed), signed),
        ("colors", blank(colors, "RGB"), colors),
    ]:
        dataset.compress(uid.JPEG2000Lossless, encoding_plugin="pylibjpeg", generate_instance_uid=False)
        made.add(f"jpeg-2000-{name}", dataset, truth)
    # The size of a radiograph, which must not be taken for a bomb.
    large = np.kron(wide, np.ones((8, 5), "u2"))
    dataset = blank(large, stored=12)
    dataset.compress(uid.JPEG2000Lossless, encoding_plugin="pylibjpeg", generate_instance_uid=False)
    made.add("jpeg-2000-large", dataset, large)
    dataset = blank(colors, "YBR_RCT")
    dataset.file_meta.TransferSyntaxUID = uid.JPEG2000Lossless
    dataset.PixelData = encapsulate([imagecodecs.jpeg2k_encode(colors, reversible=True, mct=True, codecformat="j2k")])
    made.add("jpeg-2000-transform", dataset, colors)
    for transform in (False, True):
        dataset = blank(colors, "YBR_ICT" if transform else "RGB")
        dataset.file_meta.TransferSyntaxUID = uid.JPEG2000
        stream = imagecodecs.jpeg2k_encode(colors, level=35, reversible=False, mct=transform, codecformat="j2k")
        dataset.PixelData = encapsulate([stream])
        made.add(f"jpeg-2000-lossy-{transform}", dataset)
    for name, array, syntax in [
        ("12", wide, uid.HTJ2KLossless), ("16", full, uid.HTJ2KLosslessRPCL), ("signed", signed, uid.HTJ2KLossless),
        ("colors", colors, uid.HTJ2KLossless),
    ]:
        dataset = blank(array, "YBR_RCT" if array.ndim == 3 else "MONOCHROME2")
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.PixelData = encapsulate([imagecodecs.htj2k_encode(array, reversible=True)])
        made.add(f"high-throughput-{name}", dataset, array)


def fragmented(made, wide):
    """Each way to say which fragments make a frame."""
    frames = [wide, wide[::-1], wide[:, ::-1]]
    streams = [imagecodecs.jpegls_encode(np.ascontiguousarray(frame)) for frame in frames]
    for parts in (1, 3):
        for has_table in (False, True):
            dataset = blank(np.stack(frames), stored=12)
            dataset.file_meta.TransferSyntaxUID = uid.JPEGLSLossless
            dataset.PixelData = encapsulate(streams, fragments_per_frame=parts, has_bot=has_table)
            made.add(f"fragments-{parts}-{has_table}", dataset, np.stack(frames))
    dataset = blank(np.stack(frames), stored=12)
    dataset.file_meta.TransferSyntaxUID = uid.JPEGLSLossless
    dataset.PixelData, dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = encapsulate_extended(streams)
    made.add("fragments-extended", dataset, np.stack(frames))


def main(folder):
    made = Made(folder)
    signed, wide, colors = pictures()
    native(made, signed, wide, colors)
    palettes(made)
    compressed(made, signed, wide, colors)
    fragmented(made, wide)
    print(json.dumps(made.entries))


if __name__ == "__main__":
    main(sys.argv[1])
