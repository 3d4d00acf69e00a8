#!/usr/bin/env bash
# What the agent costs while the PC is calm, with 300 processes and a place for its icon, beside `top -d 1`; and how
# long a click on its icon takes until the window shows the answer. Prints figures, judges nothing.
#
#   tests/bench/agent.sh PATH-OF-MIMAMORI
#
# The program without a window (mimamori-cli beside it) is measured as a second candidate for the same work.
# MIMAMORI_BENCH_SECONDS  how long to look (default 120; closing figures are taken with 600)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$(realpath "${1:?usage: agent.sh PATH-OF-MIMAMORI}")
if [ "$(id -u)" = 0 ] && grep -qs '^12' /etc/debian_version && ! [ -e /usr/lib/python3/dist-packages/dbus/__init__.py ]; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        dbus xvfb openbox procps python3-dbus python3-gi libgl1-mesa-dri >/dev/null
fi
for tool in Xvfb dbus-run-session top openbox /usr/bin/python3; do
    command -v "$tool" >/dev/null || { echo "SKIPPED: the benchmark of the agent needs $tool"; exit 0; }
done
/usr/bin/python3 -c 'import dbus, gi' 2>/dev/null || { echo "SKIPPED: the benchmark of the agent needs python3-dbus"; exit 0; }
work=$(mktemp -d "${TMPDIR:-/tmp}/mmb.XXXXXX")
pids=()
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
mkdir -m 700 "$work/run" "$work/home" "$work/screen"
# The picture of the screen is a file: looking at it costs the measured programs nothing.
exec 3>"$work/display"
Xvfb -displayfd 3 -screen 0 1280x900x24 -fbdir "$work/screen" -nolisten tcp >/dev/null 2>&1 &
pids+=($!)
for _ in $(seq 100); do [ -s "$work/display" ] && break; sleep 0.1; done
DISPLAY=:$(cat "$work/display")
unset WAYLAND_DISPLAY WAYLAND_SOCKET XDG_SESSION_TYPE DBUS_SESSION_BUS_ADDRESS XDG_SESSION_ID
export DISPLAY HOME="$work/home" XDG_RUNTIME_DIR="$work/run" LIBGL_ALWAYS_SOFTWARE=1 NO_AT_BRIDGE=1 LANG=C.UTF-8
export XDG_STATE_HOME="$HOME/.local/state" XDG_DATA_HOME="$HOME/.local/share" XDG_CONFIG_HOME="$HOME/.config"
export PYTHONDONTWRITEBYTECODE=1
openbox >/dev/null 2>&1 &
pids+=($!)
dbus-run-session -- /usr/bin/python3 "$here/agent.py" "$bin" "$work/screen/Xvfb_screen0" 2> >(grep -v dbus-daemon >&2)
