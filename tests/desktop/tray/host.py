"""A desktop for one test: a place for tray icons (StatusNotifierWatcher and host) and a notification server, on the
session bus of the test. For the probe here and for the agent alike:

    watcher = Watcher(); watcher.appear()
    item = watcher.wait_for_item()
    item.click(); item.menu(); item.choose("Quit"); item.tooltip(); item.picture()
    server = NotificationServer(); server.appear()
    server.wait_for(lambda shown: ...); server.click(number)

Every object is served from one GLib loop, which runs only inside `until`.
"""

import time

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
SERVER = "org.freedesktop.Notifications"

dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)


def until(what, seconds, check):
    """Serves the bus and polls `check` until it gives something true and returns that."""
    context = GLib.MainContext.default()
    end = time.monotonic() + seconds
    while True:
        while context.iteration(False):
            pass
        found = check()
        if found:
            return found
        if time.monotonic() >= end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def serve(seconds):
    """Serves the bus for a while."""
    end = time.monotonic() + seconds
    until("", seconds + 5, lambda: time.monotonic() >= end)


class Call:
    """A call to somebody who may call us meanwhile: without blocking the loop."""

    def __init__(self, method, *arguments):
        self.answer, self.error = None, None
        method(*arguments, reply_handler=self.done, error_handler=self.failed, timeout=10)

    def done(self, *values):
        self.answer = values

    def failed(self, error):
        self.error = error

    def wait(self):
        until("an answer", 10, lambda: self.answer is not None or self.error is not None)
        if self.error is not None:
            raise self.error
        return self.answer if len(self.answer) != 1 else self.answer[0]


class Item:
    """An icon beside the clock, as a desktop sees it."""

    def __init__(self, bus, name):
        self.name = name
        self.object = bus.get_object(name, "/StatusNotifierItem", introspect=False)
        self.menu_object = bus.get_object(name, "/MenuBar", introspect=False)
        self.signals = []
        for signal in ("NewIcon", "NewToolTip", "NewTitle", "NewStatus", "NewAttentionIcon"):
            bus.add_signal_receiver(
                lambda *_, signal=signal: self.signals.append(signal), signal, ITEM, bus.get_name_owner(name)
            )

    def property(self, name):
        return Call(dbus.Interface(self.object, dbus.PROPERTIES_IFACE).Get, ITEM, name).wait()

    def click(self):
        Call(dbus.Interface(self.object, ITEM).Activate, 5, 5).wait()

    def tooltip(self):
        _, _, title, description = self.property("ToolTip")
        return str(title), str(description)

    def pictures(self, name="IconPixmap"):
        """Width, height and bytes (alpha, red, green, blue) of every size."""
        return [(int(w), int(h), bytes(data)) for w, h, data in self.property(name)]

    def menu(self):
        """(number, text, tick or None) of every line; a separator has the text None."""
        layout = Call(dbus.Interface(self.menu_object, MENU).GetLayout, 0, -1, dbus.Array([], signature="s")).wait()
        lines = []
        for number, properties, _ in layout[1][2]:
            if str(properties.get("type", "")) == "separator":
                lines.append((int(number), None, None))
                continue
            tick = int(properties["toggle-state"]) if properties.get("toggle-type") else None
            lines.append((int(number), str(properties.get("label", "")), tick))
        return lines

    def choose(self, text):
        number = next(number for number, label, _ in self.menu() if label == text)
        Call(dbus.Interface(self.menu_object, MENU).Event, number, "clicked", dbus.String("", variant_level=1), dbus.UInt32(0)).wait()


class Watcher(dbus.service.Object):
    """Where icons register, and the host that shows them."""

    def __init__(self, bus=None):
        self.bus = bus or dbus.SessionBus()
        self.items = []
        self.name = None
        super().__init__(self.bus, "/StatusNotifierWatcher")
        self.bus.add_signal_receiver(
            self.owner_changed, "NameOwnerChanged", dbus.BUS_DAEMON_IFACE, dbus.BUS_DAEMON_NAME
        )

    def appear(self):
        self.name = dbus.service.BusName(WATCHER, self.bus, do_not_queue=True)

    def vanish(self):
        self.items.clear()
        self.name = None
        self.bus.release_name(WATCHER)

    def owner_changed(self, name, _old, new):
        if not new:
            self.items = [item for item in self.items if item.name != name]

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender=None):
        self.items.append(Item(self.bus, sender if service.startswith("/") else str(service)))

    @dbus.service.method(WATCHER, in_signature="s")
    def RegisterStatusNotifierHost(self, _service):
        pass

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="ss", out_signature="v")
    def Get(self, _interface, name):
        return {
            "IsStatusNotifierHostRegistered": True,
            "ProtocolVersion": dbus.Int32(0),
            "RegisteredStatusNotifierItems": dbus.Array([item.name for item in self.items], signature="s"),
        }[name]

    def wait_for_item(self, seconds=15):
        return until("an icon", seconds, lambda: self.items and self.items[-1])


class NotificationServer(dbus.service.Object):
    """Shows notifications; can be told to hang."""

    def __init__(self, bus=None, capabilities=("actions", "body", "body-markup")):
        self.bus = bus or dbus.SessionBus()
        self.capabilities = list(capabilities)
        self.shown = {}
        self.calls = []
        self.hanging = False
        self.last = 0
        super().__init__(self.bus, "/org/freedesktop/Notifications")

    def appear(self):
        self.name = dbus.service.BusName(SERVER, self.bus, do_not_queue=True)

    def vanish(self):
        self.shown.clear()
        self.name = None
        self.bus.release_name(SERVER)

    @dbus.service.method(SERVER, out_signature="as", async_callbacks=("answer", "_fail"))
    def GetCapabilities(self, answer, _fail):
        if not self.hanging:
            answer(self.capabilities)

    @dbus.service.method(SERVER, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, app, replaces, icon, title, body, actions, hints, _timeout):
        number = int(replaces)
        if number not in self.shown:
            self.last += 1
            number = self.last
        self.shown[number] = {
            "app": str(app), "icon": str(icon), "title": str(title), "body": str(body),
            "actions": [str(action) for action in actions], "urgency": int(hints.get("urgency", 1)),
            "desktop-entry": str(hints.get("desktop-entry", "")), "replaces": int(replaces),
        }
        self.calls.append(dict(self.shown[number]))
        return dbus.UInt32(number)

    @dbus.service.method(SERVER, in_signature="u")
    def CloseNotification(self, number):
        self.close(int(number), 3)

    @dbus.service.method(SERVER, out_signature="ssss")
    def GetServerInformation(self):
        return "host.py", "mimamori", "1", "1.2"

    @dbus.service.signal(SERVER, signature="us")
    def ActionInvoked(self, number, action):
        pass

    @dbus.service.signal(SERVER, signature="uu")
    def NotificationClosed(self, number, reason):
        pass

    def close(self, number, reason):
        self.shown.pop(number, None)
        self.NotificationClosed(dbus.UInt32(number), dbus.UInt32(reason))

    def click(self, number, action="default"):
        """As a person does, who has to see it first: the notification tells of the click, then it goes."""
        serve(0.3)
        self.ActionInvoked(dbus.UInt32(number), action)
        self.close(number, 2)

    def wait_for(self, check, seconds=15):
        """The number of the first notification that `check` accepts."""
        return until(
            "a notification", seconds,
            lambda: next((number for number, shown in self.shown.items() if check(shown)), None),
        )
