#!/usr/bin/env bash
# The agent beside hostile processes: 4,000 that sleep under names of all kinds, 2,000 threads, a long row of parents,
# children that rename themselves, chains of exec, PID and mount namespaces that come and go, a file system that never
# answers, a clock that is set a day ahead and back. Judges what must hold: its processor budget, 25 MB, no row lost, an
# end within a second of SIGTERM. Run by hand, as root.
#
#   tests/soak/hostile.sh [MINUTES]       default 30
#
# The mounts are in a namespace of their own. The clock is set for the agent alone, by libfaketime: a time namespace of
# Linux has the clocks since boot only. Without the library the clock is left alone, which is listed as not run.
#
# MIMAMORI_BIN         the program (default: $CARGO_TARGET_DIR/dist/mimamori, then target/dist/mimamori)
# MIMAMORI_SOAK_COST   0: what it costs is printed and not judged, as a build for development costs more
set -eu
here=$(cd "$(dirname "$0")" && pwd)
minutes=${1:-30}
bin=$(realpath "${MIMAMORI_BIN:-${CARGO_TARGET_DIR:-$here/../../target}/dist/mimamori}")
[ "$(id -u)" = 0 ] || { echo "NOT RUN: the hostile soak needs root for its namespaces"; exit 0; }
for tool in gcc unshare /usr/bin/python3; do
    command -v "$tool" >/dev/null || { echo "NOT RUN: the hostile soak needs $tool"; exit 0; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/mmh.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
mkdir -m 700 "$work/run" "$work/home" "$work/silent"
gcc -O1 -pthread -o "$work/hostile" "$here/hostile.c"
unset DBUS_SESSION_BUS_ADDRESS XDG_SESSION_ID DISPLAY WAYLAND_DISPLAY
export HOME="$work/home" XDG_RUNTIME_DIR="$work/run" LANG=C.UTF-8
export XDG_STATE_HOME="$HOME/.local/state" XDG_DATA_HOME="$HOME/.local/share" XDG_CONFIG_HOME="$HOME/.config"
unshare --mount --propagation private -- /usr/bin/python3 "$here/hostile.py" "$bin" "$minutes" "$work"
