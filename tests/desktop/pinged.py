"""A window that takes part in `_NET_WM_PING`, by Xlib alone: title and program have the name in the first argument.

With the second argument `qt` it answers as Qt does: to those who listen for what happens to the root itself.
"""

import ctypes
import os
import sys


class ClientMessage(ctypes.Structure):
    """`XClientMessageEvent` with its padding to the size of `XEvent`."""

    _fields_ = [
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong), ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5), ("rest", ctypes.c_long * 24),
    ]


CLIENT_MESSAGE = 33
CARDINAL, ATOM = 6, 4
SUBSTRUCTURE_NOTIFY, SUBSTRUCTURE_REDIRECT, STRUCTURE_NOTIFY = 1 << 19, 1 << 20, 1 << 17
TO = SUBSTRUCTURE_REDIRECT | (STRUCTURE_NOTIFY if sys.argv[2:] == ["qt"] else SUBSTRUCTURE_NOTIFY)

x11 = ctypes.CDLL("libX11.so.6")
x11.XOpenDisplay.restype = ctypes.c_void_p
for function in (x11.XDefaultRootWindow, x11.XCreateSimpleWindow, x11.XInternAtom):
    function.restype = ctypes.c_ulong
display = ctypes.c_void_p(x11.XOpenDisplay(None))
root = ctypes.c_ulong(x11.XDefaultRootWindow(display))
window = ctypes.c_ulong(x11.XCreateSimpleWindow(display, root, 0, 0, 300, 200, 0, ctypes.c_ulong(0), ctypes.c_ulong(0)))


def atom(name):
    return x11.XInternAtom(display, name.encode(), 0)


def property_of(name, kind, value):
    values = (ctypes.c_ulong * 1)(value)
    x11.XChangeProperty(display, window, ctypes.c_ulong(atom(name)), ctypes.c_ulong(kind), 32, 0, values, 1)


property_of("_NET_WM_PID", CARDINAL, os.getpid())
property_of("WM_PROTOCOLS", ATOM, atom("_NET_WM_PING"))
x11.XStoreName(display, window, sys.argv[1].encode())
x11.XMapWindow(display, window)
event = ClientMessage()
while True:
    x11.XNextEvent(display, ctypes.byref(event))
    if event.type == CLIENT_MESSAGE and event.data[0] == atom("_NET_WM_PING"):
        event.window = root
        x11.XSendEvent(display, root, 0, ctypes.c_long(TO), ctypes.byref(event))
        x11.XFlush(display)
