#!/usr/bin/env bash
# Reads what comes from outside with libFuzzer: histories, overrides of the tables, recordings of others, requests to the
# agent, settings, the inbox, rows of a damaged recording, files of /proc and /sys, mounts, command lines, what systems
# log of their end. On stable Rust: the compiler's own LLVM counts, without a sanitizer, which the program could use
# little of (it has next to no `unsafe`).
#
#   tests/fuzz/run.sh [SECONDS] [TARGET…]     SECONDS for each target (10); all targets when none is named; 0 only builds
#
# Ends with 1 when something was found; the input is kept in CARGO_TARGET_DIR/fuzz/found, and tried first the next time.
# Inputs that reach something new are kept in CARGO_TARGET_DIR/fuzz/corpus, where the next run goes on from.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
seconds=${1-10}
[ $# -eq 0 ] || shift
targets=("$@")
[ $# -gt 0 ] || targets=(commands endpoint history inbox mounts override proc rows sensors settings sheet stops story)

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
found=$CARGO_TARGET_DIR/found kept=$CARGO_TARGET_DIR/corpus
mkdir -p "$found"

# What is in the repository is where each target begins.
seeds() {
    local corpus=$work/$1 map name input number=0
    mkdir -p "$corpus"
    find "$found" -name "$1-*" -exec cp {} "$corpus" \;
    # See keep.sh.
    cat "$here/corpus/$1".{base64,once} 2>/dev/null | while read -r input; do
        number=$((number + 1))
        base64 -d <<<"$input" >"$corpus/kept-$number"
    done
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
        commands)
            local which
            for which in miners innocent; do
                tr 'A-Za-z' 'N-ZA-Mn-za-m' <"$project/tests/command_lines/$which.rot13.tsv" >"$work/lines"
                awk -F '\t' -v to="$corpus/$which" 'NF > 1 {
                    gsub(/"/, "", $2); words = $2; gsub(/ /, "%", words)
                    printf "/usr/bin/%s%%%s%%%s", $1, $1, words >(to NR); close(to NR)
                }' "$work/lines"
            done
            find "$corpus" -type f -exec sed -i 's/%/\x00/g' {} +
            ;;
        mounts)
            cat >"$corpus/one" <<'END'
22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
36 35 8:3 / /mnt/my\040disk rw,noatime master:1 - xfs /dev/sda3 rw,errors=continue
37 22 8:3 /srv/data /mnt/data rw - xfs /dev/sda3 rw
38 22 7:3 / /snap/x/1 ro,relatime - squashfs /dev/loop3 ro
40 22 0:50 / /home rw,xattr - zfs rpool/USERDATA/home_x1 rw,xattr
41 22 0:51 / /var rw,xattr - zfs rpool/var rw,xattr
42 22 0:31 /@srv /srv rw - btrfs /dev/nvme0n1p2 rw,subvol=/@srv
43 22 0:60 / /mnt/far rw - fuse.sshfs a@b: rw
44 22 0:61 / /mnt/nas rw - nfs4 nas:/x rw
45 22 0:62 / /run/media/a/STICK rw - vfat /dev/sdc1 rw
46 22 0:63 / /mnt/auto rw - autofs systemd-1 rw
47 22 0:64 / /home/a/Drive rw - fuse.rclone drive: rw
END
            cp /proc/self/mountinfo "$corpus/own"
            ;;
        proc)
            printf 'p4200000 (Web Content) S 5 1 1 0 -1 4194304 1 2 3 4 100 20 40 3 20 0 9 0 555 1000000 250 0 4096 8192 140722 0 0 0 0 4096 1 1 0 0 17 1 0 0 0 0 0 12288 16384 20480 9 9 9 9 0\n\036rchar: 1\nread_bytes: 4096\nwrite_bytes: 8192\n\n---\n/usr/bin/x\000-o\000stratum+tcp://a.b:3333\000' >"$corpus/process"
            { printf 's' && cat /proc/stat; } >"$corpus/stat"
            printf 's%s\n' "cpu  10 0 5 60 20 2 3 4 5 0" "cpu0 10 0 5 60 20 2 3 4 5 0" "intr 5 1" >"$corpus/short"
            printf 'd%s\n' "   8 0 sda 10 0 100 5 20 0 300 5 1 900 1800" >"$corpus/disks"
            printf 't%s\n' "   1: 0100007F:A2B4 0100007F:0D05 01 00000000:00000000 00:00000000 00000000     0        0 77 1" >"$corpus/tcp"
            printf 'm%s\n' "proc /proc proc rw,nosuid,hidepid=invisible 0 0" >"$corpus/mounts"
            ;;
        rows)
            # Any numbers: each chooses what is changed, and how.
            local seed
            for seed in $(seq 64); do
                LC_ALL=C awk -v seed="$seed" 'BEGIN { srand(seed); for (i = 0; i < 240; i++) printf "%c", 1 + int(rand() * 255) }' >"$corpus/$seed"
            done
            ;;
        sensors)
            cat >"$corpus/one" <<'END'
class/hwmon/hwmon0/name k10temp
class/hwmon/hwmon0/temp1_input 89500
class/hwmon/hwmon0/temp1_label Tctl
class/hwmon/hwmon0/temp2_input 62500
class/hwmon/hwmon0/temp2_label Tdie
class/hwmon/hwmon1/name nct6798
class/hwmon/hwmon1/fan1_input 1928
class/hwmon/hwmon1/fan2_input 65535
class/hwmon/hwmon2/name acpitz
class/hwmon/hwmon2/temp1_input 27800
class/drm/card0/device/gpu_busy_percent 37
devices/system/cpu/cpu0/cpufreq/scaling_cur_freq 3200000
devices/system/cpu/cpu1/cpufreq/scaling_cur_freq 800000
devices/system/cpu/cpu0/thermal_throttle/package_throttle_count 3
class/power_supply/AC/type Mains
class/power_supply/AC/online 0
class/power_supply/BAT0/type Battery
class/power_supply/BAT0/status Discharging
---
class/hwmon/hwmon0/temp2_input 71000
class/hwmon/hwmon1/fan1_input 2400
class/drm/card0/device/gpu_busy_percent 100
devices/system/cpu/cpu0/cpufreq/scaling_cur_freq 4200000
---
class/hwmon/hwmon0/temp2_input 255000
class/hwmon/hwmon1/fan1_input 0
END
            cat >"$corpus/zone" <<'END'
class/thermal/thermal_zone0/type x86_pkg_temp
class/thermal/thermal_zone0/temp 48000
---
class/thermal/thermal_zone0/temp 61000
END
            ;;
        stops)
            printf 'j{"__REALTIME_TIMESTAMP":"1763900010000000","_UID":"0","MESSAGE_ID":"98268866d1d54a499c4e98921d93bc40","SYSLOG_IDENTIFIER":"systemd-logind"}\n{"__REALTIME_TIMESTAMP":"1763900011000000","_TRANSPORT":"kernel","UNIT":"reboot.target"}\n' >"$corpus/journal"
            printf 'e%s\036%s' "<Event><System><Provider Name='Microsoft-Windows-Kernel-Power'/><EventID>41</EventID><TimeCreated SystemTime='2025-11-23T12:15:00.1234567Z'/></System><EventData><Data Name='BugcheckCode'>159</Data><Data Name='PowerButtonTimestamp'>0x1</Data></EventData></Event>" \
                "<Event><System><EventID Qualifiers='32768'>6008</EventID><TimeCreated SystemTime=\"2025-11-23T12:15:10.000000000Z\"/></System></Event>" >"$corpus/events"
            {
                printf 'w'
                sign_in '\002\000' reboot '\000\000\040\151'
                sign_in '\001\000' shutdown '\300\373\042\151'
                sign_in '\002\000' reboot '\000\000\043\151'
            } >"$corpus/sign-ins"
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

# A login record: kind, user, seconds since 1970.
sign_in() {
    # shellcheck disable=SC2059 # bytes
    printf "$1" && head -c 42 /dev/zero && printf '%s' "$2" && head -c $((296 - ${#2})) /dev/zero
    # shellcheck disable=SC2059
    printf "$3" && head -c 40 /dev/zero
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
    mkdir -p "$kept/$target"
    log=$work/$target.log
    code=0
    "$CARGO_TARGET_DIR/$host/release/$target" "$kept/$target" "$work/$target" -dict="$work/words" -max_total_time="$seconds" \
        -max_len=8192 -timeout=60 -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$found/$target-" \
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
