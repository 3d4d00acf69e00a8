#!/bin/sh
# The icon beside the clock, notifications and autostart on Linux: a small desktop (host.py) on a private session bus,
# and an example program that shows fixed texts and prints what comes back.
#
#   tests/desktop/tray/run.sh [unittest arguments, e.g. TrayTest]
#
# MIMAMORI_TRAY_PROBE  the example (default: built here)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../../.." && pwd)

missing=
need() { [ -e "$1" ] || command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need dbus-run-session dbus
need /usr/lib/python3/dist-packages/dbus/__init__.py python3-dbus
need /usr/lib/python3/dist-packages/gi/__init__.py python3-gi
need desktop-file-validate desktop-file-utils
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && grep -qs '^12' /etc/debian_version; then
        apt-get update -q
        # shellcheck disable=SC2086  # a list of packages
        apt-get install -y -q --no-install-recommends $missing
    else
        echo "SKIP: tray tests (not installed:$missing)"
        exit 0
    fi
fi
if [ -z "${MIMAMORI_TRAY_PROBE-}" ]; then
    (cd "$checkout" && cargo build --quiet --example tray_probe)
    MIMAMORI_TRAY_PROBE=${CARGO_TARGET_DIR:-$checkout/target}/debug/examples/tray_probe
fi
export MIMAMORI_TRAY_PROBE

work=$(mktemp -d "${TMPDIR:-/tmp}/mmt.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
mkdir -m 700 "$work/run" "$work/home"
unset DBUS_SESSION_BUS_ADDRESS XDG_CONFIG_DIRS XDG_STATE_HOME DISPLAY WAYLAND_DISPLAY
export HOME="$work/home" XDG_RUNTIME_DIR="$work/run" XDG_CONFIG_HOME="$work/home/.config" PYTHONDONTWRITEBYTECODE=1
cd "$checkout"
dbus-run-session -- /usr/bin/python3 "$here/tray.py" "$@"
