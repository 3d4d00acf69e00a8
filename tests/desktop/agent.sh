#!/bin/sh
# The agent from end to end on Linux: the real program beside a place for tray icons and a notification server, with
# real kills, full and read-only disks, a clock that is set, another user, and the real window opened from the tray.
# Every test has a session bus, a display, a home and a runtime folder of its own.
#
#   tests/desktop/agent.sh [names of tests, e.g. test_kill_and_sudden_stop]
#
# MIMAMORI_BIN         the program (default: $CARGO_TARGET_DIR/debug/mimamori, then target/debug/mimamori)
# MIMAMORI_ARTEFACTS   where pictures and diagnostics go (default: tests/artefacts)
# MIMAMORI_AGENT_WAIT  seconds between what happened and the question who it was (default: 20)
set -eu

here=$(cd "$(dirname "$0")" && pwd)

if [ "${1:-}" = --inside ]; then
    # Inside the private session bus of one test: display, window manager, accessibility; then the test.
    # shellcheck source=tests/desktop/screen.sh
    . "$here/screen.sh"
    /usr/bin/python3 "$here/agent.py" "AgentTest.$2"
    exit
fi

need() {
    # tool or file -> package
    [ -e "$1" ] || command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
missing=
need Xvfb xvfb
need xdotool xdotool
need import imagemagick
need openbox openbox
need dbus-run-session dbus
need gdbus libglib2.0-bin
need dunst dunst
need /usr/libexec/at-spi-bus-launcher at-spi2-core
need /usr/bin/python3 python3
need /usr/lib/python3/dist-packages/gi/__init__.py python3-gi
need /usr/lib/python3/dist-packages/dbus/__init__.py python3-dbus
ls /usr/lib/*/girepository-1.0/Atspi-2.0.typelib >/dev/null 2>&1 || missing="$missing gir1.2-atspi-2.0"
ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing="$missing faketime"
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && grep -qs '^12' /etc/debian_version; then
        apt-get update -q
        # shellcheck disable=SC2086  # a list of packages
        apt-get install -y -q --no-install-recommends $missing
    else
        echo "SKIP: tests of the agent (not installed:$missing)"
        exit 0
    fi
fi

binary=${MIMAMORI_BIN:-${CARGO_TARGET_DIR:-$here/../../target}/debug/mimamori}
if [ ! -x "$binary" ]; then
    echo "no program at $binary: build it first (cargo build) or set MIMAMORI_BIN" >&2
    exit 1
fi

# Short: the path of a socket below it may have 107 characters.
work=$(mktemp -d "${TMPDIR:-/tmp}/mma.XXXXXX")
clean() {
    for place in "$work"/*/home/.local/state/mimamori; do
        if mountpoint -q "$place" 2>/dev/null; then umount -l "$place" || :; fi
    done
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM HUP

MIMAMORI_ARTEFACTS=${MIMAMORI_ARTEFACTS:-$here/../artefacts}
mkdir -p "$MIMAMORI_ARTEFACTS"
MIMAMORI_ARTEFACTS=$(cd "$MIMAMORI_ARTEFACTS" && pwd)
export MIMAMORI_ARTEFACTS
unset WAYLAND_DISPLAY WAYLAND_SOCKET DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS SESSION_MANAGER XAUTHORITY
unset MIMAMORI_RENDERER_TRIED XDG_CONFIG_DIRS XDG_SESSION_TYPE XDG_CURRENT_DESKTOP LANGUAGE LC_ALL LC_MESSAGES
unset XDG_SESSION_ID
export LANG=C.UTF-8 GSETTINGS_BACKEND=memory NO_AT_BRIDGE=0 PYTHONDONTWRITEBYTECODE=1

[ $# -gt 0 ] || set -- $(sed -n 's/^    def \(test_[a-z_]*\)(.*/\1/p' "$here/agent.py")
number=0 failed=
for test in "$@"; do
    number=$((number + 1))
    MIMAMORI_E2E_TMP=$work/$number
    mkdir -p "$MIMAMORI_E2E_TMP/bin" "$MIMAMORI_E2E_TMP/home" "$MIMAMORI_E2E_TMP/run"
    chmod 700 "$MIMAMORI_E2E_TMP/run"
    # A copy, so that a build meanwhile changes nothing.
    cp "$binary" "$MIMAMORI_E2E_TMP/bin/mimamori"
    export MIMAMORI_E2E_TMP HOME="$MIMAMORI_E2E_TMP/home" XDG_RUNTIME_DIR="$MIMAMORI_E2E_TMP/run"
    export XDG_CONFIG_HOME="$HOME/.config" XDG_DATA_HOME="$HOME/.local/share"
    export XDG_CACHE_HOME="$HOME/.cache" XDG_STATE_HOME="$HOME/.local/state"
    dbus-run-session -- sh "$here/agent.sh" --inside "$test" || failed="$failed $test"
done
if [ -n "$failed" ]; then
    echo "FAILED:$failed" >&2
    exit 1
fi
echo "none of $number tests of the agent failed"
