"""Runs a program for aarch64 under QEMU with the counting plugin, and reads what it counted."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Processor:
    name: str
    emulated: str
    """What QEMU calls it."""
    part: int
    """The part number of its main identification register, by which libraries for aarch64 tell processors apart."""
    per_instruction: int
    """Multiply-accumulates of its widest instruction for 8-bit values: nothing runs in fewer instructions than the
    network's multiply-accumulates by this."""
    has_caches: bool = False
    """Whether its caches are modelled too."""


PROCESSORS = [
    Processor("cortex-a72", "cortex-a72", 0xD08, 8),
    Processor("cortex-a76", "cortex-a76", 0xD0B, 16, has_caches=True),
    Processor("i8mm", "max,sve=off,sme=off", 0xD47, 32),
]

KINDS = ["dot", "matrix", "widen8", "widen16", "pairwise", "multiply", "float", "vectorLoad", "vectorStore",
         "vectorOther", "scalarLoad", "scalarStore", "branch", "scalable", "scalar"]


class CountingError(Exception):
    pass


def count(tools, processor, command, environment=None):
    """The counts of each interval between calls of getppid(): a list of kind → number, the part before the first call
    left out. `tools`: the folder of prepare-arm."""
    _write_cpuinfo(tools / "root", processor)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "counts"
        plugin = f"{tools / 'counter.so'},out={report}" + (f",cache={processor.name}" if processor.has_caches else "")
        emulator = ["qemu-aarch64", "-cpu", processor.emulated, "-L", str(tools / "root"), "-plugin", plugin]
        result = subprocess.run([*emulator, *map(str, command)], env=environment, capture_output=True, text=True)
        if result.returncode != 0:
            raise CountingError(result.stderr.strip().splitlines()[-1] if result.stderr.strip() else
                                f"it ended with {result.returncode}")
        return [json.loads(line) for line in report.read_text().splitlines()[1:]]


def _write_cpuinfo(root, processor):
    """In place of the emulating machine's. What the processor can do, libraries ask of the kernel (AT_HWCAP)."""
    (root / "proc" / "cpuinfo").write_text(
        "processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU architecture: 8\n"
        f"CPU variant\t: 0x0\nCPU part\t: {processor.part:#x}\nCPU revision\t: 3\n\n")
