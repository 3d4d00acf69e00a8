"""The icon beside the clock under Wine 10, found by its colours and used with the mouse. Started by end_to_end.py."""

import os
import pathlib
import subprocess
import time
import tomllib
import unittest

WINE = os.environ["MIMAMORI_WINE"]
# The newest one is the one just built.
PROGRAM = max(pathlib.Path(os.environ["MIMAMORI_PROGRAMS"]).glob("deps/all-*.exe"), key=lambda file: file.stat().st_mtime)
CHECK = pathlib.Path(os.environ["MIMAMORI_PROGRAMS"]) / "traycheck.exe"
WORK = pathlib.Path(os.environ["MIMAMORI_WORK"])
ARTEFACTS = pathlib.Path(os.environ.get("MIMAMORI_ARTEFACTS", "tests/artefacts"))
WIDTH, HEIGHT = 1000, 700
COLOURS = {
    name: bytes.fromhex(value.removeprefix("#"))
    for name, value in tomllib.loads(pathlib.Path("assets/icons/tray.toml").read_text()).items()
}


def screen():
    return subprocess.run(["import", "-window", "root", "-depth", "8", "rgb:-"], check=True, capture_output=True).stdout


def shot(name):
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    subprocess.run(["import", "-window", "root", str(ARTEFACTS / f"windows-tray-{name}.png")], check=True)


def find(state):
    """The middle of the icon in `state`: where its own colour is, at the lower edge of the screen."""
    pixels, colour, found = screen(), COLOURS[state], []
    for y in range(HEIGHT - 60, HEIGHT):
        row = pixels[y * WIDTH * 3 : (y + 1) * WIDTH * 3]
        found += [(x, y) for x in range(WIDTH) if row[x * 3 : x * 3 + 3] == colour]
    if len(found) < 8:
        return None
    return sum(x for x, _ in found) // len(found), sum(y for _, y in found) // len(found)


def until(what, seconds, check):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.3)
    shot("failed")
    raise AssertionError(f"not within {seconds} s: {what}")


def click(place, button=1):
    x, y = place
    subprocess.run(
        ["xdotool", "mousemove", str(x - 3), str(y), "sleep", "0.3", "mousemove", str(x), str(y), "sleep", "0.2",
         "mousedown", str(button), "sleep", "0.15", "mouseup", str(button)], check=True)


def check(word):
    """Runs traycheck on the same desktop; what it saw."""
    said = WORK / f"{word}.said"
    said.unlink(missing_ok=True)
    command = [WINE, "explorer", f"/desktop=shell,{WIDTH}x{HEIGHT}", windows_path(CHECK), word, windows_path(said)]
    helper = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return until(f"the answer to {word}", 30, lambda: said.exists() and "done" in said.read_text() and said.read_text())
    finally:
        HELPERS.append(helper)


def windows_path(path):
    return "Z:" + str(path).replace("/", "\\")


HELPERS = []


class Tray(unittest.TestCase):
    def setUp(self):
        self.log = WORK / f"{self.id()}.log"
        self.process = subprocess.Popen(
            [WINE, "explorer", f"/desktop=shell,{WIDTH}x{HEIGHT}", windows_path(PROGRAM), "--ignored", "--exact",
             "tray_probe::tray_probe"],
            env={**os.environ, "MIMAMORI_TRAY_LOG": windows_path(self.log)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.end)
        self.read = 0

    def end(self):
        subprocess.run([WINE, "--end"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.process.wait(timeout=60)
        while HELPERS:
            HELPERS.pop().wait(timeout=60)

    def lines(self):
        return self.log.read_text().splitlines() if self.log.exists() else []

    def wait_for(self, text, seconds=20):
        """A line with `text` that was not waited for yet."""
        def look():
            fresh = self.lines()[self.read :]
            return next(((n, line) for n, line in enumerate(fresh) if text in line), None)
        number, line = until(f"{text!r} in {self.lines()}", seconds, look)
        self.read += number + 1
        return line

    def choose(self, icon, lines_down):
        """Right click, then the line so far below the first one; the menu opens upwards at the mouse."""
        before = screen()
        click(icon, 3)
        # Drawn at once, but not in one piece: the same twice.
        seen = []

        def menu():
            seen.append(self.changed(before, screen()))
            return len(seen) > 1 and seen[-1] == seen[-2] and seen[-1]

        changed = until("the menu", 10, menu)
        shot("menu")
        left, top, right, bottom = changed
        # Four lines and a separator about half as high.
        height = (bottom - top) / 4.5
        click(((left + right) // 2, round(top + height * (lines_down + 0.5))))

    @staticmethod
    def changed(before, after):
        places = [n // 3 for n in range(0, len(before), 3) if before[n : n + 3] != after[n : n + 3]]
        if len(places) < 500:
            return None
        xs, ys = [n % WIDTH for n in places], [n // WIDTH for n in places]
        return min(xs), min(ys), max(xs), max(ys)

    def test_the_icon_and_its_menu(self):
        print(self.wait_for("start", 60))
        self.wait_for("TrayShown")
        icon = until("the icon", 20, lambda: find("fine"))
        shot("icon")
        click(icon)
        self.wait_for("Tray(Open)")
        self.choose(icon, 1)
        self.wait_for("Tray(CheckNow)")
        icon = until("the other icon", 10, lambda: find("act"))
        # Wine has no toasts: the icon speaks. (It shows no balloons on a desktop in a window either.)
        check("balloon")
        self.wait_for('NotificationClicked("hot")')
        self.assertFalse([line for line in self.lines() if "NotificationsFailed" in line])
        # The taskbar is made anew: the icon is back, and still hears clicks.
        self.assertIn("removed 1", check("taskbar"))
        self.wait_for("TrayShown")
        icon = until("the icon again", 10, lambda: find("act"))
        click(icon)
        self.wait_for("Tray(Open)")
        check("close")
        self.wait_for("Tray(Quit)")
        print(self.wait_for("dropped"))
        until("the icon to go", 10, lambda: not find("act"))

    def test_the_end_of_the_session_waits_for_saving(self):
        self.wait_for("TrayShown", 60)
        output = check("end")
        print(output.strip())
        self.assertIn("query 1 1", output)
        self.wait_for("SessionEnding")
        self.wait_for("saved")
        self.assertLess(int(output.split("after ")[1].split(" ")[0]), 800, "saved at once, not after the patience")


if __name__ == "__main__":
    unittest.main(verbosity=2)
