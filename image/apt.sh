# shellcheck shell=bash
# An apt of its own for the appliance's packages, which touches nothing of the machine's. Sourced, never run.
#
# Which mirrors there are is asked of the machine's apt. OUTPOST_DEBIAN_MIRROR names others (separated by blanks), such as
# a snapshot that still has the manifest's versions.

mirrorCandidates() {
    if [[ -n ${OUTPOST_DEBIAN_MIRROR:-} ]]; then
        tr ' ' '\n' <<<"$OUTPOST_DEBIAN_MIRROR"
    else
        apt-get --print-uris update | sed -n "s|^'\(.*\)/dists/.*|\1|p" | awk '!seen[$0]++'
    fi
}

# Prepares the folder as apt's whole world, for arm64, and fetches the package lists.
openApt() {
    local folder=$1 suite candidate found
    mkdir -p "$folder"/{lists,archives}/partial
    : >"$folder/status"
    : >"$folder/sources"
    # How the machine reaches its mirrors (proxies, retries, a clock that is wrong) holds here too.
    apt-config dump | grep -E '^Acquire::(Check-|https?::|Retries|ForceIPv)' >"$folder/machine" || true
    for suite in "${suites[@]}"; do
        found=
        for candidate in $(mirrorCandidates); do
            /usr/lib/apt/apt-helper download-file "$candidate/dists/$suite/InRelease" "$folder/InRelease" \
                >/dev/null 2>&1 || continue
            grep -q '^Origin: Debian$' "$folder/InRelease" || continue
            found=$candidate
            break
        done
        [[ -n $found ]] || die "none of this machine's apt sources carries Debian's $suite." \
            "Name mirrors that do in OUTPOST_DEBIAN_MIRROR (separated by blanks)."
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $found $suite main" >>"$folder/sources"
    done
    cat >"$folder/configuration" <<EOF
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::State "$folder";
Dir::State::status "$folder/status";
Dir::State::lists "$folder/lists";
Dir::Cache "$folder";
Dir::Cache::archives "$folder/archives";
Dir::Etc::main "$folder/machine";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "$folder/sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
EOF
    cat "$folder/machine" >>"$folder/configuration"
    export APT_CONFIG=$folder/configuration
    apt-get update >&2
}

# The date of the newest release file, in seconds since 1970.
newestRelease() {
    local file newest=0 seconds
    for file in "$1"/lists/*InRelease; do
        seconds=$(date --date "$(sed -n 's/^Date: //p' "$file")" +%s)
        ((seconds <= newest)) || newest=$seconds
    done
    echo "$newest"
}
