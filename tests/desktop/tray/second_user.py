"""Another user and the endpoint, as root: called by tray.py. The folder is opened for everybody on purpose, so that
the check of the user behind it is what refuses."""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile


def speak(path):
    """What the endpoint at `path` answers."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        try:
            connection.connect(path)
            connection.sendall(b"ping\n")
            return connection.recv(100).decode() or "closed"
        except OSError as error:
            return type(error).__name__


def as_nobody(path):
    code = f"import os, sys; os.setgroups([]); os.setgid(65534); os.setuid(65534); sys.path.insert(0, {str(pathlib.Path(__file__).parent)!r}); import second_user; print(second_user.speak({path!r}))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60).stdout.strip()


def check(program):
    """Three doors: the folder, the rights of the socket, the user behind the connection."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o700)
        path = f"{folder}/mimamori/agent.sock"
        environment = {**os.environ, "XDG_RUNTIME_DIR": folder}
        process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        try:
            process.stdin.write("listen\n")
            process.stdin.flush()
            while "did listen" not in process.stdout.readline():
                pass
            answers = {"ourselves": speak(path), "folder": as_nobody(path)}
            os.chmod(folder, 0o755)
            os.chmod(f"{folder}/mimamori", 0o755)
            answers["socket"] = as_nobody(path)
            os.chmod(path, 0o666)
            answers["user"] = as_nobody(path)
            answers["ourselves again"] = speak(path)
            return answers
        finally:
            process.stdin.close()
            process.wait(timeout=10)
            process.stdout.close()
