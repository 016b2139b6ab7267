"""Care: what was changed by hand is adopted, what was interrupted is mended, and a policy is written."""

import pathlib
import signal
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, must  # noqa: E402

GOOD1, GOOD2, DEAF = fixtures.tag("good1"), fixtures.tag("good2"), fixtures.tag("deaf")


class Adopt(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))

    def change_by_hand(self, tag):
        fixtures.write_env(self.stack.env_path, {fixtures.TAG_VARIABLE: tag})
        self.stack.compose("up", "-d")

    def adopt(self, *options):
        return self.server.run("adopt", "shop", "--operator", "ken", *options)

    def test_1_a_change_by_hand_shows_and_is_recorded_with_its_author(self):
        self.change_by_hand(GOOD2)
        self.stack.wait_until_good()
        told = self.assert_exit(self.server.run("status", "shop", "--json"), 9).json()["stacks"][0]
        self.assertEqual(told["troubles"], [f"{GOOD2} runs, but last good is {GOOD1}: if it was changed by hand, "
                                            "ballast adopt shop"])
        container = self.stack.container("web")["Id"]
        result = self.assert_exit(self.adopt("--author", "mia"), 0)
        self.assertRegex(result.stdout, rf"^shop adopted: {GOOD2} \(.*\)\n$")
        self.assertEqual(self.server.history()[-1], ("shop", GOOD2, "prod", "success", "mia"))
        self.assert_running(self.stack, "good2")
        self.assertEqual(self.stack.container("web")["Id"], container, "it was only to be looked at")
        self.assert_exit(self.server.run("status", "shop"), 0)

    def test_2_the_tag_line_and_what_runs_must_agree(self):
        fixtures.write_env(self.stack.env_path, {fixtures.TAG_VARIABLE: GOOD1})
        self.addCleanup(fixtures.write_env, self.stack.env_path, {fixtures.TAG_VARIABLE: GOOD2})
        self.assert_error(self.adopt(), 3,
                          f"error: shop runs {self.stack.repository}:{GOOD2}, but .env says {fixtures.TAG_VARIABLE}={GOOD1}\n"
                          f"hint: make them agree first: correct {self.stack.env_path}, or bring the stack up\n")

    def test_3_what_does_not_verify_is_not_adopted(self):
        self.stack.set_policy("candidate: {enabled: false}\nverify: {timeout: 4s, settle: 0s}\n")
        known = self.server.history_text()
        self.change_by_hand(DEAF)
        result = self.assert_exit(self.adopt(), 8)
        self.assertIn(f"release {DEAF} of shop does not verify at ", result.error.splitlines()[0])
        self.assertEqual(self.server.history_text(), known)
        self.assertEqual(self.server.last_good("shop"), GOOD2 + "\n")
        self.assertEqual(self.stack.tag(), DEAF)


class Recover(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy="candidate: {enabled: false}\nverify: {timeout: 60s, settle: 0s}\n")
        cls.stack.offer_all()

    def test_1_nothing_was_interrupted(self):
        result = self.assert_exit(self.server.run("recover"), 0)
        self.assertEqual(result.stdout, "nothing was interrupted\n")
        must(self.stack.deploy(GOOD1))
        self.assertEqual(self.assert_exit(self.server.run("recover", "shop"), 0).stdout, "nothing was interrupted\n")

    def test_2_undone_when_the_release_was_not_yet_good(self):
        operation = self.kill_after_switch(DEAF)
        told = self.assert_exit(self.server.run("recover", "--json"), 0).json()["operations"]
        self.assertEqual([(one["operation"], one["kind"], one["stack"], one["outcome"]) for one in told],
                         [(operation, "deploy", "shop", "undone")])
        self.assert_running(self.stack, "good1")
        self.assertEqual([entry[1::2] for entry in self.server.history()[2:]],
                         [(DEAF, "deployed"), (DEAF, "failed"), (GOOD1, "rollback")])

    def test_3_history_that_fell_behind_is_completed(self):
        text = self.server.history_text()
        for cut in (text[:-1], text[:-7], text[:text.rstrip().rfind("\n") + 1], ""):
            with self.subTest(kept=len(cut)):
                self.server.history_path.write_text(cut)
                folder = self.server.path("srv/deployments/last_good_sha")
                folder.joinpath("shop").write_text("sha-0000000\n")
                folder.joinpath(".shop.ballast-zzj2mq").write_text("sha-")
                self.assert_exit(self.server.run("recover"), 0)
                self.assertEqual([path.name for path in folder.iterdir()], ["shop"])
                self.assertEqual(self.server.history_text(), text)
                self.assertEqual(self.server.last_good("shop"), GOOD1 + "\n")

    def test_4_what_an_image_was_looked_at_in_is_removed(self):
        operation = self.kill_after_switch(DEAF)
        label = f"{engine.CANDIDATE}={operation}"
        made = subprocess.run(["docker", "create", "--label", label, f"{self.stack.repository}:{DEAF}"], check=True,
                              capture_output=True, text=True)
        self.addCleanup(engine.remove, made.stdout.strip())
        self.assert_exit(self.server.run("recover"), 0)
        self.assertEqual([one["Name"] for one in engine.containers(label)], [])
        self.assert_running(self.stack, "good1")

    def test_5_an_operation_of_a_kind_that_is_not_known_is_left_to_who_knows_it(self):
        operation = self.kill_after_switch(DEAF)
        self.server.journal_write("update operation set kind = 'migrate' where id = ?", operation)
        text = ("error: an operation `migrate` is not known to this version of ballast\n"
                "hint: use the version that began it\n")
        self.assert_error(self.server.run("recover"), 1, text)
        self.assert_error(self.stack.deploy(GOOD1), 1, text)
        self.server.journal_write("update operation set kind = 'deploy' where id = ?", operation)
        self.assert_exit(self.server.run("recover"), 0)
        self.assert_running(self.stack, "good1")

    def test_6_what_an_older_version_had_begun_is_undone_and_not_continued(self):
        """Even at its commit, which the same version would have finished."""
        for version, outcome, name in ((None, "finished", "good2"), ("0.0.1", "undone", "good1")):
            with self.subTest(version=version):
                must(self.stack.deploy(GOOD1))
                operation = self.kill_after_switch(GOOD2)
                self.stack.wait_until_good()
                self.reach_commit(operation)
                if version:
                    self.server.journal_write("update operation set ballast_version = ? where state = 'running'", version)
                told, = self.assert_exit(self.server.run("recover", "--json"), 0).json()["operations"]
                self.assertEqual(told["outcome"], outcome)
                self.assert_running(self.stack, name)

    def reach_commit(self, operation):
        """As if it had been killed a little later: verified, and about to commit."""
        for name, state in (("verify", "done"), ("commit", "intended")):
            self.server.journal_write(
                "insert or replace into step select id, (select key from json_each(plan, '$.steps') where "
                "json_extract(value, '$.name') = ?1), ?1, ?2, '{}', started from operation where id = ?3",
                name, state, operation)

    def kill_after_switch(self, tag):
        started = self.server.start("deploy", "shop", tag, "--operator", "ken")
        started.wait_for_words(rf"^\[ok\] switch web to {tag}")
        started.signal(signal.SIGKILL)
        started.finish()
        operation, = self.server.unfinished()
        return operation["id"]


class Init(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack()

    def policy(self):
        return self.assert_exit(self.server.run("config", "show", "shop", "--json"), 0).json()["policy"]

    def test_it_writes_what_holds_anyway(self):
        self.stack.policy_path.unlink(missing_ok=True)
        before = self.policy()
        self.assertEqual((before["preset"], before["service"]), ("odoo", "web"))
        dry = self.assert_exit(self.server.run("init", "shop", "--dry-run"), 0)
        self.assertFalse(self.stack.policy_path.exists())
        result = self.assert_exit(self.server.run("init", "shop"), 0)
        self.assertEqual(result.stdout, f"wrote {self.stack.policy_path}\n"
                                        "its values are those that held without it: change what should differ\n")
        self.assertEqual(self.stack.policy_path.read_text(), dry.stdout)
        self.assertEqual(self.policy(), before)
        self.assertEqual(self.assert_exit(self.server.run("config", "validate", "shop"), 0).stdout.splitlines()[0],
                         "shop: valid")
        self.assert_error(self.server.run("init", "shop"), 3,
                          f"error: {self.stack.policy_path} is there already; nothing was changed\n"
                          "hint: check it with: ballast config validate shop\n")


if __name__ == "__main__":
    case.main()
