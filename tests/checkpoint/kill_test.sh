#!/usr/bin/env bash
# Kills a training with SIGKILL again and again, wherever it happens to be, also while it writes its checkpoint, until it
# comes to its end: that must be, bit for bit, the end of a training that was left alone.
set -euo pipefail
program=$1
rm -f whole.safetensors killed.safetensors tsattn-*.tmp

expected=$("$program" whole.safetensors)
kills=0
while true; do
  "$program" killed.safetensors >found.txt &
  training=$!
  # A little longer every time, so that it ends: 5 ms, 6 ms, ...
  sleep "$(printf '0.%03d' $((5 + kills)))"
  kill -KILL "$training" 2>/dev/null || true
  if wait "$training" 2>/dev/null; then break; fi
  kills=$((kills + 1))
  ((kills < 400)) || { echo "it does not come to its end"; exit 1; }
done
found=$(cat found.txt)
echo "killed $kills times"
if [[ $found != "$expected" ]]; then
  printf 'expected %s\ngot      %s\n' "$expected" "$found"
  exit 1
fi
((kills >= 5)) || { echo "expected at least 5 kills on the way"; exit 1; }
