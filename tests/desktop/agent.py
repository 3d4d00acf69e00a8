"""The agent from end to end; started by end_to_end.py, which gives each test a session bus, a display and a home.

The desktop (place for icons, notification server) is tray/host.py; the window is read and used as in e2e.py.
Waits have generous deadlines, because the machine may be busy with other things, and serve the bus meanwhile.
"""

import datetime
import fcntl
import glob
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import unittest
from pathlib import Path

from load import judges_load

sys.path.insert(0, str(Path(__file__).resolve().parent / "tray"))
import e2e  # noqa: E402
import host  # noqa: E402
from e2e import ARTEFACTS, BINARY, TMP, Burner, Proc, say, with_diagnostics, xdotool  # noqa: E402

WAIT = float(os.environ.get("MIMAMORI_AGENT_WAIT", "20"))
HOME = Path(os.environ["HOME"])
STATE = Path(os.environ["XDG_STATE_HOME"]) / "mimamori"
RECORDING = STATE / "recording.db"
RUNTIME = Path(os.environ["XDG_RUNTIME_DIR"]) / "mimamori"
NAME = "agent-burner"
NOBODY = 65534
OWN_BOOT = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
OTHER_BOOT = "11111111-2222-4333-8444-555555555555"
THIRD_BOOT = "11111111-2222-4333-8444-666666666666"
CPU_RULES = {"full_load", "cpu_hog", "browser_load", "known_busy", "many_small", "hot", "heat", "fan_effort"}
"""Findings that other people's work on this PC may cause truly."""


def until(what, seconds, check):
    return host.until(what, seconds, check)


def ask(request, seconds=10.0, path=None):
    """The answer of the agent; `None` when there is none."""
    line = request if isinstance(request, bytes) else json.dumps(request).encode() + b"\n"
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(seconds)
        try:
            connection.connect(str(path or RUNTIME / "agent.sock"))
            connection.sendall(line)
            answer = b""
            while not answer.endswith(b"\n"):
                part = connection.recv(65536)
                if not part:
                    break
                answer += part
        except OSError:
            return None
    return json.loads(answer) if answer else None


def status(seconds=10.0):
    """How the agent is; `None` without an answer, also when it has no time yet (it is starting)."""
    answer = ask({"do": "status"}, seconds)
    return answer if answer and answer["answer"] == "status" else None


def more_samples(number, seconds=60):
    """Waits until the agent has taken so many more samples. Asks seldom: a question costs it more than a sample."""
    until("an answer", seconds, status)
    goal = status()["samples"] + number

    def is_there():
        host.serve(0.4)
        said = status()
        return said is not None and said["samples"] >= goal

    until(f"{number} more samples", seconds, is_there)


def flush():
    """Makes the agent write what waits: going on without a pause changes nothing else."""
    assert ask({"do": "pause", "minutes": 0}) == {"answer": "done"}


def history(since="10m", env=None):
    done = subprocess.run([str(BINARY), "history", "--since", since, "--json"], capture_output=True, text=True,
                          timeout=60, env=env)
    if done.returncode not in (0, 1):
        raise AssertionError(f"history ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def events(kind=None, since="10m"):
    return [event for event in history(since)["events"] if kind is None or event["kind"] == kind]


def at(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def query(sql, path=RECORDING):
    """Rows of the recording, read beside the agent."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def recorded():
    return query("SELECT count(*) FROM raw")[0][0]


def windows():
    """Numbers of the running windows of the program."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = Path("/proc", entry, "cmdline").read_bytes().split(b"\0")
            if os.readlink(f"/proc/{entry}/exe") == str(BINARY) and words[1] not in (b"agent", b"history"):
                found.append(int(entry))
        except (OSError, IndexError):
            continue
    return found


class Agent(Proc):
    """A running agent."""

    def __init__(self, *arguments, env=None, before=(), ready=True):
        self.begun = time.time()
        super().__init__([*before, str(BINARY), "agent", *arguments], env=env)
        try:
            if ready:
                until("the agent answers", 30, self.answers)
        except BaseException:
            print(self.said(), file=sys.stderr)
            self.end()
            raise

    def answers(self):
        if not self.alive():
            raise AssertionError(f"the agent ended with {self.process.returncode}: {self.said()}")
        found = status()
        return found is not None and found["pid"] == self.pid

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self, number=signal.SIGTERM):
        """Ends it in order; how many seconds that took."""
        begun = time.monotonic()
        os.kill(self.pid, number)
        assert self.process.wait(30) == 0, self.said()
        return time.monotonic() - begun


class OpenedWindow(e2e.App):
    """A window that somebody else has opened."""

    def __init__(self, pid):
        self.pid, self.window, self.origin = pid, None, None
        until("the window on the screen", 60, self._find_window)
        # Also when a finding is shown the tree is not there at once.
        until("an accessibility tree", 60, lambda: self.alive_or_fail() and len(self.nodes()) > 5)
        xdotool("windowmove", "--sync", self.window, 0, 0)
        self.activate()

    def alive(self):
        return Path(f"/proc/{self.pid}/exe").exists()

    def alive_or_fail(self):
        if not self.alive():
            raise AssertionError("the window has gone")
        return True

    def said(self):
        return ""

    def end(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return
            end = time.monotonic() + 3
            while self.alive() and time.monotonic() < end:
                time.sleep(0.05)


class BusyMeanwhile:
    """How busy the processors were since it was made."""

    def __init__(self):
        self.before = self.read()

    @staticmethod
    def read():
        fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]

    def share(self):
        total, idle = self.read()
        return 1.0 - (idle - self.before[1]) / max(1, total - self.before[0])


def new_boot(identity):
    """Words before a command that make it see another start of the system."""
    file = TMP / "boot_id"
    file.write_text(identity + "\n")
    return ["unshare", "-m", "sh", "-c", f'mount --bind {file} /proc/sys/kernel/random/boot_id && exec "$@"', "sh"]


class Zone:
    """A copy of the system's settings in which the time zone can be changed as `timedatectl` does it."""

    def __init__(self, name):
        self.folder = TMP / "etc"
        subprocess.run(["cp", "-a", "/etc", str(self.folder)], check=True)
        self.set(name)

    def set(self, name):
        link = self.folder / "localtime.new"
        link.symlink_to(f"/usr/share/zoneinfo/{name}")
        link.rename(self.folder / "localtime")

    def before(self):
        """Words before a command that make it see these settings."""
        return ["unshare", "-m", "sh", "-c", f'mount --bind {self.folder} /etc && exec "$@"', "sh"]


class AgentTest(unittest.TestCase):
    longMessage = True

    def setUp(self):
        self.app = None
        place = Path(os.environ["XDG_DATA_HOME"]) / "mimamori/settings.json"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps({"lang": "en", "theme": "light", "background": "on"}))
        e2e.Atspi.init()

    def agent(self, *arguments, **options):
        agent = Agent(*arguments, **options)
        self.addCleanup(agent.end)
        return agent

    def desktop(self):
        watcher, server = host.Watcher(), host.NotificationServer()
        watcher.appear()
        server.appear()
        return watcher, server

    def window(self, seconds=30):
        pid = until("a window of the program", seconds, windows)[0]
        app = OpenedWindow(pid)
        self.addCleanup(app.end)
        self.app = app
        return app

    def need_root(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")

    def small_disk(self, *options):
        """The folder of the recording on a disk of its own, of 2 MB."""
        self.need_root()
        STATE.mkdir(parents=True, mode=0o700)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "mimamori-test", str(STATE)],
                              capture_output=True, text=True)
        if done.returncode != 0:
            self.skipTest(f"no mount here: {done.stderr.strip()}")
        self.addCleanup(lambda: subprocess.run(["umount", "-l", str(STATE)], check=True))

    def assert_nothing_found(self, found, meanwhile):
        """What the test has not caused must not be found. Loads of the processors are judged only on a quiet PC."""
        share = meanwhile.share()
        for event in found:
            rule = event["data"]["finding"]["rule"]
            if share > 0.25 and rule in CPU_RULES:
                say(f"not judged, the PC was {share:.0%} busy: {event['text']['en']}")
                continue
            self.fail(f"a false finding (the PC was {share:.0%} busy): {event}")

    # -------------------------------------------------------------------------------- windows

    @with_diagnostics
    def test_the_window_in_front(self):
        """Who is in front is known within seconds though nothing computes; one that hangs is told until it answers."""
        first, second = window_of_its_own("front-a"), window_of_its_own("front-b", "qt")
        self.addCleanup(first.end)
        self.addCleanup(second.end)

        def find(name):
            done = subprocess.run(["xdotool", "search", "--name", f"^{name}$"], capture_output=True, text=True)
            return (done.stdout.split() or [None])[-1]

        windows = [until(f"the window {name}", 20, lambda: find(name)) for name in ("front-a", "front-b")]
        xdotool("windowactivate", "--sync", windows[0])
        self.agent()
        # After the start everything is looked at for a while.
        more_samples(8)
        begun = time.time()
        xdotool("windowactivate", "--sync", windows[1])

        def fronts():
            flush()
            return [(at(event["at"]) - begun, event["subject"]) for event in events("foreground")]

        until("the other window is known to be in front", 20, lambda: any(name == "front-b" for _, name in fronts()))
        fronts = fronts()
        say(f"in front: {fronts}")
        # What it was told before is answered with the next glance: two of them, and one to read about it.
        self.assertTrue(any(-1 < late < 6 and subject == "front-b" for late, subject in fronts), fronts)

        # Long enough for a question that was not answered, and for the finding about it.
        more_samples(8)
        flush()
        self.assertEqual([event for event in events("finding") if "not answered" in event["text"]["en"]], [])
        begun = time.time()
        os.kill(second.pid, signal.SIGSTOP)
        self.addCleanup(lambda: second.alive() and os.kill(second.pid, signal.SIGCONT))

        def hung(kind):
            flush()
            found = [event for event in events(kind) if event["data"]["finding"]["rule"] == "not_responding"]
            return found[0] if found else None

        told = until("that it does not answer", 90, lambda: hung("finding"))
        say(f"{time.time() - begun:.0f} s: {told['text']['en']}")
        self.assertIn("front-b has not answered for", told["text"]["en"])
        os.kill(second.pid, signal.SIGCONT)
        ended = until("that it answers again", 60, lambda: hung("finding_ended"))
        say(f"{time.time() - begun:.0f} s: {ended['text']['en']}")

    # -------------------------------------------------------------------------------- what it is there for

    @judges_load
    @with_diagnostics
    def test_who_it_was(self):
        """With the window closed a program burns and ends; later, and after a restart of the agent, the window
        opened from the tray says who it was and when. One notification."""
        watcher, server = self.desktop()
        e2e.wait_quiet()
        until("five minutes after signing in", 320, lambda: not just_signed_in())
        agent = self.agent()
        item = watcher.wait_for_item(30)
        calm, picture = item.tooltip(), item.pictures()
        say(f"tooltip: {calm}")
        meanwhile = BusyMeanwhile()
        burner = Burner(NAME)
        self.addCleanup(burner.end)
        began = time.time()
        parts = {pid for pid, _ in e2e.family(burner.pid)}
        about = lambda: [call for call in server.calls if NAME in call["title"] + call["body"]]  # noqa: E731
        until("the icon changes", 40, lambda: item.pictures() != picture)
        say(f"the icon changed {time.time() - began:.0f} s after the beginning")
        until("the tooltip names it", 40, lambda: NAME in " ".join(item.tooltip()))
        say(f"tooltip: {item.tooltip()}")
        self.assertIn("NewIcon", item.signals)
        until("a notification", 120, lambda: server.calls)
        told = time.time() - began
        (shown,) = server.calls
        say(f"told after {told:.0f} s: “{shown['title']}” / “{shown['body']}”")
        alone = "more)" not in shown["title"]
        if alone and not about() and meanwhile.share() > 0.25 + 1 / e2e.CPUS:
            self.skipTest("other work on this PC was told of first")
        if alone:
            self.assertIn(NAME, shown["title"])
        else:
            say("other work on this PC was told of in the same notification")
        self.assertGreater(told, 55, "a short burst would have been told too")
        until("a little more", 20, lambda: time.time() - began > max(told + 8, 66))
        burner.end()
        ended = time.time()
        meanwhile = BusyMeanwhile()
        words = lambda: " ".join([*item.tooltip(), *(text or "" for _, text, _ in item.menu())])  # noqa: E731
        said = [""]

        def is_over():
            now = words()
            if now != said[-1]:
                said.append(now)
                say(f"{time.time() - ended:.0f} s after the end: {now}")
            return NAME not in now and (item.pictures() == picture or meanwhile.share() > 0.25)

        until("neither icon nor menu is about it", 90, is_over)
        until("its end is recorded", 120, lambda: flush() or any(
            event["subject"] == NAME for event in events("finding_ended", "30m")))
        say(f"the end was recorded {time.time() - ended:.0f} s after it")
        if alone:
            gone = lambda: not any(NAME in one["title"] for one in server.shown.values())  # noqa: E731
            until("the notification is withdrawn", 60, gone)
        else:
            say("not judged, other work on this PC was told of as well: the notification is withdrawn")
        until("the wait is over", WAIT + 5, lambda: time.time() - ended >= WAIT)
        took = agent.stop()
        say(f"the agent ended within {took:.2f} s")
        until("the icon has gone", 10, lambda: not watcher.items)
        agent = self.agent()
        item = watcher.wait_for_item(30)

        since = f"{10 + int((time.time() - began) / 60)}m"
        found = history(since)
        (finding,) = [one for one in found["events"] if one["kind"] == "finding" and one["subject"] == NAME]
        (end,) = [one for one in found["events"] if one["kind"] == "finding_ended" and one["subject"] == NAME]
        (notified,) = [one for one in found["events"] if one["kind"] == "notified" and one["subject"] == NAME]
        say(f"finding {finding['at']}: “{finding['text']['en']}”; ended {end['at']} after {end['data']['seconds']:.0f} s")
        self.assertLess(abs(at(finding["at"]) - began), 30)
        self.assertLess(abs(at(end["at"]) - ended), 30)
        self.assertLess(abs(end["data"]["seconds"] - (ended - began)), 30)
        self.assertLess(abs(at(notified["at"]) - began - told), 10)
        minutes = [minute for minute in found["minutes"] if any(p["name"] == NAME for p in minute["programs"])]
        self.assertTrue(minutes, found["minutes"])
        for minute in minutes:
            (program,) = [program for program in minute["programs"] if program["name"] == NAME]
            self.assertEqual(program["path"], str(TMP / "bin" / NAME))
            self.assertIn(program["pid"], parts)
            self.assertTrue(began - 61 <= at(minute["at"]) <= ended + 61, minute["at"])
        say(f"{NAME} in {[(m['at'], p['cpu']) for m in minutes for p in m['programs'] if p['name'] == NAME]}")
        self.assertEqual(len(about()) if alone else len(server.calls), 1, f"exactly one notification: {server.calls}")

        clicked = time.monotonic()
        item.click()
        app = self.window()
        say(f"window and tree {time.monotonic() - clicked:.1f} s after the click on the icon")
        app.key("ctrl+3")
        app.wait("What happened", 20)
        clock_of = lambda event: time.strftime("%H:%M", time.localtime(at(event["at"])))  # noqa: E731
        clock = clock_of(finding)
        row = app.wait(re.compile(f"^{clock} {NAME} keeps using"), 20)
        say(f"row: “{row.name}”")
        app.wait(re.compile(f"^{clock_of(end)} .*{NAME} keeps using .*Show the charts"), 10)
        app.picture("agent-history-en")
        app.click(re.compile(f"^{clock} {NAME} keeps using"))
        app.wait(re.compile("^Charts$"), 20)
        app.wait_gone("What happened", 10)
        app.picture("agent-moment-en")
        until("nothing more", 5, lambda: True)
        self.assertEqual(len(about()) if alone else len(server.calls), 1, f"exactly one notification: {server.calls}")

    @judges_load
    @with_diagnostics
    def test_a_clicked_notification_opens_its_finding(self):
        """The window that a click on the notification opens shows that finding, with its reasons open."""
        name = "clicked-burner"
        _, server = self.desktop()
        e2e.wait_quiet()
        until("five minutes after signing in", 320, lambda: not just_signed_in())
        self.agent()
        burner = Burner(name)
        self.addCleanup(burner.end)
        number = server.wait_for(lambda shown: True, 150)
        title = server.shown[number]["title"]
        say(f"“{title}”")
        if name not in title:
            self.skipTest("other work on this PC was told of first")
        clicked = time.monotonic()
        server.click(number)
        app = self.window()
        app.wait(re.compile(f"^{name} keeps using"), 20)
        # Only an opened card can be closed again.
        app.wait("Hide why", 10)
        say(f"the finding with its reasons {time.monotonic() - clicked:.1f} s after the click")
        app.picture("agent-clicked-en")

    @judges_load
    @with_diagnostics
    def test_dunst_shows_it_and_tells_of_the_click(self):
        """The notification server of many light desktops, as Debian has it: shown, clicked, and withdrawn at the end."""
        if not shutil.which("dunst"):
            self.skipTest("dunst is not installed")
        server = Proc(["dunst"])
        self.addCleanup(server.end)
        dunst = lambda *words: subprocess.run(  # noqa: E731
            ["dunstctl", *words], capture_output=True, text=True, timeout=20, check=True).stdout.strip()
        until("dunst answers", 20, lambda: subprocess.run(["dunstctl", "is-paused"], capture_output=True).returncode == 0)
        e2e.wait_quiet()
        until("five minutes after signing in", 320, lambda: not just_signed_in())
        self.agent()
        burner = Burner("dunst-burner")
        self.addCleanup(burner.end)
        until("a notification", 150, lambda: dunst("count", "displayed") == "1")
        e2e.screenshot(ARTEFACTS / "agent-dunst-en.png")
        dunst("action", "0")
        app = self.window()
        shown = json.loads(dunst("history"))["data"][0]
        title = shown[0]["summary"]["data"] if shown else "(still shown)"
        say(f"“{title}”")
        if shown and "dunst-burner" not in title:
            self.skipTest("other work on this PC was told of first")
        app.wait(re.compile("^dunst-burner keeps using"), 20)
        burner.end()
        until("nothing is shown any more", 120, lambda: dunst("count", "displayed") == "0")

    # -------------------------------------------------------------------------------- ends and starts

    @with_diagnostics
    def test_kill_and_sudden_stop(self):
        self.need_root()
        _, server = self.desktop()
        until("five minutes after signing in", 320, lambda: not just_signed_in())
        agent = self.agent()
        until("some samples", 40, lambda: flush() or recorded() >= 3)
        last = time.time()
        agent.kill()
        # The same start of the system: it was only ended.
        agent = self.agent()
        more_samples(3)
        flush()
        self.assertEqual(events("sudden_stop"), [])
        self.assertEqual(server.calls, [])
        last = time.time()
        agent.kill()
        agent = self.agent(before=new_boot(OTHER_BOOT))
        # A start by hand: no time of quiet. Without a word of the system it is not said that the PC went off.
        number = server.wait_for(lambda shown: re.search("turned off|broke off", shown["title"]), 30)
        say(f"“{server.shown[number]['title']}” / “{server.shown[number]['body']}”")
        flush()
        (stop,) = events("sudden_stop")
        say(f"{stop['at']} “{stop['text']['en']}”, cause {stop['data']['cause']}")
        self.assertEqual("turned off" in server.shown[number]["title"], stop["data"]["cause"] != "unknown")
        self.assertLess(abs(at(stop["at"]) - last), 5, "the last recorded moment")
        # The same while something else holds the recording at the start.
        agent.kill()
        with open(RECORDING.with_name(RECORDING.name + "-lock"), "w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            agent = self.agent(ready=False, before=new_boot(THIRD_BOOT))
            until("the endpoint", 20, lambda: (RUNTIME / "agent.sock").exists())
            more_samples(1)
        told = lambda: [other for other in server.shown if other != number and "off" in server.shown[other]["title"]]  # noqa: E731
        until("it is told as soon as the recording can be opened", 40, lambda: host.serve(1) or told())
        flush()
        self.assertEqual(len(events("sudden_stop")), 2)
        number = told()[0]
        # The click leads to what happened.
        server.click(number)
        app = self.window()
        app.wait("What happened", 30)
        app.wait(re.compile("The PC turned off|The recording ends at"), 20)
        app.picture("agent-sudden-stop-en")
        app.end()
        agent.stop()
        # A clean stop, and yet another start of the system: nothing to tell.
        agent = self.agent(before=new_boot(OWN_BOOT.replace("-", "-0", 1)[:36]))
        more_samples(3)
        flush()
        self.assertEqual(len(events("sudden_stop")), 2)
        self.assertEqual(len(server.calls), 2, server.calls)
        agent.stop()
        # As a system records it that tells why, which this one may not do.
        connection = sqlite3.connect(RECORDING)
        connection.execute("UPDATE event SET data = json_set(data, '$.cause', 'power_lost') WHERE kind = 'sudden_stop'")
        connection.commit()
        connection.close()
        done = subprocess.run([str(BINARY), "check", "--seconds", "3", "--json"], capture_output=True, text=True, timeout=60)
        (note,) = [finding for finding in json.loads(done.stdout)["findings"] if finding["rule"] == "sudden_stop"]
        say(f"on Now: {note['text']['en']['headline']}; {note['text']['en']['saw']}")
        self.assertEqual(note["severity"], "look")

    @with_diagnostics
    def test_only_one(self):
        watcher, _ = self.desktop()
        agent = self.agent()
        watcher.wait_for_item(30)
        flush()
        until("the agent knows of its place", 10, lambda: status()["tray"])
        before = status()
        begun = time.monotonic()
        second = subprocess.run([str(BINARY), "agent", "--quiet"], capture_output=True, text=True, timeout=30)
        took = time.monotonic() - begun
        say(f"a second one ended with {second.returncode} after {took:.2f} s: {second.stderr.strip()}")
        self.assertEqual(second.returncode, 0)
        self.assertLess(took, 1.0)
        more_samples(1)
        after = status()
        for name in ("pid", "since", "trouble", "tray"):
            self.assertEqual(before[name], after[name], name)
        self.assertEqual(query("SELECT count(*) FROM run")[0][0], 1)
        self.assertEqual((len(watcher.items), windows()), (1, []))
        # Started by hand: it opens the window.
        opened = subprocess.Popen([str(BINARY), "agent"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("the second one ends", 10, lambda: opened.poll() is not None)
        self.assertEqual(opened.returncode, 0)
        app = self.window()
        active = lambda: subprocess.run(  # noqa: E731
            ["xdotool", "getactivewindow"], capture_output=True, text=True).stdout.strip() == app.window

        def put_away():
            """Minimises until it is seen: the last steps of coming to the front may still be on their way."""
            if active():
                xdotool("windowminimize", app.window)
                time.sleep(0.5)
            return not active()

        # And brings the one that is open to the front.
        until("the window is away", 15, put_away)
        begun = time.monotonic()
        self.assertEqual(subprocess.run([str(BINARY), "agent"], capture_output=True, timeout=30).returncode, 0)
        took = time.monotonic() - begun
        say(f"the third one ended after {took:.2f} s")
        self.assertLess(took, 1.0, "handing over")
        until("the window is in front again", 15, active)
        self.assertEqual(windows(), [app.pid])
        # The same by the endpoint.
        until("the window is away", 15, put_away)
        self.assertEqual(ask({"do": "show"}), {"answer": "done"})
        until("the window is in front again", 15, active)
        app.end()
        # The lock goes with the process, however it ends.
        agent.kill()
        begun = time.monotonic()
        agent = self.agent("--quiet")
        say(f"after kill -9 the next one answered after {time.monotonic() - begun:.2f} s")
        self.assertNotEqual(status()["pid"], before["pid"])

    @with_diagnostics
    def test_clean_stop(self):
        self.need_root()
        _, server = self.desktop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            agent = self.agent()
            more_samples(1)
            took = agent.stop(number)
            say(f"{number.name}: ended after {took:.2f} s")
            self.assertLess(took, 1.0)
            self.assertFalse((RUNTIME / "agent.sock").exists(), "the endpoint stayed")
            self.assertEqual(query("SELECT clean FROM run ORDER BY id DESC LIMIT 1"), [(1,)])
        # At once after its start, before anything was written.
        agent = self.agent(ready=False)
        until("the endpoint", 20, lambda: (RUNTIME / "agent.sock").exists())
        say(f"SIGTERM at once: ended after {agent.stop():.2f} s")
        found = [event["kind"] for event in events()]
        self.assertEqual((found.count("started"), found.count("stopped")), (4, 4), found)
        agent = self.agent(before=new_boot(OTHER_BOOT))
        more_samples(3)
        flush()
        self.assertEqual(events("sudden_stop"), [])
        self.assertEqual(server.calls, [])

    @with_diagnostics
    def test_signing_out(self):
        """Some desktops end the X server and nothing else: the agent ends with it, in order."""
        self.desktop()
        number = TMP / "second-display"
        with number.open("w") as file:
            screen = subprocess.Popen(["Xvfb", "-displayfd", "3", "-nolisten", "tcp"], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL, preexec_fn=lambda: os.dup2(file.fileno(), 3),
                                      pass_fds=[3])
        self.addCleanup(screen.kill)
        until("a second screen", 20, lambda: number.read_text().strip())
        agent = self.agent("--quiet", env={**os.environ, "DISPLAY": ":" + number.read_text().strip()})
        more_samples(2)
        begun = time.monotonic()
        screen.terminate()
        self.assertEqual(agent.process.wait(20), 0, agent.said())
        say(f"ended {time.monotonic() - begun:.2f} s after the screen")
        self.assertEqual(query("SELECT clean FROM run ORDER BY id DESC LIMIT 1"), [(1,)])

    @judges_load
    @with_diagnostics
    def test_closed_by_the_window_and_back(self):
        """The window closes a program and ends itself; the agent sees that the program returns, and who starts it."""
        name = "agent-returner"
        program = e2e.copy_of_shell(name)
        keeper = TMP / "keeper.sh"
        keeper.write_text(f"while :; do {program} -c 'while :; do :; done'; sleep 2; done\n")
        self.desktop()
        self.agent()
        supervisor = Proc(["sh", str(keeper)])
        self.addCleanup(supervisor.end)
        more_samples(6)
        worker = next(pid for pid, _ in e2e.family(supervisor.pid) if pid != supervisor.pid)
        # What the window writes when its button is used, and what the button does.
        action = {"at": int(time.time() * 1000), "kind": "action", "subject": name, "data": {}}
        with open(STATE / "recording.inbox", "a", encoding="utf-8") as inbox:
            inbox.write(json.dumps(action) + "\n")
        os.kill(worker, signal.SIGTERM)
        asked = time.monotonic()
        until("the action is in the recording", 10, lambda: [one for one in events("action") if one["subject"] == name])
        came_back = lambda: next((one for one in events("finding")  # noqa: E731
                                  if one["data"]["finding"]["rule"] == "came_back"), None)
        found = until("it came back", 60, came_back)
        say(f"after {time.monotonic() - asked:.0f} s: “{found['text']['en']}”")
        self.assertEqual(found["subject"], name)
        self.assertIn("sh", found["data"]["finding"]["parent"])

    @with_diagnostics
    def test_the_start_with_the_pc_is_the_same_everywhere(self):
        """Window, menu of the icon and the file of the desktop, whoever of them switches it."""
        label = "Keep watching in the background and start with the PC"
        entry = Path(os.environ["XDG_CONFIG_HOME"]) / "autostart/mimamori.desktop"
        watcher, _ = self.desktop()
        agent = self.agent()
        item = watcher.wait_for_item(30)
        app = e2e.App("--settings", home=HOME)
        self.app = app
        self.addCleanup(app.end)

        def everywhere(on):
            begun = time.monotonic()
            box = lambda: "checked" in app.find(label, "check box").states()  # noqa: E731
            tick = lambda: next(tick == 1 for _, text, tick in item.menu() if text == "Start with the PC")  # noqa: E731
            until(f"{on} in the window", 10, lambda: box() == on)
            until(f"{on} in the menu", 15, lambda: tick() == on)
            say(f"{on} after {time.monotonic() - begun:.1f} s")

        app.wait("Watching since", 20)
        everywhere(False)
        app.wait("does not start with the PC")
        item.choose("Start with the PC")
        until("the file", 5, entry.exists)
        everywhere(True)
        app.wait_gone("does not start with the PC")
        # As the settings of a desktop do.
        entry.write_text(entry.read_text() + "Hidden=true\n")
        everywhere(False)
        self.assertIsNone(app.find("Keep watching in the background?"), "it was answered once")
        app.click(label, "check box")
        until("the file says so", 5, lambda: "Hidden" not in entry.read_text())
        everywhere(True)
        self.assertTrue(agent.alive())
        # Switched off in the window it ends; on again, it is started.
        app.click(label, "check box")
        until("the agent to end", 10, lambda: not agent.alive())
        self.assertFalse(entry.exists())
        app.wait("Not watching in the background now")
        self.assertNotIn("checked", app.find(label, "check box").states())
        # Switched on elsewhere it will start with the next sign-in, and that is said.
        entry.write_text("[Desktop Entry]\nType=Application\nName=Mimamori\nExec=mimamori agent --quiet\n")
        app.wait("it starts when you next sign in", 10)
        app.click("Start watching now", "push button")
        app.wait("Watching since", 30)
        os.kill(status()["pid"], signal.SIGTERM)

    @with_diagnostics
    def test_something_new_starts_with_the_pc(self):
        folder = Path(os.environ["XDG_CONFIG_HOME"]) / "autostart"
        folder.mkdir(parents=True)

        def starts(name, file):
            entry = f"[Desktop Entry]\nType=Application\nName={name}\nExec={file} --quiet\n"
            (folder / f"{name}.desktop").write_text(entry)

        def new():
            """What the check says in a new process, by name: how serious it is."""
            done = subprocess.run([str(BINARY), "check", "--seconds", "3", "--json"], capture_output=True, text=True,
                                  timeout=60)
            return {one["subject"]["name"]: one["severity"] for one in json.loads(done.stdout)["findings"]
                    if one["rule"] == "new_autostart"}

        recorded_names = lambda: [one["subject"] for one in events("finding")  # noqa: E731
                                  if one["data"]["finding"]["rule"] == "new_autostart"]
        _, server = self.desktop()
        starts("Old Helper", "/usr/bin/env")
        agent = self.agent()
        until("the list is recorded", 20, lambda: query("SELECT count(*) FROM autostart")[0][0] > 1)
        agent.stop()
        self.assertEqual(new(), {})
        starts("New Helper", "/usr/bin/env")
        starts("Odd Helper", "/tmp/.hidden/helper")
        agent = self.agent()
        until("the odd one is recorded", 30, lambda: flush() or recorded_names() == ["Odd Helper"])
        self.assertEqual(new(), {"New Helper": "ok", "Odd Helper": "look"})
        agent.stop()
        (folder / "New Helper.desktop").unlink()
        agent = self.agent()
        until("it is told again", 30, lambda: flush() or recorded_names() == ["Odd Helper"] * 2)
        self.assertEqual(new(), {"Odd Helper": "look"})
        self.assertFalse([call for call in server.calls if "New Helper" in call["title"] + call["body"]])

    # -------------------------------------------------------------------------------- the endpoint

    @with_diagnostics
    def test_nobody_else_may_ask(self):
        self.need_root()
        agent = self.agent()
        mode = lambda path: stat.S_IMODE(path.stat().st_mode)  # noqa: E731
        path = RUNTIME / "agent.sock"
        self.assertEqual((mode(path), mode(RUNTIME)), (0o600, 0o700))
        self.assertEqual(mode(STATE), 0o700, "the folder of the recording")
        other = """
import socket, sys
with socket.socket(socket.AF_UNIX) as connection:
    connection.settimeout(10)
    try:
        connection.connect(sys.argv[1])
        connection.sendall(b'{"do":"status"}\\n')
        print("answer", connection.recv(65536))
    except OSError as error:
        print("error", type(error).__name__)
"""

        def by_nobody(path):
            done = subprocess.run(["/usr/bin/python3", "-c", other, str(path)], user=NOBODY, group=NOBODY,
                                  extra_groups=[], capture_output=True, text=True, timeout=30, cwd="/", env={})
            return done.stdout.strip() or done.stderr.strip()

        self.assertEqual(by_nobody(path), "error PermissionError")
        # All doors open: the agent itself looks who asks.
        for folder in (TMP.parent, TMP, RUNTIME.parent, RUNTIME):
            folder.chmod(0o755)
        path.chmod(0o666)
        said = by_nobody(path)
        say(f"with all doors open another user gets: {said}")
        self.assertIn(said, ("answer b''", "error ConnectionResetError", "error BrokenPipeError"))
        self.assertIsNotNone(status())
        agent.stop()
        # A runtime folder that everybody may read is not used.
        agent = self.agent(ready=False)
        private = STATE / "run/agent.sock"
        until("the endpoint in a folder of its own", 20, private.exists)
        self.assertEqual((mode(private), mode(private.parent)), (0o600, 0o700))
        until("an answer there", 20, lambda: ask({"do": "status"}, path=private))
        self.assertFalse(path.exists())
        for folder in (HOME, HOME / ".local", STATE.parent):
            folder.chmod(0o755)
        self.assertEqual(by_nobody(private), "error PermissionError")
        agent.stop()

    @with_diagnostics
    def test_rude_clients(self):
        agent = self.agent()
        until("some samples", 30, lambda: flush() or recorded() >= 2)
        path = str(RUNTIME / "agent.sock")
        for line in (b"", b"\n", b"{}\n", b"[]\n", b"\xff\xfe\0\n", b'{"do":"kill"}\n', b'{"do":"close","pid":1}\n',
                     b'{"do":"pause","minutes":1000000}\n', b'{"do":"pause","minutes":-1}\n', b"[" * 4000 + b"\n",
                     b'{"do":"show","finding":"' + b"x" * 3000 + b'"} {}\n', os.urandom(4000).replace(b"\n", b"") + b"\n"):
            answer = ask(line, 4)
            self.assertIn(answer, (None, {"answer": "refused"}), line[:40])
        big = b"x" * (1 << 20)
        for _ in range(5):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(10)
                connection.connect(path)
                try:
                    connection.sendall(big)
                    answer = connection.recv(4096)
                    self.assertIn(b"refused", answer or b"refused")
                except OSError:
                    pass
        self.assertIsNotNone(status())
        slow = [socket.socket(socket.AF_UNIX) for _ in range(12)]
        for connection in slow:
            connection.settimeout(10)
            connection.connect(path)
            connection.send(b"{")
        begun = time.monotonic()
        found = until("an answer beside slow ones", 30, lambda: status(20))
        say(f"twelve slow ones at once: status after {time.monotonic() - begun:.1f} s")
        for connection in slow:
            connection.close()
        self.assertEqual(found["pid"], agent.pid)
        self.assertEqual(windows(), [])
        self.assertLess(found["memory_bytes"], 64 << 20)
        before = recorded()
        until("it goes on recording", 60, lambda: flush() or recorded() > before)
        agent.stop()

    # -------------------------------------------------------------------------------- without a desktop

    @with_diagnostics
    def test_without_a_desktop(self):
        env = {name: value for name, value in os.environ.items()
               if name not in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY")}
        agent = self.agent(env=env)
        until("some samples", 40, lambda: flush() or recorded() >= 2)
        said = agent.said().strip().splitlines()
        say(f"it said: {said}")
        self.assertEqual([line for line in said if "no place for an icon" in line], said)
        self.assertEqual(len(said), 1)
        self.assertFalse(status()["tray"])
        agent.stop()
        self.assertEqual(len(events("trouble")), 1, events("trouble"))
        # With a bus, but nobody there yet.
        agent = self.agent()
        more_samples(1)
        self.assertFalse(status()["tray"])
        self.assertEqual(agent.said(), "", "a place for icons may come: nothing is said to a terminal")
        watcher, _ = self.desktop()
        item = watcher.wait_for_item(30)
        until(f"a tooltip: {item.tooltip()}", 20, lambda: item.tooltip()[0].startswith("Mimamori"))
        until("the agent knows", 20, lambda: status()["tray"])
        watcher.vanish()
        until("the agent knows that it went", 20, lambda: not status()["tray"])
        watcher.appear()
        watcher.wait_for_item(30)
        until("the agent knows again", 20, lambda: status()["tray"])
        until("more samples", 40, lambda: flush() or recorded() >= 3)
        agent.stop()

    @with_diagnostics
    def test_pause(self):
        watcher, _ = self.desktop()
        agent = self.agent()
        item = watcher.wait_for_item(30)
        until("some samples", 40, lambda: flush() or recorded() >= 2)
        picture = item.pictures()
        self.assertEqual(ask({"do": "pause", "minutes": 60}), {"answer": "done"})
        until("another icon", 10, lambda: item.pictures() != picture)
        until(f"the tooltip says so: {item.tooltip()}", 10, lambda: "paused until" in item.tooltip()[0])
        say(f"tooltip: {item.tooltip()[0]}")
        self.assertIsNotNone(status()["paused_until"])
        before, paused = recorded(), time.time()
        host.serve(10)
        self.assertEqual(recorded(), before, "recorded while paused")
        flush()
        went_on = time.time()
        until("the icon as before", 20, lambda: item.pictures() != picture or "paused" not in item.tooltip()[0])
        self.assertIsNone(status()["paused_until"])
        until("it goes on", 60, lambda: flush() or recorded() > before)
        say(f"the first sample {time.time() - went_on:.0f} s after the end of the pause")
        self.assertLess(time.time() - went_on, 25)
        rows = query(f"SELECT at, span, program_span FROM raw WHERE at > {int(paused * 1000)} ORDER BY at")
        say(f"samples after the pause (at, span, programs' span): {[(r[0] / 1000 - went_on, *r[1:]) for r in rows]}")
        for row in rows:
            covers = max(value for value in row[1:] if value is not None)
            self.assertGreater(row[0] - covers, went_on * 1000 - 3000, f"it covers the time of the pause: {row}")
        kinds = [event["kind"] for event in events()]
        self.assertEqual((kinds.count("paused"), kinds.count("resumed")), (1, 1), kinds)
        # The menu does the same.
        label = next(text for _, text, _ in item.menu() if text and text.startswith("Pause"))
        item.choose(label)
        until("paused by the menu", 10, lambda: status()["paused_until"])
        item.choose(next(text for _, text, _ in item.menu() if text and text.startswith("Go on")))
        until("going on by the menu", 10, lambda: not status()["paused_until"])
        agent.stop()

    # -------------------------------------------------------------------------------- the disk

    @with_diagnostics
    def test_disk_full(self):
        self.small_disk()
        agent = self.agent()
        until("some samples", 40, lambda: flush() or recorded() >= 2)
        fill(STATE / "filler")
        full_at = time.time()
        until("it is full for the agent", 120, lambda: flush() or status()["trouble"] == "trouble-full")
        say(f"trouble-full {time.time() - full_at:.0f} s after the disk was full")
        before = recorded()
        more_samples(6)
        self.assertTrue(agent.alive(), agent.said())
        self.assertEqual(status()["trouble"], "trouble-full")
        self.assertEqual(recorded(), before)
        (STATE / "filler").unlink()
        freed = time.time()
        until("it records again", 150, lambda: status()["trouble"] is None)
        say(f"recording again {time.time() - freed:.0f} s after there was room")
        flush()
        # While the PC is calm one row stands for up to half a minute.
        begin, end = (full_at + 3) * 1000, freed * 1000
        rows = query("SELECT at - span, at FROM raw")
        known = sum(max(0, min(last, end) - max(first, begin)) for first, last in rows) / (end - begin)
        say(f"{known:.0%} of the time without room is there")
        self.assertGreater(known, 0.8, "what was seen meanwhile is lost")
        troubles = [event["data"]["text"] for event in events("trouble")]
        self.assertEqual(troubles.count("trouble-full"), 1, troubles)
        # Killed without room, and started without room.
        fill(STATE / "filler")
        agent.kill()
        agent = self.agent()
        more_samples(2)
        say(f"started on a full disk: {status()['trouble']}; said: {agent.said().strip()}")
        until("it is full for the agent", 120, lambda: flush() or status()["trouble"] == "trouble-full")
        count = lambda: query("SELECT count(*) FROM run")[0][0]  # noqa: E731
        (STATE / "filler").unlink()
        until("it records again", 150, lambda: status()["trouble"] is None)
        before = recorded()
        until("more samples", 60, lambda: flush() or recorded() > before)
        self.assertEqual(count(), 2)
        self.assertEqual(query("PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(glob.glob(str(STATE / "*.bad-*")), [])
        agent.stop()

    @with_diagnostics
    def test_read_only(self):
        self.small_disk()
        agent = self.agent()
        until("some samples", 40, lambda: flush() or recorded() >= 2)
        agent.stop()
        mount = lambda how: subprocess.run(["mount", "-o", f"remount,{how}", str(STATE)], check=True)  # noqa: E731
        mount("ro")
        agent = self.agent()
        until(f"it says why: {status()}", 20, lambda: status()["trouble"] == "trouble-read-only")
        say(f"said: {agent.said().strip()}")
        self.assertIn("cannot be written", agent.said())
        more_samples(4)
        self.assertTrue(agent.alive())
        self.assertEqual(status()["trouble"], "trouble-read-only")
        # What was recorded before can still be read.
        self.assertGreaterEqual(len(events("started")), 1)
        mount("rw")
        changed = time.time()
        until("it records again", 150, lambda: status()["trouble"] is None)
        say(f"recording again {time.time() - changed:.0f} s after it was allowed")
        flush()
        troubles = [event["data"]["text"] for event in events("trouble")]
        self.assertEqual(troubles.count("trouble-read-only"), 1, troubles)
        self.assertEqual(len(events("started")), 2)
        before = recorded()
        until("more samples", 60, lambda: flush() or recorded() > before)
        agent.stop()

    @with_diagnostics
    def test_damaged_recording(self):
        agent = self.agent()
        until("some samples", 40, lambda: flush() or recorded() >= 3)
        agent.stop()
        agent = self.agent()
        until("more samples", 40, lambda: flush() or recorded() >= 4)
        agent.kill()
        size = RECORDING.stat().st_size
        with open(RECORDING, "r+b") as file:
            file.seek(size // 3)
            file.write(b"garbage!" * (size // 3 // 8))
        say(f"{size // 3} of {size} bytes are garbage")
        agent = self.agent()
        aside = [path for path in STATE.glob("*.bad-*") if not path.name.endswith(("-wal", "-shm"))]
        say(f"set aside: {[path.name for path in STATE.glob('*.bad-*')]}; trouble: {status()['trouble']}")
        self.assertEqual(len(aside), 1, list(STATE.iterdir()))
        self.assertIn(b"garbage!", aside[0].read_bytes())
        self.assertIsNone(status()["trouble"])
        until("samples in the new one", 40, lambda: flush() or recorded() >= 2)
        self.assertEqual([event["data"]["text"] for event in events("trouble") if "tray" not in event["data"]["text"]],
                         ["trouble-damaged"])
        self.assertEqual(query("PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(events("sudden_stop"), [])
        agent.stop()
        # No database at all.
        RECORDING.write_bytes(os.urandom(20000))
        agent = self.agent()
        until("samples in the new one", 40, lambda: flush() or recorded() >= 2)
        aside = [path for path in STATE.glob("*.bad-*") if not path.name.endswith(("-wal", "-shm"))]
        self.assertEqual(len(aside), 1, "only one is kept")
        agent.stop()

    @with_diagnostics
    def test_newer_recording(self):
        agent = self.agent()
        until("some samples", 40, lambda: flush() or recorded() >= 2)
        agent.stop()
        connection = sqlite3.connect(RECORDING)
        connection.execute("PRAGMA user_version = 99")
        # A version without anything that this one lacks is damage.
        connection.execute("CREATE TABLE later (id INTEGER)")
        connection.commit()
        connection.close()
        state = lambda: {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in STATE.iterdir()}  # noqa: E731
        before, changed = state(), RECORDING.stat().st_mtime_ns
        agent = self.agent()
        self.assertEqual(status()["trouble"], "trouble-newer")
        say(f"said: {agent.said().strip()}")
        self.assertIn("newer", agent.said())
        more_samples(3)
        flush()
        more_samples(1)
        self.assertEqual(status()["trouble"], "trouble-newer")
        agent.stop()
        self.assertEqual(state().get("recording.db"), before["recording.db"])
        self.assertEqual(RECORDING.stat().st_mtime_ns, changed)
        # An empty log beside it changes nothing for the newer program.
        self.assertEqual([path.name for path in STATE.glob("*-wal") if path.stat().st_size > 0], [])
        self.assertEqual(list(STATE.glob("*.bad-*")), [])

    @with_diagnostics
    def test_a_mistake_in_the_users_tables_is_in_the_history(self):
        self.desktop()
        file = Path(os.environ["XDG_CONFIG_HOME"]) / "mimamori/knowledge.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        self.addCleanup(file.unlink)
        file.write_text("[thresholds.cpu]\nprogram = 7\nfull = 0.9\ncolour = 1\n")
        self.agent()
        more_samples(2)
        flush()
        (trouble,) = events("trouble")
        say(f"“{trouble['text']['en']}” / “{trouble['text']['ja']}”")
        self.assertRegex(trouble["text"]["en"], r": line \d, thresholds.cpu (colour: there is no|program: 7 is not)")
        self.assertRegex(trouble["text"]["ja"], r"\d行目 thresholds.cpu .*(ありません|使えない値です) \(\+1\)")

    # -------------------------------------------------------------------------------- time

    @with_diagnostics
    def test_clock_is_set(self):
        library = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")))
        clock = TMP / "clock"
        clock.write_text("+0\n")
        env = dict(os.environ, LD_PRELOAD=library, FAKETIME_TIMESTAMP_FILE=str(clock), FAKETIME_NO_CACHE="1",
                   FAKETIME_DONT_FAKE_MONOTONIC="1", NO_FAKE_STAT="1")
        meanwhile = BusyMeanwhile()
        agent = self.agent(env=env)
        begun = time.time()
        more_samples(3)
        for offset in (86_400, 0, -86_400, 0):
            clock.write_text(f"{offset:+d}\n")
            more_samples(3)
            said = status()
            self.assertLess(abs(said["since"] / 1000 - offset - begun), 15, "it moved with the clock")
        agent.stop()
        found = history("3d")
        changes = [event["data"]["by_seconds"] for event in found["events"] if event["kind"] == "clock_changed"]
        say(f"the clock was set by {changes}")
        self.assertEqual([round(change / 3600) for change in changes], [24, -24, -24, 24])
        rows = [row[0] / 1000 for row in query("SELECT at FROM raw ORDER BY at")]
        gaps = [later - earlier for earlier, later in zip(rows, rows[1:])]
        say(f"{len(rows)} samples from {rows[0] - begun:.0f} to {rows[-1] - begun:.0f} s, largest gap {max(gaps):.0f} s")
        self.assertLess(max(gaps), 40)
        self.assertTrue(begun - 5 < rows[0] and rows[-1] < time.time() + 5, rows)
        for event in found["events"]:
            self.assertTrue(begun - 10 < at(event["at"]) < time.time() + 5, event)
        self.assertEqual([event for event in found["events"] if event["kind"] == "suspended"], [])
        self.assert_nothing_found([event for event in found["events"] if event["kind"] == "finding"], meanwhile)

    @judges_load
    @with_diagnostics
    def test_time_zone_changes(self):
        """A PC that travels: nothing moves but the words. What is told says the time of the new place within seconds."""
        self.need_root()
        watcher, server = self.desktop()
        zone = Zone("Asia/Tokyo")
        env = {name: value for name, value in os.environ.items() if name != "TZ"}
        meanwhile = BusyMeanwhile()
        agent = self.agent(env=env, before=zone.before())
        item = watcher.wait_for_item(30)
        begun = status()["since"]
        more_samples(3)
        # A load that lasts over the change, as any finding may.
        burner = Burner(NAME)
        self.addCleanup(burner.end)
        began = time.time()
        until("it is known", 60, lambda: flush() or any(event["subject"] == NAME for event in events("finding")))
        zone.set("America/New_York")
        more_samples(4)
        zone.set("Pacific/Kiritimati")
        more_samples(4)
        burner.end()
        lasted = time.time() - began
        until("its end is recorded", 120, lambda: flush() or any(
            event["subject"] == NAME for event in events("finding_ended")))
        self.assertEqual(status()["since"], begun)

        self.assertEqual(ask({"do": "pause", "minutes": 60}), {"answer": "done"})
        ends = status()["paused_until"] / 1000
        clock = lambda hours: datetime.datetime.fromtimestamp(  # noqa: E731
            ends, datetime.timezone(datetime.timedelta(hours=hours))).strftime("%H:%M")
        # Nobody asks the agent meanwhile: a question would bring its words up to date.
        for name, hours in (("Pacific/Kiritimati", 14), ("Asia/Tokyo", 9), ("Asia/Kolkata", 5.5)):
            zone.set(name)
            changed = time.monotonic()
            told = lambda: (clock(hours) in item.tooltip()[0] or None) and item.tooltip()[0]  # noqa: E731, B023
            shown = until(f"the clock of {name}, {clock(hours)}, not {item.tooltip()}", 60, told)
            say(f"{name}, after {time.monotonic() - changed:.1f} s: {shown}")
        flush()

        found = history()
        kinds = [event["kind"] for event in found["events"]]
        say(f"events: {kinds}")
        for kind in ("suspended", "clock_changed", "sudden_stop"):
            self.assertNotIn(kind, kinds)
        for event in found["events"]:
            self.assertTrue(begun / 1000 - 10 < at(event["at"]) < time.time() + 5, event)
        of = {event["kind"]: at(event["at"]) for event in found["events"] if event["subject"] == NAME}
        say(f"the load of {lasted:.0f} s: {of['finding_ended'] - of['finding']:.0f} s from the finding to its end")
        self.assertLess(of["finding"] - began, 60)
        self.assertLess(abs(of["finding_ended"] - began - lasted), 45)
        rows = [row[0] / 1000 for row in query("SELECT at FROM raw ORDER BY at")]
        gaps = [later - earlier for earlier, later in zip(rows, rows[1:])]
        say(f"{len(rows)} samples, largest gap {max(gaps):.0f} s")
        self.assertEqual(rows, sorted(rows))
        self.assertTrue(begun / 1000 - 5 < rows[0] and rows[-1] < time.time() + 5, rows)
        self.assertEqual([call["title"] for call in server.calls if NAME not in call["title"]], [])
        self.assert_nothing_found([event for event in found["events"] if event["kind"] == "finding"
                                   and event["subject"] != NAME], meanwhile)
        # The same minutes by the clock of each place.
        for name, hours in (("Asia/Tokyo", 9), ("Asia/Kolkata", 5.5)):
            zone.set(name)
            done = subprocess.run([*zone.before(), str(BINARY), "history", "--since", "10m"], capture_output=True,
                                  text=True, timeout=60, env=env)
            local = datetime.timezone(datetime.timedelta(hours=hours))
            expected = datetime.datetime.fromtimestamp(of["finding"], local).strftime("%H:%M")
            line = next(line for line in done.stdout.splitlines() if NAME in line)
            say(f"{name}: {line.strip()}")
            self.assertIn(expected, line)
        agent.stop()

    @with_diagnostics
    def test_stopped_and_continued(self):
        """As a debugger or a full machine does it: no crash, and the time is not taken for something."""
        meanwhile = BusyMeanwhile()
        agent = self.agent()
        more_samples(3)
        os.kill(agent.pid, signal.SIGSTOP)
        self.addCleanup(lambda: agent.alive() and os.kill(agent.pid, signal.SIGCONT))
        host.serve(12)
        os.kill(agent.pid, signal.SIGCONT)
        more_samples(3)
        self.assertTrue(agent.alive(), agent.said())
        self.assertIsNotNone(status())
        flush()
        found = history()
        kinds = [event["kind"] for event in found["events"]]
        say(f"events: {kinds}")
        for kind in ("suspended", "clock_changed", "sudden_stop"):
            self.assertNotIn(kind, kinds)
        self.assert_nothing_found([event for event in found["events"] if event["kind"] == "finding"], meanwhile)
        covered = sum(minute["seconds"] for minute in found["minutes"])
        say(f"{covered:.0f} s of {time.time() - agent.begun:.0f} s are covered")
        self.assertGreater(covered, 18)
        agent.stop()


def window_of_its_own(name, *like):
    """A program called `name` with a window that answers when it is asked (`_NET_WM_PING`), and does nothing else."""
    binary = TMP / name
    shutil.copy(os.path.realpath("/usr/bin/python3"), binary)
    return Proc([str(binary), str(Path(__file__).with_name("pinged.py")), name, *like])


def fill(path):
    """Takes all the room that there is."""
    with open(path, "wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    file.write(b"\x5a" * size)
            except OSError:
                continue


def just_signed_in():
    """Nothing is told in the first five minutes; without a note of the sign-in there is no such time."""
    try:
        note = Path(f"/run/systemd/users/{os.getuid()}").read_text()
        signed_in = int(re.search(r"^REALTIME=(\d+)", note, re.M)[1]) / 1e6
    except (OSError, TypeError):
        done = subprocess.run(["stat", "-c", "%W", f"/run/user/{os.getuid()}"], capture_output=True, text=True)
        signed_in = float(done.stdout.strip() or 0)
    return time.time() - signed_in < 305


if __name__ == "__main__":
    unittest.main(verbosity=2)
