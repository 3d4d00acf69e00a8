#!/usr/bin/env bash
# An hour of ordinary work on a real desktop with the real agent beside it: a browser with moving pictures, a spreadsheet
# that is worked out again and again, a compiler, a package that is installed, and nothing at all. Counts what the agent
# told: no alarm is right, and no cause may be told twice. Needs what `tests/install.sh figures` installs. Run by hand: `tests/run.sh soak`.
#
#   tests/soak/run.sh [MINUTES]       default 60
#
# MIMAMORI_BIN   the program (default: $CARGO_TARGET_DIR/dist/mimamori, then target/dist/mimamori)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
minutes=${1:-60}
bin=$(realpath "${MIMAMORI_BIN:-${CARGO_TARGET_DIR:-$here/../../target}/dist/mimamori}")
for tool in Xvfb openbox dbus-run-session gcc /usr/bin/python3; do
    command -v "$tool" >/dev/null || { echo "NOT RUN: the soak needs $tool"; exit 0; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/mms.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
mkdir -m 700 "$work/run" "$work/home"
unset DBUS_SESSION_BUS_ADDRESS XDG_SESSION_ID
export HOME="$work/home" XDG_RUNTIME_DIR="$work/run" LIBGL_ALWAYS_SOFTWARE=1 NO_AT_BRIDGE=1 LANG=C.UTF-8
export XDG_STATE_HOME="$HOME/.local/state" XDG_DATA_HOME="$HOME/.local/share" XDG_CONFIG_HOME="$HOME/.config"
# The programs that work lie where programs lie: what runs from a temporary folder is unusual, and rightly so.
cp "$here/film.html" "$work/home/"
dbus-run-session -- "$here/../display.sh" --manager -- /usr/bin/python3 "$here/soak.py" "$bin" "$minutes" "$work" 2> >(grep -v dbus-daemon >&2)
