"""The work of an hour, and what the agent told of it. Started by run.sh inside a session bus and a display of its own.

Only processes that were started here are ended, by their own process group.
"""

import collections
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

BINARY, MINUTES, WORK = Path(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])
HOME = Path(os.environ["HOME"])
ROUND = [("a page that moves", 150), ("a spreadsheet", 90), ("a compiler", 90), ("a package", 30), ("nothing", 60)]
"""One round of work: what, and for how many seconds."""


class Notifications(dbus.service.Object):
    """A notification server that only counts."""

    def __init__(self, bus):
        self.told = []
        self.name = dbus.service.BusName("org.freedesktop.Notifications", bus)
        super().__init__(bus, "/org/freedesktop/Notifications")

    @dbus.service.method("org.freedesktop.Notifications", in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, _app, replaces, _icon, summary, body, _actions, _hints, _timeout):
        self.told.append(str(summary))
        print(f"    {clock()} told: {summary} | {str(body).splitlines()[0] if body else ''}", flush=True)
        return replaces or len(self.told)

    @dbus.service.method("org.freedesktop.Notifications", in_signature="u")
    def CloseNotification(self, _number):
        pass

    @dbus.service.method("org.freedesktop.Notifications", out_signature="as")
    def GetCapabilities(self):
        return ["body", "actions"]

    @dbus.service.method("org.freedesktop.Notifications", out_signature="ssss")
    def GetServerInformation(self):
        return ("soak", "mimamori", "1", "1.2")


def clock():
    return time.strftime("%H:%M:%S")


def run(command, seconds, **options):
    """Runs a command for at most so long, then ends it with all it started."""
    process = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, **options)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, number)
                process.wait(5)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
            break


def page(end):
    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
             "--disable-component-update", "--disable-quic", f"--user-data-dir={HOME}/browser"]
    run(["chromium", *flags, f"file://{HOME}/film.html"], max(1.0, end - time.monotonic()))


def spreadsheet(end):
    sheet = HOME / "sums.csv"
    with sheet.open("w") as out:
        for row in range(1, 6001):
            out.write(f"{row},{random.random():.6f},=A{row}*B{row},=SUM(C$1:C{row}),=SQRT(ABS(SIN(D{row})))\n")
    while time.monotonic() < end:
        run(["soffice", "--headless", "--convert-to", "ods", "--outdir", str(HOME / "sheets"), str(sheet)],
            max(1.0, end - time.monotonic()))


def compiler(end):
    folder = HOME / "project"
    folder.mkdir(exist_ok=True)
    for part in range(8):
        body = "".join(f"int f{part}_{n}(int x){{for(int i=0;i<x;i++)x^=i*{n + 3};return x;}}\n" for n in range(1500))
        (folder / f"part{part}.c").write_text(body)
    while time.monotonic() < end:
        part = random.randrange(8)
        run(["gcc", "-O2", "-c", f"part{part}.c", "-o", f"part{part}.o"], max(1.0, end - time.monotonic()), cwd=folder)


def package(end):
    if os.geteuid() == 0 and shutil.which("apt-get"):
        run(["apt-get", "install", "--reinstall", "-y", "-qq", "hostname"], max(1.0, end - time.monotonic()))


def nothing(_end):
    pass


WORKS = {"a page that moves": page, "a spreadsheet": spreadsheet, "a compiler": compiler, "a package": package,
         "nothing": nothing}
NEEDS = {"a page that moves": "chromium", "a spreadsheet": "soffice"}


def work():
    end = time.monotonic() + MINUTES * 60
    while time.monotonic() < end:
        for name, seconds in ROUND:
            until = min(end, time.monotonic() + seconds)
            need = NEEDS.get(name)
            if need and not shutil.which(need):
                print(f"    left out: {name} ({need} is not installed)", flush=True)
            else:
                print(f"    {clock()} {name}", flush=True)
                WORKS[name](until)
            time.sleep(max(0.0, until - time.monotonic()))


def history():
    """The findings that the agent recorded, as `mimamori history` tells them."""
    program = BINARY.with_name("mimamori-cli")
    done = subprocess.run([str(program if program.exists() else BINARY), "history", "--since",
                           f"{int(MINUTES) + 10}m", "--json"], capture_output=True, text=True, timeout=120)
    return json.loads(done.stdout)


def told_causes(events):
    """How often each cause was notified: by its rule and its program, as the agent wrote it down. The sentence on the
    screen does not tell: it has the figures of the moment, and several causes share one notification."""
    notified = [event for event in events if event["kind"] == "notified"]
    return collections.Counter((event["data"]["rule"], event.get("subject") or "the PC") for event in notified)


def main():
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    server = Notifications(dbus.SessionBus())
    loop = GLib.MainLoop()
    threading.Thread(target=loop.run, daemon=True).start()
    agent = subprocess.Popen([str(BINARY), "agent"], start_new_session=True, stdin=subprocess.DEVNULL)
    try:
        work()
    finally:
        agent.terminate()
        agent.wait(10)
        loop.quit()
    events = history()["events"]
    findings = [event for event in events if event["kind"] == "finding" and event["data"].get("finding")]
    rules = collections.Counter()
    alarms = []
    for event in findings:
        finding = event["data"]["finding"]
        rules[(finding["rule"], finding["severity"], finding["subject"]["group"])] += 1
        if finding["rule"] == "secret_mining" and finding["severity"] == "act":
            alarms.append(event)
    print(f"\n{MINUTES:.0f} minutes of ordinary work")
    for (rule, severity, group), count in sorted(rules.items()):
        print(f"    {rule:<20} {severity:<5} {group:<24} {count} x")
    print(f"    notifications: {len(server.told)}, alarms: {len(alarms)}")
    for summary, count in collections.Counter(server.told).items():
        print(f"        {count} x {summary}")
    causes = told_causes(events)
    # What is not solved is told once a day.
    most = 1 + int(MINUTES // 1440)
    again = [f"{rule} about {group}: {count} x" for (rule, group), count in sorted(causes.items()) if count > most]
    for cause in again:
        print(f"    FAILED: told again: {cause}")
    if server.told and not causes:
        print("    FAILED: something was told, and the recording has no word of it")
        return 1
    return 1 if alarms or again else 0


sys.exit(main())
