"""What the program is made of, as components of the bill of materials: Swift packages, and C libraries linked into it."""

import json
import pathlib
import re
import shutil
import urllib.parse

import debian

_LIST = pathlib.Path(__file__).with_name("static-libraries")
# How the licences of the Swift packages begin, and what SPDX calls them.
_BEGINNINGS = [
    (r"Apache License\s+Version 2\.0", "Apache-2.0"),
    (r"Permission is hereby granted, free of charge", "MIT"),
]


def swift_packages(checkout: pathlib.Path, licences: pathlib.Path) -> list[dict]:
    """The packages that the build resolved, with the licences from their sources."""
    pins = json.loads((checkout / "Package.resolved").read_text())["pins"]
    return [_swift_package(pin, checkout, licences) for pin in sorted(pins, key=lambda pin: pin["identity"])]


def _swift_package(pin: dict, checkout: pathlib.Path, licences: pathlib.Path) -> dict:
    name = pin["identity"]
    address = urllib.parse.urlparse(pin["location"])
    path = (address.netloc + address.path).removesuffix(".git")
    version = pin["state"].get("version") or pin["state"]["revision"]
    reference = f"pkg:swift/{path}@{version}"
    sources = _sources(checkout, pin["location"])
    texts = [file for file in sorted(sources.iterdir()) if re.match(r"(licen[cs]e|notice)", file.name, re.IGNORECASE)]
    for text in texts:
        (licences / name).mkdir(exist_ok=True)
        shutil.copyfile(text, licences / name / text.name)
    whole = "\n".join(text.read_text(encoding="utf-8", errors="replace") for text in texts)
    found = [licence for beginning, licence in _BEGINNINGS if re.search(beginning, whole)]
    if not found:
        raise SystemExit(f"sbom: no licence is known for the Swift package {name}: look at {sources} and add it")
    return {
        "type": "library",
        "bom-ref": reference,
        "name": name,
        "version": version,
        "purl": reference,
        "licenses": [{"license": {"id": found[0]}}],
        "properties": [{"name": "revision", "value": pin["state"]["revision"]}],
    }


def _sources(checkout: pathlib.Path, location: str) -> pathlib.Path:
    """Where a build has put the package's sources."""
    name = pathlib.PurePosixPath(urllib.parse.urlparse(location).path).name.removesuffix(".git")
    for build in [".build/appliance-build", ".build"]:
        folder = checkout / build / "checkouts" / name
        if folder.is_dir():
            return folder
    raise SystemExit(f"sbom: the sources of the Swift package {name} are not there; run 'make appliance' first")


def static_libraries(
    toolchain: pathlib.Path, codecs: pathlib.Path, documents: list[pathlib.Path], licences: pathlib.Path
) -> list[dict]:
    """The C libraries in the program, and the Swift runtime. A library that the toolchain does not have is not linked."""
    versions = {
        f"{entry['Package']}:{entry['Architecture']}": entry["Version"] for entry in debian.stanzas(toolchain)
    }
    components = []
    for line in _LIST.read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        name, source, rest = line.split(None, 2)
        licence, text = rest.rsplit(None, 1)
        kind, place = source.split(":", 1)
        version = versions.get(place) if kind == "debian" else _header_version(codecs, *place.split(":"))
        if version is None:
            continue
        if text != "-":
            shutil.copyfile(_copyright(text, documents), licences / f"{name}.copyright")
        reference = f"pkg:generic/{urllib.parse.quote(name)}@{urllib.parse.quote(version)}"
        components.append(
            {
                "type": "library",
                "bom-ref": reference,
                "name": name,
                "version": version,
                "purl": reference,
                "licenses": [{"expression": licence.strip()}],
            }
        )
    return components


def _header_version(codecs: pathlib.Path, header: str, macros: str) -> str:
    text = (codecs / header).read_text()
    parts = []
    for macro in macros.split(","):
        found = re.search(rf"^#\s*define\s+{macro}\s+([0-9.]+)", text, re.MULTILINE)
        if found is None:
            raise SystemExit(f"sbom: {header} does not define {macro}")
        parts.append(found[1])
    return ".".join(parts)


def _copyright(package: str, documents: list[pathlib.Path]) -> pathlib.Path:
    for folder in documents:
        path = folder / package / "copyright"
        if path.is_file():
            return path
    raise SystemExit(f"sbom: no licence text: the package {package} is neither installed nor unpacked")
