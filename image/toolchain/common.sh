# shellcheck shell=bash
# What the toolchain's scripts share: where things are, and how they speak. Sourced, never run.

toolchainScripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # used by those that source this
# The checkout these scripts lie in. It may be named otherwise, to build another one with the same toolchain.
checkout=${OUTPOST_CHECKOUT:-$(cd "$toolchainScripts/../.." && pwd)}
cache=${OUTPOST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/outpost}
toolchain=$cache/toolchain
root=$toolchain/root
# A file inside the root. Its presence says "complete", its content which recipe made it.
stamp=etc/outpost-toolchain

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$(basename "$0"): $*"
    exit 1
}

# Are we already inside the root? Then every script works on the spot instead of entering a second time.
isInside() { [[ -e /$stamp ]]; }

# The recipe's name: the digest of everything that decides what is in the root.
recipe() {
    (cd "$toolchainScripts/contents" && find . -type f -print0 | LC_ALL=C sort --zero-terminated | xargs -0 sha256sum) |
        sha256sum | cut -d ' ' -f 1
}

isComplete() { [[ -e $root/$stamp && $(cat "$root/$stamp") == "$(recipe)" ]]; }

needRoot() {
    [[ $(id -u) == 0 ]] || die "$1 needs root, to mount and to chroot. Please run it with sudo, for example: sudo -E $2"
}

# Installs those of the named Debian packages that are missing. Quick where all are there.
installFromDebian() {
    local package missing=() administrator=() policy=/usr/sbin/policy-rc.d status=0
    for package in "$@"; do
        # shellcheck disable=SC2016 # dpkg-query's own variable
        [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0
    say "Installing from Debian: ${missing[*]}"
    [[ $(id -u) == 0 ]] || administrator=(sudo)
    # A package that brings a service must not start it here.
    local ours=false
    if [[ ! -e $policy ]]; then
        ours=true
        printf '#!/bin/sh\nexit 101\n' | "${administrator[@]}" tee "$policy" >/dev/null
        "${administrator[@]}" chmod +x "$policy"
    fi
    {
        "${administrator[@]}" apt-get update &&
            "${administrator[@]}" env DEBIAN_FRONTEND=noninteractive \
                apt-get install --yes --no-install-recommends "${missing[@]}"
    } >&2 || status=$?
    ! $ours || "${administrator[@]}" rm -f "$policy"
    return "$status"
}

needTools() {
    local tool missing=()
    for tool in "$@"; do command -v "$tool" >/dev/null || missing+=("$tool"); done
    [[ ${#missing[@]} == 0 ]] || die "not installed here: ${missing[*]} (Debian: apt-get install util-linux)"
}
