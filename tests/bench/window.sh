#!/usr/bin/env bash
# What the open window costs: time from start to the first frame, then CPU and memory over 30 s beside
# `gnome-system-monitor -p` in the same run on the same virtual screen. Prints figures, judges nothing.
set -eu
bin=${1:?usage: window.sh PATH-OF-MIMAMORI}
if [ "${MIMAMORI_DISPLAY-}" != own ]; then
    MIMAMORI_DISPLAY=own exec "$(dirname "$0")/../display.sh" -- "$0" "$@"
fi
for tool in Xvfb xdotool import dbus-run-session gnome-system-monitor; do
    command -v "$tool" >/dev/null || { echo "NOT RUN: the window benchmark needs $tool"; exit 0; }
done
work=$(mktemp -d)
pids=()
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap cleanup EXIT
export HOME="$work" XDG_RUNTIME_DIR="$work" LIBGL_ALWAYS_SOFTWARE=1

milliseconds() { date +%s%3N; }
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
resident() { awk '/^Rss:/ { rss = $2 } /^Pss:/ { pss = $2 } END { print rss, pss }' "/proc/$1/smaps_rollup"; }
# The first frame: the pixel in the middle of the window is no longer the black of the empty screen.
drawn() { [ "$(import -window root -crop 1x1+400+300 -depth 8 rgb:- | od -An -tx1 | tr -d ' \n')" != 000000 ]; }

first_frame() {
    local begin
    begin=$(milliseconds)
    "$@" >/dev/null 2>&1 &
    child=$!
    pids+=("$child")
    for _ in $(seq 300); do drawn && break; sleep 0.02; done
    echo "  first frame after $(($(milliseconds) - begin)) ms (looked at every 50 ms or so)"
}

cost() {
    local name=$1 pid=$2 before after rss pss hertz
    hertz=$(getconf CLK_TCK)
    sleep 5
    before=$(ticks "$pid")
    sleep 30
    after=$(ticks "$pid")
    read -r rss pss < <(resident "$pid")
    awk -v name="$name" -v t=$((after - before)) -v hz="$hertz" -v rss="$rss" -v pss="$pss" \
        'BEGIN { printf "  %-22s CPU %.2f %% of one core over 30 s, RSS %.0f MB, PSS %.0f MB\n", name, t / hz / 30 * 100, rss / 1024, pss / 1024 }'
    echo "$((after - before)) $rss" >"$work/cost"
}

echo "window:"
first_frame "$bin" --lang en
cost mimamori "$child"
read -r own_ticks own_rss <"$work/cost"
kill "$child" && wait "$child" 2>/dev/null || true
sleep 1
echo "gnome-system-monitor -p:"
dbus-run-session -- gnome-system-monitor -p >/dev/null 2>&1 &
pids+=($!)
for _ in $(seq 100); do
    monitor=$(pgrep -n -f '^gnome-system-monitor -p' || true)
    [ -n "$monitor" ] && drawn && break
    sleep 0.1
done
cost gnome-system-monitor "$monitor"
kill "$monitor" 2>/dev/null || true
read -r other_ticks other_rss <"$work/cost"
awk -v a="$own_ticks" -v b="$other_ticks" -v m="$own_rss" -v n="$other_rss" \
    'BEGIN { printf "ratio mimamori / gnome-system-monitor: CPU %.2f, RSS %.2f\n", a / (b > 0 ? b : 1), m / n }'
