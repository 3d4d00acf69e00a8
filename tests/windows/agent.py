"""The agent on Windows under Wine 10 with Wine's taskbar: used with the mouse, read with tesseract, asked through the
program itself. Started by end_to_end.py."""

import json
import os
import pathlib
import subprocess
import time
import tomllib
import unittest

from load import judges_load
from screen import PROGRAMS, WINE, click, cpu_seconds, find, processes, shot, until, wait_for, windows_path, words

WORK = pathlib.Path(os.environ["MIMAMORI_WORK"])
PREFIX = pathlib.Path(os.environ["MIMAMORI_WINEPREFIX"])
WIDTH, HEIGHT = 1280, 960
COLOURS = {
    name: bytes.fromhex(value.removeprefix("#"))
    for name, value in tomllib.loads(pathlib.Path("assets/icons/tray.toml").read_text()).items()
    if name != "on_act"  # the taskbar is white too
}
MENU = ["Open Mimamori", "Check now", "Pause watching for 1 hour", "Start with the PC", "Settings", "Quit"]
RUN_KEY = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
# More than an empty program, which has one thread: Wine keeps a stack of 1 MB of its own for each, which Windows does not.
MOST_MEMORY = 12e6
# Share of a core of an unoptimised agent on a calm PC.
MOST_CPU = 0.03


def on_desktop(program, *arguments):
    """Starts a program on the desktop with the taskbar; the process is Wine's, not the program's."""
    command = [WINE, "explorer", f"/desktop=shell,{WIDTH}x{HEIGHT}", windows_path(program), *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def run(program, *arguments, seconds=120):
    return subprocess.run([WINE, str(program), *arguments], capture_output=True, text=True, errors="replace", timeout=seconds)


def screen():
    return subprocess.run(["import", "-window", "root", "-depth", "8", "rgb:-"], check=True, capture_output=True).stdout


def icon():
    """The middle of the icon in whatever state: this PC may be busy with other things. `None` where it is not."""
    pixels = screen()
    for colour in COLOURS.values():
        found = []
        for y in range(HEIGHT - 60, HEIGHT):
            row = pixels[y * WIDTH * 3 : (y + 1) * WIDTH * 3]
            found += [(x, y) for x in range(WIDTH - 200, WIDTH) if row[x * 3 : x * 3 + 3] == colour]
        if len(found) >= 8:
            return sum(x for x, _ in found) // len(found), sum(y for _, y in found) // len(found)
    return None


def arguments_of(pid):
    try:
        return (pathlib.Path("/proc") / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def is_agent(pid):
    return any(word.strip() == "agent" or " agent" in word for word in arguments_of(pid))


def agents():
    return [pid for pid in processes("mimamori.exe") if is_agent(pid)]


def windows():
    return [pid for pid in processes("mimamori.exe") if not is_agent(pid)]


def private_bytes(pid):
    """What the process has written for itself and shares with nobody, as this machine counts it. Only of memory that
    may be written: Wine reads a program into memory of its own, which Windows maps from the file and shares."""
    total, counts = 0, False
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        first, *rest = line.split()
        if not first.endswith(":"):
            counts = rest[0].startswith("rw")
        elif counts and first in ("Private_Clean:", "Private_Dirty:"):
            total += int(rest[0]) * 1024
    return total


def wine_seconds():
    """Processor time of Wine's server, which does for the programs what Windows does itself."""
    return sum(map(cpu_seconds, processes("wineserver") + processes("wineserver64")))


def right_click(place):
    x, y = place
    subprocess.run(
        ["xdotool", "mousemove", str(x - 3), str(y), "sleep", "0.3", "mousemove", str(x), str(y), "sleep", "0.2",
         "mousedown", "3", "sleep", "0.15", "mouseup", "3"], check=True)


def check(word):
    """Runs traycheck on the same desktop; what it saw."""
    said = WORK / f"{word}.said"
    said.unlink(missing_ok=True)
    HELPERS.append(on_desktop(PROGRAMS / "traycheck.exe", word, windows_path(said)))
    return until(f"the answer to {word}", 60, lambda: said.exists() and "done" in said.read_text() and said.read_text())


HELPERS = []


class Agent(unittest.TestCase):
    def setUp(self):
        self.addCleanup(self.end)

    def end(self):
        subprocess.run([WINE, "--end"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while HELPERS:
            HELPERS.pop().wait(timeout=60)

    def start(self):
        """Starts the agent as a person with English settings who was asked and wants it; its process."""
        folders = list(PREFIX.glob("drive_c/users/*/AppData/Local"))
        self.assertTrue(folders or not PREFIX.exists(), "Wine has made no user")
        for folder in folders:
            if folder.parent.parent.name != "Public":
                data = folder / "mimamori" / "data"
                data.mkdir(parents=True, exist_ok=True)
                if not (data / "settings.json").exists():
                    (data / "settings.json").write_text(json.dumps({"lang": "en", "background": "on", "theme": "light"}))
        HELPERS.append(on_desktop(PROGRAMS / "mimamori.exe", "agent"))
        until("the icon", 90, icon)
        return until("the process of the agent", 10, agents)[0]

    def menu(self):
        """Opens the menu of the icon, which opens upwards at the mouse; the words in that corner of the screen."""
        for _ in range(3):
            right_click(until("the icon", 20, icon))
            for _ in range(4):
                seen = [(word, x, y) for word, x, y in words() if x > WIDTH - 400 and y > HEIGHT - 300]
                if find("Quit", seen):
                    return seen
        shot("agent-failed")
        raise AssertionError("no menu; on the screen: " + " ".join(word for word, *_ in seen))

    def choose(self, text):
        click(find(text, self.menu()))

    def history(self):
        output = run(PROGRAMS / "mimamori-cli.exe", "history", "--since", "10m", "--json")
        self.assertIn(output.returncode, (0, 1), output.stderr)
        return json.loads(output.stdout)

    def recorded(self):
        """Waits for what the agent has seen; asking makes it write."""
        until("the first minute in the recording", 60, lambda: self.history()["minutes"], every=1)

    def ended_in_order(self, pid):
        until("the agent to end", 20, lambda: pid not in agents())
        until("the icon to go", 20, lambda: not icon())
        self.assertEqual(self.history()["events"][-1]["kind"], "stopped")

    def test_icon_window_and_menu(self):
        agent = self.start()
        shot("agent-icon")
        begun = time.monotonic()
        click(icon())
        wait_for("What is using", 90)
        print(f"the window was read {time.monotonic() - begun:.1f} s after the click on the icon")
        shot("agent-window")
        self.assertEqual(len(windows()), 1)
        # A second click brings the same window to the front.
        click(icon())
        # A second one would be there for a moment at least.
        time.sleep(2)
        self.assertEqual(len(windows()), 1, "one window only")
        seen = self.menu()
        shot("agent-menu")
        for line in MENU:
            self.assertTrue(find(line, seen), f"{line!r} is not in the menu: {seen}")
        self.assertTrue(self.is_bold(seen), "the default line is bold")
        click(find("Settings", seen))
        wait_for("Watching since", 60)
        shot("agent-settings")
        # Known once it has watched for a while.
        wait_for("It costs", 120)
        self.choose("Quit")
        self.ended_in_order(agent)

    def is_bold(self, seen):
        """Whether "Open" has more ink than "Pause" for each of its letters' height: bold letters are wider strokes."""
        def ink(line, letters):
            x, y = find(line, seen)
            half = 4 * letters
            area = f"{2 * half}x16+{x - half}+{y - 8}"
            command = ["import", "-window", "root", "-crop", area, "-depth", "8", "gray:-"]
            pixels = subprocess.run(command, check=True, capture_output=True).stdout
            return sum(255 - value for value in pixels) / letters
        bold, plain = ink("Open Mimamori", 4), ink("Pause watching", 5)
        print(f"ink of a letter: {bold:.0f} in the default line, {plain:.0f} in another")
        return bold > plain * 1.15

    def test_a_second_start_hands_over(self):
        agent = self.start()
        begun = time.monotonic()
        quiet = run(PROGRAMS / "mimamori-cli.exe", "agent", "--quiet")
        print(f"the second quiet start ended after {time.monotonic() - begun:.1f} s with Wine's own start")
        self.assertEqual(quiet.returncode, 0)
        self.assertIn("Mimamori is already watching", quiet.stderr)
        self.assertEqual((agents(), windows()), ([agent], []))
        loud = run(PROGRAMS / "mimamori-cli.exe", "agent")
        self.assertEqual(loud.returncode, 0)
        wait_for("What is using", 90)
        self.assertEqual((agents(), len(windows())), ([agent], 1))

    @judges_load
    def test_what_happened_without_a_window_is_recorded(self):
        self.start()
        self.recorded()
        before = processes("burner.exe")
        burner = subprocess.Popen([WINE, str(PROGRAMS / "burner.exe"), "for", "40"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        HELPERS.append(burner)
        until("the burner", 30, lambda: set(processes("burner.exe")) - set(before))
        until("the burner's end", 90, lambda: not processes("burner.exe"))
        self.assertEqual(windows(), [])

        def told():
            timeline = self.history()
            ends = [e for e in timeline["events"] if e["kind"] == "finding_ended" and "burner" in e["subject"]]
            return timeline if ends else None

        # What is seen is written once a minute.
        timeline = until("the finding and its end in the history", 150, told, every=5)
        found = [e for e in timeline["events"] if e["kind"] == "finding" and "burner" in e["subject"]]
        print(*(e["text"]["en"] for e in timeline["events"]), sep="\n")
        self.assertEqual(len(found), 1)
        self.assertIn("burner keeps using", found[0]["text"]["en"])
        minutes = [p for minute in timeline["minutes"] for p in minute["programs"] if p["name"].lower().startswith("burner")]
        self.assertTrue(minutes, json.dumps(timeline["minutes"])[:2000])
        busiest = max(minutes, key=lambda program: program["cpu"])
        print(json.dumps(busiest))
        self.assertTrue(busiest["path"].lower().endswith("\\burner.exe"), busiest)
        self.assertGreater(busiest["pid"], 0)
        self.assertGreater(busiest["cpu"], 0.2)

    def test_a_new_taskbar_gets_the_icon_again(self):
        agent = self.start()
        self.assertIn("removed 1", check("taskbar"))
        until("the icon again", 20, icon)
        click(icon())
        wait_for("What is using", 90)
        self.assertEqual(agents(), [agent])

    def test_the_end_of_the_session_is_a_clean_stop(self):
        agent = self.start()
        output = check("end")
        print(output.strip())
        self.assertIn("query 1 1", output)
        self.assertLess(int(output.split("after ")[1].split(" ")[0]), 700, "saved at once, not after the patience")
        self.ended_in_order(agent)

    def test_start_with_the_pc(self):
        run("reg.exe", "delete", RUN_KEY, "/v", "Mimamori", "/f")
        query = lambda: run("reg.exe", "query", RUN_KEY, "/v", "Mimamori")  # noqa: E731
        self.start()
        self.assertNotEqual(query().returncode, 0)
        self.choose("Start with the PC")
        output = until("the value of the Run key", 30, lambda: (found := query()).returncode == 0 and found.stdout)
        value = next(line for line in output.splitlines() if "REG_SZ" in line).split("REG_SZ")[1].strip()
        print(value)
        self.assertEqual(value, f'"{windows_path(PROGRAMS)}\\mimamori.exe" agent --quiet')
        seen = self.menu()
        shot("agent-menu-ticked")
        click(find("Start with the PC", seen))
        until("the value to be gone", 30, lambda: query().returncode != 0)
        known = run("reg.exe", "query", r"HKCU\Software\Classes\AppUserModelId\Mimamori.Mimamori")
        self.assertRegex(known.stdout, r"DisplayName\s+REG_SZ\s+Mimamori")
        self.assertRegex(known.stdout, r"IconUri\s+REG_SZ\s+C:.*icon\.png")
        # Of an administrator, for everyone: seen within seconds, and nothing to be chosen.
        machine = RUN_KEY.replace("HKCU", "HKLM")
        self.assertEqual(run("reg.exe", "add", machine, "/v", "Mimamori", "/d", "mimamori.exe agent", "/f").returncode, 0)
        self.addCleanup(run, "reg.exe", "delete", machine, "/v", "Mimamori", "/f")

        def says_so():
            seen = self.menu()
            shot("agent-menu-administrator")
            # Pale on white, which tesseract may read in part or not at all.
            if find("administrator", seen) or find("set by", seen) or not find("with the PC", seen):
                return True
            # A menu that is open stays as it is: a click beside it closes it.
            subprocess.run(["xdotool", "mousemove", "300", "300", "click", "1"], check=True)
            return False

        until("that an administrator set it", 120, says_so)

    def test_killed_and_started_again(self):
        # Wine counts a start of its server as a start of the PC: something keeps it running meanwhile.
        HELPERS.append(on_desktop(PROGRAMS / "empty.exe"))
        until("the empty program", 60, lambda: processes("empty.exe"))
        agent = self.start()
        self.recorded()
        os.kill(agent, 9)
        until("the agent to end", 20, lambda: agent not in agents())
        ended = time.time()
        again = self.start()
        self.assertNotEqual(agent, again)
        # The icon of the one that was killed stays for a while, so that it says nothing. What asks too early is the agent.
        parts = lambda: PREFIX.glob("drive_c/users/*/AppData/Local/mimamori/data/recording.db*")  # noqa: E731
        until("its recording", 60, lambda: any(part.stat().st_mtime > ended for part in parts()))
        # Whoever asks makes the agent write everything.
        run(PROGRAMS / "mimamori-cli.exe", "agent")
        wait_for("What is using", 90)
        kinds = [event["kind"] for event in self.history()["events"]]
        print(kinds)
        # Both of the first minute are lost with it at most: what is seen is written once a minute.
        self.assertIn(kinds.count("started"), (1, 2))
        self.assertNotIn("sudden_stop", kinds, "the PC did not stop")
        self.assertNotIn("trouble", kinds)

    def test_a_sudden_stop_of_the_pc_is_told(self):
        """For the agent a new start of Wine's server is a new start of the PC."""
        begun = time.monotonic()
        agent = self.start()
        self.recorded()
        os.kill(agent, 9)
        self.end()
        # Starts are told apart by their time, to ten seconds.
        until("another start of the PC", 30, lambda: time.monotonic() - begun > 20)
        self.start()
        told = until("the sudden stop", 60, lambda: [e for e in self.history()["events"] if e["kind"] == "sudden_stop"], every=3)
        print(told[0]["text"]["en"], told[0]["data"])
        self.assertEqual(len(told), 1)
        self.assertEqual(told[0]["data"]["cause"], "unknown", "Wine has no event log: nothing is claimed")

    @judges_load
    def test_what_it_costs(self):
        said = WORK / "empty.said"
        HELPERS.append(on_desktop(PROGRAMS / "empty.exe", windows_path(said)))
        empty = until("the empty program", 60, lambda: said.exists() and processes("empty.exe"))[0]
        agent = self.start()
        self.recorded()
        threads = len(os.listdir(f"/proc/{agent}/task"))
        HELPERS.append(on_desktop(PROGRAMS / "empty.exe", windows_path(WORK / "threads.said"), str(threads - 1)))
        others = until("one with threads", 60, lambda: set(processes("empty.exe")) - {empty})
        threaded = others.pop()

        def shares(seconds=10):
            """Processor time of the agent and of Wine's server, as shares of a core."""
            before, begun = (cpu_seconds(agent), wine_seconds()), time.monotonic()
            time.sleep(seconds)
            passed = time.monotonic() - begun
            return (cpu_seconds(agent) - before[0]) / passed, (wine_seconds() - before[1]) / passed

        # After the start everything is sampled each time.
        share, served = until("the agent is calm", 150, lambda: (found := shares())[0] < MOST_CPU and found)
        plain, more = (private_bytes(agent) - private_bytes(other) for other in (empty, threaded))
        print(f"empty program: {said.read_text().strip()}")
        print(
            f"{PROGRAMS.name} build: {private_bytes(agent) / 1e6:.1f} MB private, {private_bytes(empty) / 1e6:.1f} MB the "
            f"empty program, {plain / 1e6:.1f} MB more; {more / 1e6:.1f} MB more than one with "
            f"{threads} threads; CPU once calm: {share:.2%} of a core, Wine's server {served:.2%}")
        self.assertLess(plain, MOST_MEMORY)


if __name__ == "__main__":
    unittest.main(verbosity=2)
