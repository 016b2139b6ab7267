"""Silences with the real program: what is kept, what is said, and what the daemon is told. Nothing here needs an engine."""

import concurrent.futures
import contextlib
import datetime
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support.server import binary  # noqa: E402

REASON = "the new disk comes today"


class FakeDaemon:
    """Listens on the control socket and answers each question with what it is given."""

    def __init__(self, path, answer):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.asked = []
        self._answer = answer
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection, connection.makefile("rwb") as stream:
                    self.asked.append(json.loads(stream.readline())["ask"])
                    stream.write(json.dumps(self._answer).encode() + b"\n")

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()


class SilenceCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="ballast-test-silence-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        for stack in ("blog", "shop"):
            (self.root / "srv/stacks" / stack).mkdir(parents=True)

    def daemon(self, **answer):
        made = FakeDaemon(self.root / "run/ballast/control.sock", {"schema": "ballast.control/1", **answer})
        self.addCleanup(made.close)
        return made

    def ballast(self, status, *words):
        kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        done = subprocess.run([binary(), *words, "--root", str(self.root)], capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL,
                              env={**kept, "TZ": "Asia/Tokyo", "BALLAST_DOCKER_SOCKET": "/nowhere.sock"})
        self.assertEqual(done.returncode, status, f"{done.stdout}\n{done.stderr}")
        return done

    def silence(self, *words):
        done = self.ballast(0, "silence", *words, "--for", "1h", "--reason", REASON, "--operator", "ken", "--json")
        return json.loads(done.stdout)

    def listed(self):
        return json.loads(self.ballast(0, "silence", "--json").stdout)["silences"]


class Silence(SilenceCase):
    def test_it_is_kept_and_listed(self):
        made = self.silence("shop", "disk-full")
        one = made["silences"][0]
        self.assertEqual(made["watched"], False)
        self.assertEqual((one["stack"], one["alert"], one["operator"], one["reason"]), ("shop", "disk-full", "ken", REASON))
        begin, end = (datetime.datetime.fromisoformat(one[key].replace("Z", "+00:00")) for key in ("from", "until"))
        self.assertEqual(end - begin, datetime.timedelta(hours=1))
        self.assertEqual(self.listed(), [one])
        kept = json.loads((self.root / "var/lib/ballast/silences.json").read_text())
        self.assertEqual([silence["id"] for silence in kept["silences"]], [one["id"]])

    def test_the_end_is_told_in_local_time(self):
        done = self.ballast(0, "silence", "--all", "--for", "1h", "--reason", REASON)
        self.assertRegex(done.stdout, r"\Aevery alert of every stack and the server is silenced until \S+\+09:00\n"
                                      r"to end it early: ballast silence --end [0-9a-f]{8}\n"
                                      r"nobody watches now: systemctl start ballast\n\Z")

    def test_many_at_once_lose_nothing(self):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda _: self.silence("shop")["silences"][0]["id"], range(12)))
        self.assertEqual(sorted(one["id"] for one in self.listed()), sorted(made))

    def test_one_is_ended(self):
        first, second = self.silence("shop")["silences"][0], self.silence("blog")["silences"][0]
        done = self.ballast(0, "silence", "--end", first["id"])
        self.assertEqual(done.stdout, "every alert of shop is no longer silenced\n")
        self.assertEqual(self.listed(), [second])
        done = self.ballast(2, "silence", "--end", first["id"])
        self.assertEqual(done.stderr, f"error: no silence `{first['id']}` is in force\nhint: list them: ballast silence\n")

    def test_a_stack_that_there_is_not(self):
        done = self.ballast(2, "silence", "shp", "--for", "1h", "--reason", REASON)
        self.assertEqual(done.stderr, f"error: no stack `shp` in {self.root}/srv/stacks\nhint: did you mean `shop`?\n")
        self.assertFalse((self.root / "var/lib/ballast/silences.json").exists())

    def test_a_list_that_is_none_is_not_written_over(self):
        path = self.root / "var/lib/ballast/silences.json"
        path.parent.mkdir(parents=True)
        path.write_text("{")
        self.assertEqual(self.listed(), [])
        done = self.ballast(1, "silence", "shop", "--for", "1h", "--reason", REASON)
        self.assertEqual(done.stderr,
                         f"error: {path} is no list of silences\nhint: it silences nothing: move it out of the way\n")
        self.assertEqual(path.read_text(), "{")


class WithADaemon(SilenceCase):
    def test_it_is_told(self):
        daemon = self.daemon(poked=True)
        made = self.silence("shop")
        self.assertEqual(made["watched"], True)
        self.ballast(0, "silence", "--end", made["silences"][0]["id"])
        self.listed()
        self.assertEqual(daemon.asked, ["poke", "poke"])

    def test_one_that_refuses_is_noted_and_the_silence_is_kept(self):
        self.daemon(error={"message": "user 1000 may not ask the daemon", "hint": "run ballast as root (sudo)"})
        done = self.ballast(0, "silence", "shop", "--for", "1h", "--reason", REASON)
        self.assertEqual(done.stderr, "the daemon refuses: user 1000 may not ask the daemon\n")
        self.assertEqual(len(self.listed()), 1)

    def test_status_shows_what_it_says(self):
        self.daemon(pid=1, since="2026-11-25T02:27:07Z", engine_trouble=None, silences=[], channels=[],
                    stacks=[{"name": "shop", "looked_at": True, "trouble": None}],
                    alerts=[{"alert": "high-memory", "title": "High Memory", "stack": "shop", "subject": "web",
                             "state": "firing", "severity": "warn", "since": "2026-11-25T02:23:07Z", "text": "3.6 GB",
                             "hint": "docker restart shop-web-1"}])
        shown = self.ballast(9, "status", "shop").stdout
        self.assertTrue(shown.endswith("\n  alerts: 1, watched since 2026-11-25T11:27:07+09:00\n"
                                       "    High Memory web, firing since 2026-11-25T11:23:07+09:00: 3.6 GB\n"
                                       "      docker restart shop-web-1\n"), shown)
        told = json.loads(self.ballast(9, "status", "--json").stdout)
        self.assertEqual((told["watched"], told["watched_since"], told["alerts"]), (True, "2026-11-25T11:27:07+09:00", []))
        stacks = {stack["name"]: stack for stack in told["stacks"]}
        self.assertEqual([alert["title"] for alert in stacks["shop"]["alerts"]], ["High Memory"])
        self.assertEqual((stacks["blog"]["alerts"], stacks["blog"]["alerts_unknown"]),
                         (None, "the daemon does not watch it"))


class WithoutADaemon(SilenceCase):
    def test_nothing_is_called_well(self):
        self.silence("shop")
        told = json.loads(self.ballast(9, "status", "--json").stdout)
        self.assertEqual((told["watched"], told["alerts"]), (False, None))
        stacks = {stack["name"]: stack for stack in told["stacks"]}
        self.assertEqual((stacks["shop"]["alerts"], stacks["shop"]["alerts_unknown"]),
                         (None, "nobody watches: systemctl start ballast"))
        self.assertEqual((len(stacks["shop"]["silences"]), len(stacks["blog"]["silences"])), (1, 0))

    def test_a_socket_that_a_killed_one_left_is_nobody(self):
        path = self.root / "run/ballast/control.sock"
        path.parent.mkdir(parents=True)
        with socket.socket(socket.AF_UNIX) as killed:
            killed.bind(str(path))
        self.assertEqual(self.silence("shop")["watched"], False)


if __name__ == "__main__":
    unittest.main(verbosity=2)
