"""Back to a release that was good: which one, with its configuration, and what happens when it is not good now."""

import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, either_generation, must  # noqa: E402
from support.server import ONE, TWO  # noqa: E402

GOOD1, GOOD2, NEEDS_COLUMN = fixtures.tag("good1"), fixtures.tag("good2"), fixtures.tag("column")
HINT = "hint: see what there was: ballast history shop\n"


@either_generation(ONE)
class Rollback(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))
        must(cls.stack.deploy(GOOD2))

    def setUp(self):
        if self.stack.version() != GOOD2:
            must(self.stack.deploy(GOOD2))
        self.known = len(self.server.history())

    def assert_history(self, *entries):
        self.assertEqual(self.server.history()[self.known:],
                         [(self.stack.name, tag, "prod", status, "ken") for tag, status in entries])

    def test_the_good_one_before_when_last_good_runs(self):
        database = self.stack.container("db")["Id"]
        result = self.assert_exit(self.stack.rollback(), 0)
        self.assertRegex(result.stdout, rf"^shop runs {GOOD1}, before: {GOOD2} \(.*\)\n")
        self.assert_running(self.stack, "good1")
        self.assert_history((GOOD1, "deployed"), (GOOD1, "rollback"))
        self.assertEqual(self.stack.container("db")["Id"], database)

    def test_last_good_when_something_else_runs(self):
        fixtures.write_env(self.stack.env_path, {fixtures.TAG_VARIABLE: NEEDS_COLUMN})
        self.stack.compose("up", "-d")
        self.assert_exit(self.stack.rollback(), 0)
        self.assert_running(self.stack, "good2")

    def test_to_a_tag(self):
        self.assert_exit(self.stack.rollback("--to", GOOD1), 0)
        self.assert_running(self.stack, "good1")

    def test_to_a_tag_that_was_never_good(self):
        before = self.server.fingerprint()
        self.assert_error(self.stack.rollback("--to", NEEDS_COLUMN), 3,
                          f"error: {NEEDS_COLUMN} was never a good release of shop; nothing was changed\n{HINT}")
        self.assertEqual(self.server.fingerprint(), before)

    def test_nothing_to_return_to(self):
        stack = self.server.stack(name="fresh", policy=WITHOUT_CANDIDATE)
        self.assert_error(stack.rollback(), 3,
                          "error: fresh has no good release to return to; nothing was changed\n"
                          "hint: deploy one: ballast deploy fresh TAG\n")
        must(stack.deploy(GOOD1))
        self.assert_error(stack.rollback(), 3,
                          f"error: fresh has no good release before {GOOD1}; nothing was changed\n"
                          "hint: see what there was: ballast history fresh\n")

    def test_the_configuration_comes_back_and_the_difference_is_shown(self):
        old = {path: path.read_text() for path in (self.stack.env_path, self.stack.policy_path)}
        fixtures.write_env(self.stack.env_path, {"FAREWELL": "bye", "API_TOKEN": "very-secret-token"})
        self.stack.set_policy(old[self.stack.policy_path] + "keep-releases: 5\n")
        must(self.stack.deploy(GOOD1))
        result = self.assert_exit(self.stack.rollback("--to", GOOD2), 0)
        for path, text in old.items():
            self.assertEqual(path.read_text(), text)
        for line in ("--- .env", "-FAREWELL=bye", "-API_TOKEN=***", "--- ballast.yaml", "-keep-releases: 5"):
            self.assertIn(line, result.stderr)
        self.assertNotIn("very-secret-token", result.stdout + result.stderr)

    def test_keep_config_changes_the_tag_alone(self):
        must(self.stack.deploy(GOOD1))
        must(self.stack.deploy(GOOD2))
        text = self.stack.env_path.read_text() + "GREETING=hello\n"
        self.stack.env_path.write_text(text)
        self.assert_exit(self.stack.rollback("--keep-config"), 0)
        self.assertEqual(self.stack.env_path.read_text(), text.replace(GOOD2, GOOD1))
        self.assert_running(self.stack, "good1")

    def test_dry_run_changes_nothing(self):
        before = self.server.fingerprint("srv", "var")
        result = self.assert_exit(self.stack.rollback("--dry-run"), 0)
        self.assertIn(f"switch web to {GOOD1}", result.stdout)
        self.assertEqual(self.server.fingerprint("srv", "var"), before)

    def test_what_would_refuse_a_deploy_is_only_a_warning(self):
        text = self.stack.policy_path.read_text()
        self.stack.set_policy(text + "gates: {disk: 1%, memory-available: 4000GB}\n")
        self.stack.compose_path.chmod(0o664)
        self.addCleanup(self.stack.compose_path.chmod, 0o644)
        self.addCleanup(self.stack.set_policy, text)
        dry = self.assert_exit(self.stack.rollback("--dry-run"), 0)
        self.assertRegex(dry.stdout, r"\ngates, which warn and do not refuse\n  fail  disk-space ")
        result = self.assert_exit(self.stack.rollback("--keep-config"), 0)
        for words in (r"disk-space \S+ and /var/lib/docker: \d+ % used, [\d.]+ \w+ free; the limit is 1 %",
                      r"memory: [\d.]+ \w+ available; the limit is 4\.0 TB",
                      rf"stack-files {self.stack.compose_path}: writable by group or others \(mode 0664\)"):
            self.assertRegex(result.stderr, rf"(?m)^ *warning: {words}$")
        self.assertRegex(result.stderr, r"(?m)^\[ok\] look at the host: it may warn, not refuse: 3 warnings")
        self.assert_running(self.stack, "good1")

    def test_an_image_that_is_gone_and_no_registry_knows(self):
        must(self.stack.deploy(GOOD1))
        must(self.stack.deploy(GOOD2))
        # The other names of the image keep it on this machine: a release is forgotten only with its id.
        image = self.stack.image_id(GOOD1)
        self.server.journal_write("update release set image_id = 'sha256:' || printf('%064d', 0) where image_id = ?", image)
        self.addCleanup(self.server.journal_write,
                        "update release set image_id = ? where image_id = 'sha256:' || printf('%064d', 0)", image)
        self.assert_error(self.stack.rollback(), 3,
                          f"error: the image of {GOOD1} is gone, and no registry is known for it\n"
                          f"hint: build or load {self.stack.repository}:{GOOD1} again, or choose another: "
                          "ballast history shop\n")


@either_generation(TWO)
class TargetIsNotGoodNow(ServerCase):
    """A release that was good while the database had its column."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy="candidate: {enabled: false}\nverify: {timeout: 8s, settle: 0s}\n")
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))
        fixtures.add_missing_column(cls.stack)
        must(cls.stack.deploy(NEEDS_COLUMN))
        must(cls.stack.deploy(GOOD2))
        fixtures.drop_missing_column(cls.stack)

    def test_what_ran_before_comes_back_and_a_person_is_told(self):
        known = len(self.server.history())
        image = self.stack.container("web")["Image"]
        result = self.assert_exit(self.stack.rollback("--image-only"), 5)
        first, *_, last = result.error.splitlines()
        self.assertEqual(first, f"error: release {NEEDS_COLUMN} of shop does not verify at published port "
                                f"127.0.0.1:{self.stack.port}: not good within 8 s; shop runs {GOOD2} again")
        self.assertEqual(last, "hint: choose another release: ballast history shop; ballast rollback shop --to TAG")
        self.assertEqual(self.server.history()[known:], [("shop", NEEDS_COLUMN, "prod", "deployed", "ken"),
                                                         ("shop", NEEDS_COLUMN, "prod", "failed", "ken"),
                                                         ("shop", GOOD2, "prod", "rollback", "ken")])
        self.assert_running(self.stack, "good2")
        self.assertEqual(self.stack.container("web")["Image"], image)


if __name__ == "__main__":
    case.main()
