#!/bin/sh
# Makes .venv from a lock file, with the project installed in it: make_venv.sh PYTHON LOCK
set -eu
python="$1" lock="$2"
if [ ! -x .venv/bin/python ]; then
  if ! "$python" -m venv .venv; then
    if [ "$(id -u)" != 0 ]; then
      echo "Python cannot make virtual environments here; as root: apt-get install python3-venv" >&2
      exit 1
    fi
    rm -rf .venv
    apt-get update -q && apt-get install -q -y --no-install-recommends python3-venv
    "$python" -m venv .venv
  fi
fi
echo "Installing what Instica needs into .venv: a minute or so, once." >&2
.venv/bin/pip install -qq --disable-pip-version-check --require-hashes -r "$lock"
.venv/bin/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
