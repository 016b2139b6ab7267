"""Old images go after a good deploy, and only those that nobody needs: what runs, what may be returned to, others'."""

import pathlib
import re
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, must  # noqa: E402

NAMES = ("good1", "good2", "volume1", "volume2", "slow", "health500")
SHORT = "candidate: {enabled: false}\nverify: {timeout: 6s, settle: 0s}\n"


class Prune(ServerCase):
    """Two stacks of one repository, whose images are nobody else's on this machine."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=SHORT + "keep-releases: 2\n")
        cls.other = cls.server.stack(name="other", policy=WITHOUT_CANDIDATE, repository=cls.stack.repository)
        for name in NAMES:
            fixtures.build_image("shop", fixtures.tag(name), cls.reference(name))
        must(cls.other.deploy(fixtures.tag("good1")))
        cls.holder = subprocess.run(["docker", "create", cls.reference("volume1")], check=True, capture_output=True,
                                    text=True).stdout.strip()
        cls.addClassCleanup(engine.remove, cls.holder)

    @classmethod
    def reference(cls, name):
        return f"{cls.stack.repository}:{fixtures.tag(name)}"

    def deploy(self, name, status=0):
        return self.assert_exit(self.stack.deploy(fixtures.tag(name)), status)

    def present(self):
        return {name for name in NAMES if engine.image(self.reference(name))}

    def removed(self, result):
        """What it told of each, and of all."""
        found = re.findall(r"removed image \S+:(\S+) \([\d.]+ MB\)", result.stderr)
        return found, re.search(r"(?m)^\[ok\] remove old images: (.*?)(?: \([\d.]+ m?s\))?$", result.stderr).group(1)

    def test_1_with_few_releases_nothing_goes(self):
        for name in ("good1", "volume1"):
            result = self.deploy(name)
            self.assertEqual(self.removed(result), ([], "no old image to remove"))

    def test_2_a_failed_deploy_removes_nothing(self):
        self.deploy("health500", 4)
        self.assertEqual(self.present(), set(NAMES))

    def test_3_the_failed_one_goes_first_and_the_good_ones_that_others_need_stay(self):
        found, summary = self.removed(self.deploy("good2"))
        self.assertEqual(found, [fixtures.tag("health500")])
        self.assertRegex(summary, r"^1 old image removed, at most [\d.]+ MB freed$")
        # keep-releases is 2 by now: good2 and volume1; good1 is what the other stack runs.
        self.assertEqual(self.present(), set(NAMES) - {"health500"})

    def test_4_the_oldest_good_one_goes(self):
        self.assertEqual(self.removed(self.deploy("volume2"))[0], [])  # volume1 has a container, though none that runs
        found, summary = self.removed(self.deploy("volume1"))
        self.assertEqual(found, [fixtures.tag("good2")])
        self.assertRegex(summary, r"^1 old image removed, at most [\d.]+ MB freed$")
        # `slow` was never released: it may have been built ahead.
        self.assertEqual(self.present(), {"good1", "volume1", "volume2", "slow"})

    def test_5_what_is_kept_is_what_a_rollback_returns_to(self):
        self.assert_exit(self.stack.rollback(), 0)
        self.assert_running(self.stack, "volume2")
        self.assertEqual(self.other.version(), fixtures.tag("good1"))


if __name__ == "__main__":
    case.main()
