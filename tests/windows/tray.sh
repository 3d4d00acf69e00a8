#!/bin/sh
# The icon beside the clock under Wine's own taskbar: shown, clicked, its menu used, back after the taskbar was made
# anew, the end of the session, a balloon. Builds like run.sh, with the same list.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
checkout=$(cd "$here/../.." && pwd -P)
if [ "$(id -u)" -ne 0 ] || ! grep -qs '^12' /etc/debian_version; then
    echo "windows tray: skipped, it needs root on Debian 12"
    exit 0
fi
mkdir -p "${CARGO_TARGET_DIR:-$checkout/target}"
CARGO_TARGET_DIR=$(cd "${CARGO_TARGET_DIR:-$checkout/target}" && pwd -P)
export CARGO_TARGET_DIR
"$here/run.sh" --lib --tests --no-run
debug=$CARGO_TARGET_DIR/x86_64-pc-windows-gnu/debug
# The newest one is the one just built.
# shellcheck disable=SC2012 # names made by cargo
program=$(ls -t "$debug"/deps/all-*.exe | head -n 1)
x86_64-w64-mingw32-gcc -O1 -o "$debug/traycheck.exe" "$here/traycheck.c"

work=$(mktemp -d)
cleanup() {
    "$here/wine10" --end >/dev/null 2>&1 || true
    [ -z "${display-}" ] || kill "$display" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
Xvfb -displayfd 3 -screen 0 1000x700x24 -nolisten tcp 3>"$work/number" >/dev/null 2>&1 &
display=$!
tries=0
until [ -s "$work/number" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { echo "windows tray: no display" >&2; exit 1; }
    sleep 0.1
done
DISPLAY=:$(cat "$work/number")
export DISPLAY
cd "$checkout"
MIMAMORI_TRAY_PROGRAM=$program MIMAMORI_TRAY_CHECK=$debug/traycheck.exe MIMAMORI_WINE=$here/wine10 \
    MIMAMORI_TRAY_WORK=$work python3 "$here/tray.py" "$@"
