"""Tray, notifications, autostart and the second door of the endpoint, on a private session bus. Started by end_to_end.py."""

import os
import pathlib
import queue
import subprocess
import tempfile
import threading
import time
import unittest

import second_user
from gi.repository import Gio, GLib
from host import NotificationServer, Watcher, serve, until

PROBE = os.environ["MIMAMORI_TRAY_PROBE"]


class Probe:
    """The example program: commands go in, events come out."""

    def __init__(self, **environment):
        env = {**os.environ, **environment}
        env = {name: value for name, value in env.items() if value is not None}
        self.process = subprocess.Popen(
            [PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=env
        )
        self.lines = queue.Queue()
        self.seen = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def drain(self):
        while not self.lines.empty():
            self.seen.append(self.lines.get())
        return self.seen

    def wait_for(self, text, seconds=15):
        """The first line with `text` that was not waited for yet."""
        line = until(f"{text!r} in {self.seen}", seconds, lambda: next((s for s in self.drain() if text in s), None))
        del self.seen[: self.seen.index(line) + 1]
        return line

    def tell(self, command):
        """Gives a command; how many milliseconds it took, and its answer."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.wait_for(f"did {command.split(' ')[0]}").split(" ", 3)
        return int(answer[2]), answer[3]

    def threads(self):
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task")
        return sorted((task / "comm").read_text().strip() for task in tasks.iterdir())

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process.stdout.close()


class Case(unittest.TestCase):
    def start(self, **environment):
        probe = Probe(**environment)
        self.addCleanup(probe.end)
        return probe

    def desktop(self):
        watcher = Watcher()
        self.addCleanup(watcher.remove_from_connection)
        self.addCleanup(watcher.vanish)
        return watcher

    def server(self, *capabilities):
        server = NotificationServer(capabilities=capabilities or ("actions", "body", "body-markup"))
        self.addCleanup(server.remove_from_connection)
        self.addCleanup(server.vanish)
        return server


class TrayTest(Case):
    def test_the_icon_appears_and_is_used(self):
        watcher = self.desktop()
        watcher.appear()
        probe = self.start()
        item = watcher.wait_for_item()
        probe.wait_for("TrayShown")
        self.assertEqual(str(item.property("Id")), "mimamori")
        self.assertEqual(str(item.property("Status")), "Active")
        self.assertEqual(item.tooltip(), ("Fine", "&lt;b&gt;chrome&lt;/b&gt; &amp; co"))
        self.assertFalse(item.property("ItemIsMenu"))
        item.click()
        probe.wait_for("Tray(Open)")
        lines = item.menu()
        self.assertEqual(
            [(text, tick) for _, text, tick in lines],
            [("Open a__b & c", None), ("今すぐ調べる", None), (None, None), ("Pause", 0), ("Quit", None)],
        )
        item.choose("今すぐ調べる")
        probe.wait_for("Tray(CheckNow)")
        item.choose("Quit")
        probe.wait_for("Tray(Quit)")
        sizes = {(w, h) for w, h, data in item.pictures() if len(data) == 4 * w * h}
        self.assertTrue({(16, 16), (22, 22), (32, 32)} <= sizes, sizes)

    def test_an_update_changes_icon_tooltip_and_menu(self):
        watcher = self.desktop()
        watcher.appear()
        probe = self.start()
        item = watcher.wait_for_item()
        before = item.pictures()
        took, _ = probe.tell("act")
        self.assertLess(took, 100)
        until("signals", 10, lambda: {"NewIcon", "NewToolTip", "NewStatus"} <= set(item.signals))
        self.assertNotEqual(item.pictures(), before)
        self.assertEqual(item.pictures("AttentionIconPixmap"), item.pictures())
        self.assertEqual(str(item.property("Status")), "NeedsAttention")
        self.assertEqual(item.tooltip(), ("Act", "something"))
        item.signals.clear()
        probe.tell("act")
        serve(0.5)
        self.assertEqual(item.signals, [], "the same state again costs nothing")
        probe.tell("pause")
        until("a tick", 10, lambda: [tick for _, text, tick in item.menu() if text == "Pause"] == [1])

    def test_it_waits_for_a_place_and_comes_back(self):
        probe = self.start()
        probe.wait_for("start")
        probe.wait_for("TrayHidden")
        watcher = self.desktop()
        watcher.appear()
        watcher.wait_for_item()
        probe.wait_for("TrayShown")
        watcher.vanish()
        probe.wait_for("TrayHidden")
        probe.tell("pause")
        watcher.appear()
        item = watcher.wait_for_item()
        probe.wait_for("TrayShown")
        self.assertEqual(item.tooltip()[0], "Paused")
        item.click()
        probe.wait_for("Tray(Open)")

    def test_a_place_missed_in_the_first_moment_is_found_later(self):
        probe = self.start()
        watcher = self.desktop()
        watcher.appear()
        watcher.wait_for_item(seconds=20)
        probe.wait_for("TrayShown")

    def test_dropping_removes_it(self):
        watcher = self.desktop()
        watcher.appear()
        probe = self.start()
        watcher.wait_for_item()
        probe.tell("drop")
        until("the icon to go", 10, lambda: not watcher.items)

    def test_without_a_session_bus_it_says_so_at_once(self):
        with tempfile.TemporaryDirectory() as empty:
            for address in (None, "unix:path=/no/such/bus"):
                probe = self.start(DBUS_SESSION_BUS_ADDRESS=address, XDG_RUNTIME_DIR=empty)
                line = probe.wait_for("start")
                self.assertIn("Err(", line)
                self.assertLess(int(line.split(" ")[1]), 2000)
                probe.tell("show a title body")
                probe.wait_for("NotificationsFailed")

    def test_a_bus_that_hangs_does_not_hang_us(self):
        import socket

        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as silent:
            silent.bind(folder + "/bus")
            silent.listen(5)
            probe = self.start(DBUS_SESSION_BUS_ADDRESS=f"unix:path={folder}/bus")
            line = probe.wait_for("start")
            self.assertLess(int(line.split(" ")[1]), 2500)
            took = max(probe.tell(f"show {n} title body")[0] for n in range(12))
            self.assertLess(took, 100)


class NotificationTest(Case):
    def test_shown_replaced_withdrawn_and_clicked(self):
        server = self.server()
        server.appear()
        probe = self.start()
        self.assertEqual(probe.tell("show hot Title <b>chrome</b>&co")[1], "Ok(())")
        number = server.wait_for(lambda shown: shown["title"] == "Title")
        shown = server.shown[number]
        self.assertEqual(shown["body"], "&lt;b&gt;chrome&lt;/b&gt;&amp;co")
        self.assertEqual((shown["app"], shown["desktop-entry"], shown["urgency"]), ("Mimamori", "mimamori", 1))
        self.assertEqual(shown["actions"][0], "default")
        probe.tell("show hot Second body")
        self.assertEqual(server.wait_for(lambda shown: shown["title"] == "Second"), number, "in the same place")
        probe.tell("show urgent Other body")
        other = server.wait_for(lambda shown: shown["title"] == "Other")
        self.assertEqual(server.shown[other]["urgency"], 2)
        probe.tell("withdraw hot")
        until("withdrawn", 10, lambda: number not in server.shown)
        self.assertIn(other, server.shown)
        server.click(other)
        probe.wait_for('NotificationClicked("urgent")')
        probe.tell("show urgent Again body")
        again = server.wait_for(lambda shown: shown["title"] == "Again")
        self.assertEqual(server.shown[again]["replaces"], 0, "a closed one is not replaced")
        # One thread for calls, one for clicks, however many were shown.
        for n in range(20):
            probe.tell(f"show tag{n} Title{n} body")
            server.wait_for(lambda shown, n=n: shown["title"] == f"Title{n}")
        self.assertEqual(sum(name.startswith("notifier") for name in probe.threads()), 2)

    def test_markup_is_left_to_servers_that_know_it(self):
        server = self.server("body")
        server.appear()
        probe = self.start()
        probe.tell("show a T <b>&")
        number = server.wait_for(lambda shown: shown["title"] == "T")
        self.assertEqual((server.shown[number]["body"], server.shown[number]["actions"]), ("<b>&", []))

    def test_a_server_that_hangs_does_not_hang_us(self):
        server = self.server()
        server.hanging = True
        server.appear()
        probe = self.start()
        begin = time.monotonic()
        answers = [probe.tell(f"show tag{n} title body") for n in range(12)]
        self.assertLess(max(took for took, _ in answers), 100)
        self.assertTrue(any(answer.startswith("Err") for _, answer in answers), answers)
        probe.wait_for("NotificationsFailed", 10)
        print(f"a hanging server was reported after {time.monotonic() - begin:.1f} s")
        server.hanging = False
        server.wait_for(lambda shown: shown["title"] == "title", 60)
        self.assertFalse([line for line in probe.drain() if "NotificationsFailed" in line], "said once")

    def test_a_server_that_is_missing_is_reported_and_found_later(self):
        probe = self.start()
        probe.tell("show a title body")
        probe.wait_for("NotificationsFailed")
        server = self.server()
        server.appear()
        probe.tell("show a title body")
        server.wait_for(lambda shown: shown["title"] == "title")


class AutostartTest(Case):
    def test_a_desktop_starts_exactly_what_was_said(self):
        """GLib reads the file as GNOME does and starts it; the program writes down its arguments."""
        for name in ("見守り", "quo\"te", "per%cent%f", "a=b", "dol$HOME", "back`id`tick", "back\\slash", "l" * 200, "it's"):
            with self.subTest(name=name), tempfile.TemporaryDirectory() as folder:
                place = pathlib.Path(folder) / name
                place.mkdir()
                program = place / "program"
                program.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$@" >"$SAID"\n')
                program.chmod(0o755)
                argument = "--tray=$x`y`\\\"%u"
                probe = self.start(XDG_CONFIG_HOME=folder + "/config")
                self.assertEqual(probe.tell(f"autostart {program} {argument}")[1], "Ok(()) Known(On)")
                file = f"{folder}/config/autostart/mimamori.desktop"
                if name == "見守り":
                    subprocess.run(["desktop-file-validate", file], check=True)
                said = pathlib.Path(folder) / "said"
                info = Gio.DesktopAppInfo.new_from_filename(file)
                context = Gio.AppLaunchContext()
                context.setenv("SAID", str(said))
                self.assertTrue(info.launch([], context))
                until("the program", 10, lambda: said.exists() and said.read_text().count("\n") >= 2)
                self.assertEqual(said.read_text().splitlines(), [str(program), argument])


class EndpointTest(Case):
    @unittest.skipUnless(os.getuid() == 0, "needs root to be somebody else")
    def test_another_user_is_kept_out_by_each_of_three_doors(self):
        answers = second_user.check(PROBE)
        self.assertEqual((answers["ourselves"], answers["ourselves again"]), ("PING\n", "PING\n"))
        self.assertEqual(answers["folder"], "PermissionError")
        self.assertEqual(answers["socket"], "PermissionError")
        self.assertIn(answers["user"], ("closed", "ConnectionResetError", "BrokenPipeError"))


if __name__ == "__main__":
    GLib.set_prgname("tray-test")
    unittest.main(verbosity=2)
