#!/usr/bin/env bash
# How much shorter other programs wait for a processor when a program that uses all of them runs in the background: the same
# measurement as the verdict, before and after, beside twice as many busy loops as there are processors. Prints figures,
# judges nothing; other work on the PC makes the ratio smaller.
#
#   tests/bench/background.sh PATH-OF-MIMAMORI [ROUNDS]       default 5
set -eu
bin=$(realpath "${1:?usage: background.sh PATH-OF-MIMAMORI [ROUNDS]}")
rounds=${2:-5}
for tool in setsid python3; do
    command -v "$tool" >/dev/null || { echo "NOT RUN: the benchmark of the background needs $tool"; exit 0; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/mmb.XXXXXX")
loops=
# shellcheck disable=SC2086 # a list of numbers
trap '[ -z "$loops" ] || kill $loops 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
export HOME="$work" XDG_STATE_HOME="$work/state" LANG=C.UTF-8
cp "$(command -v dash || command -v bash)" "$work/render"
for _ in $(seq $(($(nproc) * 2))); do
    # A shell without job control starts it in the background without a process group of its own: setsid becomes it.
    setsid "$work/render" -c 'while :; do :; done' &
    loops="$loops $!"
done
sleep 1
for _ in $(seq "$rounds"); do
    "$bin" fix background render --yes --json >"$work/result" || :
    python3 - "$work/result" <<'PYTHON'
import json, sys
found = json.load(open(sys.argv[1]))
before, after = found.get("wait_before_seconds"), found.get("wait_seconds")
if before:
    less = 1 - after / before
    print(f"wait for a processor: {before * 1000:.2f} ms before, {after * 1000:.2f} ms after: {less:.0%} less")
else:
    print(found["result"], found["text"]["en"])
PYTHON
    "$bin" fix undo render >/dev/null || :
done
