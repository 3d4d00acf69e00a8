#!/bin/sh
# Builds the Windows program on Debian 12 and runs under Wine 10 the tests of what differs there: platform, sampler,
# recorder, agent, command line, and the digest of all findings. Prepares what end_to_end.py needs.
#
#   run.sh [CARGO-TEST-ARGUMENT…]    without arguments: all of the above
#
# CARGO_TARGET_DIR and the checkout can be anywhere. What Windows itself must show is not tested here: DX12,
# toasts, command lines of other processes (Wine 10 does not give them).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
checkout=$(cd "$here/../.." && pwd -P)
: "${CARGO_TARGET_DIR:=$checkout/target}"
mkdir -p "$CARGO_TARGET_DIR"
CARGO_TARGET_DIR=$(cd "$CARGO_TARGET_DIR" && pwd -P)
export CARGO_TARGET_DIR
"$here/setup.sh" "$checkout" "$CARGO_TARGET_DIR"

programs=$CARGO_TARGET_DIR/x86_64-pc-windows-gnu/debug
mkdir -p "$programs"
x86_64-w64-mingw32-gcc -O1 -mwindows -o "$programs/burner.exe" "$here/burner.c"
x86_64-w64-mingw32-gcc -O1 -mwindows -o "$programs/empty.exe" "$here/empty.c" -lpsapi
x86_64-w64-mingw32-gcc -O1 -o "$programs/traycheck.exe" "$here/traycheck.c"

# A program with a signature, which Wine has none of: one of its own, signed by nobody in particular. Unlike Windows, Wine
# trusts every root.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key" -out "$work/cert" -days 30 -utf8 \
    -subj "/C=JP/CN=株式会社サンプル" -addext extendedKeyUsage=codeSigning 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
notepad=${MIMAMORI_WINE_ROOT:-/opt/mimamori-wine10}/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/notepad.exe
rm -f "$CARGO_TARGET_DIR/signed.exe"
osslsigncode sign -certs "$work/cert" -key "$work/key" -in "$notepad" -out "$CARGO_TARGET_DIR/signed.exe" >/dev/null
export MIMAMORI_SIGNED_FILE="Z:$CARGO_TARGET_DIR/signed.exe"

unset RUSTC_WORKSPACE_WRAPPER CLIPPY_ARGS
# Debian's compiler comes with the sources of the standard library, from which cargo builds that of Windows.
export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER="$here/wine10"
export MIMAMORI_WINEPREFIX="$CARGO_TARGET_DIR/wineprefix-0"
cd "$checkout"
test_windows() { cargo test --locked -Zbuild-std=std,panic_unwind --target x86_64-pc-windows-gnu "$@"; }
on_display() { "$checkout/tests/display.sh" --size 1280x800 -- "$@"; }
if [ $# -gt 0 ]; then
    on_display cargo test --locked -Zbuild-std=std,panic_unwind --target x86_64-pc-windows-gnu "$@"
    exit
fi
# Not `cargo build`: without the tests it builds another standard library, and every dependency a second time.
test_windows --quiet --lib --test all --no-run
begun=$(date +%s)
status=0
on_display cargo test --locked --quiet --no-fail-fast -Zbuild-std=std,panic_unwind --target x86_64-pc-windows-gnu --lib --test all -- \
    platform:: sampler:: recorder agent:: ipc:: cli:: settings:: command_line:: corpus::every_case --skip at_the_pace_of_the_agent || status=$?
"$here/wine10" --end
echo "run under Wine in $(($(date +%s) - begun)) s"
# The second place of end_to_end.py.
rm -rf "$CARGO_TARGET_DIR/wineprefix-1"
cp -a "$MIMAMORI_WINEPREFIX" "$CARGO_TARGET_DIR/wineprefix-1"
exit "$status"
