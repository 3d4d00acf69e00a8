"""Desktop end-to-end tests; started by end_to_end.py, which gives each test a display, a session bus and a home.

The window is read through AT-SPI, as a screen reader reads it, and used with a real mouse and keyboard (xdotool).
Every wait polls with a generous deadline, because the machine may be busy with other things.
Only processes that a test started are ended, by their own process group.
"""

import faulthandler
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections import namedtuple
from pathlib import Path

from knowledge import ignore_full_disks
from load import judges_load

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

TMP = Path(os.environ["MIMAMORI_E2E_TMP"])
ARTEFACTS = Path(os.environ["MIMAMORI_ARTEFACTS"])
HERE = Path(__file__).resolve().parent
BINARY = TMP / "bin" / "mimamori"
CPUS = len(os.sched_getaffinity(0))
ANSWER_SECONDS = 15.0
"""The answer must be there so long after its cause, or after the start of the window."""
FILM_SECONDS = int(os.environ.get("MIMAMORI_FILM_SECONDS", "75"))
"""How long the film plays: a steady load is told after a minute. 180 by hand."""

TEXT_OF_CPU_VERDICT = re.compile(r"It worked: CPU ([\d.]+)% → ([\d.]+)%")
SEVERITIES = {"Fine", "Note", "Look", "Act", "正常", "お知らせ", "注意", "要対応"}

Rect = namedtuple("Rect", "x y width height")


def say(*words):
    print("   ", *words, flush=True)


def until(what, seconds, check, every=0.3):
    """Polls `check` until it gives something true and returns that."""
    end = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() >= end:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(every)


def xdotool(*words):
    done = subprocess.run(["xdotool", *map(str, words)], capture_output=True, text=True, timeout=30)
    if done.returncode != 0:
        raise AssertionError(f"xdotool {words}: {done.stderr.strip()}")
    return done.stdout


# ------------------------------------------------------------------------------------------------ processes


class Proc:
    """A process in a group of its own, ended with everything it started."""

    def __init__(self, command, **options):
        self.log = open(TMP / f"{Path(command[0]).name}.{time.monotonic_ns()}.log", "w+b")
        self.process = subprocess.Popen(
            command, start_new_session=True, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, **options
        )
        self.pid = self.process.pid

    def alive(self):
        return self.process.poll() is None

    def status(self, seconds):
        return self.process.wait(seconds)

    def end(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            # The group outlives its leader as long as a member lives; its number is not given again before.
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                break
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                continue
        self.process.poll()
        self.log.close()

    def said(self):
        return Path(self.log.name).read_text(errors="replace")[-2000:]


def processes():
    """Every process: {pid: (parent, session, start time, name)}."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            text = Path("/proc", entry, "stat").read_text()
        except OSError:
            continue
        fields = text[text.rindex(")") + 2 :].split()
        if fields[0] != "Z":
            name = text[text.index("(") + 1 : text.rindex(")")]
            found[int(entry)] = (int(fields[1]), int(fields[3]), int(fields[19]), name)
    return found


def family(root):
    """`root`, its descendants and everything in its session: {(pid, start time): name}."""
    table = processes()
    members = {pid for pid, facts in table.items() if pid == root or facts[1] == root}
    while True:
        more = {pid for pid, facts in table.items() if facts[0] in members} - members
        if not more:
            return {(pid, table[pid][2]): table[pid][3] for pid in members if pid in table}
        members |= more


def busy_share(seconds):
    """Share of the processors in use, measured by ourselves."""

    def read():
        fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]

    total, idle = read()
    time.sleep(seconds)
    new_total, new_idle = read()
    return 1.0 - (new_idle - idle) / max(1, new_total - total)


def wait_quiet(seconds=float(os.environ.get("MIMAMORI_QUIET_SECONDS", "120"))):
    """Other work on the PC (a build) would blur the figures: waits a while for it to end."""
    begun = time.monotonic()
    while (share := busy_share(2.0)) > 0.25 and time.monotonic() - begun < seconds:
        time.sleep(1.0)
    if time.monotonic() - begun > 5.0:
        say(f"waited {time.monotonic() - begun:.0f} s for other work to end; the PC is now {share:.0%} busy")


def meminfo():
    lines = Path("/proc/meminfo").read_text().splitlines()
    return {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}


def copy_of_shell(name):
    """A tiny interpreter under a name of our own, so that the busy program has that name."""
    path = TMP / "bin" / name
    if not path.exists():
        shutil.copy("/bin/dash", path)
    return str(path)


BURN = """
note=$1 kids= n=$2
if [ "$3" = stubborn ]; then trap '' TERM
else trap 'echo TERM >>"$note"; kill $kids 2>/dev/null; trap - TERM; kill -TERM $$' TERM; fi
while [ "$n" -gt 1 ]; do
    if [ "$3" = stubborn ]; then ( while :; do :; done ) & else ( trap - TERM; while :; do :; done ) & fi
    kids="$kids $!" n=$((n - 1))
done
echo ready >>"$note"
while :; do :; done
"""


def running(file):
    """The number of the first process of a browser, whose program file ends in `file`."""
    for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):
        try:
            if os.readlink(f"/proc/{pid}/exe").endswith(file) and not is_part(command_of(pid)):
                return pid
        except OSError:
            pass
    return None


def command_of(pid):
    words = [word for word in Path(f"/proc/{pid}/cmdline").read_text().split("\0") if word]
    # Chromium joins its own when it names its process.
    return words if len(words) > 1 else words[0].split(" ") if words else []


def is_part(command):
    return any(word.startswith("--type=") or word == "-contentproc" for word in command)


def is_usual(command):
    return not any("scriptEnabled" in word or "without-javascript" in word for word in command)


def end_all(file):
    """Ends what a browser leaves that nobody here has started."""
    while pid := running(file):
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)


def family_share(pid, seconds):
    """What a process and all below it use of this PC."""

    def used():
        ticks = 0
        for member, _ in family(pid):
            try:
                fields = Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
                ticks += int(fields[11]) + int(fields[12])
            except OSError:
                pass
        return ticks

    before = used()
    time.sleep(seconds)
    return (used() - before) / os.sysconf("SC_CLK_TCK") / seconds / CPUS


class Burner(Proc):
    """Half of the processors busy with nothing, as one program."""

    def __init__(self, name="mimamori-burner", manner="polite", count=max(1, (CPUS + 1) // 2)):
        self.note = Path(tempfile.mkdtemp(dir=TMP)) / "note"
        super().__init__([copy_of_shell(name), "-c", BURN, name, str(self.note), str(count), manner])
        until("the burner runs", 10, self.note.exists)

    def was_asked(self):
        return "TERM" in self.note.read_text()

    def priority(self):
        """What the kernel weighs it by: its nice value, and that of its session."""
        nice = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()[16]
        autogroup = Path(f"/proc/{self.pid}/autogroup")
        return nice, autogroup.read_text().split()[-1] if autogroup.exists() else None


# ------------------------------------------------------------------------------------------------ the screen


class Node:
    """One thing on the screen, as a screen reader knows it."""

    def __init__(self, accessible, depth):
        self.accessible, self.depth = accessible, depth
        self.role = accessible.get_role_name()
        self.name = accessible.get_name() or ""

    def states(self):
        return {state.value_nick for state in self.accessible.get_state_set().get_states()}

    def rect(self):
        """Where it is on the screen; `None` where it has no place."""
        try:
            found = Atspi.Component.get_extents(self.accessible, Atspi.CoordType.SCREEN)
        except (GLib.Error, AttributeError, TypeError):
            return None
        return Rect(found.x, found.y, found.width, found.height) if found and found.width > 0 else None

    def __str__(self):
        try:
            where, states = self.rect(), " ".join(sorted(self.states()))
        except GLib.Error:
            where, states = None, "?"
        where = "-" if where is None else f"{where.x},{where.y} {where.width}x{where.height}"
        description = self.accessible.get_description()
        note = f" ({description})" if description else ""
        return f"{'  ' * self.depth}{self.role} {self.name!r}{note} [{where}] {states}"


class App(Proc):
    """The running program with its window."""

    def __init__(self, *arguments, home=None, settings=None):
        self.home = home or Path(tempfile.mkdtemp(dir=TMP))
        ignore_full_disks(self.home / ".config/mimamori")
        data = self.home / ".local/share"
        self.settings = data / "mimamori/settings.json"
        if settings is not None:
            self.settings.parent.mkdir(parents=True, exist_ok=True)
            self.settings.write_text(json.dumps(settings))
        env = dict(os.environ, HOME=str(self.home), XDG_DATA_HOME=str(data), XDG_CONFIG_HOME=str(self.home / ".config"))
        env.update(XDG_CACHE_HOME=str(self.home / ".cache"), XDG_STATE_HOME=str(self.home / ".local/state"))
        self.begun = time.monotonic()
        super().__init__([str(BINARY), *arguments], env=env)
        self.window = self.origin = None
        try:
            until("a window on the screen", 60, self._find_window)
            xdotool("windowmove", "--sync", self.window, 0, 0)
            until("an accessibility tree", 60, lambda: self.alive_or_fail() and len(self.nodes()) > 5)
        except BaseException:
            print(self.said(), file=sys.stderr)
            self.end()
            raise
        self.opened = time.monotonic()
        self.activate()

    def alive_or_fail(self):
        if not self.alive():
            raise AssertionError(f"the program ended with {self.process.returncode}: {self.said()}")
        return True

    def _find_window(self):
        self.alive_or_fail()
        done = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.pid)], capture_output=True, text=True)
        for window in done.stdout.split():
            self.window = window
        return self.window

    def activate(self):
        xdotool("windowactivate", "--sync", self.window)

    def geometry(self):
        """Where the inside of the window is. The place is found with the pointer, once: what xdotool says of a
        window in a frame is wrong (it adds the frame twice)."""
        if self.origin is None:
            xdotool("mousemove", "--window", self.window, 0, 0)
            time.sleep(0.2)
            words = dict(line.split("=") for line in xdotool("getmouselocation", "--shell").split())
            self.origin = int(words["X"]), int(words["Y"])
        words = dict(line.split("=") for line in xdotool("getwindowgeometry", "--shell", self.window).split())
        return Rect(*self.origin, int(words["WIDTH"]), int(words["HEIGHT"]))

    def root(self):
        desktop = Atspi.get_desktop(0)
        desktop.set_cache_mask(Atspi.Cache.NONE)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            try:
                if child is not None and child.get_process_id() == self.pid:
                    child.set_cache_mask(Atspi.Cache.NONE)
                    return child
            except GLib.Error:
                continue
        return None

    def nodes(self):
        """The whole tree in reading order. A tree that changes while it is read is read again."""
        for attempt in range(20):
            try:
                found, root = [], self.root()
                if root is not None:
                    walk(root, 0, found)
                return found
            except GLib.Error:
                time.sleep(0.1)
        raise AssertionError("the accessibility tree cannot be read")

    def find(self, text, role=None):
        """The first node whose name contains `text` (or matches, for a compiled pattern)."""
        matches = text.search if hasattr(text, "search") else lambda name: text in name
        for node in self.nodes():
            if matches(node.name) and (role is None or node.role == role):
                return node
        return None

    def wait(self, text, seconds=20, role=None):
        shown = text.pattern if hasattr(text, "pattern") else text
        return until(f"{shown!r} on the screen", seconds, lambda: self.alive_or_fail() and self.find(text, role))

    def wait_gone(self, text, seconds=20, role=None):
        return until(f"{text!r} gone", seconds, lambda: self.alive_or_fail() and self.find(text, role) is None)

    def headlines(self):
        """The sentences of the finding cards: what follows a severity."""
        nodes = [node for node in self.nodes() if node.role == "label"]
        return [after.name for node, after in zip(nodes, nodes[1:]) if node.name in SEVERITIES]

    def focused(self):
        found = [node for node in self.nodes() if node.role not in ("frame", "application") and "focused" in node.states()]
        return found[-1] if found else None

    def button(self, name, seconds=20):
        return self.wait(name, seconds, "push button")

    def point(self, x, y):
        self.activate()
        # Not --sync: that waits for ever when the pointer is there already.
        xdotool("mousemove", int(x), int(y))

    def click(self, text, role="push button", seconds=20):
        """A real click with the mouse where the accessibility tree says that it is; scrolls there when needed."""
        window = self.geometry()
        for attempt in range(40):
            node = self.wait(text, seconds, role)
            rect = node.rect()
            assert rect, f"{node} has no place on the screen"
            x, y = rect.x + rect.width / 2, rect.y + rect.height / 2
            footer = 30 if x > window.x + 120 else 0
            if window.y <= rect.y and rect.y + rect.height <= window.y + window.height - footer:
                break
            self.point(window.x + window.width / 2, window.y + window.height / 2)
            xdotool("click", 5 if y > window.y + window.height / 2 else 4)
            time.sleep(0.3)
        else:
            raise AssertionError(f"{text!r} cannot be scrolled into the window")
        self.point(x, y)
        time.sleep(0.15)
        xdotool("click", 1)
        return node

    def key(self, *keys):
        self.activate()
        xdotool("key", "--delay", 60, *keys)

    def picture(self, name, folder=ARTEFACTS):
        """The window as it looks, cropped out of the screen."""
        self.activate()
        window = self.geometry()
        xdotool("mousemove", window.x + window.width + 40, window.y + window.height + 40)
        time.sleep(0.7)
        return screenshot(folder / f"{name}.png", window)

    def tree(self):
        return "\n".join(map(str, self.nodes()))


def walk(accessible, depth, found):
    if depth > 40 or len(found) > 3000:
        raise AssertionError("the accessibility tree has no end")
    found.append(Node(accessible, depth))
    for index in range(accessible.get_child_count()):
        child = accessible.get_child_at_index(index)
        if child is not None:
            walk(child, depth + 1, found)


def screenshot(path, crop=None):
    words = ["import", "-window", "root"]
    if crop:
        words += ["-crop", f"{crop.width}x{crop.height}+{crop.x}+{crop.y}", "+repage"]
    subprocess.run([*words, str(path)], check=True, timeout=60)
    return path


def different_pixels(one, other, rect=None):
    crop = ["-crop", f"{rect.width}x{rect.height}+{rect.x}+{rect.y}", "+repage"] if rect else []
    done = subprocess.run(
        ["convert", str(one), str(other), *crop, "-metric", "AE", "-compare", "-format", "%[distortion]", "info:"],
        capture_output=True, text=True, timeout=60,
    )
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return float(done.stdout)


def brightness(picture):
    done = subprocess.run(["convert", str(picture), "-colorspace", "Gray", "-format", "%[fx:mean]", "info:"],
                          capture_output=True, text=True, check=True, timeout=60)
    return float(done.stdout)


def with_diagnostics(test):
    @functools.wraps(test)
    def run(self):
        begun = time.monotonic()
        print(f"\n--- {test.__name__}", flush=True)
        try:
            test(self)
        except unittest.SkipTest as skipped:
            print(f"    SKIP: {skipped}", flush=True)
            raise
        except BaseException:
            name = f"failed-{test.__name__}"
            try:
                screenshot(ARTEFACTS / f"{name}.png")
                if self.app is not None:
                    (ARTEFACTS / f"{name}.txt").write_text(self.app.tree() + "\n\n" + self.app.said())
                say(f"diagnostics: {ARTEFACTS / name}.png and .txt")
            except Exception as error:
                say(f"no diagnostics: {error}")
            raise
        say(f"took {time.monotonic() - begun:.1f} s")
    return run


# ------------------------------------------------------------------------------------------------ the tests


class DesktopTest(unittest.TestCase):
    longMessage = True

    def setUp(self):
        self.app = None
        Atspi.init()

    def start(self, *arguments, **options):
        app = App(*arguments, **options)
        self.addCleanup(app.end)
        self.app = app
        return app

    def burner(self, *arguments):
        burner = Burner(*arguments)
        self.addCleanup(burner.end)
        return burner

    def wait_headline(self, app, pattern, since, limit=ANSWER_SECONDS, patience=30.0):
        """Waits longer than allowed, to tell late from never; then insists on the limit."""
        found = {}

        def look():
            app.alive_or_fail()
            for text in app.headlines():
                if re.search(pattern, text):
                    found["seconds"], found["text"] = time.monotonic() - since, text
                    return True
            return False

        until(f"a headline like {pattern!r}; there is {app.headlines()}", limit + patience, look)
        say(f"after {found['seconds']:.1f} s: “{found['text']}”")
        self.assertLessEqual(found["seconds"], limit, "the answer came late")
        return found["text"]

    def wait_verdict(self, app, seconds):
        """The verdict; when the PC is busy with somebody else's work it cannot be judged."""
        taken_over = ("as busy as before", "others use it now", "is using it now")
        bad = (*taken_over, "came back", "could not be measured", "did not allow", "could not be asked")

        def look():
            app.alive_or_fail()
            for node in app.nodes():
                if TEXT_OF_CPU_VERDICT.search(node.name) or any(words in node.name for words in bad):
                    return node.name
            return None

        text = until("a verdict", seconds, look)
        say(f"verdict: “{text}”")
        match = TEXT_OF_CPU_VERDICT.match(text)
        if not match and any(words in text for words in taken_over) and (others := busy_share(2.0)) > 0.5:
            self.skipTest(f"the PC is busy with other work ({others:.0%}), so the verdict says nothing: {text}")
        self.assertTrue(match, text)
        return float(match[1]), float(match[2])

    @judges_load
    @with_diagnostics
    def test_busy_program(self):
        wait_quiet()
        burner = self.burner()
        app = self.start("--lang", "en")
        say(f"window and accessibility tree after {app.opened - app.begun:.1f} s")
        # Where the tree says things are is where the window is: otherwise clicks would miss.
        frame = next(node for node in app.nodes() if node.role == "frame").rect()
        window = app.geometry()
        self.assertLessEqual(max(abs(a - b) for a, b in zip(frame, window)), 2, f"{frame} is not {window}")
        text = self.wait_headline(app, "mimamori-burner keeps using", app.begun)
        share = float(re.search(r"using ([\d.]+)%", text)[1])
        self.assertGreaterEqual(share, 15.0)
        self.assertLessEqual(share, 100.0)
        self.assertTrue(burner.alive())
        self.assertFalse(burner.was_asked())
        clicked = time.monotonic()
        app.click("Close mimamori-burner")
        until("the burner is gone", 15, lambda: not burner.alive(), every=0.05)
        say(f"gone {time.monotonic() - clicked:.1f} s after the click")
        self.assertEqual(burner.status(1), -signal.SIGTERM, "it was not asked politely")
        self.assertTrue(burner.was_asked(), "the polite signal did not reach it")
        before, after = self.wait_verdict(app, 40)
        say(f"CPU before {before}%, after {after}%; verdict {time.monotonic() - clicked:.1f} s after the click")
        self.assertGreater(before, after + 10)
        app.click("OK")
        app.wait_gone("It worked")

    @judges_load
    @with_diagnostics
    def test_stubborn_program(self):
        wait_quiet()
        burner = self.burner("mimamori-stubborn", "stubborn")
        app = self.start("--lang", "en")
        self.wait_headline(app, "mimamori-stubborn keeps using", app.begun)
        clicked = time.monotonic()
        app.click("Close mimamori-stubborn")
        app.wait("Asked mimamori-stubborn to close", 10)
        app.wait("mimamori-stubborn is still open", 40)
        seconds = time.monotonic() - clicked
        say(f"“still open” {seconds:.1f} s after the click")
        self.assertGreater(seconds, 8.0, "it had no time to close by itself")
        self.assertTrue(burner.alive(), "it was killed without a question")
        app.click("Force close…")
        app.wait("Force mimamori-stubborn to close?", 10)
        app.wait("Anything you typed and did not save will be lost", 5)
        app.picture("confirm-en")
        app.key("Escape")
        app.wait_gone("Force mimamori-stubborn to close?", 10)
        app.wait("mimamori-stubborn is still open", 5)
        self.assertTrue(burner.alive(), "Escape killed it")
        app.click("Force close…")
        app.wait("Force mimamori-stubborn to close?", 10)
        app.click(re.compile("^Force close$"))
        until("the burner is gone", 15, lambda: not burner.alive(), every=0.05)
        self.assertEqual(burner.status(1), -signal.SIGKILL)
        before, after = self.wait_verdict(app, 40)
        self.assertGreater(before, after + 10)

    @judges_load
    @with_diagnostics
    def test_honest_work_in_the_background(self):
        wait_quiet()
        burner = self.burner("mimamori-render")
        usual = burner.priority()
        app = self.start("--lang", "en")
        self.wait_headline(app, "mimamori-render keeps using", app.begun)
        app.click("Let it run in the background")
        until("others go first", 30, lambda: burner.priority() != usual)
        say(f"nice value and autogroup {usual} -> {burner.priority()}")
        app.wait(re.compile("^It worked|lets other programs go first now"), 30)
        app.picture("background-en")
        self.assertTrue(burner.alive(), "it lost its work")
        app.click("Back to normal")
        until("it takes its turn again", 15, lambda: burner.priority() == usual)
        app.wait("mimamori-render takes its turn like other programs again", 10)
        app.click("OK")
        app.wait_gone("takes its turn like other programs again")
        app.click("Let it run in the background")
        until("others go first", 30, lambda: burner.priority() != usual)
        app.process.send_signal(signal.SIGTERM)
        until("it takes its turn again when the window ends", 20, lambda: burner.priority() == usual)
        self.assertTrue(burner.alive())
        self.assertFalse(burner.was_asked())

    @judges_load
    @with_diagnostics
    def test_hidden_worker_that_comes_back(self):
        """A harmless loop, named like a part of the kernel, in a hidden folder, kept alive by a script."""
        hidden = Path(tempfile.mkdtemp(prefix=".mimamori-e2e.", dir="/tmp"))
        self.addCleanup(shutil.rmtree, hidden, True)
        program = shutil.copy(copy_of_shell("kworker"), hidden / "kworker")
        keeper = hidden / "keeper.sh"
        keeper.write_text(f"while :; do {program} -c 'while :; do :; done'; sleep 2; done\n")
        supervisor = Proc(["sh", str(keeper)])
        self.addCleanup(supervisor.end)
        app = self.start("--lang", "en")
        begun = time.monotonic()
        text = self.wait_headline(app, "kworker may be mining coins in secret", begun, limit=180.0)
        self.assertRegex(text, r"[\d.]+% of this PC")
        app.wait("It has the name of a part of the kernel but is a file", 5)
        app.picture("hidden-worker-en")
        app.click("Close kworker")
        found = until("it came back", 60, lambda: next(
            (node.name for node in app.nodes() if "came back" in node.name), None))
        say(f"“{found}”")
        self.assertIn("started by sh", found)

    @judges_load
    @with_diagnostics
    def test_confirmation_by_keyboard(self):
        """Opened with the keyboard, the question has the focus, on the safe answer."""
        burner = self.burner("mimamori-stubborn", "stubborn")
        app = self.start("--lang", "en")
        self.wait_headline(app, "mimamori-stubborn keeps using", app.begun)
        app.click("Close mimamori-stubborn")
        force = app.wait("Force close…", 40, "push button")
        for _ in range(60):
            if "focused" in force.states():
                break
            app.key("Tab")
            force = app.wait("Force close…", 5, "push button")
        else:
            self.fail("Tab does not reach “Force close…”")
        app.key("Return")
        app.wait("Force mimamori-stubborn to close?", 10)
        time.sleep(0.5)
        focus = app.focused()
        self.assertIsNotNone(focus, "the question is open and nothing has the focus")
        say(f"focus: {focus.name!r}")
        nodes = app.nodes()
        names = [node.name for node in nodes]
        inside = names.index("Force mimamori-stubborn to close?")
        focus_at = next(i for i, node in enumerate(nodes) if node.role == "push button" and "focused" in node.states())
        self.assertEqual(focus.name, "Keep it running")
        self.assertGreater(focus_at, inside, "the focus stayed behind the question")
        app.key("Return")
        app.wait_gone("Force mimamori-stubborn to close?", 10)
        app.wait("mimamori-stubborn is still open", 5)
        self.assertTrue(burner.alive(), "Return on the safe answer killed it")

    def chromium(self, page):
        """A browser with a profile of its own that shows `page`."""
        browser = shutil.which("chromium")
        if not browser:
            self.skipTest("no Chromium")
        profile = Path(tempfile.mkdtemp(dir=TMP))
        options = ["--no-sandbox", f"--user-data-dir={profile}", "--no-first-run", "--no-default-browser-check",
                   "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu",
                   "--password-store=basic", "--window-position=1020,0", "--window-size=800,600"]
        chromium = Proc([browser, *options, page.as_uri()])
        self.addCleanup(chromium.end)
        return chromium, profile

    def never_more_than_worth_a_look(self, app, seconds):
        """Reads the findings for so long: none may ask to act, and none may speak of mining or of a steady page."""
        told, end = set(), time.monotonic() + seconds
        while time.monotonic() < end:
            app.alive_or_fail()
            names = [node.name for node in app.nodes()]
            self.assertNotIn("Act", names)
            told.update(app.headlines())
            time.sleep(2)
        for text in told:
            self.assertNotRegex(text, "mining|steadily", told)
        return told

    def is_called_normal(self, name, picture):
        """The load that is there is named, and nobody is asked to act."""
        app = self.start("--lang", "en")
        text = self.wait_headline(app, "is busy, and that is normal", app.begun, limit=40)
        self.assertIn(name, text)
        self.assertNotIn("Act", [node.name for node in app.nodes()])
        app.picture(picture)

    @judges_load
    @with_diagnostics
    def test_a_video_is_a_browser_at_work(self):
        wait_quiet()
        self.chromium(HERE / "video.html")
        until("the video plays", 60, lambda: "Playing" in window_titles())
        app = self.start("--lang", "en")
        told = self.never_more_than_worth_a_look(app, FILM_SECONDS)
        # On a fast PC a film is no load worth a sentence; who plays it stands first among the programs in any case.
        # Where it is told, whether its advertisements are blocked is told beside it, and asks for nothing.
        for text in told:
            self.assertRegex(text, "^This PC is fine$|^Chromium keeps using|^No advertisement blocking found in Chromium$")
        rows = [node.name for node in app.nodes() if node.name.endswith("Show details")]
        self.assertTrue(rows[0].startswith("Chromium: CPU"), rows)
        say(f"in {FILM_SECONDS} s of a film: {sorted(told)}; “{rows[0]}”")
        app.picture("video-en")

    @judges_load
    @with_diagnostics
    def test_a_compiler_is_called_one(self):
        if not shutil.which("gcc"):
            self.skipTest("no gcc")
        wait_quiet()
        folder = Path(tempfile.mkdtemp(dir=TMP))
        body = "".join(f"int f{n}(int x){{for(int i=0;i<x;i++)x^=i*{n + 3};return x;}}\n" for n in range(1500))
        (folder / "part.c").write_text(body)
        again = "while :; do gcc -O2 -c part.c -o $0.o; done"
        for number in range(max(1, CPUS - 1)):
            self.addCleanup(Proc(["/bin/sh", "-c", again, f"part{number}"], cwd=folder).end)
        self.is_called_normal("Software build", "compiler-en")

    @judges_load
    @with_diagnostics
    def test_an_update_of_packages_is_called_one(self):
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            self.skipTest("packages are installed by root on Debian")
        wait_quiet()
        folder = Path(tempfile.mkdtemp(dir=TMP))
        # Ended in the middle of its work, apt leaves a package that nothing else can be installed beside.
        purge = ["dpkg", "--purge", "--force-remove-reinstreq", "mimamori-test"]
        subprocess.run(purge, capture_output=True)
        self.addCleanup(subprocess.run, purge, capture_output=True)
        (folder / "DEBIAN").mkdir()
        (folder / "DEBIAN/control").write_text(
            "Package: mimamori-test\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@invalid>\n"
            "Description: large, so that it takes a while\n")
        library = Path(max(Path("/usr/lib").glob("**/*.so.*"), key=lambda file: file.stat().st_size))
        for number in range(40):
            place = folder / f"usr/share/mimamori-test/{number}"
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, place)
        package = f"{folder}.deb"
        subprocess.run(["dpkg-deb", "-Zgzip", "-z1", "--build", folder, package], check=True, capture_output=True)
        self.addCleanup(os.unlink, package)
        shutil.rmtree(folder)
        again = f"while :; do apt-get install -y -qq --reinstall --allow-downgrades {package}; done"
        installing = Proc(["/bin/sh", "-c", again], env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        self.addCleanup(installing.end)
        self.is_called_normal("Software update", "package-en")

    @judges_load
    @with_diagnostics
    def test_chromium_page(self):
        wait_quiet()
        chromium, profile = self.chromium(HERE / "hashing.html")
        preferences = profile / "Default" / "Preferences"

        def exit_type():
            try:
                return json.loads(preferences.read_text()).get("profile", {}).get("exit_type")
            except (OSError, ValueError):
                return None

        until("the page computes", 60, lambda: "Hashing on" in window_titles())
        since = time.monotonic()
        app = self.start("--lang", "en")
        text = self.wait_headline(app, r"^Chromium keeps using", app.begun)
        say(f"{time.monotonic() - since:.1f} s after the page began to compute")
        members = family(chromium.pid)
        names = [node.name for node in app.nodes()]
        chips = names[names.index(next(name for name in names if name.startswith("Chromium keeps using"))) :]
        parts = int(next(name for name in chips if re.match(r"^\d+ parts$", name)).split()[0])
        say(f"Chromium: {parts} parts on the screen, {len(members)} processes in fact; “{text}”")
        self.assertLessEqual(abs(parts - len(members)), 3, members)
        until("the profile says that it is open", 30, lambda: exit_type() == "Crashed")
        app.picture("chromium-en")
        members |= family(chromium.pid)
        clicked = time.monotonic()
        app.click("Close Chromium")

        def left():
            table = processes()
            return {key: name for key, name in members.items() if key[0] in table and table[key[0]][2] == key[1]}

        until("no process of Chromium is left", 20, lambda: not left() and not family(chromium.pid))
        say(f"all gone {time.monotonic() - clicked:.1f} s after the click")
        say(f"exit_type: {exit_type()}")
        self.assertIn(exit_type(), ("Normal", "SessionEnded"), "the browser was not closed politely")
        before, after = self.wait_verdict(app, 40)
        say(f"CPU before {before}%, after {after}%")
        self.assertGreater(before, after + 10)
        app.picture("chromium-closed-en")

        # The same page does nothing without JavaScript, and is read all the same.
        def shows(page):
            Proc([*command_of(running("/chromium")), page.as_uri()])

        self.without_javascript(app, "Chromium", "/chromium", shows)
        self.assertIn(f"--user-data-dir={profile}", command_of(running("/chromium")), "another profile")

    def without_javascript(self, app, name, file, shows):
        """From the card of a closed browser to one without JavaScript, and back. `shows` opens a page in it."""
        app.click("Open without JavaScript")
        # The reminder takes the place of the card.
        app.wait(f"{name} runs without JavaScript", 40)
        app.wait_gone("Start Chromium again", 10)
        self.addCleanup(lambda: end_all(file))
        until("the browser's window", 30, lambda: any(name in title for title in window_titles().splitlines()))
        shows(HERE / "hashing.html")
        until("the page is there", 40, lambda: re.search("^Hashing . ", window_titles(), re.M))
        self.assertNotIn("Hashing on", window_titles())
        shares = [family_share(running(file), 3.0) for _ in range(3)]
        say(f"{name} uses {', '.join(f'{share:.0%}' for share in shares)} of this PC while the page is open")
        self.assertLess(min(shares), 0.25)
        app.picture(f"{name.lower()}-without-javascript-en")
        app.click("Back to normal")
        app.wait(f"{name} is open again as usual", 40)
        until("a browser that runs scripts", 20, lambda: running(file) and is_usual(command_of(running(file))))
        self.assertIsNone(app.find(f"{name} runs without JavaScript"))
        say(f"as usual: {command_of(running(file))[1:]}")

    @judges_load
    @with_diagnostics
    def test_firefox_without_javascript(self):
        firefox = shutil.which("firefox-esr")
        if not firefox:
            self.skipTest("no Firefox")
        wait_quiet()
        profile = Path(tempfile.mkdtemp(dir=TMP))
        page = (HERE / "hashing.html").as_uri()
        browser = Proc([firefox, "-no-remote", "-profile", str(profile), page])
        self.addCleanup(browser.end)
        until("the page computes", 90, lambda: "Hashing on" in window_titles())
        app = self.start("--lang", "en")
        self.wait_headline(app, r"^Firefox keeps using", app.begun)
        clicked = time.monotonic()
        app.click("Close Firefox")
        self.wait_verdict(app, 60)
        say(f"a verdict {time.monotonic() - clicked:.1f} s after the click")

        def bring_to_front():
            done = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "Firefox"], capture_output=True, text=True)
            windows = done.stdout.split()
            return bool(windows) and subprocess.run(["xdotool", "windowactivate", "--sync", windows[-1]], timeout=20).returncode == 0

        def shows(page):
            until("Firefox in front", 30, bring_to_front)

            def types():
                xdotool("key", "ctrl+l")
                xdotool("type", page.as_uri())
                xdotool("key", "Return")
                time.sleep(2)
                return re.search("^Hashing . ", window_titles(), re.M)

            # The first keys may come before the browser takes any.
            until("the page is asked for", 40, types)

        own = app.home / ".local/state/mimamori/firefox-without-javascript"
        self.without_javascript(app, "Firefox", "/firefox-esr", shows)
        self.assertEqual(command_of(running("/firefox-esr"))[1:], ["-profile", str(profile)])
        self.assertFalse(own.exists(), "the traces of that session stay")

    @with_diagnostics
    def test_language_and_theme_live(self):
        app = self.start("--lang", "en")
        until("an English headline", 30, lambda: any(re.search("[a-z]{3}", text) for text in app.headlines()))
        japanese = re.compile("[ぁ-んァ-ヶ一-龠]")
        self.assertFalse(any(japanese.search(text) for text in app.headlines()))
        app.click(re.compile("^日本語$"))
        app.wait(re.compile("^いま$"), 10)
        until("a Japanese headline", 10, lambda: app.headlines() and all(map(japanese.search, app.headlines())))
        say(f"“{until('a headline', 10, app.headlines)[0]}”")
        self.assertIn("見守り", window_titles())
        app.click(re.compile("^English$"))
        app.wait(re.compile("^Now$"), 10)
        until("an English headline", 10, lambda: app.headlines() and not any(map(japanese.search, app.headlines())))
        say(f"“{until('a headline', 10, app.headlines)[0]}”")

        light = brightness(app.picture("theme-light", TMP))
        app.click("Theme: system")
        app.click("Theme: light")
        app.wait("Theme: dark", 10)
        dark = brightness(app.picture("theme-dark", TMP))
        say(f"brightness light {light:.2f}, dark {dark:.2f}")
        self.assertGreater(light, 0.6)
        self.assertLess(dark, 0.4)

        app.key("ctrl+4")
        app.wait("Restart checklist", 10)
        app.key("ctrl+1")
        app.wait("What is using this PC", 10)
        self.assertIsNone(app.find("Restart checklist"))
        app.key("ctrl+4")
        app.wait("Restart checklist", 10)

        step = "See whether the browser brings its pages back"
        box = app.wait(step, 10, "check box")
        self.assertNotIn("checked", box.states())
        app.click(step, "check box")
        until("the tick", 10, lambda: "checked" in app.wait(step, 5, "check box").states())
        app.click(re.compile("^日本語$"))
        app.wait(re.compile("^いま$"), 10)
        until("the settings are kept", 10, lambda: json.loads(app.settings.read_text())["lang"] == "ja")
        xdotool("key", "alt+F4")
        if not wait_end(app, 10):
            say("alt+F4 did not close the window; ended by SIGTERM")
        app.end()

        again = self.start(home=app.home)
        again.wait(re.compile("^いま$"), 20)
        say("the language survived")
        again.click(re.compile("^English$"))
        again.key("ctrl+4")
        box = again.wait(step, 20, "check box")
        self.assertIn("checked", box.states(), "the tick did not survive")

    @with_diagnostics
    def test_check_up_by_keyboard_alone(self):
        app = self.start("--lang", "en")
        until("a headline", 30, app.headlines)
        begun = time.monotonic()
        app.key("ctrl+2")
        app.wait(re.compile(r"^OK: \d+, look: \d+"), 25)
        say(f"all checks answered after {time.monotonic() - begun:.1f} s")
        answered = [node.name for node in app.nodes() if re.match(r"C-\d+ ", node.name)]
        self.assertEqual([name.split()[0] for name in answered], [f"C-{number}" for number in range(1, 19)])
        for name in answered:
            self.assertRegex(name, r": (OK|Look|To do|Not known)\. .+ Next: .+")
        at = lambda start: (focus := app.focused()) is not None and focus.name.startswith(start)  # noqa: E731
        app.key("1", "4")
        until("the focus on C-14", 5, lambda: at("C-14 Power"))
        app.key("Return")
        app.wait(re.compile("^C-14 Power: Measuring"), 5)
        app.wait(re.compile("^C-14 Power: (OK|Look|To do|Not known)"), 20)
        app.key("Down")
        until("the focus on C-15", 5, lambda: at("C-15 "))
        app.key("F5")
        app.wait(re.compile(r"^\d+ of 18 checks done"), 5)
        app.key("Escape")
        app.wait(re.compile(r"^OK: \d+, look: \d+"), 5)

    @with_diagnostics
    def test_keyboard_reaches_everything(self):
        # More programs than the list shows, also where little else runs: the button below it stays.
        for number in range(10):
            self.addCleanup(Proc([copy_of_shell(f"idle-{number}"), "-c", "while :; do sleep 5; done"]).end)
        app = self.start("--lang", "en")
        until("a headline", 30, app.headlines)
        for screen, keys in (("Now", "ctrl+1"), ("Check-up", "ctrl+2"), ("Restart", "ctrl+4"), ("Settings", "ctrl+5")):
            app.key(keys)
            app.wait({"Now": "What is using this PC", "Check-up": re.compile(r"^OK: "), "Restart": "Restart checklist", "Settings": "Language"}[screen], 10)
            roles = ("push button", "toggle button", "check box", "page tab")
            # The number of programs in "Show 6 more programs" changes while the keys are pressed.
            plain = lambda text: re.sub(r"\d+ more", "N more", text)  # noqa: E731
            labels = lambda: [plain(f"{n.role} {n.name}") for n in app.nodes() if n.role in roles]  # noqa: E731
            order, first = [], labels()
            for _ in range(80):
                app.key("Tab")
                time.sleep(0.12)
                # The tree is read piece by piece: what changes meanwhile may be missed once.
                focus = next((found for found in (app.focused() for _ in range(5)) if found), None)
                name = f"{focus.role} {focus.name}" if focus else "nothing"
                name = plain(re.sub(r":? CPU .*", "", name))
                if len(order) > 3 and name == order[0]:
                    break
                order.append(name)
            say(f"Tab on {screen}: {order}")
            # The rows of the list and the findings may change meanwhile; what stayed must have been reached.
            stayed = [label for label in first if label in labels() and "Show details" not in label]
            self.assertGreaterEqual(len(stayed), 5, first)
            for label in stayed:
                self.assertIn(label, order)
            if screen == "Now":
                self.assertIn("panel Charts", order)
                rows = {re.sub(r":? CPU .*", "", label) for label in first if "Show details" in label}
                self.assertTrue(rows & set(order), f"none of {rows}")

    @with_diagnostics
    def test_crosshair(self):
        app = self.start("--lang", "en")
        until("a headline", 30, app.headlines)
        # The pointer of a new display is in its middle, which may be over a chart.
        app.point(1900, 1190)
        app.wait_gone(" ago)", 10)
        charts = app.wait(re.compile("^Charts$"), 10).rect()
        before = app.picture("crosshair-before", TMP)
        # Where something was measured: a little left of the right edge, in the first chart.
        x, y = charts.x + charts.width - 20, charts.y + 40

        def tooltip():
            app.point(x - 5, y)
            app.point(x, y)
            return app.find(re.compile(r"^\d\d:\d\d:\d\d \(\d+ s ago\)$"))

        # The first samples come into the chart at its right edge.
        node = until("what was measured there", 40, tooltip)
        say(f"tooltip: “{node.name}”")
        nodes = app.nodes()
        at = next(i for i, other in enumerate(nodes) if other.name == node.name)
        lines = [other.name for other in nodes[at + 1 : at + 4]]
        say(f"then {lines}")
        self.assertTrue(any(line.startswith("CPU ") for line in lines), lines)
        self.assertTrue(any(" · " in line for line in lines), lines)
        time.sleep(0.5)
        after = screenshot(ARTEFACTS / "crosshair-en.png", app.geometry())
        changed = different_pixels(before, after)
        say(f"{changed:.0f} pixels changed")
        self.assertGreater(changed, 5000)
        app.point(app.geometry().x + 60, app.geometry().y + 500)
        app.wait_gone(" ago)", 10)
        # The same by keyboard.
        for _ in range(40):
            app.key("Tab")
            focus = app.focused()
            if focus and focus.name == "Charts":
                break
        else:
            self.fail("Tab does not reach the charts")
        app.key("Left", "Left", "Left")
        node = app.wait(re.compile(r"\(\d+ s ago\)$"), 10)
        say(f"by keyboard: “{node.name}”")
        app.key("Escape")
        app.wait_gone(" ago)", 10)

    @judges_load
    @with_diagnostics
    def test_filling_disk(self):
        if os.geteuid() != 0:
            self.skipTest("mounting needs root")
        image, mount = TMP / "disk.img", TMP / "disk"
        free = shutil.disk_usage(TMP).free
        if free < 4 << 30:
            self.skipTest(f"only {free >> 20} MB free for the test disk")
        mount.mkdir()
        with open(image, "wb") as file:
            file.truncate(1536 << 20)
        self.addCleanup(lambda: image.unlink(missing_ok=True))
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", "-F", str(image)], check=True, capture_output=True)
        mounted = subprocess.run(["mount", "-o", "loop", str(image), str(mount)], capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"no loop mount here: {mounted.stderr.strip()}")
        self.addCleanup(lambda: subprocess.run(["umount", "-l", str(mount)], check=True))
        app = self.start("--lang", "en")
        until("a headline", 30, app.headlines)
        time.sleep(5)
        self.assertIsNone(app.find("is filling up"))
        program = TMP / "bin" / "mimamori-writer"
        shutil.copy(os.path.realpath("/usr/bin/python3"), program)
        since = time.monotonic()
        writer = Proc([str(program), "-S", "-c", WRITER, str(mount / "grows.log")])
        self.addCleanup(writer.end)
        self.wait_headline(app, re.escape(str(mount)) + " is filling up fast", since)
        written = (mount / "grows.log").stat().st_size
        say(f"{written >> 20} MB written so far")
        self.assertTrue(writer.alive(), writer.said())
        named = app.find("mimamori-writer wrote most meanwhile")
        say(f"names the writer: {named is not None}; all: {app.headlines()}")
        app.picture("filling-disk-en")
        self.assertIsNotNone(named, "the writer is not named")
        self.assertIsNotNone(app.find("Close mimamori-writer", "push button"), "no button for the writer")

    @judges_load
    @with_diagnostics
    def test_memory_hog(self):
        total = meminfo()["MemTotal"]
        limit = memory_limit()
        if limit is not None and limit < total:
            self.skipTest(f"this session may use {limit >> 20} MB, less than the {total >> 20} MB of the PC")
        app = self.start("--lang", "en")
        until("a headline", 30, app.headlines)
        program = TMP / "bin" / "mimamori-hog"
        shutil.copy(os.path.realpath("/usr/bin/python3"), program)
        begun = time.monotonic()
        hog = Proc([str(program), "-S", "-c", HOG])
        self.addCleanup(hog.end)
        full = lambda: meminfo()["MemAvailable"] < total * 0.08  # noqa: E731
        until(f"less than 8% of memory is available; {hog.said()}", 90, lambda: not hog.alive() or full(), every=0.05)
        since = time.monotonic()
        say(f"full after {since - begun:.1f} s: {meminfo()['MemAvailable'] >> 20} MB of {total >> 20} MB available")
        if not hog.alive():
            self.skipTest(f"the hog gave up to protect the PC: {hog.said().strip()}")
        try:
            text = self.wait_headline(app, "^Memory is nearly used up", since, patience=15)
            app.picture("memory-en")
        finally:
            still = hog.alive()
            hog.end()
        self.assertTrue(still, f"the hog ended too early: {hog.status(1)}")
        self.assertIn("mimamori-hog", text)
        self.assertIsNotNone(re.search(r"holds ([\d.]+) GB|holds ([\d.]+)%", text), text)
        until("memory is free again", 20, lambda: meminfo()["MemAvailable"] > total * 0.2)
        until("the finding is gone", 30, lambda: not any("Memory is nearly" in text for text in app.headlines()))

    @judges_load
    @with_diagnostics
    def test_pictures(self):
        """Pictures of the states that people look at; also that everything is said in both languages."""
        burner = self.burner()
        app = self.start(settings={"lang": "en", "theme": "light"})
        self.wait_headline(app, "mimamori-burner keeps using", app.begun)
        app.picture("now-en-light")
        app.click(re.compile("^日本語$"))
        app.wait("mimamori-burner がパソコンの処理能力の", 10)
        app.picture("now-ja-light")
        app.click("配色")
        app.wait("ダーク配色", 10)
        app.picture("now-ja-dark")
        app.click(re.compile("^English$"))
        app.wait("mimamori-burner keeps using", 10)
        app.picture("now-en-dark")
        app.click("Theme: dark")
        app.wait("Theme: system", 10)
        app.click("Show why")
        app.wait("What is not known", 10)
        app.picture("why-en-light")
        app.click("Hide why")
        app.wait_gone("What is not known", 10)
        for lang, row, back, link, word in (
            ("en", re.compile("^mimamori-burner: CPU .*Show details"), "Back to the list", "^日本語$", "Restart checklist"),
            ("ja", re.compile("^mimamori-burner：CPU .*詳しく見る"), "一覧に戻る", "^English$", "再起動の手順"),
        ):
            app.click(row)
            app.wait(back, 10)
            app.picture(f"details-{lang}")
            window = app.geometry()
            app.point(window.x + 500, window.y + 500)
            xdotool("click", "--repeat", 25, "--delay", 30, 5)
            app.picture(f"details-{lang}-end")
            app.point(window.x + 500, window.y + 500)
            xdotool("click", "--repeat", 25, "--delay", 30, 4)
            app.click(back)
            app.wait_gone(back, 10)
            app.key("ctrl+4")
            app.wait(word, 10)
            app.picture(f"restart-{lang}")
            app.point(window.x + 500, window.y + 500)
            xdotool("click", "--repeat", 25, "--delay", 30, 5)
            app.picture(f"restart-{lang}-end")
            app.point(window.x + 500, window.y + 500)
            xdotool("click", "--repeat", 25, "--delay", 30, 4)
            app.key("ctrl+1")
            app.click(re.compile(link))
        burner.end()
        for name in ("now-en-light", "now-ja-light", "now-en-dark", "now-ja-dark", "details-en", "details-ja",
                     "restart-en", "restart-ja"):
            self.assertGreater((ARTEFACTS / f"{name}.png").stat().st_size, 10_000, name)

    @judges_load
    @with_diagnostics
    def test_smallest_window(self):
        """At 640x480 every text is whole: no letters below each other, nothing beyond the right edge."""
        # Of several parts, so that the finding has all of its chips.
        self.burner("mimamori-burner", "polite", max(2, CPUS))
        app = self.start("--lang", "en")
        self.wait_headline(app, "mimamori-burner keeps using", app.begun)
        app.wait(re.compile("^1 min$"), 5)
        xdotool("windowsize", app.window, 640, 480)
        until("the small size", 10, lambda: app.geometry()[2:] == (640, 480))
        app.picture("now-en-small")
        window, bad = app.geometry(), []
        for node in app.nodes():
            rect = node.rect() if node.role in ("label", "push button", "toggle button") else None
            if rect and (rect.x + rect.width > window.x + window.width or (len(node.name) > 3 and rect.width < 20)):
                bad.append(str(node).strip())
        self.assertEqual(bad, [])

    @judges_load
    @with_diagnostics
    def test_restart_opens_at_its_top(self):
        self.burner()
        app = self.start("--lang", "en")
        self.wait_headline(app, "mimamori-burner keeps using", app.begun)
        window = app.geometry()
        app.point(window.x + 500, window.y + 500)
        xdotool("click", "--repeat", 25, "--delay", 30, 5)
        app.key("ctrl+4")
        title = app.wait("Restart checklist", 10)
        time.sleep(0.5)
        rect = app.wait("Restart checklist", 10).rect()
        self.assertIsNotNone(rect, title)
        self.assertGreaterEqual(rect.y, window.y, "the list opens scrolled, because the other screen was")


WRITER = """
import os, sys, time
block, sum = os.urandom(1 << 20), 0
begun = time.monotonic()
with open(sys.argv[1], "wb", buffering=0) as file:
    while sum < 1300:
        file.write(block)
        sum += 1
        if sum % 60 == 0:
            os.fdatasync(file.fileno())
        time.sleep(max(0, sum / 60 - (time.monotonic() - begun)))
time.sleep(60)
"""

HOG = """
import sys, time
with open("/proc/self/oom_score_adj", "w") as file:
    file.write("1000")
def memory(name):
    with open("/proc/meminfo") as file:
        for line in file:
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
total, blocks, begun = memory("MemTotal"), [], time.monotonic()
while time.monotonic() - begun < 150:
    available = memory("MemAvailable")
    if available < total * 0.04:
        print("less than 4% available: giving everything back", flush=True)
        sys.exit(3)
    if available > total * 0.068:
        # bytes(n) would be untouched zero pages; this writes to each.
        blocks.append(bytearray(b"\\x5a") * min(64 << 20, int(available - total * 0.066)))
    else:
        time.sleep(0.05)
"""


def memory_limit():
    """The smallest memory limit of our control groups, in bytes; `None` without one."""
    limits = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            folders, file = [Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified")], "memory.max"
        elif "memory" in controllers.split(","):
            folders, file = [Path("/sys/fs/cgroup/memory")], "memory.limit_in_bytes"
        else:
            continue
        for folder in folders:
            parts = Path(path.lstrip("/"))
            for part in [parts, *parts.parents]:
                try:
                    limits.append(int((folder / part / file).read_text()))
                except (OSError, ValueError):
                    continue
    return min(limits, default=None)


def window_titles():
    done = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "."], capture_output=True, text=True)
    titles = []
    for window in done.stdout.split():
        name = subprocess.run(["xdotool", "getwindowname", window], capture_output=True, text=True)
        titles.append(name.stdout.strip())
    return "\n".join(titles)


def wait_end(process, seconds):
    try:
        process.status(seconds)
        return True
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__":
    faulthandler.register(signal.SIGUSR1)
    unittest.main(verbosity=2)
