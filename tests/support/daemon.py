"""The daemon in tests: started, heard, ended; and an engine whose line can be cut."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import threading

from support.waiting import until


class Daemon:
    def __init__(self, server, **environment):
        self.said = []
        self.process = subprocess.Popen(
            server.argv("watch"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", start_new_session=True, env=server.environment(**environment))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        until(lambda: any(" watches " in line for line in self.said) or self.process.poll() is not None,
              "the daemon watches")

    def _read(self):
        for line in self.process.stdout:
            self.said.append(line)

    def wait_for(self, words):
        until(lambda: any(words in line for line in self.said), f"the daemon says {words!r}; it said {self.said}")

    def end(self, number=signal.SIGTERM):
        """Its exit status, as the shell has it."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        status = self.process.wait(timeout=60)
        self._reader.join()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # what it had started
        return status


class EngineLine:
    """A socket that leads to the engine until it is cut, and again when it is mended."""

    def __init__(self, engine="/var/run/docker.sock"):
        self._engine = engine
        self._folder = tempfile.TemporaryDirectory(prefix="ballast-test-line-")
        self.path = f"{self._folder.name}/docker.sock"
        self._open = set()
        self._lock = threading.Lock()
        self._listener = None
        self.mend()

    def mend(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen(64)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self):
        """As when the engine ends: nobody listens, and what was open breaks."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.break_off()

    def break_off(self):
        """What is open breaks; new ones are let through."""
        with self._lock:
            broken, self._open = self._open, set()
        for end in broken:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.cut()
        self._folder.cleanup()

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                there = socket.socket(socket.AF_UNIX)
                there.connect(self._engine)
                with self._lock:
                    self._open |= {caller, there}
                for source, target in ((caller, there), (there, caller)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    @staticmethod
    def _carry(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
