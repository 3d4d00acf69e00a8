#!/bin/sh
# The watching in the background as a person meets it, under Wine's own taskbar: icon, menu, window, second start,
# what was recorded while no window was open, killed and started again, what it costs. Figures are printed.
# Needs what tests/windows/run.sh has built; MIMAMORI_PROFILE=release measures that build instead, where there is one.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
checkout=$(cd "$here/../.." && pwd -P)
if [ "$(id -u)" -ne 0 ] || ! grep -qs '^12' /etc/debian_version; then
    echo "windows agent: skipped, it needs root on Debian 12"
    exit 0
fi
CARGO_TARGET_DIR=$(cd "${CARGO_TARGET_DIR:-$checkout/target}" && pwd -P)
export CARGO_TARGET_DIR
"$here/setup.sh" "$checkout" "$CARGO_TARGET_DIR"
dpkg-query -W -f='${db:Status-Status}\n' tesseract-ocr 2>/dev/null | grep -qx installed ||
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends tesseract-ocr >/dev/null
programs=$CARGO_TARGET_DIR/x86_64-pc-windows-gnu/${MIMAMORI_PROFILE:-debug}
x86_64-w64-mingw32-gcc -O1 -mwindows -o "$programs/burner.exe" "$here/burner.c"
x86_64-w64-mingw32-gcc -O1 -mwindows -o "$programs/empty.exe" "$here/empty.c" -lpsapi
x86_64-w64-mingw32-gcc -O1 -o "$programs/traycheck.exe" "$here/traycheck.c"
# A prefix of its own: the user of this one has a recording and settings.
MIMAMORI_WINEPREFIX=$CARGO_TARGET_DIR/wineprefix-agent
export MIMAMORI_WINEPREFIX

work=$(mktemp -d)
cleanup() {
    "$here/wine10" --end >/dev/null 2>&1 || true
    [ -z "${display-}" ] || kill "$display" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
Xvfb -displayfd 3 -screen 0 1280x960x24 -nolisten tcp 3>"$work/number" >/dev/null 2>&1 &
display=$!
tries=0
until [ -s "$work/number" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { echo "windows agent: no display" >&2; exit 1; }
    sleep 0.1
done
DISPLAY=:$(cat "$work/number")
export DISPLAY
cd "$checkout"
# The first start of a prefix makes its user.
"$here/wine10" cmd.exe /c exit
MIMAMORI_PROGRAMS=$programs MIMAMORI_WINE=$here/wine10 MIMAMORI_AGENT_WORK=$work python3 "$here/agent.py" "$@"
