#!/usr/bin/env bash
# Whether the tests notice faults. Run by hand: it takes an hour and more on two cores.
#
#   tests/mutants/run.sh sample [N [PART/PARTS]]   N mutants of the code (150), always the same ones: see sample.py
#   tests/mutants/run.sh planted                   the faults of planted.toml in a copy of the sources: each must turn
#                                                  the tests red
#
# A mutant that no test can notice is excused in mutants.toml, with its reason.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
case ${1-} in
sample)
    command -v cargo-mutants >/dev/null || cargo install --quiet --locked cargo-mutants
    shift
    exec python3 "$here/sample.py" "$@"
    ;;
planted) exec python3 "$here/planted.py" ;;
*) sed -n 's/^# \{0,1\}//; 2,8p' "$0" >&2; exit 64 ;;
esac
