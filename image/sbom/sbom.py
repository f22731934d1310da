"""Writes the image's bill of materials (CycloneDX 1.6, JSON) and puts the licences' texts beside it.

What is listed: Debian's packages in the root file system, those whose files are taken without installing them, the Swift
packages of the program, and the C libraries linked into it. Everything is a function of the inputs, so that the same image
has the same bill.
"""

import argparse
import datetime
import json
import pathlib
import shutil
import uuid

import debian
import program


def arguments() -> argparse.Namespace:
    """The paths it works on."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--version", required=True, help="the image's version")
    parser.add_argument("--date", type=int, required=True, help="seconds since 1970")
    parser.add_argument("--tree", type=pathlib.Path, required=True, help="the root file system's folder")
    parser.add_argument("--status", type=pathlib.Path, required=True, help="dpkg's list of installed packages")
    parser.add_argument("--manifest", type=pathlib.Path, required=True, help="manifest.txt")
    parser.add_argument("--unpacked", type=pathlib.Path, required=True, help="where the packages not installed lie")
    parser.add_argument("--checkout", type=pathlib.Path, required=True, help="the program's sources")
    parser.add_argument("--toolchain", type=pathlib.Path, required=True, help="dpkg's list of the toolchain")
    parser.add_argument("--codecs", type=pathlib.Path, required=True, help="the codecs' headers")
    return parser.parse_args()


def main() -> None:
    """Writes the bill, the licences, and says how much there is of each kind."""
    paths = arguments()
    documents = paths.tree / "usr/share/doc"
    licences = documents / "outpost/licences"
    shutil.rmtree(licences, ignore_errors=True)
    licences.mkdir(parents=True)

    parts = {
        "Debian packages": debian.components(paths.status, paths.manifest, documents, paths.unpacked),
        "Swift packages": program.swift_packages(paths.checkout, licences),
        "static libraries": program.static_libraries(
            paths.toolchain, paths.codecs, [documents, paths.unpacked / "usr/share/doc"], licences
        ),
    }
    components = sorted((part for kind in parts.values() for part in kind), key=lambda part: part["bom-ref"])
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, f"outpost:{paths.version}:{paths.date}").urn,
        "version": 1,
        "metadata": {
            "timestamp": datetime.datetime.fromtimestamp(paths.date, datetime.timezone.utc).isoformat(),
            "component": {
                "type": "operating-system",
                "bom-ref": "outpost-image",
                "name": "outpost-image",
                "version": paths.version,
            },
        },
        "components": components,
        "dependencies": [{"ref": "outpost-image", "dependsOn": [part["bom-ref"] for part in components]}],
    }
    target = paths.tree / "usr/share/outpost/sbom.cdx.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill, indent=1, sort_keys=True) + "\n")
    print(", ".join(f"{len(kind)} {name}" for name, kind in parts.items()))


if __name__ == "__main__":
    main()
