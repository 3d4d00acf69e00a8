"""What is on the screen, read with tesseract, used with the mouse; and the Windows programs as this machine sees them."""

import os
import pathlib
import subprocess
import tempfile
import time
import tomllib

PROGRAMS = pathlib.Path(os.environ["MIMAMORI_PROGRAMS"])
WINE = os.environ["MIMAMORI_WINE"]
ARTEFACTS = pathlib.Path(os.environ.get("MIMAMORI_ARTEFACTS", "tests/artefacts"))
ENLARGE = 3
# Reading the screen must not itself be what keeps the PC busy while a verdict is measured.
os.environ["OMP_THREAD_LIMIT"] = "1"


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


def screen_part(folder, part=None):
    """A picture of the screen, or of a part of it (width, height, left, top), as tesseract likes it."""
    picture = os.path.join(folder, "screen.png")
    crop = ["-crop", "{}x{}+{}+{}".format(*part), "+repage"] if part else []
    grey = ["-colorspace", "Gray", "-resize", f"{ENLARGE * 100}%"]
    subprocess.run(["import", "-window", "root", *crop, *grey, picture], check=True)
    return picture


def words(lang="eng"):
    """Every word on the screen with the middle of its box."""
    with tempfile.TemporaryDirectory() as folder:
        return read(screen_part(folder), lang)


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
    """Waits until `text`, or one of several texts with bars between them, is on the screen; where it is."""
    end = time.monotonic() + seconds
    seen = []
    while time.monotonic() < end:
        seen = words(lang)
        for one in text.split("|"):
            if place := find(one, seen):
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
    """The processes of this test's Wine that are the Windows program `name`."""
    found = []
    own = f"WINEPREFIX={os.path.realpath(os.environ['MIMAMORI_WINEPREFIX'])}".encode()
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                arguments = (entry / "cmdline").read_bytes().split(b"\0")
                comm = (entry / "comm").read_text().strip()
                if own not in (entry / "environ").read_bytes().split(b"\0"):
                    continue
            except OSError:
                continue
            if comm.lower() == name[:15].lower() or arguments[0].decode(errors="replace").lower().endswith("\\" + name.lower()):
                found.append(int(entry.name))
    return found


def until(what, seconds, check, every=0.3):
    """Polls `check` until it gives something true and returns that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(every)
    shot("failed")
    raise AssertionError(f"not within {seconds} s: {what}")


def windows_path(path):
    return "Z:" + str(path).replace("/", "\\")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
