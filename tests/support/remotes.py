"""Off-site storage on loopback: a real SSH server, a real WebDAV server, and rclone's configuration of both."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import threading

from support.server import free_port
from support.waiting import until

SSHD = "/usr/sbin/sshd"
SSH_CONFIGURATION = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/key.pub
AuthenticationMethods publickey
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile none
Subsystem sftp internal-sftp
"""


def rclone(configuration, *words, check=True):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "RCLONE_CONFIG": str(configuration)}
    return subprocess.run(["rclone", *words], env=environment, check=check, capture_output=True, text=True, timeout=120)


def obscured(secret):
    return subprocess.run(["rclone", "obscure", "-"], input=secret, check=True, capture_output=True, text=True,
                          timeout=60).stdout.strip()


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Gate:
    """Stands before a server and lets `limit` bytes through, both ways together; then no connection lives any more."""

    def __init__(self, behind):
        self.behind = behind
        self.limit = None
        self._passed = 0
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def allow(self, limit):
        with self._lock:
            self.limit, self._passed = limit, 0

    def close(self):
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                self._join(client)

    def _join(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.behind), timeout=10)
            server.settimeout(None)
        except OSError:
            client.close()
            return
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _may_pass(self, count):
        with self._lock:
            self._passed += count
            return self.limit is None or self._passed <= self.limit

    def _pass(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(16384):
                if not self._may_pass(len(data)):
                    break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        source.close()  # each is one thread's source


class Storage:
    """A server whose files lie in `files`; it can be stopped and started again."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.files = self.folder / "files"
        self.files.mkdir(parents=True)
        self.port = self.public_port = free_port()
        self.process = None
        self.prepare()
        self.start()

    def prepare(self):
        """Makes what the server needs."""

    def start(self):
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.argv(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.environment())
        until(lambda: answers(self.port), f"{self.argv()[0]} answers on {self.port}")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=30)
        self.process = None

    def empty(self):
        """Not behind its back: it may remember for minutes what it has."""
        self.stop()
        shutil.rmtree(self.files)
        self.files.mkdir()
        self.start()

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder)}

    def content(self):
        """What a thief would get: each path, and all bytes."""
        paths = [path for path in self.files.rglob("*") if path.is_file()]
        return {str(path.relative_to(self.files)): path.read_bytes() for path in paths}


class SshServer(Storage):
    def prepare(self):
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        for name in ("host_key", "key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / name)], check=True,
                           timeout=60)
        (self.folder / "sshd_config").write_text(SSH_CONFIGURATION.format(port=self.port, folder=self.folder))
        host_key = (self.folder / "host_key.pub").read_text()
        (self.folder / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {host_key}")

    def argv(self):
        return [SSHD, "-D", "-e", "-f", str(self.folder / "sshd_config")]

    def remote(self, name):
        return (f"[{name}]\ntype = sftp\nhost = 127.0.0.1\nport = {self.port}\nuser = root\n"
                f"key_file = {self.folder}/key\nknown_hosts_file = {self.folder}/known_hosts\n\n")

    def stored_in(self, name):
        return f"{name}:{self.files}"


class WebDavServer(Storage):
    USER, PASSWORD = "keeper", "keeper-of-webdav"

    def argv(self):
        return ["rclone", "serve", "webdav", str(self.files), "--addr", f"127.0.0.1:{self.port}"]

    def environment(self):
        # Not as words, which every user of this machine could read.
        return {**super().environment(), "RCLONE_USER": self.USER, "RCLONE_PASS": self.PASSWORD}

    def remote(self, name):
        return (f"[{name}]\ntype = webdav\nurl = http://127.0.0.1:{self.public_port}\nvendor = other\nuser = {self.USER}\n"
                f"pass = {obscured(self.PASSWORD)}\n\n")

    def stored_in(self, name):
        return f"{name}:"


def configure(path, storage):
    """`plain` is the storage as it is, `offsite` an encrypted one upon it."""
    path.write_text(storage.remote("plain")
                    + f"[offsite]\ntype = crypt\nremote = {storage.stored_in('plain')}\n"
                    + f"password = {obscured('password-of-crypt')}\n")
    path.chmod(0o600)
