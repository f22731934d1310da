"""Debian's packages as components of the bill of materials."""

import pathlib
import re
import urllib.parse

# Of the packages that are not installed, those of which something is in the image: the kernel, and the RAM disk's shell.
_BUILD_ONLY = {"systemd-ukify"}


def components(
    status: pathlib.Path, manifest: pathlib.Path, documents: pathlib.Path, unpacked: pathlib.Path
) -> list[dict]:
    """All packages of the image, each with the digest of its .deb and the licences its copyright file names."""
    rows = [line.split() for line in manifest.read_text().splitlines() if line[:1] not in "#" and len(line.split()) == 5]
    digests = {(name, version, architecture): digest for name, version, architecture, digest, _ in rows}
    installed = {(entry["Package"], entry["Version"], entry["Architecture"]) for entry in stanzas(status)}
    taken = {
        (name, version, architecture)
        for name, version, architecture, _, kind in rows
        if kind == "unpacked" and name not in _BUILD_ONLY
    }
    return [
        _component(key, digests[key], _licences(key[0], documents) or _licences(key[0], unpacked / "usr/share/doc"))
        for key in sorted(installed | taken)
    ]


def stanzas(status: pathlib.Path) -> list[dict[str, str]]:
    """The entries of a dpkg status file, with their one-line fields."""
    entries = []
    for stanza in status.read_text(encoding="utf-8").split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z-]+): (.*)$", stanza, re.MULTILINE))
        if "Package" in fields and "Version" in fields:
            entries.append(fields)
    return entries


def _component(key: tuple[str, str, str], digest: str, licences: list[str]) -> dict:
    name, version, architecture = key
    reference = f"pkg:deb/debian/{urllib.parse.quote(name)}@{urllib.parse.quote(version)}?arch={architecture}&distro=trixie"
    component = {
        "type": "library",
        "bom-ref": reference,
        "name": name,
        "version": version,
        "purl": reference,
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }
    if licences:
        component["licenses"] = [{"license": {"name": licence}} for licence in licences]
    return component


def _licences(name: str, documents: pathlib.Path) -> list[str]:
    """The short names in a machine-readable copyright file; older files have free text, which is in the image."""
    path = documents / name / "copyright"
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    return sorted({found.strip() for found in re.findall(r"^License:[ \t]*(\S.*)$", text, re.MULTILINE)})
