"""What is done by hand to a stack: noticed, recorded with who was there, told once; and what Ballast does is not."""

import datetime
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures, sinks  # noqa: E402
from support.case import ServerCase, must  # noqa: E402
from support.daemon import Daemon  # noqa: E402
from support.waiting import until  # noqa: E402

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")
POLICY = """\
verify: {timeout: 60s, settle: 0s}
candidate: {enabled: false}
stop-timeout: 4s
drift: {routine: ["pg_isready -q"], ignore: ["/opt/own*"]}
alerts:
  container-down: {enabled: false}
  db-connection: {enabled: false}
  health-check-fail: {enabled: false}
  backup-overdue: {enabled: false}
  drill-overdue: {enabled: false}
  disk-full: {enabled: false}
  not-ready-to-roll-back: {enabled: false}
"""
FAILED = "Deploy Failed And Rolled Back"
THERE = "logged in: mia (pts/7 from 192.0.2.7)"
CODE = "/usr/lib/python3/dist-packages/shop/__init__.py"
WORD = "correct-horse-battery"


def docker(*words):
    return subprocess.run(["docker", *words], check=True, capture_output=True, timeout=120, text=True).stdout


def login(user, terminal, address):
    """An entry of utmp, of a process that is there."""
    return struct.pack("<hxxi32s4s32s256shhiii4I20s", 7, os.getpid(), terminal.encode(), b"", user.encode(),
                       address.encode(), 0, 0, 0, 1_700_000_000, 0, 0, 0, 0, 0, b"")


class DriftCase(ServerCase):
    @classmethod
    def prepare(cls):
        cls.sink = sinks.HttpSink()
        cls.addClassCleanup(cls.sink.close)
        folder = cls.server.path("etc/ballast")
        folder.mkdir(parents=True)
        (folder / "slack-url").write_text(cls.sink.url("/services/T0/B0/x") + "\n")
        (folder / "slack-url").chmod(0o600)
        (folder / "ballast.yaml").write_text(
            "watch: {interval: 2s, drift: 1s}\nmetrics: {listen: off}\nnotify:\n"
            "  slack: {url-file: /etc/ballast/slack-url, severity: [page, warn, info]}\n")
        cls.server.path("var/run").mkdir(parents=True)
        cls.server.path("var/run/utmp").write_bytes(login("mia", "pts/7", "192.0.2.7"))
        cls.stack = cls.server.stack(policy=POLICY)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))
        cls.stack.wait_until_good()

    def watch(self):
        daemon = Daemon(self.server)
        self.addCleanup(daemon.end)
        self.wait_for_look()
        self.sink.taken.clear()
        return daemon

    def fact(self, name):
        """What the journal knows of the stack, and when it was written."""
        rows = self.server.journal("select value, at from fact where stack = ? and name = ?", self.stack.name, name)
        return (json.loads(rows[0]["value"]), rows[0]["at"]) if rows else (None, 0)

    def wait_for_look(self):
        """The stack is compared with its release from now on: the comparison that ends next may have begun before."""
        for _ in range(2):
            before = self.fact("drift")[1]
            until(lambda before=before: self.fact("drift")[1] > before, "the stack is compared with its release")

    def recorded(self):
        return [one["text"] for one in self.records()]

    def records(self):
        rows = self.server.journal("select content from audit where kind = 'drift' order by number")
        return [json.loads(row["content"]) for row in rows]

    def told(self):
        """Each text that was told, as often as it was."""
        texts = []
        for request in self.sink.taken:
            blocks = "\n".join(block["text"]["text"] for block in request.json()["blocks"] if "text" in block)
            texts += re.findall(r"(?m)^(.*); " + re.escape(THERE), blocks)
        return texts

    def titles(self):
        return [request.json()["text"].rpartition(" (")[0] for request in self.sink.taken]

    def noticed(self, action, *texts):
        """Done once, each of these is recorded and told, and names who was there."""
        before = len(self.recorded())
        action()
        until(lambda: set(texts) <= set(self.recorded()[before:]), f"{texts} recorded; it is {self.recorded()[before:]}")
        until(lambda: set(texts) <= set(self.told()), f"{texts} told; it is {self.told()}")

    def assert_told_once(self, *texts):
        """These and nothing else, since the daemon began."""
        self.wait_for_look()
        self.assertEqual(sorted(self.told()), sorted(texts))

    def drift(self, *options, status=9):
        return self.assert_exit(self.server.run("drift", self.stack.name, *options), status)

    def differences(self):
        return [one["text"] for one in self.drift("--json").json()["differences"]]

    def state(self):
        return self.server.run("status", self.stack.name, "--json").json()["stacks"][0]

    def by_hand(self, service, *words):
        docker("exec", "--user", "root", self.stack.container(service)["Id"], *words)


class Ordinary(DriftCase):
    def test_what_ballast_does_and_what_is_routine_is_nobodys_change(self):
        """Once; in the long form for an hour."""
        self.assertEqual(self.drift(status=0).stdout, f"shop: as {GOOD1} was released\n")
        daemon = self.watch()
        over = time.monotonic() + (3600 if case.LONG else 0)
        while True:
            self.operate()
            self.wait_for_look()
            self.assertEqual(self.recorded(), [])
            self.assertEqual([title for title in self.titles() if FAILED not in title], [])
            self.assertEqual(self.drift(status=0).stdout, f"shop: as {self.stack.tag()} was released\n")
            if time.monotonic() >= over:
                break
        self.assertEqual(daemon.end(), 0)

    def operate(self):
        must(self.stack.deploy(GOOD2))
        must(self.server.run("backup", "shop", "--operator", "ken"))
        must(self.server.run("verify", "shop"))
        self.server.run("check", "shop")
        must(self.stack.rollback())
        if case.LONG:
            must(self.server.run("drill", "shop", "--operator", "ken"))
            must(self.server.run("restore", "shop", "latest", "--yes", "--operator", "ken"))
            self.stack.offer(fixtures.tag("health500"))  # again, where it was pruned
            self.assert_exit(self.stack.deploy(fixtures.tag("health500")), 4)  # which is told, as what it is
        self.stack.wait_until_good()  # asks the database by `docker exec`, as the policy knows
        self.end_by_itself()
        self.work_in_a_session()

    def end_by_itself(self):
        """Its process ends without anybody asking the engine for it, which starts it again."""
        container = self.stack.container("web")
        os.kill(container["State"]["Pid"], signal.SIGKILL)
        until(lambda: engine.inspect(container["Id"])["RestartCount"] > container["RestartCount"], "it is started again")
        self.stack.wait_until_good()

    def work_in_a_session(self):
        """A session keeps a record of its own, each under another name."""
        session = f"s{time.time_ns()}"
        self.note_session({"id": session, "until": "2099-01-01T00:00:00Z"})
        self.by_hand("web", "sh", "-c", "echo '# in a session' >> " + CODE)
        since = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        modified = {"since": since, "session": session, "reason": "hot fix", "release": None}
        self.server.journal_write("insert or replace into fact (stack, name, value, at) values ('shop', ?, ?, ?)",
                                  "modified-by-hand", json.dumps(modified), self.now())
        self.note_session(None)
        self.wait_for_look()
        must(self.stack.deploy(GOOD2))

    def note_session(self, session):
        self.server.journal_write("insert or replace into fact (stack, name, value, at) values ('shop', ?, ?, ?)",
                                  "session-open", json.dumps(session), self.now())

    @staticmethod
    def now():
        return int(time.time() * 1000)


class Containers(DriftCase):
    def test_1_what_leaves_the_release_as_it_is(self):
        self.watch()
        web = self.stack.container("web")["Id"]
        outside = str(self.server.path("hostname"))
        deeds = {
            "db: docker exec: sh -c echo ***": lambda: self.by_hand("db", "sh", "-c", f"echo {self.password()}"),
            "web: docker cp or export out of it": lambda: docker("cp", f"{web}:/etc/hostname", outside),
            "web: docker cp into it": lambda: docker("cp", outside, f"{web}:/tmp/hostname"),
            "web: docker commit: an image was made of it": lambda: docker("commit", web, f"{self.stack.repository}:mine"),
            "web: restarted by hand": lambda: docker("restart", web),
            "web: paused by hand": lambda: docker("pause", web),
            "web: unpaused by hand": lambda: docker("unpause", web),
            "web: stopped by hand": lambda: docker("stop", web),
            "web: started by hand": lambda: docker("start", web),
            "db: docker kill: signal 1": lambda: docker("kill", "--signal", "HUP", self.stack.container("db")["Id"]),
            "web: docker compose run": lambda: self.stack.compose("run", "--rm", "--no-deps", "--entrypoint", "true", "web"),
        }
        for text, deed in deeds.items():
            self.noticed(deed, text)
        self.assert_told_once(*deeds)
        self.assertEqual(self.recorded(), list(deeds))
        self.assertEqual(set(self.titles()), {"FIRING Changed By Hand: shop web", "FIRING Changed By Hand: shop db"})
        self.assertEqual(self.records()[0]["logged_in"], [{"user": "mia", "terminal": "pts/7", "address": "192.0.2.7",
                                                            "since": "2023-11-14T22:13:20Z"}])
        shown = self.drift(status=0).stdout
        self.assertIn(f"  web: restarted by hand; {THERE}\n", shown)
        self.assertNotIn(self.password(), shown)
        self.assertIsNone(self.state()["modified_by_hand"])

    def password(self):
        return fixtures.read_env(self.stack.env_path)["POSTGRES_PASSWORD"]

    def test_2_a_container_made_anew_is_another_release_until_a_deploy(self):
        self.watch()
        old = self.stack.container("web")["Id"][:12]
        self.noticed(lambda: self.stack.compose("up", "-d", "--force-recreate", "--no-deps", "web"), "web: recreated by hand")
        new = self.stack.container("web")["Id"][:12]
        self.assert_told_once("web: recreated by hand")
        self.assertEqual(self.differences(), [f"web: container {new} took the place of container {old}"])
        self.assertEqual(self.state()["modified_by_hand"]["reason"], "web: recreated by hand")
        must(self.server.run("status", "shop"), 9)
        history = must(self.server.run("history", "shop"))
        self.assertRegex(history.stderr, rf"shop {GOOD1} was modified by hand since .*: web: recreated by hand\n")
        self.sink.taken.clear()
        must(self.stack.deploy(GOOD2))
        until(lambda: self.titles() == ["RESOLVED Modified By Hand: shop web"], "it is over", seconds=300)
        self.drift(status=0)


class Files(DriftCase):
    def test_what_differs_is_told_once_and_shown(self):
        daemon = self.watch()
        self.noticed(lambda: self.edit_env("POSTGRES_PASSWORD=", f"MORE={WORD}\nMORE_SECRET={WORD}\nPOSTGRES_PASSWORD="),
                     ".env was changed")
        self.noticed(lambda: self.edit_env(f"SHOP_TAG={GOOD1}", f"SHOP_TAG={GOOD2}"),
                     f".env: the tag line says {GOOD2}, the release is {GOOD1}")
        self.noticed(lambda: self.stack.edit(self.stack.compose_path, "restart: unless-stopped", "restart: always"),
                     "docker-compose.yml was changed")
        self.noticed(lambda: self.stack.edit(self.stack.policy_path, "stop-timeout: 4s", "stop-timeout: 5s"),
                     "ballast.yaml was changed")
        self.assertIsNone(self.state()["modified_by_hand"])
        patch = f"echo 'SECRET = \"{WORD}\"  # by hand' >> {CODE}; echo x > /tmp/x; mkdir /opt/own; echo x > /opt/own/x"
        self.noticed(lambda: self.by_hand("web", "sh", "-c", patch), f"web: a file is not as in its image: {CODE}")
        self.assertEqual(self.state()["modified_by_hand"]["reason"], f"web: a file is not as in its image: {CODE}")
        told = self.told()
        self.assertEqual(sorted(set(told)), sorted(told))
        self.assertEqual(daemon.end(signal.SIGKILL), -signal.SIGKILL)
        self.shows_each_difference()
        self.watch()
        self.assertEqual(self.titles(), [])
        self.assertNotIn(WORD, json.dumps([request.json() for request in self.sink.taken]))
        self.takes_them_back()

    def edit_env(self, old, new):
        self.stack.edit(self.stack.env_path, old, new)

    def shows_each_difference(self):
        shown = self.drift("--files").stdout
        for line in ("+MORE=***", "+MORE_SECRET=***", "-    restart: unless-stopped", "+    restart: always",
                     "-stop-timeout: 4s", "+stop-timeout: 5s", f"--- a{CODE}", f"+++ b{CODE}"):
            self.assertIn(f"    {line}\n", shown)
        self.assertNotIn(WORD, shown)
        report = self.drift("--json").json()
        self.assertEqual([one["what"] for one in report["differences"]],
                         ["compose-file", "policy", "tag-line", "env", "files"])
        self.assertEqual(report["differences"][-1]["paths"], [{"path": CODE, "change": "changed"}])
        self.assertEqual(report["unknown"], [])
        self.assertNotIn(WORD, json.dumps(report))

    def takes_them_back(self):
        """What is as it was again is no difference; a deploy ends the rest."""
        must(self.stack.deploy(GOOD2))
        self.drift(status=0)
        until(lambda: "RESOLVED Modified By Hand: shop web" in self.titles(), "it is over", seconds=300)


if __name__ == "__main__":
    case.main()
