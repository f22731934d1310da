# shellcheck shell=bash
# What the image's scripts share: where things are, and how they speak. Sourced, never run.

. "$(dirname "${BASH_SOURCE[0]}")/toolchain/common.sh"
imageScripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# shellcheck disable=SC2034 # used by those that source this
{
    # Debian's release, and its parts that an image is made of. Updates and security come first where versions differ.
    suites=(trixie trixie-updates trixie-security)
    manifest=$imageScripts/manifest.txt
    # Downloaded packages, and root file systems made of them: kept, since both take minutes.
    packageCache=$cache/image/packages
    baseCache=$cache/image/base
    # What a build makes, and where it works.
    output=${OUTPOST_IMAGE_OUTPUT:-$checkout/.build/image}
    work=$output/work
}

# The entries of a data file: neither comments nor empty lines.
entries() { sed -e 's/[[:space:]]*#.*//' -e '/^$/d' "$1"; }

# The seconds since 1970 that all files of the image get as their time: the newest of Debian's release files in the manifest.
sourceDate() { awk '$1 == "date" { print $2 }' "$manifest"; }

# The manifest's packages of one kind (`installed`, `unpacked`, `licence`), or all: name, version, architecture, SHA-256.
manifestPackages() { awk -v kind="${1:-}" 'NF == 5 && !/^#/ && (kind == "" || $5 == kind) { print $1, $2, $3, $4 }' "$manifest"; }

# The file that a package has in the cache. A version may hold a colon, which apt writes as %3a.
packageFile() { printf '%s/%s_%s_%s.deb\n' "$packageCache" "$1" "${2//:/%3a}" "$3"; }

# The digest of a purpose and the image's version: where a format wants something random, this is the same each time.
seed() { printf '%s' "outpost $version $1" | sha256sum | cut -d ' ' -f 1; }

# The same as a UUID (version 8, RFC 9562).
uuid() {
    local digest
    digest=$(seed "$1")
    printf '%s-%s-8%s-8%s-%s\n' "${digest:0:8}" "${digest:8:4}" "${digest:12:3}" "${digest:15:3}" "${digest:18:12}"
}
