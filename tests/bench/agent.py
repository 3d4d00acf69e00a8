"""The figures of agent.sh, which makes display, bus and home. Only processes started here are ended, by their number."""

import json
import mmap
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "desktop/tray"))
import host  # noqa: E402

BINARY, SCREEN = Path(sys.argv[1]), sys.argv[2]
PARTS = sys.argv[3:] or ["calm", "ends", "clicks"]
SECONDS = float(os.environ.get("MIMAMORI_BENCH_SECONDS", "120"))
PROCESSES = 300
CLICKS = 10
# Colours of assets/theme.toml, light, as bytes of the screen: what stands out, and the background of the window.
LOOK, BACKGROUND = bytes.fromhex("005396"), bytes.fromhex("f8f6f4")
HOME = Path(os.environ["HOME"])


STARTED = []


def start(*command, **options):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               **options)
    STARTED.append(process)
    return process


def end(*processes):
    for process in processes:
        process.terminate()
    for process in processes:
        STARTED.remove(process)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def threads(pid):
    """{thread: (name, nanoseconds on a processor, times it went to sleep by itself)}"""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            words = dict(line.split(":", 1) for line in (task / "status").read_text().splitlines())
            spent = int((task / "schedstat").read_text().split()[0])
        except OSError:
            continue
        found[task.name] = words["Name"].strip(), spent, int(words["voluntary_ctxt_switches"])
    return found


def cost(pid):
    found = threads(pid)
    return sum(spent for _, spent, _ in found.values()), sum(wakes for _, _, wakes in found.values())


def memory(pid):
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}


def written(pid):
    words = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return int(words["write_bytes"])


def busy():
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(fields), fields[3] + fields[4]


def clean_home():
    shutil.rmtree(HOME, ignore_errors=True)
    place = HOME / ".local/share/mimamori/settings.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps({"lang": "en", "theme": "light", "background": "on"}))


def start_agent(binary, watcher):
    """The agent, with its icon shown."""
    agent = start(str(binary), "agent")
    return agent, watcher.wait_for_item(60)


def faults(pid):
    """Page faults: those that found the page in memory, and those that had to read it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[7]), int(fields[9])


def idle(seconds):
    """A desktop is there and idle: the loop of the host must not be a load beside what is measured."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(1.0, left))
        while host.GLib.MainContext.default().iteration(False):
            pass


def top():
    """What `top -d 1` costs in the same surroundings, in percent of one core."""
    other = start("top", "-d", "1", "-b")
    idle(3)
    before, begun = cost(other.pid)[0], time.monotonic()
    idle(min(SECONDS, 60))
    percent = (cost(other.pid)[0] - before) / 1e9 / (time.monotonic() - begun) * 100
    size = memory(other.pid)["Pss"]
    end(other)
    print(f"  top -d 1: CPU {percent:.3f} % of one core, PSS {size:.1f} MB", flush=True)
    return percent


def calm(where, binary, watcher=None, beside=None, env=None, reference=None):
    """What `binary` costs as the agent in these surroundings; `reference` is the cost of top."""
    clean_home()
    agent = start(str(binary), "agent", env=env)
    if watcher:
        watcher.wait_for_item(60)
    other = start(*beside) if beside else None
    # The start is over, and the memory that it needed is given back.
    idle(45)
    before, total = threads(agent.pid), busy()
    disk, touched, begun = written(agent.pid), faults(agent.pid), time.monotonic()
    looks = []
    while time.monotonic() - begun < SECONDS:
        idle(min(5.0, max(0.01, SECONDS - (time.monotonic() - begun))))
        looks.append(memory(agent.pid))
    seconds = time.monotonic() - begun
    after, now = threads(agent.pid), busy()
    load = 1 - (now[1] - total[1]) / max(1, now[0] - total[0])
    spent = sum(after[task][1] - before.get(task, (0, 0, 0))[1] for task in after)
    percent = spent / 1e9 / seconds * 100
    sizes = {name: sum(look[name] for look in looks) / len(looks) for name in looks[0]}
    ratio = f", {percent / reference:.2f} of top" if reference else ""
    print(f"{binary.name} agent, {where}; {seconds:.0f} s, {count()} processes, the PC {load:.0%} busy:")
    print(f"  CPU {percent:.3f} % of one core{ratio}")
    print(f"  private memory {max(sizes['Pss_Anon'], sizes['Private_Dirty']):.1f} MB, PSS {sizes['Pss']:.1f} MB on average, {max(look['Pss'] for look in looks):.1f}"
          f" at most (anonymous {sizes['Pss_Anon']:.1f}, files {sizes['Pss_File']:.1f}), RSS {sizes['Rss']:.1f} MB, {len(after)} threads")
    wakes = {}
    for task, (name, _, number) in after.items():
        wakes[name] = wakes.get(name, 0) + number - before.get(task, (0, 0, 0))[2]
    by_name = ", ".join(f"{name} {number / seconds:.2f}" for name, number in sorted(wakes.items(), key=lambda w: -w[1]) if number)
    all_wakes = max(1, sum(wakes.values()))
    minor, major = (now - then for now, then in zip(faults(agent.pid), touched))
    print(f"  wake-ups {all_wakes / seconds:.2f} a second ({by_name}), {spent / 1e6 / all_wakes:.2f} ms each")
    print(f"  page faults {minor / seconds * 60:.0f} a minute, {minor / all_wakes:.1f} a wake-up; read from the disk: {major}")
    print(f"  written to the disk {(written(agent.pid) - disk) / 1e6 / seconds * 86_400:.1f} MB a day", flush=True)
    end(agent, *[other] if other else [])
    if watcher:
        host.until("the icon is gone", 10, lambda: not watcher.items)


def instructions(binary, env):
    """Instructions of a wake-up, counted by callgrind: the same in each run, whatever else the PC does."""
    if not shutil.which("valgrind"):
        print("NOT RUN: instructions are counted by valgrind, which is not installed")
        return
    clean_home()
    folder = HOME / "callgrind"
    folder.mkdir()
    counted = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/out", f"--vgdb-prefix={folder}/vgdb"]
    agent = start(*counted, str(binary), "agent", env=env)
    control = lambda *words: subprocess.run(  # noqa: E731
        ["callgrind_control", f"--vgdb-prefix={folder}/vgdb", *words, str(agent.pid)], check=True, capture_output=True)
    idle(60)
    if agent.poll() is not None:
        STARTED.remove(agent)
        print(f"NOT RUN: instructions: under callgrind the agent ended with {agent.returncode}")
        return
    control("--instr=on")
    begun, before = time.monotonic(), cost(agent.pid)[1]
    idle(min(SECONDS, 120))
    seconds, wakes = time.monotonic() - begun, cost(agent.pid)[1] - before
    control("--dump")
    totals = [int(line.split()[1]) for file in folder.glob("out*") for line in file.read_text(errors="replace").splitlines()
              if line.startswith(("totals:", "summary:"))]
    end(agent)
    print(f"  instructions: {max(totals, default=0) / 1e6 / seconds * 2:.2f} million in 2 s,"
          f" {max(totals, default=0) / 1e6 / max(1, wakes):.2f} million a wake-up ({wakes} in {seconds:.0f} s, under callgrind)", flush=True)


def ends(binary, watcher):
    """How long the second start of `binary` takes to hand over, and how long the agent takes to end."""
    clean_home()
    handed, quiet, ended = [], [], []
    for _ in range(5):
        agent, _ = start_agent(binary, watcher)
        host.serve(4)
        for arguments, times in ((("agent", "--quiet"), quiet), (("agent",), handed)):
            begun = time.monotonic()
            second = start(str(binary), *arguments)
            assert second.wait(30) == 0, "the second start failed"
            times.append(time.monotonic() - begun)
            STARTED.remove(second)
        host.until("a window", 30, windows)
        for pid in windows():
            os.kill(pid, signal.SIGTERM)
        host.until("the window is gone", 30, lambda: not windows())
        begun = time.monotonic()
        end(agent)
        ended.append(time.monotonic() - begun)
        host.until("the icon is gone", 10, lambda: not watcher.items)
    text = lambda times: f"{sorted(times)[2] * 1000:.0f} ms (worst {max(times) * 1000:.0f})"  # noqa: E731
    print(f"{binary.name}, medians of 5: a second quiet start ends after {text(quiet)}, one that hands over after"
          f" {text(handed)}; ended {text(ended)} after SIGTERM", flush=True)


def count():
    return sum(name.isdigit() for name in os.listdir("/proc"))


def windows():
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = Path("/proc", entry, "cmdline").read_bytes().split(b"\0")
            if os.readlink(f"/proc/{entry}/exe") == str(BINARY) and words[1] != b"agent":
                found.append(int(entry))
        except (OSError, IndexError):
            continue
    return found


def click(item, screen):
    """Milliseconds from the click to the window, and to the card that says what stands out."""
    begun, first = time.monotonic(), None
    call = host.Call(host.dbus.Interface(item.object, host.ITEM).Activate, 5, 5)
    while time.monotonic() - begun < 60:
        while host.GLib.MainContext.default().iteration(False):
            pass
        picture = screen[:]
        if first is None and picture.count(BACKGROUND + b"\0") + picture.count(BACKGROUND + b"\xff") > 1000:
            first = time.monotonic() - begun
        # The icon and the edge of the card are of this colour; nothing else in the window is.
        if picture.count(LOOK) > 300:
            answer = time.monotonic() - begun
            break
        time.sleep(0.01)
    else:
        answer = None
    assert call.error is None, call.error
    host.serve(1)
    for pid in windows():
        os.kill(pid, signal.SIGTERM)
    host.until("the window is gone", 30, lambda: not windows() and screen[:].count(BACKGROUND) < 1000)
    return first, answer


def clicks(watcher):
    clean_home()
    with open(SCREEN, "rb") as file:
        screen = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    agent, item = start_agent(BINARY, watcher)
    program = HOME / "mimamori-burner"
    shutil.copy("/bin/dash", program)
    loop = "while :; do :; done"
    burner = start(str(program), "-c", loop)
    host.serve(30)
    print("a click on the icon, with a program that keeps one processor busy for 30 s:")
    for words, number in (("nothing else to do", 0), ("eight more busy loops", 8)):
        loops = [start("/bin/dash", "-c", loop) for _ in range(number)]
        # What began with the loops stands out only when it has lasted 8 s (hold_seconds of thresholds.toml), and what
        # stood out before them does not any more: a click sooner would measure that rule and not the window.
        host.serve(15)
        before = busy()
        results = [click(item, screen) for _ in range(CLICKS)]
        after = busy()
        end(*loops)
        load = 1 - (after[1] - before[1]) / max(1, after[0] - before[0])
        firsts = sorted(first or 60 for first, _ in results)
        answers = sorted(answer or 60 for _, answer in results)
        middle = len(results) // 2
        print(f"  {words} (the PC {load:.0%} busy): window after {firsts[middle] * 1000:.0f} ms, answer after"
              f" {answers[middle] * 1000:.0f} ms (medians of {CLICKS}; answers"
              f" {', '.join(f'{one * 1000:.0f}' for one in answers)})", flush=True)
        host.serve(5)
    end(burner, agent)


def all_calm(watcher, server):
    sleepers = [start("/bin/sleep", "100000") for _ in range(max(0, PROCESSES - count() - 2))]
    apart = {name: value for name, value in os.environ.items()
             if name not in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY")}
    print("calm, beside nothing:")
    reference = top()
    lighter = BINARY.with_name("mimamori-cli")
    for binary in [BINARY, lighter] if lighter.exists() else [BINARY]:
        calm("a desktop with a place for icons", binary, watcher, reference=reference)
    calm("another monitor runs (top -d 1)", BINARY, watcher, ["top", "-d", "1", "-b"], reference=reference)
    calm("no display and no session bus", BINARY, env=apart, reference=reference)
    instructions(BINARY, apart)
    watcher.vanish()
    server.vanish()
    calm("a desktop without a place for icons and without a notification server", BINARY, reference=reference)
    watcher.appear()
    server.appear()
    end(*sleepers)


def main():
    watcher, server = host.Watcher(), host.NotificationServer()
    watcher.appear()
    server.appear()
    # An end from outside, too, leaves nothing behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if "calm" in PARTS:
            all_calm(watcher, server)
        if "ends" in PARTS:
            ends(BINARY, watcher)
        if "clicks" in PARTS:
            clicks(watcher)
    finally:
        end(*STARTED[:])


main()
