"""The gate: deploys through a real sshd, with a daemon and without; a connection that breaks; what is older."""

import pathlib
import signal
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.gate_case import QUICK, GateCase  # noqa: E402

SLOW = "env: prod\nverify: {timeout: 25s, settle: 4s}\n"
WITH_PAGE = "env: prod\nverify: {timeout: 6s, settle: 0s, urls: [/]}\n"


class Deploys(GateCase):
    def test_1_a_deploy_streams_is_recorded_and_names_its_key(self):
        result = self.call("deploy shop v1 ken")
        self.assertEqual(self.served(), "v1")
        self.assertIn("verify", result.stderr)
        self.assertIn("v1", result.stdout)
        self.assertEqual(self.server.history()[-1][0::2], ("shop", "prod", "ken"))
        kind, operator, request = self.operation()
        self.assertEqual((kind, operator, request["via_key"]), ("deploy", "ken", "ci"))
        record = self.records()[-1]
        self.assertEqual((record["key"], record["fingerprint"], record["address"], record["user"]),
                         ("ci", self.gate.key("ci").fingerprint, "127.0.0.1", "deploy"))
        self.assertEqual((record["verb"], record["tag"], record["operator"], record["verdict"]),
                         ("deploy", "v1", "ken", "allowed"))
        self.assertIn("gate: key ci may deploy shop v1 for ken\n", self.gate.daemon_said())

    def test_2_the_old_forms_mean_the_same(self):
        self.call("v2 ken@example.com")
        self.assertEqual(self.served(), "v2")
        self.assertEqual(self.operation()[1], "ken@example.com")
        self.call("/srv/scripts/deploy.sh shop v1 prod github-actions[bot]")
        self.assertEqual(self.served(), "v1")
        self.assertEqual(self.server.history()[-1][2::2], ("prod", "github-actions[bot]"))
        self.call("/usr/local/bin/deploy_odoo18.sh v2 ken")
        self.assertEqual(self.served(), "v2")

    def test_3_looking(self):
        self.assertIn("shop", self.call("status").stdout)
        self.assertIn("shop v2: good", self.call("verify shop").stdout)
        history = self.call("history").stdout
        self.assertIn("ken@example.com", history)

    def test_4_the_exit_status_comes_through(self):
        self.shop.set_policy(WITH_PAGE)
        self.addCleanup(self.shop.set_policy, QUICK)
        result = self.call("deploy shop v3bad ken", status=4)
        self.assertIn("shop runs v2 again", result.stderr)
        self.assertEqual(self.served(), "v2")
        self.assert_exit(self.gate.ssh("ci", "deploy shop v9 ken"), 3)

    def test_5_what_the_stack_keeps_secret_is_masked(self):
        self.call("deploy shop v2 kept-to-myself")
        history = self.call("history").stdout
        self.assertIn("***", history)
        self.assertNotIn("kept-to-myself", history)

    def test_6_a_dropped_connection_stops_nothing_and_asking_again_shows_it(self):
        self.shop.set_policy(SLOW)
        self.addCleanup(self.shop.set_policy, QUICK)
        before = self.operations()
        first = self.gate.start_ssh("ci", "/srv/scripts/deploy.sh shop v1 prod ken")
        said = first.stdout.readline()
        first.send_signal(signal.SIGKILL)
        first.wait()
        first.stdout.close()
        other = self.call("/srv/scripts/deploy.sh shop v2 prod ken", status=6)
        self.assertIn("error: the gate runs `deploy shop v1 prod` of ken by key ci since ", other.stderr)
        again = self.call("/srv/scripts/deploy.sh shop v1 prod ken")
        self.assertIn(said, again.stdout + again.stderr)
        self.assertEqual(self.served(), "v1")
        self.assertEqual(self.operations(), before + 1)

    def test_7_rollback(self):
        self.call("rollback shop")
        self.assertEqual(self.served(), "v2")
        kind, operator, request = self.operation()
        self.assertEqual((kind, operator, request["via_key"]), ("rollback", "ci", "ci"))


class Older(GateCase):
    def test_an_older_revision_is_refused_but_not_the_way_back(self):
        for tag, year in (("sha-0000001", 2024), ("sha-0000002", 2025), ("sha-0000003", 2026)):
            fixtures.build_image("plain", "v1", f"{self.shop.repository}:{tag}",
                                 f'LABEL org.opencontainers.image.created="{year}-01-01T00:00:00Z"')
        self.call("deploy shop sha-0000002 ken")
        self.call("deploy shop sha-0000003 ken")
        refused = self.call("deploy shop sha-0000002 ken", status=3)
        self.assertIn("error: sha-0000002 is older than what runs on shop: sha-0000002 was built "
                      "2025-01-01T00:00:00Z, sha-0000003 was built 2026-01-01T00:00:00Z; nothing was changed\n",
                      refused.stderr)
        self.assertEqual(self.shop.tag(), "sha-0000003")
        never_good = self.call("sha-0000001 ken", status=3)
        self.assertIn("sha-0000001 is older than what runs on shop", never_good.stderr)
        self.call("sha-0000002 ken")  # an old name, and it was good here
        self.assertEqual(self.shop.tag(), "sha-0000002")
        self.call("deploy shop sha-0000003 ken")
        self.call("rollback shop")
        self.assertEqual(self.shop.tag(), "sha-0000002")

    def test_a_moved_tag_is_refused(self):
        self.shop.offer("v2", "v2")
        self.call("v2 ken")
        self.shop.offer("v2", "v1")
        self.assertIn("moved-tag", self.call("v2 ken", status=3).stderr)


class FilesOfTheImage(GateCase):
    def test_an_image_that_carries_a_privileged_compose_file_is_refused(self):
        self.shop.set_policy("stack-files: from-image\n" + QUICK)
        compose = self.shop.compose_path.read_text().replace("  site:\n", "  site:\n    privileged: true\n")
        fixtures.build_image("plain", "v1", f"{self.shop.repository}:v4", "LABEL tools.ballast.stack=shop",
                             "COPY stack/ /ballast/stack/", files={"docker-compose.yml": compose})
        self.assertIn("files-privileges privileged=site", self.call("deploy shop v4 ken", status=3).stderr)
        self.assertIn("`=` at character", self.call("deploy shop v4 ken --accept privileged=site", status=3).stderr)
        self.assertEqual(self.shop.containers(), [])
        self.assertNotIn("privileged", self.shop.compose_path.read_text())


class WithoutDaemon(GateCase):
    """Through sudo's one line."""

    with_daemon = False

    def test_1_a_deploy(self):
        result = self.call("deploy shop v1 ken")
        self.assertEqual(self.served(), "v1")
        self.assertIn("verify", result.stderr)
        self.assertEqual(self.operation()[2]["via_key"], "ci")
        record = self.records()[-1]
        self.assertEqual((record["fingerprint"], record["address"], record["user"], record["verdict"]),
                         (self.gate.key("ci").fingerprint, "127.0.0.1", "deploy", "allowed"))

    def test_2_a_dropped_connection_stops_nothing_and_asking_again_shows_it(self):
        self.shop.set_policy(SLOW)
        self.addCleanup(self.shop.set_policy, QUICK)
        first = self.gate.start_ssh("ci", "deploy shop v2 ken")
        said = first.stdout.readline()
        first.send_signal(signal.SIGKILL)
        first.wait()
        first.stdout.close()
        again = self.call("deploy shop v2 ken")
        self.assertIn(said, again.stdout + again.stderr)
        self.assertEqual(self.served(), "v2")
        self.assertEqual(self.operations(), 2)

    def test_3_refusals(self):
        self.assert_refused("status blog", "key ci has nothing to do with stack blog", "its stacks: shop")
        self.assert_refused("verify", "key looks may not verify", "it may: status", key="looks")
        self.assert_refused("status", "key elsewhere may not be used from 127.0.0.1",
                            "its entry in /etc/ballast/access.yaml says from where: `from`", key="elsewhere")
        self.assertIn("PTY allocation", self.gate.ssh("ci", "status; id", "-tt").stderr)

    def test_4_without_what_sshd_tells_the_name_counts(self):
        named = {"SSH_ORIGINAL_COMMAND": "verify", "BALLAST_ROOT": "/tmp", "BALLAST_DOCKER_SOCKET": "/tmp/none"}
        done = self.gate.run_as("deploy", "/usr/bin/ballast", "gate", "--key", "ci", **named)
        self.assertEqual(done.status, 0, done)
        record = [one for one in self.records() if one["verb"] == "verify"][-1]
        self.assertEqual((record["key"], record["fingerprint"]), ("ci", ""))
        done = self.gate.run_as("deploy", "/usr/bin/ballast", "gate", "--key", "looks", **named)
        self.assertIn("key looks may not verify", done.stderr)


if __name__ == "__main__":
    case.main()
