#!/bin/bash
# train.sh: makes the network, its card and its golden cases anew, with the pinned packages of requirements-train.txt in
# an environment of their own in the cache. Takes 10 to 40 minutes, depending on the machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
environment=${OUTPOST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/outpost}/python-train
if [[ ! -x $environment/bin/python ]]; then
    python3 -m venv "$environment"
fi
"$environment/bin/pip" install --quiet --disable-pip-version-check --requirement requirements-train.txt
"$environment/bin/python" train.py "$@"
# With arguments it is a trial, whose network goes elsewhere.
if (($# == 0)); then
    "$environment/bin/python" golden.py
fi
