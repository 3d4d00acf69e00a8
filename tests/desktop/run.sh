#!/bin/sh
# Desktop end-to-end tests for Linux: the real program on a private X display, read as a screen reader reads it and
# used with a real mouse and keyboard.
#
#   tests/desktop/run.sh [unittest arguments, e.g. DesktopTest.test_busy_program]
#
# MIMAMORI_BIN        the program (default: $CARGO_TARGET_DIR/debug/mimamori, then target/debug/mimamori)
# MIMAMORI_ARTEFACTS  where pictures and diagnostics go (default: tests/artefacts)
set -eu

here=$(cd "$(dirname "$0")" && pwd)

if [ "${1:-}" = --inside ]; then
    # Inside the private session bus: display, window manager, accessibility; then the tests.
    shift
    # shellcheck source=tests/desktop/screen.sh
    . "$here/screen.sh"
    /usr/bin/python3 "$here/e2e.py" "$@"
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
need /usr/libexec/at-spi-bus-launcher at-spi2-core
need /usr/bin/python3 python3
need /usr/lib/python3/dist-packages/gi/__init__.py python3-gi
ls /usr/lib/*/girepository-1.0/Atspi-2.0.typelib >/dev/null 2>&1 || missing="$missing gir1.2-atspi-2.0"
need chromium chromium
[ -d /usr/share/fonts/opentype/noto ] || missing="$missing fonts-noto-cjk"
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ]; then
        apt-get update -q
        # shellcheck disable=SC2086  # a list of packages
        apt-get install -y -q --no-install-recommends $missing
    else
        echo "SKIP: desktop tests (not installed:$missing)"
        exit 0
    fi
fi

binary=${MIMAMORI_BIN:-${CARGO_TARGET_DIR:-$here/../../target}/debug/mimamori}
if [ ! -x "$binary" ]; then
    echo "no program at $binary: build it first (cargo build) or set MIMAMORI_BIN" >&2
    exit 1
fi

# Short: the path of a socket below it may have 107 characters.
MIMAMORI_E2E_TMP=$(mktemp -d "${TMPDIR:-/tmp}/mmi.XXXXXX")
clean() {
    if mountpoint -q "$MIMAMORI_E2E_TMP/disk" 2>/dev/null; then umount -l "$MIMAMORI_E2E_TMP/disk" || :; fi
    rm -rf "$MIMAMORI_E2E_TMP"
}
trap clean EXIT
trap 'exit 130' INT TERM HUP
mkdir -p "$MIMAMORI_E2E_TMP/bin" "$MIMAMORI_E2E_TMP/home" "$MIMAMORI_E2E_TMP/run"
chmod 700 "$MIMAMORI_E2E_TMP/run"
# A copy, so that a build meanwhile changes nothing; under its own name, which the tests read on the screen.
cp "$binary" "$MIMAMORI_E2E_TMP/bin/mimamori"

export MIMAMORI_E2E_TMP
MIMAMORI_ARTEFACTS=${MIMAMORI_ARTEFACTS:-$here/../artefacts}
mkdir -p "$MIMAMORI_ARTEFACTS"
MIMAMORI_ARTEFACTS=$(cd "$MIMAMORI_ARTEFACTS" && pwd)
export MIMAMORI_ARTEFACTS
unset WAYLAND_DISPLAY WAYLAND_SOCKET DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS SESSION_MANAGER XAUTHORITY
unset MIMAMORI_RENDERER_TRIED XDG_CONFIG_DIRS XDG_SESSION_TYPE XDG_CURRENT_DESKTOP LANGUAGE LC_ALL LC_MESSAGES
export HOME="$MIMAMORI_E2E_TMP/home" XDG_RUNTIME_DIR="$MIMAMORI_E2E_TMP/run"
export XDG_CONFIG_HOME="$HOME/.config" XDG_DATA_HOME="$HOME/.local/share"
export XDG_CACHE_HOME="$HOME/.cache" XDG_STATE_HOME="$HOME/.local/state"
export LANG=C.UTF-8 GSETTINGS_BACKEND=memory NO_AT_BRIDGE=0 PYTHONDONTWRITEBYTECODE=1
dbus-run-session -- sh "$here/run.sh" --inside "$@"
