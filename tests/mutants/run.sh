#!/usr/bin/env bash
# Whether the tests notice faults. Run by hand: it takes an hour and more on two cores.
#
#   tests/mutants/run.sh sample [N]    N mutants of the code (150), always the same ones, by cargo-mutants
#   tests/mutants/run.sh planted       the faults of planted.toml in a copy of the sources: each must turn the tests red
#
# A mutant that no test can notice is excused in mutants.toml, with its reason.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
case ${1-} in
sample)
    command -v cargo-mutants >/dev/null || cargo install --quiet --locked cargo-mutants
    chosen=()
    while IFS= read -r name; do chosen+=(--re "^$name\$"); done < <(
        cargo mutants --list --config "$here/mutants.toml" | python3 "$here/choose.py" "${2-150}")
    exec cargo mutants --config "$here/mutants.toml" --no-shuffle --jobs 1 --output "${CARGO_TARGET_DIR:-target}" "${chosen[@]}"
    ;;
planted) exec python3 "$here/planted.py" ;;
*) sed -n 's/^# \{0,1\}//; 2,8p' "$0" >&2; exit 64 ;;
esac
