# Sourced inside a private session bus, with MIMAMORI_E2E_TMP set: a display, a window manager and accessibility, ended
# with the shell that sources this.
# shellcheck shell=sh
started=
stop() {
    # shellcheck disable=SC2317  # called by the trap
    for pid in $started; do kill "$pid" 2>/dev/null || :; done
}
trap stop EXIT
trap 'exit 130' INT TERM HUP
: >"$MIMAMORI_E2E_TMP/display"
Xvfb -displayfd 3 -screen 0 1920x1200x24 -nolisten tcp -noreset \
    3>"$MIMAMORI_E2E_TMP/display" 2>"$MIMAMORI_E2E_TMP/xvfb.log" &
started="$started $!"
waited=0
until [ -s "$MIMAMORI_E2E_TMP/display" ]; do
    waited=$((waited + 1))
    if [ "$waited" -gt 150 ]; then
        echo "Xvfb did not start:" >&2
        cat "$MIMAMORI_E2E_TMP/xvfb.log" >&2
        exit 1
    fi
    sleep 0.2
done
DISPLAY=":$(cat "$MIMAMORI_E2E_TMP/display")"
export DISPLAY
openbox >"$MIMAMORI_E2E_TMP/openbox.log" 2>&1 &
started="$started $!"
# As if a screen reader ran: programs offer their accessibility tree only then.
for property in IsEnabled ScreenReaderEnabled; do
    gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus \
        --method org.freedesktop.DBus.Properties.Set org.a11y.Status "$property" '<true>' >/dev/null
done
