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

needTools() {
    local tool missing=()
    for tool in "$@"; do command -v "$tool" >/dev/null || missing+=("$tool"); done
    [[ ${#missing[@]} == 0 ]] || die "not installed here: ${missing[*]} (Debian: apt-get install mmdebstrap util-linux)"
}
