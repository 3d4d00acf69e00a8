#!/usr/bin/env python3
"""Runs the end-to-end tests, each in surroundings of its own: display, session bus, home, runtime folder, Wine prefix.

    tests/end_to_end.py desktop|windows [TEST…]        all tests of the suite, or those whose names contain a TEST

Two tests run at a time. One that judges a level of load (`@judges_load`, see load.py) runs alone, and once more when it
fails, which is listed. Ends with 1 when a test failed; the last lines are counts and what was not run, for run.sh.

    MIMAMORI_BIN         the Linux program (default: CARGO_TARGET_DIR/debug/mimamori)
    MIMAMORI_ARTEFACTS   where pictures and diagnostics go (default: tests/artefacts)
"""

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from knowledge import ignore_full_disks

TESTS = Path(__file__).resolve().parent
CHECKOUT = TESTS.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target")).resolve()
ARTEFACTS = Path(os.environ.get("MIMAMORI_ARTEFACTS", TESTS / "artefacts")).resolve()
PYTHON = "/usr/bin/python3"
"""Debian's own, which has the modules that come as packages."""
AT_ONCE = 2
LONGEST = 600
"""Seconds after which a test is ended and has failed."""
WINE = TESTS / "windows/wine10"
NOT_INHERITED = [
    "AT_SPI_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "LANGUAGE", "LC_ALL", "LC_MESSAGES",
    "MIMAMORI_RENDERER_TRIED", "SESSION_MANAGER", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XAUTHORITY", "XDG_CONFIG_DIRS",
    "XDG_CURRENT_DESKTOP", "XDG_SESSION_ID", "XDG_SESSION_TYPE", "XDG_STATE_HOME",
]
FILES = {
    "desktop": ["desktop/e2e.py", "desktop/agent.py", "desktop/restart.py",
                "desktop/tray/tray.py"],
    "windows": ["windows/tray.py", "windows/agent.py", "windows/window.py", "windows/scenes.py"],
}


@dataclass
class Test:
    file: Path
    case: str
    name: str
    judges_load: bool

    def __str__(self):
        return f"{self.file.parent.name}/{self.file.stem} {self.name}"


@dataclass
class Outcome:
    test: Test
    failed: bool
    skipped: str | None
    retried: bool
    seconds: float
    output: str


def found_in(file):
    """The tests of a file, without importing it: that needs surroundings."""
    for case in ast.parse(file.read_text()).body:
        if not isinstance(case, ast.ClassDef):
            continue
        for test in case.body:
            if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
                names = {ast.unparse(decorator) for decorator in case.decorator_list + test.decorator_list}
                yield Test(file, case.name, test.name, "judges_load" in names)


def display(*options):
    return [str(TESTS / "display.sh"), *options, "--"]


def on_linux(test, folder, _slot):
    """The command and the environment of a test of the Linux program."""
    for name in ("bin", "home", "run"):
        (folder / name).mkdir(mode=0o700)
    ignore_full_disks(folder / "home/.config/mimamori")
    if test.file.stem == "tray":
        env = {"MIMAMORI_TRAY_PROBE": str(TARGET / "debug/examples/tray_probe")}
        surroundings = []
    else:
        program = Path(os.environ.get("MIMAMORI_BIN", TARGET / "debug/mimamori"))
        # Under its own name, which the tests read on the screen.
        shutil.copy(program, folder / "bin/mimamori")
        env = {"XDG_STATE_HOME": str(folder / "home/.local/state")}
        surroundings = display("--size", "1920x1200", "--manager", "--accessible")
    env |= {
        "HOME": str(folder / "home"), "XDG_RUNTIME_DIR": str(folder / "run"), "MIMAMORI_E2E_TMP": str(folder),
        "XDG_CONFIG_HOME": str(folder / "home/.config"), "XDG_DATA_HOME": str(folder / "home/.local/share"),
        "XDG_CACHE_HOME": str(folder / "home/.cache"), "GSETTINGS_BACKEND": "memory", "NO_AT_BRIDGE": "0",
        # A socket of the test, mostly none: no test tells the system of this PC to restart.
        "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/system-bus",
    }
    return ["dbus-run-session", "--", *surroundings], env


def under_wine(test, folder, slot):
    """The same of the Windows program: each slot has a Wine prefix, whose user has a recording and settings."""
    size = {"tray": "1000x700", "agent": "1280x960"}.get(test.file.stem, "1280x900")
    manager = ["--manager"] if test.file.stem in ("window", "scenes") else []
    prefix = TARGET / f"wineprefix-{slot}"
    for data in prefix.glob("drive_c/users/*/AppData/Local/mimamori"):
        shutil.rmtree(data)
    for user in prefix.glob("drive_c/users/*/AppData/Local"):
        ignore_full_disks(user / "mimamori/config")
    env = {
        "MIMAMORI_WINE": str(WINE), "MIMAMORI_WINEPREFIX": str(prefix), "MIMAMORI_WORK": str(folder),
        "MIMAMORI_PROGRAMS": str(TARGET / "x86_64-pc-windows-gnu/debug"), "CARGO_TARGET_DIR": str(TARGET),
    }
    return display("--size", size, *manager), env


def run(test, surround, slot):
    """One try."""
    # Short: the path of a socket below it may have 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="mmi."))
    begun = time.monotonic()
    output, code = "", None
    try:
        before, env = surround(test, folder, slot)
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        env = inherited | {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1",
                           "PYTHONPATH": str(TESTS), "MIMAMORI_ARTEFACTS": str(ARTEFACTS)} | env
        command = [*before, PYTHON, str(test.file), f"{test.case}.{test.name}"]
        with open(folder / "output", "w+b") as log:
            process = subprocess.Popen(command, env=env, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=subprocess.STDOUT, start_new_session=True)
            try:
                code = process.wait(LONGEST)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        lines = (folder / "output").read_text(errors="replace").splitlines()
        output = "\n".join(line for line in lines if "Failed to set fd limit" not in line)
    finally:
        if surround is under_wine:
            subprocess.run([WINE, "--end"], env=env, check=False)
        for line in Path("/proc/self/mountinfo").read_text().splitlines():
            place = line.split(" ")[4]
            if place.startswith(f"{folder}/"):
                subprocess.run(["umount", "-l", place], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    skipped = re.search(r"\.\.\. skipped ['\"](.*)['\"]$", output, re.M)
    if code is None:
        output += f"\nended after {LONGEST} s\n"
    return Outcome(test, code != 0, skipped and skipped[1], False, time.monotonic() - begun, output)


def main():
    suite, *wanted = sys.argv[1:]
    surround = {"desktop": on_linux, "windows": under_wine}[suite]
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    tests = [test for file in FILES[suite] for test in found_in(TESTS / file)]
    tests = [test for test in tests if not wanted or any(part in f"{test.case}.{test.name}" for part in wanted)]
    slots, lock, outcomes = list(range(AT_ONCE)), threading.Lock(), []

    def told(outcome):
        with lock:
            outcomes.append(outcome)
            word = "FAILED" if outcome.failed else "not run" if outcome.skipped else "ok"
            print(f"{word:7} {outcome.seconds:5.0f} s  {outcome.test}", flush=True)
            if outcome.failed or os.environ.get("MIMAMORI_VERBOSE"):
                print(re.sub("^", "    | ", outcome.output.rstrip(), flags=re.M), flush=True)

    def calm(test):
        with lock:
            slot = slots.pop()
        try:
            told(run(test, surround, slot))
        finally:
            with lock:
                slots.append(slot)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        # A fault of this program itself is not lost.
        list(pool.map(calm, [test for test in tests if not test.judges_load]))
    for test in [test for test in tests if test.judges_load]:
        outcome = run(test, surround, 0)
        if outcome.failed:
            print(f"retried        {test}, which failed:", flush=True)
            print(re.sub("^", "    | ", outcome.output.rstrip(), flags=re.M), flush=True)
            outcome = run(test, surround, 0)
            outcome.retried = True
        told(outcome)

    for outcome in outcomes:
        if outcome.retried:
            print(f"RETRIED: {outcome.test}")
        if outcome.skipped:
            print(f"NOT RUN: {outcome.test}: {outcome.skipped}")
    failed = sum(outcome.failed for outcome in outcomes)
    passed = sum(not outcome.failed and not outcome.skipped for outcome in outcomes)
    for outcome in outcomes:
        if outcome.failed:
            print(f"FAILED: {outcome.test}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
