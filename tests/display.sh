#!/bin/sh
# Runs a command on a virtual X display of its own and ends with its status. The one place where a display is started.
#
#   tests/display.sh [OPTION…] -- COMMAND [ARGUMENT…]
#
#   --size WxH        1280x900 when not given
#   --memory FOLDER   keeps the picture of the screen in FOLDER/Xvfb_screen0, where reading it costs no program anything
#   --manager         with a window manager (openbox)
#   --accessible      as if a screen reader ran: programs offer their accessibility tree only then. Needs a session bus.
set -eu
size=1280x900 memory= manager= accessible=
while [ "${1-}" != -- ]; do
    case ${1-} in
    --size) size=$2; shift ;;
    --memory) memory=$2; shift ;;
    --manager) manager=yes ;;
    --accessible) accessible=yes ;;
    *) echo "display: unknown option: ${1-nothing after the options}" >&2; exit 64 ;;
    esac
    shift
done
shift

work=$(mktemp -d "${TMPDIR:-/tmp}/mmd.XXXXXX")
started=
stop() {
    # shellcheck disable=SC2086 # a list of numbers
    [ -z "$started" ] || kill $started 2>/dev/null || :
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM HUP
# The server chooses a free number and writes it when it can be used; opening the pipe waits for that.
mkfifo "$work/number"
unset WAYLAND_DISPLAY WAYLAND_SOCKET XDG_SESSION_TYPE XAUTHORITY
# shellcheck disable=SC2086 # nothing, or two words
Xvfb -displayfd 3 -screen 0 "${size}x24" -nolisten tcp -noreset ${memory:+-fbdir "$memory"} \
    3>"$work/number" >"$work/log" 2>&1 &
started=$!
number=
read -r number <"$work/number" || :
if [ -z "$number" ]; then
    echo "display: Xvfb did not start:" >&2
    cat "$work/log" >&2
    exit 1
fi
DISPLAY=:$number
export DISPLAY
if [ "$manager" ]; then
    openbox >"$work/openbox.log" 2>&1 &
    started="$started $!"
fi
if [ "$accessible" ]; then
    for property in IsEnabled ScreenReaderEnabled; do
        gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus \
            --method org.freedesktop.DBus.Properties.Set org.a11y.Status "$property" '<true>' >/dev/null
    done
fi
status=0
"$@" || status=$?
exit "$status"
