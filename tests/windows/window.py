"""The Windows program under Wine 10, read with tesseract and driven with the mouse. Started by
end_to_end.py."""

import json
import subprocess
import time
import unittest

from load import judges_load
from screen import (
    PROGRAMS, WINE, click, cpu_seconds, filled_buttons, find, processes, shot, start, until, wait_for, wait_for_button, words,
)

MEASURED_BY_THEN = 9
"""Seconds from the end of a program to the verdict, in which reading the screen would be measured with it."""


class Windows(unittest.TestCase):
    def setUp(self):
        self.started = []
        self.addCleanup(self.end)

    def end(self):
        subprocess.run([WINE, "--end"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for process in self.started:
            process.wait(timeout=60)

    def start(self, *arguments):
        process = start(*arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.started.append(process)
        return process

    @judges_load
    def test_check_tells_who_is_busy_and_by_how_much(self):
        self.start(PROGRAMS / "burner.exe")
        burner = until("the burner works", 60, lambda: [pid for pid in processes("burner.exe") if cpu_seconds(pid) > 1])
        before, begin = cpu_seconds(burner[0]), time.monotonic()
        output = subprocess.run([WINE, str(PROGRAMS / "mimamori-cli.exe"), "check", "--json", "--seconds", "6"], capture_output=True)
        measured = (cpu_seconds(burner[0]) - before) / (time.monotonic() - begin)
        report = json.loads(output.stdout)
        rules = {finding["rule"]: finding for finding in report["findings"]}
        self.assertIn("cpu_hog", rules, json.dumps(report["findings"])[:2000])
        self.assertEqual(rules["cpu_hog"]["subject"]["group"], "burner")
        self.assertEqual(output.returncode, 1)
        shown = sum(process["cpu"] for process in report["sample"]["top"] if process["name"].lower() == "burner.exe")
        real = measured / report["machine"]["cpus"]
        print(f"burner: shown {shown:.3f} of the machine, measured from outside {real:.3f}")
        self.assertAlmostEqual(shown, real, delta=0.12)

    def test_the_window_opens_with_japanese(self):
        self.start(PROGRAMS / "mimamori.exe", "--lang", "ja")
        self.wait_japanese()
        shot("now-ja")

    def wait_japanese(self):
        end = time.monotonic() + 90
        while time.monotonic() < end:
            text = "".join(word for word, *_ in words("jpn"))
            if sum(word in text for word in ("パソコン", "プログラム", "メモリ", "再起動", "計算", "使い続けて")) >= 2:
                return
            time.sleep(1)
        shot("failed")
        self.fail("no Japanese on the screen: " + text)

    @judges_load
    def test_notepad_is_closed_politely(self):
        self.start("notepad.exe")
        self.start(PROGRAMS / "mimamori.exe", "--lang", "en")
        wait_for("What is using", 90)
        self.assertTrue(processes("notepad.exe"))
        # The row of the list, not the title of Notepad's own window. Rows change places while they are read.
        close = None
        for _ in range(8):
            rows = [(x, y) for word, x, y in words() if "notepad" in word.lower() and x > 600]
            if rows:
                click(rows[0])
            # Drawn in software, the details take a moment.
            time.sleep(1)
            seen = words()
            close = find("Close Notepad", seen)
            if close:
                break
            back = find("Back to", seen)
            if back:
                click(back)
        self.assertTrue(close, "the details of Notepad did not open")
        # A finding that comes while the screen is read moves what is below it.
        for _ in range(4):
            click(close)
            gone = time.monotonic() + 12
            while processes("notepad.exe") and time.monotonic() < gone:
                time.sleep(0.1)
            time.sleep(MEASURED_BY_THEN)
            close = processes("notepad.exe") and find("Close Notepad", words())
            if not close:
                break
        # Notepad used next to nothing: on a machine that something else keeps busy it made no difference.
        wait_for("It worked|It used only", 40)
        shot("notepad-closed")
        self.assertFalse(processes("notepad.exe"))

    @judges_load
    def test_a_stubborn_program_is_closed_by_force(self):
        self.start(PROGRAMS / "burner.exe", "window")
        until("the burner", 60, lambda: processes("burner.exe"))
        self.start(PROGRAMS / "mimamori.exe", "--lang", "en")
        begin = time.monotonic()
        wait_for("burner keeps using", 90)
        print(f"the answer was read {time.monotonic() - begin:.0f} s after the start")
        wait_for_button("Let it run in the background", 30)
        # Closing stands just right of the filled button: tesseract does not read it between two others.
        _, x, y, left = next(button for button in filled_buttons() if "background" in button[0])
        click((2 * x - left + 55, y))
        wait_for("is still open", 60)
        self.assertTrue(processes("burner.exe"), "asking alone does not end it")
        click(wait_for("Force close", 20))
        wait_for("burner to close", 30)
        shot("confirm-force")
        # In the question the dangerous answer stands just left of the filled, safe one.
        wait_for_button("Keep it running", 20)
        _, _, y, left = next(button for button in filled_buttons() if "Keep" in button[0])
        click((left - 50, y))
        until("the burner's end", 20, lambda: not processes("burner.exe"), every=0.1)
        time.sleep(MEASURED_BY_THEN)
        wait_for("It worked", 40)
        shot("burner-closed")
        self.assertFalse(processes("burner.exe"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
