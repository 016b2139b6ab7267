"""One round over the alerts: what is wrong now, told in three forms, whatever hangs."""

import contextlib
import http.server
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures  # noqa: E402
from support.case import ServerCase, must  # noqa: E402
from support.waiting import until  # noqa: E402

GOOD1, DEAF = fixtures.tag("good1"), fixtures.tag("deaf")
POLICY = """\
verify: {{timeout: {patience}, settle: 0s, probe-deadline: 3s}}
candidate: {{enabled: false}}
alerts:
  disk-full: {{over: {disk}}}
  high-memory: {{over: {memory}}}
{more}"""


class CheckCase(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack()
        cls.policy()
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))

    @classmethod
    def policy(cls, disk="99.9%", memory="3.5GB", more="", patience="60s"):
        cls.stack.set_policy(POLICY.format(disk=disk, memory=memory, more=more, patience=patience))

    def set_policy(self, **settings):
        self.policy(**settings)
        self.addCleanup(self.policy)

    def check(self, status, **options):
        result = self.assert_exit(self.server.run("check", "shop", "--json", timeout=60, **options), status)
        told = result.json()
        self.assertEqual((told["schema"], told["stack"], told["exit"]), ("ballast.check/1", "shop", status))
        return told

    @staticmethod
    def lines(told, state):
        return {(line["alert"], line["subject"]): line for line in told["alerts"] if line["state"] == state}

    @contextlib.contextmanager
    def paused(self, service):
        container = self.stack.container(service)["Id"]
        engine.pause(container)
        try:
            yield
        finally:
            engine.unpause(container)
            self.stack.wait_until_good()


class Check(CheckCase):
    def test_01_a_stack_that_is_well(self):
        told = self.check(0)
        self.assertEqual(self.lines(told, "failing"), {})
        self.assertEqual(self.lines(told, "unknown"), {})
        good = self.lines(told, "ok")
        for line in (("container-down", "web"), ("container-down", "db"), ("db-connection", "db"),
                     ("health-check-fail", "web-health"), ("health-check-fail", "web-login shop"),
                     ("high-memory", "web"), ("operation-interrupted", None), ("modified-by-hand", "web"),
                     ("clock-wrong", "engine"), ("clock-wrong", "database"), ("deploy-failed", None)):
            self.assertIn(line, good)
        self.assertRegex(good["db-connection", "db"]["value"], r"^answers in \d+ ms, \d+ of 100 connections$")
        self.assertEqual(good["db-connection", "db"]["measure"]["limit"], 90)
        self.assertGreater(good["high-memory", "web"]["measure"]["value"], 1_000_000)

    def test_02_for_people_and_for_nagios(self):
        result = self.assert_exit(self.server.run("check", "shop"), 0)
        self.assertTrue(result.stdout.startswith("shop: all is well\n  ALERT "), result)
        self.assertRegex(result.stdout, r"(?m)^  Container Down +ok +web +running, 0 restarts$")
        result = self.assert_exit(self.server.run("check", "shop", "--nagios"), 0)
        self.assertRegex(result.stdout, r"\ABALLAST OK - shop: all is well \|( '[a-z_A-Z0-9]+'=[-0-9.]+(B|s|%)?;[0-9.:]*;"
                                        r"[0-9.:]*)+\n\Z")
        self.assertIn(" 'connections'=", result.stdout)
        self.assertRegex(result.stdout, r" 'memory_web'=\d+B;3500000000;[ \n]")

    def test_03_it_writes_nothing_and_needs_no_lock(self):
        before = self.server.fingerprint("srv", "etc")
        operations = self.server.journal("select id from operation")
        self.check(0)
        self.assertEqual(self.server.fingerprint("srv", "etc"), before)
        self.assertEqual(self.server.journal("select id from operation"), operations)

    def test_04_a_database_that_hangs(self):
        with self.paused("db"):
            told = self.check(9)
            line = self.server.run("check", "shop", "--nagios", timeout=60)
        failing = self.lines(told, "failing")
        self.assertEqual(failing["db-connection", "db"]["value"], "no answer within 3 s")
        self.assertEqual(failing["container-down", "db"]["value"], "paused")
        self.assertIn(("health-check-fail", "web-health"), failing)
        self.assertIn(("health-check-fail", "web-login"), self.lines(told, "unknown"))
        self.assertIn(("container-down", "web"), self.lines(told, "ok"))
        self.assertIn(("high-memory", "web"), self.lines(told, "ok"))
        self.assert_exit(line, 2)
        self.assertRegex(line.stdout, r"\ABALLAST CRITICAL - shop: .*DB Connection db: no answer within 3 s; ")

    def test_05_a_container_that_was_killed(self):
        container = self.stack.container("web")["Id"]
        engine.kill(container)
        until(lambda: not engine.inspect(container)["State"]["Running"], "the container is dead")
        told = self.check(9)
        shown = self.assert_exit(self.server.run("check", "shop"), 9).stdout
        engine.start(container)
        self.stack.wait_until_good()
        failing = self.lines(told, "failing")
        self.assertEqual(set(failing), {("container-down", "web")})
        self.assertEqual(failing["container-down", "web"]["value"], "exited (137)")
        self.assertRegex(failing["container-down", "web"]["since"], r"\+09:00$")
        self.assertEqual(self.lines(told, "unknown")["health-check-fail", "site"]["value"],
                         "the container of web does not run")
        self.assertRegex(shown, r"(?m)^Container Down web: look at `docker logs --tail 50 \S+`; then: docker start \S+$")

    def test_06_limits_of_the_policy(self):
        self.set_policy(disk="1%", memory="1MB")
        failing = self.lines(self.check(9), "failing")
        self.assertEqual({alert for alert, _ in failing}, {"disk-full", "high-memory"})
        self.assertRegex(failing["high-memory", "web"]["value"], r"^[0-9.]+ MB; the limit is 1.0 MB$")
        disk = next(line for (alert, _), line in failing.items() if alert == "disk-full")
        self.assertRegex(disk["value"], r"^\d+ % used, [0-9.]+ .B free; the limit is 1 %$")
        self.assertTrue(disk["hint"].startswith("see what would be freed: ballast prune --dry-run"), disk)

    def test_07_only_warnings_for_nagios(self):
        self.set_policy(memory="1MB")
        result = self.assert_exit(self.server.run("check", "shop", "--nagios"), 1)
        self.assertRegex(result.stdout, r"\ABALLAST WARNING - shop: High Memory (db|web): [0-9.]+ MB; the limit is 1.0 MB")

    def test_08_a_backup_that_was_never_made(self):
        self.set_policy(more="  backup-overdue: {after: 26h}\n")
        failing = self.lines(self.check(9), "failing")
        self.assertEqual({line: told["value"] for line, told in failing.items()},
                         {("backup-overdue", None): "there is no complete set; one is due every 26 h"})

    def test_09_an_engine_that_does_not_answer(self):
        told = self.check(9, environment={"BALLAST_DOCKER_SOCKET": "/nowhere.sock"})
        self.assertEqual(self.lines(told, "failing"), {})
        unknown = self.lines(told, "unknown")
        self.assertEqual(unknown["container-down", None]["value"],
                         "the Docker Engine does not answer at /nowhere.sock: no such socket")
        self.assertEqual(unknown["container-down", None]["hint"], "start it: systemctl start docker")
        self.assertIn(("db-connection", None), unknown)
        self.assertIn(("operation-interrupted", None), self.lines(told, "ok"))

    def test_10_stacks_that_are_not_there(self):
        self.assert_error(self.server.run("check", "shp"), 2,
                          f"error: no stack `shp` in {self.server.path('srv/stacks')}\nhint: did you mean `shop`?\n")
        result = self.assert_exit(self.server.run("check", "shp", "--nagios"), 3)
        self.assertEqual(result.stdout, f"BALLAST UNKNOWN - shp: no stack `shp` in {self.server.path('srv/stacks')}\n")

    def test_11_a_policy_that_is_wrong(self):
        self.set_policy(memory="3.5")
        self.assert_error(
            self.server.run("check", "shop"), 2,
            f"error: {self.stack.policy_path}:5: `alerts.high-memory.over`: \"3.5\" has no unit\n"
            "hint: write it with one of B, kB, MB, GB, TB, KiB, MiB, GiB or TiB, such as 3.5GB\n")

    def test_12_what_a_deploy_causes_is_suppressed(self):
        self.set_policy(patience="25s")
        started = self.server.start("deploy", "shop", DEAF, "--operator", "ann")
        started.wait_for_words(r"^\[ok\] switch ")
        told = self.check(0)
        self.assert_exit(started.finish(), 4)
        self.assertRegex(told["operation"], r"^deploy by ann for ")
        suppressed = self.lines(told, "suppressed")
        self.assertRegex(suppressed["health-check-fail", "web-health"]["because"], r"^deploy by ann for ")
        failing = self.lines(self.check(9), "failing")
        self.assertEqual(set(failing), {("deploy-failed", None)})
        self.assertRegex(failing["deploy-failed", None]["value"], rf"^the deploy of {DEAF} by ann: .*{GOOD1} again$")


@contextlib.contextmanager
def https_server(days):
    """On loopback, with a certificate of its own making."""
    with tempfile.TemporaryDirectory() as folder:
        pem = f"{folder}/server.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", pem, "-out", pem, "-subj",
                        "/CN=shop.example.com", "-days", str(days)], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"https://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()


class Certificates(ServerCase):
    """Nothing has to run for it."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack()

    def certificate(self, url):
        self.stack.set_policy(f"verify: {{probe-deadline: 3s}}\ncertificates: [{url}]\n")
        told = self.server.run("check", "shop", "--json", timeout=60).json()
        found = [line for line in told["alerts"] if line["alert"] == "certificate-expiring"]
        self.assertEqual([line["subject"] for line in found], [url])
        return found[0]["state"], found[0]["value"]

    def test_one_that_lasts(self):
        with https_server(30) as url:
            self.assertEqual(self.certificate(url), ("ok", "expires in 29 days"))

    def test_one_that_expires_soon(self):
        with https_server(10) as url:
            self.assertEqual(self.certificate(url), ("failing", "expires in 9 days"))

    def test_nobody_serves_one(self):
        self.assertEqual(self.certificate("https://127.0.0.1:1"), ("unknown", "nobody answers there"))


if __name__ == "__main__":
    case.main()
