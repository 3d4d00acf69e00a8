"""The restart from end to end, with a fake logind on a private bus; started by end_to_end.py.

Nothing here reaches the system bus of this PC: DBUS_SYSTEM_BUS_ADDRESS names a socket below the folder of the test.
"""

import json
import os
import re
import subprocess
import sys
import time
import unittest
from pathlib import Path

from load import judges_load

import e2e
from e2e import TMP, App, Proc, say, until, with_diagnostics

HERE = Path(__file__).resolve().parent
BUS = f"unix:path={TMP}/system-bus"
CALLS = TMP / "calls"
OTHER_BOOT = "11111111-2222-4333-8444-555555555555"
COUNTDOWN = 30
EDITOR = ["xmessage", "-title", "*notes"]
"""A program with a window, without the properties that a real editor sets."""


class RestartTest(unittest.TestCase):
    longMessage = True

    def setUp(self):
        self.app = None
        e2e.Atspi.init()
        self.assertEqual(os.environ.get("DBUS_SYSTEM_BUS_ADDRESS"), BUS, "a restart would be real")
        bus = Proc(["dbus-daemon", "--session", "--nofork", f"--address={BUS}"])
        self.addCleanup(bus.end)
        until("the bus", 20, (TMP / "system-bus").exists)

    def logind(self, *words):
        service = Proc([sys.executable, str(HERE / "logind.py"), words[0], str(CALLS), *words[1:]])
        self.addCleanup(service.end)
        until("a logind", 20, lambda: "ready" in self.calls())
        return service

    def calls(self):
        return CALLS.read_text().split("\n")[:-1] if CALLS.exists() else []

    def start(self, lang="en", theme="light", **options):
        settings = {"lang": lang, "theme": theme, "background": "off"}
        app = App(settings=settings, **options)
        self.addCleanup(app.end)
        self.app = app
        app.key("ctrl+4")
        return app

    @judges_load  # 30 s are counted down, whatever else the PC does
    @with_diagnostics
    def test_counted_down_cancelled_and_ordered(self):
        self.logind("yes")
        app = self.start()
        note = app.home / ".local/state/mimamori/restart.json"
        once = app.home / ".config/autostart/mimamori-once.desktop"
        app.click("Save your work", role="check box")
        app.click("Restart now")
        app.wait(f"This PC restarts in {COUNTDOWN} s", 15)
        rect, window = app.wait("This PC restarts in", 10).rect(), app.geometry()
        self.assertTrue(window.y <= rect.y < window.y + 200, "seen although the list is scrolled down")
        app.picture("restart-countdown-en-light")
        # Also from another screen, without aiming.
        app.key("ctrl+1")
        app.wait("This PC restarts in", 10)
        app.key("Escape")
        app.wait("Cancelled: the PC stays on", 10)
        time.sleep(COUNTDOWN + 3)
        self.assertNotIn("Reboot True", self.calls())
        self.assertFalse(note.exists() or once.exists())
        app.key("ctrl+4")
        app.click("OK")
        begun = time.monotonic()
        app.click("Restart now")
        until("the order", COUNTDOWN + 20, lambda: "Reboot True" in self.calls())
        self.assertGreaterEqual(time.monotonic() - begun, COUNTDOWN)
        app.wait("The PC is restarting", 10)
        self.assertEqual([call for call in self.calls() if call.startswith("Reboot")], ["Reboot True"])
        noted = json.loads(note.read_text())
        self.assertEqual((noted["lang"], noted["boot_id"]), ("en", Path("/proc/sys/kernel/random/boot_id").read_text().strip()))
        self.assertEqual(os.stat(note).st_mode & 0o077, 0)
        self.assertIn(f'Exec="{app.process.args[0]}"', once.read_text())
        home = app.home
        app.end()
        # The PC has restarted.
        note.write_text(json.dumps(noted | {"boot_id": OTHER_BOOT}))
        app = App(home=home)
        self.addCleanup(app.end)
        app.wait("After the restart", 30)
        app.wait("The PC has restarted. Mimamori looks again in", 10)
        # Other tests of this user may run a browser.
        app.wait(re.compile("by itself|opened later"), 10)
        app.wait("before,", 30)
        app.picture("restart-after-en-light")
        self.assertFalse(note.exists() or once.exists(), "shown once")
        app.end()
        app = App(home=home)
        self.addCleanup(app.end)
        app.wait("What is using this PC", 30)
        self.assertIsNone(app.find("After the restart"))

    @with_diagnostics
    def test_a_program_that_blocks_is_named_and_the_safe_answer_is_first(self):
        self.logind("challenge", "Disc writer", "burning a disc")
        app = self.start("ja", "dark")
        editor = Proc([*EDITOR, "text"])
        self.addCleanup(editor.end)
        window = until("a window", 20, lambda: subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--class", "xmessage"], capture_output=True, text=True).stdout.split())
        for name, form, value in [("_NET_WM_PID", "32c", editor.pid), ("_NET_WM_NAME", "8u", "*notes")]:
            subprocess.run(["xprop", "-id", window[0], "-f", name, form, "-set", name, str(value)], check=True)
        app.wait("保存していないものがあるようです：xmessage", 30)
        app.click("今すぐ再起動")
        app.wait("xmessage に保存していないものがあるようです", 15)
        app.wait("Disc writer が再起動を止めるよう求めています：burning a disc", 15)
        app.wait("「作業を保存する」にチェックが付いていません。開いているプログラム：xmessage", 10)
        app.picture("restart-confirm-ja-dark")
        app.key("Return")
        app.wait("再起動を取りやめました", 10)
        app.picture("restart-cancelled-ja-dark")
        self.assertFalse([call for call in self.calls() if call.startswith("Reboot")])

    @with_diagnostics
    def test_a_system_that_hangs_is_told_and_the_window_goes_on(self):
        self.logind("hang")
        app = self.start()
        app.click("Restart now")
        begun = time.monotonic()
        app.key("ctrl+1")
        app.wait("What is using this PC", 3)
        say(f"another screen after {time.monotonic() - begun:.1f} s")
        app.wait("the system does not answer", 15)
        self.assertFalse([call for call in self.calls() if call.startswith("Reboot")])

    @with_diagnostics
    def test_without_a_service_it_says_where_to_restart(self):
        app = self.start()
        app.click("Restart now")
        app.wait("This PC cannot be restarted from here", 15)


if __name__ == "__main__":
    unittest.main(verbosity=2)
