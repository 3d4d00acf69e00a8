"""What stands for logind on a private bus: answers as it is told and writes down what it was asked. It restarts nothing.

    logind.py ANSWER FILE [WHO WHY]

ANSWER is what CanReboot says, or `hang` to say nothing. Each call is a line in FILE. With WHO and WHY somebody blocks.
"""

import os
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = "org.freedesktop.login1"
MANAGER = "org.freedesktop.login1.Manager"


class Logind(dbus.service.Object):
    def __init__(self, bus, answer, file, blockers):
        super().__init__(bus, "/org/freedesktop/login1")
        self.answer, self.file, self.blockers = answer, file, blockers

    def note(self, *words):
        print(*words, file=self.file, flush=True)

    @dbus.service.method(MANAGER, out_signature="s", async_callbacks=("done", "failed"))
    def CanReboot(self, done, failed):
        self.note("CanReboot")
        if self.answer != "hang":
            done(self.answer)

    @dbus.service.method(MANAGER, out_signature="a(ssssuu)")
    def ListInhibitors(self):
        self.note("ListInhibitors")
        return dbus.Array(self.blockers, signature="(ssssuu)")

    @dbus.service.method(MANAGER, in_signature="b")
    def Reboot(self, interactive):
        self.note("Reboot", bool(interactive))


def main():
    answer, file, *blocker = sys.argv[1:]
    # Never the bus of this PC.
    address = os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
    assert address.startswith("unix:path=" + os.environ["MIMAMORI_E2E_TMP"]), address
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.bus.BusConnection(address)
    blockers = [("shutdown", *blocker, "block", 1000, 1)] if blocker else []
    with open(file, "w") as log:
        service = Logind(bus, answer, log, blockers)
        bus.request_name(NAME)
        service.note("ready")
        GLib.MainLoop().run()


main()
