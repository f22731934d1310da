"""What pydicom and its decoders make of a file, as arrays of int32 in files: the peer of our own decoding."""

import os
import subprocess
import warnings

import numpy as np
import pydicom
import pydicom.pixels
from pydicom import uid
from pydicom.pixels.processing import apply_color_lut

warnings.simplefilter("ignore")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

# Pillow and dcmtk are built on the IJG's integer DCT, as libjpeg-turbo is, so that even lossy JPEG must agree to the
# last bit. pylibjpeg's libjpeg has another DCT.
PLUGINS = {
    uid.JPEGBaseline8Bit: "pillow",
    uid.JPEGExtended12Bit: "dcmtk",
    uid.JPEGLossless: "pylibjpeg",
    uid.JPEGLosslessSV1: "pylibjpeg",
    uid.JPEGLSLossless: "pyjpegls",
    uid.JPEGLSNearLossless: "pyjpegls",
    uid.JPEG2000Lossless: "pylibjpeg",
    uid.JPEG2000: "pylibjpeg",
    uid.HTJ2KLossless: "pylibjpeg",
    uid.HTJ2KLosslessRPCL: "pylibjpeg",
    uid.HTJ2K: "pylibjpeg",
    uid.RLELossless: "pydicom",
}


class Peer:
    """Writes arrays into a folder, one file each, and describes files by them."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    def write(self, array):
        """The name of a file of little-endian int32, or None where a value does not fit."""
        array = np.ascontiguousarray(array)
        if array.min() < -(2**31) or array.max() >= 2**31:
            return None
        self.count += 1
        name = os.path.join(self.folder, f"{self.count}.int32")
        array.astype("<i4").tofile(name)
        return name

    def decompressed(self, path):
        """The file through dcmtk, which also decodes JPEG of 12 bits."""
        self.count += 1
        name = os.path.join(self.folder, f"{self.count}.dcm")
        subprocess.run(["dcmdjpeg", path, name], check=True, capture_output=True)
        return pydicom.dcmread(name)

    def describe(self, path):
        """None where pydicom sees no image; `problem` where it does and cannot decode it."""
        try:
            dataset = pydicom.dcmread(path)
            syntax = dataset.file_meta.TransferSyntaxUID
        except Exception:
            return None
        if "PixelData" not in dataset or "Rows" not in dataset:
            return None
        plugin = PLUGINS.get(syntax, "")
        entry = {"path": path, "syntax": str(syntax), "decoder": plugin or "numpy", "problem": None}
        try:
            if plugin == "dcmtk":
                plugin, dataset = "", self.decompressed(path)
            stored = pydicom.pixels.pixel_array(dataset, raw=True, decoding_plugin=plugin)
        except Exception as error:
            entry["problem"] = f"{type(error).__name__}: {error}"
            return entry
        entry["stored"] = self.write(stored.astype(np.int64))
        if dataset.SamplesPerPixel == 3:
            colors = pydicom.pixels.pixel_array(dataset, decoding_plugin=plugin)
            if colors.dtype == np.uint8:
                entry["rgb"] = self.write(colors)
        elif dataset.PhotometricInterpretation == "PALETTE COLOR":
            entry["rgb"] = self.write(apply_color_lut(stored, dataset))
        return entry
