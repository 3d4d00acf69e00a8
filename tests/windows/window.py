"""The Windows program under Wine 10, read with tesseract and driven with the mouse. Called by window.sh."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import tomllib
import unittest

PROGRAMS = pathlib.Path(os.environ["MIMAMORI_PROGRAMS"])
WINE = os.environ["MIMAMORI_WINE"]
ARTEFACTS = pathlib.Path(os.environ.get("MIMAMORI_ARTEFACTS", "tests/artefacts"))
ENLARGE = 3
# Reading the screen must not itself be what keeps the PC busy while a verdict is measured.
os.environ["OMP_THREAD_LIMIT"] = "1"
MEASURED_BY_THEN = 20


def start(program, *arguments, **options):
    return subprocess.Popen([WINE, str(program), *arguments], **options)


def shot(name):
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    path = ARTEFACTS / f"windows-{name}.png"
    subprocess.run(["import", "-window", "root", str(path)], check=True)
    return path


def read(picture, lang):
    table = subprocess.run(
        ["tesseract", picture, "-", "-l", lang, "--psm", "11", "tsv"], check=True, capture_output=True, text=True
    ).stdout
    found = []
    for line in table.splitlines()[1:]:
        fields = line.split("\t")
        if len(fields) == 12 and fields[11].strip():
            left, top, width, height = (int(field) for field in fields[6:10])
            found.append((fields[11], (left + width // 2) // ENLARGE, (top + height // 2) // ENLARGE))
    return found


def words(lang="eng"):
    """Every word on the screen with the middle of its box."""
    with tempfile.TemporaryDirectory() as folder:
        picture = os.path.join(folder, "screen.png")
        grey = ["-colorspace", "Gray", "-resize", f"{ENLARGE * 100}%"]
        subprocess.run(["import", "-window", "root", *grey, picture], check=True)
        return read(picture, lang)


def filled_buttons():
    """The filled buttons, which tesseract takes for pictures, found by their colour: text, middle, left edge."""
    accent = tomllib.loads(pathlib.Path("assets/theme.toml").read_text())["light"]["accent"]
    colour = bytes.fromhex(accent.removeprefix("#"))
    with tempfile.TemporaryDirectory() as folder:
        picture = os.path.join(folder, "screen.png")
        subprocess.run(["import", "-window", "root", "-depth", "8", picture], check=True)
        size = subprocess.run(["identify", "-format", "%w %h", picture], check=True, capture_output=True, text=True)
        width, height = map(int, size.stdout.split())
        pixels = subprocess.run(["convert", picture, "-depth", "8", "rgb:-"], check=True, capture_output=True).stdout
        found = []
        for y in range(height):
            row = pixels[y * width * 3 : (y + 1) * width * 3]
            start = row.find(colour * 40)
            while start > 0 and start % 3:
                start = row.find(colour * 40, start + 1)
            if start < 0:
                continue
            left = start // 3
            right = left
            while row[right * 3 : right * 3 + 3] == colour:
                right += 1
            # The full width shows only above and below the text: rows of one button are counted together.
            if found and y - found[-1][3] < 30 and left < found[-1][2] and right > found[-1][0]:
                last = found[-1]
                found[-1] = [min(last[0], left), last[1], max(last[2], right), y]
            else:
                found.append([left, y, right, y])
        buttons = []
        for left, top, right, bottom in found:
            if bottom - top < 20:
                continue
            part = os.path.join(folder, "button.png")
            area = f"{right - left - 8}x{bottom - top - 8}+{left + 4}+{top + 4}"
            subprocess.run(
                ["convert", picture, "-crop", area, "+repage", "-colorspace", "Gray", "-resize", "400%", "-negate",
                 "-normalize", "-bordercolor", "white", "-border", "20", part], check=True)
            text = subprocess.run(["tesseract", part, "-", "--psm", "7"], check=True, capture_output=True, text=True)
            buttons.append((text.stdout.strip(), (left + right) // 2, (top + bottom) // 2, left))
        return buttons


def wait_for_button(text, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seen = filled_buttons()
        for shown, x, y, _ in seen:
            if text.lower() in shown.lower():
                return x, y
        time.sleep(0.5)
    shot("failed")
    raise AssertionError(f"no filled button {text!r}; there are {seen}")


def find(text, seen):
    """Where the words of `text` stand one after the other on the screen: the middle of the first."""
    wanted = text.split()
    for index in range(len(seen) - len(wanted) + 1):
        if all(want.lower() in seen[index + n][0].lower() for n, want in enumerate(wanted)):
            return seen[index][1:]
    return None


def wait_for(text, seconds, lang="eng"):
    end = time.monotonic() + seconds
    seen = []
    while time.monotonic() < end:
        seen = words(lang)
        place = find(text, seen)
        if place:
            return place
        time.sleep(0.5)
    shot("failed")
    raise AssertionError(f"{text!r} did not appear in {seconds} s; on the screen: " + " ".join(word for word, *_ in seen))


def click(place):
    x, y = place
    subprocess.run(["xdotool", "mousemove", str(x - 3), str(y), "sleep", "0.3", "mousemove", str(x), str(y), "sleep", "0.2",
                    "mousedown", "1", "sleep", "0.15", "mouseup", "1"], check=True)
    subprocess.run(["xdotool", "mousemove", "5", "5"], check=True)


def processes(name):
    """The processes of this machine that are the Windows program `name`."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                arguments = (entry / "cmdline").read_bytes().split(b"\0")
                comm = (entry / "comm").read_text().strip()
            except OSError:
                continue
            if comm.lower() == name[:15].lower() or arguments[0].decode(errors="replace").lower().endswith("\\" + name.lower()):
                found.append(int(entry.name))
    return found


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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

    def test_check_tells_who_is_busy_and_by_how_much(self):
        self.start(PROGRAMS / "burner.exe")
        time.sleep(5)
        burner = processes("burner.exe")
        self.assertTrue(burner, "the burner runs")
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
            time.sleep(2)
            seen = words()
            close = find("Close Notepad", seen)
            if close:
                break
            back = find("Back to", seen)
            if back:
                click(back)
                time.sleep(1)
        self.assertTrue(close, "the details of Notepad did not open")
        click(close)
        time.sleep(MEASURED_BY_THEN)
        wait_for("It worked", 40)
        shot("notepad-closed")
        self.assertFalse(processes("notepad.exe"))

    def test_a_stubborn_program_is_closed_by_force(self):
        self.start(PROGRAMS / "burner.exe", "window")
        time.sleep(2)
        self.start(PROGRAMS / "mimamori.exe", "--lang", "en")
        begin = time.monotonic()
        wait_for("burner keeps using", 90)
        print(f"the answer was read {time.monotonic() - begin:.0f} s after the start")
        click(wait_for_button("Close burner", 30))
        wait_for("is still open", 60)
        self.assertTrue(processes("burner.exe"), "asking alone does not end it")
        click(wait_for("Force close", 20))
        wait_for("burner to close", 30)
        shot("confirm-force")
        # In the question the dangerous answer stands just left of the filled, safe one.
        wait_for_button("Keep it running", 20)
        _, _, y, left = next(button for button in filled_buttons() if "Keep" in button[0])
        click((left - 50, y))
        time.sleep(MEASURED_BY_THEN)
        wait_for("It worked", 40)
        shot("burner-closed")
        self.assertFalse(processes("burner.exe"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
