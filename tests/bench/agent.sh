#!/usr/bin/env bash
# What the agent costs while the PC is calm, with 300 processes, in four surroundings, against `top -d 1`; and how
# long a click on its icon takes until the window shows the answer. Prints figures, judges nothing.
#
#   tests/bench/agent.sh PATH-OF-MIMAMORI [calm] [ends] [clicks]      all three when none is named
#
# The program without a window (mimamori-cli beside it) is measured as a second candidate for the same work.
# MIMAMORI_BENCH_SECONDS  length of a measurement (default 120; closing figures are taken with 600)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$(realpath "${1:?usage: agent.sh PATH-OF-MIMAMORI [calm] [ends] [clicks]}")
shift
for tool in Xvfb dbus-run-session top openbox /usr/bin/python3; do
    command -v "$tool" >/dev/null || { echo "NOT RUN: the benchmark of the agent needs $tool"; exit 0; }
done
/usr/bin/python3 -c 'import dbus, gi' 2>/dev/null || { echo "NOT RUN: the benchmark of the agent needs python3-dbus"; exit 0; }
work=$(mktemp -d "${TMPDIR:-/tmp}/mmb.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
mkdir -m 700 "$work/run" "$work/home" "$work/screen"
unset DBUS_SESSION_BUS_ADDRESS XDG_SESSION_ID
export HOME="$work/home" XDG_RUNTIME_DIR="$work/run" LIBGL_ALWAYS_SOFTWARE=1 NO_AT_BRIDGE=1 LANG=C.UTF-8
export XDG_STATE_HOME="$HOME/.local/state" XDG_DATA_HOME="$HOME/.local/share" XDG_CONFIG_HOME="$HOME/.config"
export PYTHONDONTWRITEBYTECODE=1
dbus-run-session -- "$here/../display.sh" --memory "$work/screen" --manager -- \
    /usr/bin/python3 "$here/agent.py" "$bin" "$work/screen/Xvfb_screen0" "$@" 2> >(grep -v dbus-daemon >&2)
