#!/usr/bin/env bash
# An hour of ordinary work on a real desktop with the real agent beside it: a browser with moving pictures, a spreadsheet
# that is worked out again and again, a compiler, a package that is installed, and nothing at all. Counts what the agent
# told: no alarm is right, and no cause may be told twice. Not part of CI: it takes as long as it says.
#
#   tests/soak/run.sh [MINUTES]       default 60
#
# MIMAMORI_BIN   the program (default: $CARGO_TARGET_DIR/release/mimamori, then target/release/mimamori)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
minutes=${1:-60}
bin=$(realpath "${MIMAMORI_BIN:-${CARGO_TARGET_DIR:-$here/../../target}/release/mimamori}")
if [ "$(id -u)" = 0 ] && grep -qs '^12' /etc/debian_version; then
    missing=
    for pair in Xvfb:xvfb openbox:openbox dbus-run-session:dbus chromium:chromium soffice:libreoffice-calc gcc:gcc; do
        command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
    done
    [ -e /usr/lib/python3/dist-packages/dbus/__init__.py ] || missing="$missing python3-dbus python3-gi"
    # shellcheck disable=SC2086  # a list of packages
    [ -z "$missing" ] || { apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null; }
fi
for tool in Xvfb openbox dbus-run-session gcc /usr/bin/python3; do
    command -v "$tool" >/dev/null || { echo "SKIPPED: the soak needs $tool"; exit 0; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/mms.XXXXXX")
pids=()
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
mkdir -m 700 "$work/run" "$work/home"
exec 3>"$work/display"
Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp >/dev/null 2>&1 &
pids+=($!)
for _ in $(seq 100); do [ -s "$work/display" ] && break; sleep 0.1; done
DISPLAY=:$(cat "$work/display")
unset WAYLAND_DISPLAY WAYLAND_SOCKET XDG_SESSION_TYPE DBUS_SESSION_BUS_ADDRESS XDG_SESSION_ID
export DISPLAY HOME="$work/home" XDG_RUNTIME_DIR="$work/run" LIBGL_ALWAYS_SOFTWARE=1 NO_AT_BRIDGE=1 LANG=C.UTF-8
export XDG_STATE_HOME="$HOME/.local/state" XDG_DATA_HOME="$HOME/.local/share" XDG_CONFIG_HOME="$HOME/.config"
openbox >/dev/null 2>&1 &
pids+=($!)
# The programs that work lie where programs lie: what runs from a temporary folder is unusual, and rightly so.
cp "$here/film.html" "$work/home/"
dbus-run-session -- /usr/bin/python3 "$here/soak.py" "$bin" "$minutes" "$work" 2> >(grep -v dbus-daemon >&2)
