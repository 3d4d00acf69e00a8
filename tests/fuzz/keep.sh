#!/usr/bin/env bash
# Puts a small part of what the fuzzers have found worth keeping into the repository: the fewest inputs of up to 512
# bytes that reach all that such inputs reach, and of these at most a hundred for each target, of all sizes.
#
#   tests/fuzz/keep.sh [TARGET…]     after `run.sh`, with the same CARGO_TARGET_DIR; all targets when none is named
#
# `corpus/TARGET.base64` has one input a line. Inputs that once broke something are in `corpus/TARGET.once`, which stays.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${CARGO_TARGET_DIR:=$here/../../target}"
folder=$CARGO_TARGET_DIR/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')
targets=("$@")
[ $# -gt 0 ] || targets=(commands endpoint history inbox mounts override proc rows sensors settings sheet stops story)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for target in "${targets[@]}"; do
    [ -d "$folder/corpus/$target" ] || continue
    mkdir "$work/all" "$work/least"
    find "$folder/corpus/$target" -type f -size -513c -exec cp {} "$work/all" \;
    "$folder/$host/release/$target" -set_cover_merge=1 -max_len=512 "$work/least" "$work/all" >/dev/null 2>&1
    count=$(find "$work/least" -type f | wc -l)
    find "$work/least" -type f -printf '%s %p\n' | sort -n -k1,1 -k2 |
        awk -v step="$(((count + 99) / 100))" 'step < 2 || NR % step == 0 { print $2 }' |
        while read -r input; do base64 -w 0 "$input" && echo; done >"$here/corpus/$target.base64"
    echo "$target: $(wc -l <"$here/corpus/$target.base64") of $count"
    rm -r "$work/all" "$work/least"
done
