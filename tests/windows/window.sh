#!/bin/sh
# The Windows program as a person meets it, under Wine 10: the check as JSON, the window with Japanese, Notepad closed
# politely and a stubborn busy program closed by force, both by mouse; then the scenes: a busy browser, a filling disk,
# a memory hog. What is on the screen is read by tesseract. With the name of a test (Windows… or Scenes…) only that.
# Needs what tests/windows/run.sh has built.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
checkout=$(cd "$here/../.." && pwd -P)
if [ "$(id -u)" -ne 0 ] || ! grep -qs '^12' /etc/debian_version; then
    echo "windows window: skipped, it needs root on Debian 12"
    exit 0
fi
CARGO_TARGET_DIR=$(cd "${CARGO_TARGET_DIR:-$checkout/target}" && pwd -P)
export CARGO_TARGET_DIR
"$here/setup.sh" "$checkout" "$CARGO_TARGET_DIR"
for package in tesseract-ocr tesseract-ocr-jpn openbox; do
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
done
programs=$CARGO_TARGET_DIR/x86_64-pc-windows-gnu/debug
x86_64-w64-mingw32-gcc -O1 -mwindows -o "$programs/burner.exe" "$here/burner.c"

work=$(mktemp -d)
cleanup() {
    "$here/wine10" --end >/dev/null 2>&1 || true
    [ -z "${window_manager-}" ] || kill "$window_manager" 2>/dev/null || true
    [ -z "${display-}" ] || kill "$display" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp 3>"$work/number" >/dev/null 2>&1 &
display=$!
tries=0
until [ -s "$work/number" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { echo "windows window: no display" >&2; exit 1; }
    sleep 0.1
done
DISPLAY=:$(cat "$work/number")
export DISPLAY
openbox >/dev/null 2>&1 &
window_manager=$!
cd "$checkout"
MIMAMORI_PROGRAMS=$programs
MIMAMORI_WINE=$here/wine10
export MIMAMORI_PROGRAMS MIMAMORI_WINE
status=0
case ${1-} in
Scenes*) ;;
*) python3 "$here/window.py" "$@" || status=1 ;;
esac
case ${1-} in
Windows*) ;;
*) python3 "$here/scenes.py" "$@" || status=1 ;;
esac
exit "$status"
