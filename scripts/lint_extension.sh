#!/bin/sh
# Lints the packed Firefox extension, a warning being a failure: lint_extension.sh ZIP. Without Node 20 it says so and
# skips, which on a build machine is a failure.
set -eu
skip() {
  echo "web-ext lint skipped: $1" >&2
  [ -z "${CI:-}" ] || exit 1
  exit 0
}
major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
[ "$major" -ge 20 ] || skip "it needs Node 20 or newer."
home=.venv/web-ext
if ! cmp -s locks/web-ext/package-lock.json "$home/package-lock.json"; then
  rm -rf "$home" && mkdir -p "$home"
  cp locks/web-ext/package.json locks/web-ext/package-lock.json "$home"
  (cd "$home" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
    { rm -rf "$home"; skip "web-ext could not be installed."; }
fi
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
python3 -m zipfile -e "$1" "$unpacked"
NO_UPDATE_NOTIFIER=1 "$home/node_modules/.bin/web-ext" lint --source-dir "$unpacked" --warnings-as-errors --no-config-discovery
