#!/usr/bin/env bash
# Reads what comes from outside with libFuzzer: histories, overrides of the tables, recordings of others, requests to the
# agent, settings, the inbox. On stable Rust: the compiler's own LLVM counts, without a sanitizer, which the program
# could use little of (it has next to no `unsafe`).
#
#   tests/fuzz/run.sh [SECONDS] [TARGET…]     SECONDS for each target (10); all targets when none is named; 0 only builds
#
# Ends with 1 when something was found; the input is kept in CARGO_TARGET_DIR/fuzz/found, and tried first the next time.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
seconds=${1-10}
[ $# -eq 0 ] || shift
targets=("$@")
[ $# -gt 0 ] || targets=(endpoint history inbox override settings sheet story)

compiler=${CXX-c++}
command -v "$compiler" >/dev/null 2>&1 || {
    echo "NOT RUN: libFuzzer needs a C++ compiler ($compiler)"
    exit 0
}
# A folder of its own: everything is compiled with other flags.
: "${CARGO_TARGET_DIR:=$project/target}"
export CARGO_TARGET_DIR=$CARGO_TARGET_DIR/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')
counters="-Cpasses=sancov-module -Ccodegen-units=1"
for flag in level=4 inline-8bit-counters pc-table trace-compares; do
    counters+=" -Cllvm-args=-sanitizer-coverage-$flag"
done
begin=$(date +%s)
# With a target named, the flags are not for build scripts and macros, which have no libFuzzer.
RUSTFLAGS="$counters --cfg fuzzing" cargo build --quiet --release --locked --target "$host" \
    --manifest-path "$here/Cargo.toml" --bins
echo "built in $(($(date +%s) - begin)) s"
[ "$seconds" != 0 ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
found=$CARGO_TARGET_DIR/found
mkdir -p "$found"

# What is in the repository is where each target begins.
seeds() {
    local corpus=$work/$1 map name
    mkdir -p "$corpus"
    find "$found" -name "$1-*" -exec cp {} "$corpus" \;
    case $1 in
        history) cp "$project"/tests/scenarios/*.jsonl "$corpus" ;;
        override) cp "$project/assets/knowledge/"*.toml "$corpus" ;;
        settings)
            echo '{"lang":"ja","theme":"dark","renderer":"glow","background":"on","restart":{"done":["save_work"]},' \
                '"mine":[{"path":"/home/a/sums","name":"sums","until":2000}]}' >"$corpus/all"
            ;;
        inbox)
            echo '{"at":5,"kind":"action","subject":"burner","data":{"force":true}}' >"$corpus/one"
            ;;
        endpoint)
            local number=0 line
            while read -r line; do
                number=$((number + 1))
                printf '\010%s\n' "$line" >"$corpus/$number"
            done <<'END'
{"do":"show","finding":"cpu_hog:a"}
{"do":"status","fresh":true}
{"do":"pause","minutes":60}
{"answer":"status","version":"9.9","pid":7,"since":5,"paused_until":6,"cpu":0.5,"trouble":null,"slowed":true}
END
            ;;
        sheet)
            for map in "$project"/tests/score/maps/*.toml; do
                name=$(basename "$map")
                { cat "$map" && echo "---" && example "$map"; } >"$corpus/$name"
                example "$map" >"$corpus/$name.guess"
            done
            ;;
    esac
}

# A recording with the columns of a map.
example() {
    sed -n 's/.*column = "\([^"]*\)".*/\1/p; s/^columns = \["\(.*\)"\]/\1/p' "$1" | sed 's/", "/\n/g' | paste -sd,
    local columns row
    columns=$(sed -n 's/.*column = "\([^"]*\)".*/\1/p; s/^columns = \["\(.*\)"\]/\1/p' "$1" | sed 's/", "/\n/g' | wc -l)
    for row in 1 2 3; do
        if grep -q '^form = "unix"' "$1"; then printf '170000000%s' "$row"; else printf '1.2.2026,10:00:0%s.0' "$row"; fi
        seq 3 "$columns" | while read -r _; do printf ',%s0' "$row"; done
        echo
    done
}

# The words of the forms, which no chance finds.
words() {
    grep -oh '"[a-z][a-z0-9_]*"' "$project"/assets/schema/*.json | tr -d '"' | sort -u | sed 's/.*/"&"/'
}
words >"$work/words"

bad=0
for target in "${targets[@]}"; do
    seeds "$target"
    log=$work/$target.log
    code=0
    "$CARGO_TARGET_DIR/$host/release/$target" "$work/$target" -dict="$work/words" -max_total_time="$seconds" \
        -max_len=8192 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$found/$target-" \
        >"$log" 2>&1 || code=$?
    grep -q "inline 8-bit counters" "$log" || {
        echo "$target: nothing was counted"
        code=2
    }
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    first=$(sed -n 's/.*INITED.* cov: \([0-9]*\).*/\1/p' "$log" | head -1)
    last=$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$log" | tail -1)
    printf '%-9s %9s runs, coverage %5s -> %5s  %s\n' "$target" "${runs:-?}" "${first:-?}" "${last:-?}" \
        "$([ $code = 0 ] && echo well || echo "FOUND SOMETHING (exit code $code)")"
    if [ $code != 0 ]; then
        bad=1
        grep -v '^#' "$log" | tail -60
    fi
done
exit $bad
