#!/bin/sh
# npm ci, and no warning from the packages: neither engines nor deprecations nor scripts.
set -eu
log=$(mktemp)
trap 'rm -f "$log"' EXIT
npm ci 2>&1 | tee "$log"
# A user's own npm settings may be commented on; they are not ours.
if grep -i 'warn' "$log" | grep -v -i 'unknown \(user\|env\|global\|cli\) config'; then
  echo "npm ci warned" >&2
  exit 1
fi
