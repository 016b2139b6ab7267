"""The daemon: who is paged for what, once, and with the way out in the message."""

import contextlib
import datetime
import json
import pathlib
import signal
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures, sinks  # noqa: E402
from support.backups import query  # noqa: E402
from support.case import ServerCase, must  # noqa: E402
from support.daemon import Daemon, EngineLine  # noqa: E402
from support.waiting import until  # noqa: E402

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")
POLICY = """\
verify: {{timeout: 60s, settle: 0s, probe-deadline: 3s}}
candidate: {{enabled: false}}
stop-timeout: 4s
backup: {{before-deploy: off{backup}}}
alerts:
  db-connection: {{for: 1m}}
  disk-full: {{over: 99.9%}}
  modified-by-hand: {{enabled: false}}
  health-check-fail: {{for: {patience}}}
  backup-overdue: {{enabled: false}}
  drill-overdue: {{enabled: false}}
  not-ready-to-roll-back: {{enabled: false}}
"""


def policy(backup="", patience="3m"):
    return POLICY.format(backup=backup, patience=patience)


class WatchCase(ServerCase):
    @classmethod
    def prepare(cls):
        cls.sink = sinks.HttpSink()
        cls.addClassCleanup(cls.sink.close)
        cls.server.path("etc/ballast").mkdir(parents=True)
        cls.secret("slack-url", cls.sink.url("/services/T0/B0/geheimnis"))
        cls.settings()
        cls.stack = cls.server.stack(policy=policy())
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))

    @classmethod
    def secret(cls, name, text):
        path = cls.server.path("etc/ballast", name)
        path.write_text(text + "\n")
        path.chmod(0o600)

    @classmethod
    def settings(cls, ping="x-ping: none"):
        cls.server.path("etc/ballast/ballast.yaml").write_text(
            "watch: {interval: 4s}\nmetrics: {listen: off}\nnotify:\n"
            f"  slack: {{url-file: /etc/ballast/slack-url, severity: [page, warn, info]}}\n  {ping}\n")

    def setUp(self):
        self.stack.wait_until_good()
        self.sink.taken.clear()

    def watch(self, knows_before=False, **environment):
        if not knows_before:
            self.server.path("var/lib/ballast/alarms.json").unlink(missing_ok=True)
        daemon = Daemon(self.server, **environment)
        self.addCleanup(daemon.end)
        return daemon

    def told(self):
        return [request.json()["text"].rpartition(" (")[0] for request in self.sink.taken]

    def wait_told(self, *texts):
        """All of these and nothing else, in this order."""
        until(lambda: len(self.sink.taken) >= len(texts), f"{texts} told; so far {self.told()}")
        self.assertEqual(self.told(), list(texts))
        self.sink.taken.clear()

    def blocks(self, index=0):
        blocks = self.sink.taken[index].json()["blocks"]
        return "\n".join(block["text"]["text"] for block in blocks if "text" in block)

    @contextlib.contextmanager
    def dead(self, service="web"):
        container = self.stack.container(service)["Id"]
        engine.kill(container)
        try:
            yield
        finally:
            engine.start(container)
            self.stack.wait_until_good()


class Watch(WatchCase):
    def test_01_a_container_that_dies(self):
        daemon = self.watch()
        with self.dead():
            self.sink.wait_for(1)
            text = self.blocks()
            self.wait_told("FIRING Container Down: shop web")
        self.wait_told("RESOLVED Container Down: shop web")
        self.assertRegex(text, r"exited \(137\)")
        self.assertIn("To do: ", text)
        self.assertRegex(text, rf"Last change: {GOOD1} by ken .* ago; back: ballast rollback shop")
        self.assertEqual(daemon.end(), 0)
        self.assertNotIn("geheimnis", "".join(daemon.said))

    def test_02_a_new_daemon_tells_nothing_twice(self):
        daemon = self.watch()
        with self.dead():
            self.wait_told("FIRING Container Down: shop web")
            self.wait_taken()
            daemon.end(signal.SIGKILL)
            daemon = self.watch(knows_before=True)
            self.wait_seen()
            self.assertEqual(self.told(), [])
            self.assertEqual(daemon.end(), 0)
        self.watch(knows_before=True)
        self.wait_told("RESOLVED Container Down: shop web")

    def wait_taken(self):
        """That the channel took it is written down: a kill before that repeats it."""
        waiting = self.server.path("var/lib/ballast/notify/slack/waiting")
        until(lambda: not list(waiting.iterdir()), "nothing waits to be sent")

    def wait_seen(self):
        """It has looked at everything since it began: the control socket says so."""
        def seen():
            told = self.server.run("status", "shop", "--json").json()
            return told["watched"] and [alert["alert"] for alert in told["stacks"][0]["alerts"] or []] == ["container-down"]
        until(seen, "the daemon tells what fires")

    def test_03_a_database_that_hangs_explains_its_site(self):
        self.watch()
        container = self.stack.container("db")["Id"]
        engine.pause(container)
        try:
            self.sink.wait_for(1)
            self.assertEqual(self.told()[0], "FIRING Container Down: shop db")
            self.assertIn("paused", self.blocks())
        finally:
            engine.unpause(container)
        until(lambda: "RESOLVED Container Down: shop db" in self.told(), f"it is over: {self.told()}")
        self.assertEqual([text for text in self.told() if "Health" in text or "Connection" in text], [])

    def test_04_a_login_page_that_fails(self):
        self.stack.set_policy(policy(patience="0s"))
        self.addCleanup(self.stack.set_policy, policy())
        self.watch()
        query(self.stack, "alter table res_users rename colour to theme", "shop")
        try:
            self.sink.wait_for(1)
            self.assertIn("500", self.blocks())
            self.wait_told("FIRING Health Check Fail: shop web-login shop")
        finally:
            query(self.stack, "alter table res_users rename theme to colour", "shop")
        self.wait_told("RESOLVED Health Check Fail: shop web-login shop")

    def test_05_what_a_deploy_causes_is_not_told(self):
        daemon = self.watch()
        for tag in (GOOD2, GOOD1):
            must(self.stack.deploy(tag))
        with self.dead():
            self.wait_told("FIRING Container Down: shop web")
        self.wait_told("RESOLVED Container Down: shop web")
        self.assertEqual(daemon.end(), 0)

    def test_06_one_of_two_ends_at_once(self):
        daemon = self.watch()
        result = self.server.run("watch")
        self.assert_exit(result, 6)
        self.assertRegex(result.error, rf"\Aerror: this server is watched already, by process {daemon.process.pid} since ")
        self.assertEqual(daemon.end(), 0)

    def test_07_the_schedule_is_kept_and_pinged(self):
        """A job that is due since a minute: the daemon starts it, as a command of its own."""
        pings = sinks.HttpSink()
        self.addCleanup(pings.close)
        self.settings(ping="ping: {url-file: /etc/ballast/ping-url}")
        self.addCleanup(self.settings)
        self.secret("ping-url", pings.url("/geheim"))
        now = time.time()
        minute = datetime.datetime.fromtimestamp(now - 420, datetime.timezone.utc).strftime("%H:%M UTC")
        self.stack.set_policy(policy(backup=f', daily: "{minute}"'))
        self.addCleanup(self.stack.set_policy, policy())
        must(self.server.run("schedule", "run"))
        notes = self.server.path("var/lib/ballast/schedule.json")
        known = json.loads(notes.read_text())
        for note in known["jobs"].values():  # it was in the policy since yesterday
            note["since"] = "2020-01-01T00:00:00Z"
        notes.write_text(json.dumps(known))
        daemon = self.watch()
        until(lambda: len(self.sets()) == 1, "a set is made")
        until(lambda: [request.path.partition("?")[0] for request in pings.taken if "daily" in request.path] ==
              ["/geheim/shop-backup-daily/start", "/geheim/shop-backup-daily"], f"both pings: {pings.taken}")
        self.assertIn("/geheim/watch?create=1", [request.path for request in pings.taken])
        self.assertEqual(daemon.end(), 0)
        self.assertEqual(self.sets()[0]["kind"], "daily")
        self.assertNotIn("geheim", "".join(daemon.said))

    def sets(self):
        return must(self.server.run("backup", "list", "shop", "--json")).json()["sets"]

    def test_08_who_is_silenced_is_not_told_until_it_is_over(self):
        self.watch()
        told = must(self.server.run("silence", "shop", "container-down", "--for", "1h", "--reason", "we know", "--json"))
        name = told.json()["silences"][0]["id"]
        with self.dead():
            self.wait_known("container-down")
            self.assertEqual(self.told(), [])
            shown, = must(self.server.run("status", "shop", "--json"), 9).json()["stacks"][0]["silences"]
            self.assertEqual((shown["id"], shown["reason"]), (name, "we know"))
            must(self.server.run("silence", "--end", name))
            self.wait_told("FIRING Container Down: shop web")
        self.wait_told("RESOLVED Container Down: shop web")

    def wait_known(self, rule):
        until(lambda: rule in self.server.path("var/lib/ballast/alarms.json").read_text(), f"{rule} is known")


class EngineTrouble(WatchCase):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.line = EngineLine()
        cls.addClassCleanup(cls.line.close)

    def test_1_events_that_are_cut_off(self):
        self.watch(BALLAST_DOCKER_SOCKET=self.line.path)
        self.line.break_off()
        with self.dead():
            self.wait_told("FIRING Container Down: shop web")
        self.wait_told("RESOLVED Container Down: shop web")

    def test_3_events_faster_than_the_daemon(self):
        """However often it comes and goes: in the end it is as it is."""
        self.watch(BALLAST_DOCKER_SOCKET=self.line.path)
        container, name = self.stack.container("web")["Id"], self.stack.container("web")["Name"].lstrip("/")
        for number in range(100):
            engine.rename(container, f"{name}_{number}")
        engine.rename(container, name)
        engine.pause(container)
        try:
            until(lambda: "FIRING Container Down: shop web" in self.told(), f"it is told: {self.told()}")
        finally:
            engine.unpause(container)
        until(lambda: self.told()[-1:] == ["RESOLVED Container Down: shop web"], f"it is over: {self.told()}")
        self.assertEqual(self.told(), ["FIRING Container Down: shop web", "RESOLVED Container Down: shop web"])

    def test_2_an_engine_that_is_gone_is_one_message(self):
        self.watch(BALLAST_DOCKER_SOCKET=self.line.path)
        self.line.cut()
        self.wait_told("FIRING Engine Down")
        self.line.mend()
        self.wait_told("RESOLVED Engine Down")


if __name__ == "__main__":
    case.main()
