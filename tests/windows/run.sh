#!/bin/sh
# Builds the Windows program on Debian 12 and runs its tests under Wine 10 on a display of their own.
#
#   run.sh [CARGO-TEST-ARGUMENT…]    without arguments: every unit and integration test
#
# CARGO_TARGET_DIR and the checkout can be anywhere. What Windows itself must show is not tested here: DX12,
# toasts, command lines of other processes (Wine 10 does not give them).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
checkout=$(cd "$here/../.." && pwd -P)

if [ "$(id -u)" -ne 0 ] || ! grep -qs '^12' /etc/debian_version; then
    echo "windows tests: skipped, they need root on Debian 12"
    exit 0
fi

mkdir -p "${CARGO_TARGET_DIR:-$checkout/target}"
CARGO_TARGET_DIR=$(cd "${CARGO_TARGET_DIR:-$checkout/target}" && pwd -P)
# Debian's compiler comes with the sources of the standard library, from which cargo builds that of Windows.
export CARGO_TARGET_DIR RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER="$here/wine10"

"$here/setup.sh" "$checkout" "$CARGO_TARGET_DIR"
# A prefix elsewhere must be visible too.
[ -z "${MIMAMORI_WINEPREFIX-}" ] || "$here/setup.sh" "$MIMAMORI_WINEPREFIX"

work=$(mktemp -d)
display=
stop() {
    "$here/wine10" --end || true
    [ -z "$display" ] || kill "$display" 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

# Xvfb chooses a free display and writes its number.
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>"$work/number" >"$work/log" 2>&1 &
display=$!
tries=0
until [ -s "$work/number" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then
        cat "$work/log" >&2
        echo "windows tests: no display" >&2
        exit 1
    fi
    sleep 0.1
done
DISPLAY=:$(cat "$work/number")
export DISPLAY

# A program with a signature, which Wine has none of: one of its own, signed by nobody in particular. Unlike Windows, Wine
# trusts every root.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key" -out "$work/cert" -days 30 -utf8 \
    -subj "/C=JP/CN=株式会社サンプル" -addext extendedKeyUsage=codeSigning 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
notepad=${MIMAMORI_WINE_ROOT:-/opt/mimamori-wine10}/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/notepad.exe
rm -f "$CARGO_TARGET_DIR/signed.exe"
osslsigncode sign -certs "$work/cert" -key "$work/key" -in "$notepad" -out "$CARGO_TARGET_DIR/signed.exe" >/dev/null
export MIMAMORI_SIGNED_FILE="Z:$CARGO_TARGET_DIR/signed.exe"

cd "$checkout"
# Not `cargo build` beside it: the integration tests build both programs, and another list of features would
# build half of the dependencies a second time.
[ $# -gt 0 ] || set -- --lib --tests
cargo test -Zbuild-std=std,panic_unwind --target x86_64-pc-windows-gnu "$@"
if [ "$*" = "--lib --tests" ]; then
    for program in mimamori mimamori-cli; do
        [ -f "$CARGO_TARGET_DIR/x86_64-pc-windows-gnu/debug/$program.exe" ] ||
            { echo "windows tests: $program.exe was not built" >&2; exit 1; }
    done
fi
