"""Hostile processes beside the agent, and what it must keep to. Started by hostile.sh in a mount namespace of its own.

Only processes that were started here are ended.
"""

import ctypes
import glob
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

BINARY, MINUTES, WORK = Path(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])
RECORDING = Path(os.environ["XDG_STATE_HOME"]) / "mimamori/recording.db"
SOCKET = Path(os.environ["XDG_RUNTIME_DIR"]) / "mimamori/agent.sock"
HOSTILE = WORK / "hostile"
CLOCK = WORK / "clock"

MOST_CPU = 0.01
"""Share of one processor: MAX_CPU of src/agent/budget.rs."""
SETTLES = 6
"""Minutes that the agent may need to find the pace that it can afford."""
MOST_MEMORY = 25.0
"""MB, as its proportional set."""
LONGEST_GAP = 40.0
"""Seconds between two rows, also when a clock is set."""
LEAST_COVERED = 0.97
"""Share of the time that rows must cover."""

JUDGES_COST = os.environ.get("MIMAMORI_SOAK_COST", "1") != "0"

STARTED = []
JUMPS = []
NOT_RUN = []


def start(*command, **options):
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **options}
    process = subprocess.Popen([str(word) for word in command], **options)
    STARTED.append(process)
    return process


def end(process, number=signal.SIGKILL):
    if process.poll() is None:
        process.send_signal(number)
        process.wait(20)
    if process in STARTED:
        STARTED.remove(process)


def say(words):
    print(f"    {time.strftime('%H:%M:%S')} {words}", flush=True)


class SilentMount:
    """A FUSE file system whose program never answers: whoever asks it waits for as long as it is mounted."""

    def __init__(self):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.device = None

    def appear(self):
        self.device = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={self.device},rootmode=40000,user_id=0,group_id=0".encode()
        done = self.libc.mount(b"nas:/silent", bytes(WORK / "silent"), b"fuse.sshfs", 0, options)
        if done != 0:
            NOT_RUN.append(f"a silent mount ({os.strerror(ctypes.get_errno())})")
            os.close(self.device)
            self.device = None

    def vanish(self):
        if self.device is not None:
            # Whoever waits gets an error.
            os.close(self.device)
            self.libc.umount2(bytes(WORK / "silent"), 2)
            self.device = None


def ask(request):
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(SOCKET))
            connection.sendall(json.dumps(request).encode() + b"\n")
            answer = b""
            while not answer.endswith(b"\n"):
                part = connection.recv(65536)
                if not part:
                    return None
                answer += part
        return json.loads(answer)
    except OSError:
        return None


def cpu(pid):
    """Seconds on a processor, of all threads that are or were."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    """MB of its proportional set, and of the anonymous part of it."""
    words = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    sizes = {word[0]: int(word[1]) / 1024 for word in words}
    return sizes["Pss:"], sizes["Pss_Anon:"]


def waited(pid):
    """Seconds in which its first thread had work to do and got no processor."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[1]) / 1e9


def faketime():
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not found:
        NOT_RUN.append("a clock that is set (libfaketime is not installed)")
        return {}
    CLOCK.write_text("+0\n")
    return {"LD_PRELOAD": found[0], "FAKETIME_TIMESTAMP_FILE": str(CLOCK), "FAKETIME_CACHE_DURATION": "2",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}


def set_clock(offset):
    JUMPS.append(offset)
    CLOCK.write_text(f"{offset:+d}\n")
    say(f"the clock is set to {offset / 3600:+.0f} hours")


def namespace():
    """A process in a PID and a mount namespace of its own, for some seconds."""
    return start("unshare", "--pid", "--mount", "--mount-proc", "--fork", "--kill-child", "--", HOSTILE, "ties", "20")


def torture(agent, mount, is_set):
    """Lets it go on until the time is over; returns the memory and the share of a processor in each minute."""
    begun = time.monotonic()
    minute, before = begun, cpu(agent.pid)
    sizes, shares, spaces = [], [], []
    look = 0
    while (gone := time.monotonic() - begun) < MINUTES * 60:
        time.sleep(1.0)
        look += 1
        if agent.poll() is not None:
            raise AssertionError(f"the agent ended by itself with {agent.returncode} after {gone:.0f} s")
        if look % 5 == 0:
            spaces.append(namespace())
        while len(spaces) > 3:
            end(spaces.pop(0))
        if look % 10 == 0:
            sizes.append(memory(agent.pid))
        # Off for 20 s of every two minutes.
        if look % 120 == 60:
            mount.vanish()
        if look % 120 == 80:
            mount.appear()
        # A day ahead, back, a day back, back: within the first half, so that the end is by the true clock.
        if is_set and look % 45 == 0 and (gone < MINUTES * 30 or JUMPS and JUMPS[-1] != 0):
            set_clock((86_400, 0, -86_400, 0)[len(JUMPS) % 4])
        if time.monotonic() - minute >= 60:
            now, spent = time.monotonic(), cpu(agent.pid)
            shares.append((spent - before) / (now - minute))
            minute, before = now, spent
            said = ask({"do": "status"})
            say(f"CPU {shares[-1]:.2%} of one processor, PSS {sizes[-1][0]:.1f} MB, waited {waited(agent.pid):.0f} s, "
                f"{sum(name.isdigit() for name in os.listdir('/proc'))} processes, status "
                f"{said and {key: said.get(key) for key in ('samples', 'slowed', 'trouble')}}")
    for space in spaces:
        end(space)
    return sizes, shares


def judge(begun, ended, sizes, shares, code, took):
    """What did not hold."""
    db = sqlite3.connect(f"file:{RECORDING}?mode=ro", uri=True, timeout=10)
    check = db.execute("PRAGMA integrity_check").fetchone()[0]
    rows = [(at / 1000, (span or 0) / 1000) for at, span in db.execute("SELECT at, span FROM raw ORDER BY at")]
    changes = [json.loads(data)["by_seconds"] for (data,) in
               db.execute("SELECT data FROM event WHERE kind = 'clock_changed' ORDER BY id")]
    clean = db.execute("SELECT clean FROM run ORDER BY id DESC LIMIT 1").fetchone()[0]
    db.close()
    gaps = [at - span - before for (before, _), (at, span) in zip(rows, rows[1:])]
    covered = sum(span for _, span in rows)
    shares = shares or [0.0]
    settled = shares[SETTLES:]
    print(f"\n{MINUTES:g} minutes, {BINARY}")
    print(f"    {len(rows)} rows cover {covered:.0f} of {ended - begun:.0f} s, largest gap {max(gaps, default=0):.1f} s,"
          f" the first after {rows[0][0] - rows[0][1] - begun:.1f} s, the last {ended - rows[-1][0]:.1f} s before the end,"
          f" ended in order: {bool(clean)}")
    worst = f"{max(settled):.2%} in the worst minute after {SETTLES}" if settled else "too short to judge it"
    print(f"    CPU {sum(shares) / len(shares):.2%} of one processor, {worst}")
    sizes, anonymous = zip(*sizes)
    print(f"    PSS {sum(sizes) / len(sizes):.1f} MB on average, {max(sizes):.1f} at most, of it anonymous {max(anonymous):.1f}")
    print(f"    ended with {code}, {took:.2f} s after SIGTERM; clock set by {[round(change / 3600) for change in changes]} h")
    for what in NOT_RUN:
        print(f"NOT RUN: {what}")
    wrong = []
    if check != "ok":
        wrong.append(f"the recording is damaged: {check}")
    if covered < LEAST_COVERED * (ended - begun) or max(gaps, default=0) > LONGEST_GAP:
        wrong.append("rows are missing")
    if not rows or rows[0][0] < begun - 5 or rows[-1][0] > ended + 5:
        wrong.append("rows have times at which nothing was recorded")
    steps = [later - earlier for earlier, later in zip([0, *JUMPS], JUMPS)]
    if [round(change / 3600) for change in changes] != [round(step / 3600) for step in steps]:
        wrong.append(f"the clock was set by {[round(step / 3600) for step in steps]} h")
    if not JUDGES_COST:
        print("    a build for development: what it costs is not judged")
    elif max(settled, default=0.0) > MOST_CPU or max(sizes) > MOST_MEMORY:
        wrong.append(f"more than {MOST_CPU:.0%} of a processor or {MOST_MEMORY:.0f} MB")
    if code != 0 or took > 1.0:
        wrong.append("no end in order within a second")
    for what in wrong:
        print(f"    FAILED: {what}")
    return 1 if wrong else 0


def main():
    clock = faketime()
    mount = SilentMount()
    mount.appear()
    for words in (("sleepers", 4000), ("threads", 2000), ("ties", 200), ("storm", 150)):
        start(HOSTILE, *words)
    patience = time.monotonic() + 120
    while sum(name.isdigit() for name in os.listdir("/proc")) < 4200 and time.monotonic() < patience:
        time.sleep(1)
    begun = time.time()
    # A session of its own has the share of a processor that a desktop program has, whatever this script was given.
    agent = start(BINARY, "agent", env={**os.environ, **clock}, stderr=None, start_new_session=True)
    try:
        sizes, shares = torture(agent, mount, bool(clock))
        told = time.monotonic()
        agent.send_signal(signal.SIGTERM)
        code = agent.wait(30)
        took, ended = time.monotonic() - told, time.time()
    finally:
        for process in STARTED[::-1]:
            end(process)
        mount.vanish()
    return judge(begun, ended, sizes, shares, code, took)


sys.exit(main())
