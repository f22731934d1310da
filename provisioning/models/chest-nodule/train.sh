#!/bin/bash
# train.sh: makes the network and its card anew, with the pinned packages of requirements-train.txt in an environment of
# their own in the cache. Takes 10 to 40 minutes, depending on the machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
environment=${OUTPOST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/outpost}/python-train
if [[ ! -x $environment/bin/python ]]; then
    python3 -m venv "$environment"
fi
"$environment/bin/pip" install --quiet --disable-pip-version-check --requirement requirements-train.txt
exec "$environment/bin/python" train.py "$@"
