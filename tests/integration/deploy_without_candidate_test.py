"""Without a candidate a broken release does take traffic: the undo brings back the very image that ran."""

import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import ServerCase, either_generation, must  # noqa: E402
from support.server import ONE, TWO  # noqa: E402

POLICY = """\
candidate: {enabled: false}
verify: {timeout: 8s, settle: 1s}
"""
GOOD = fixtures.tag("good1")


@either_generation(ONE)
class BrokenUnderTraffic(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=POLICY)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD))

    def setUp(self):
        self.image = self.stack.container("web")["Image"]
        self.known = len(self.server.history())

    def assert_undone(self, name, statuses):
        tag = fixtures.tag(name)
        self.assertEqual(self.server.history()[self.known:],
                         [(self.stack.name, tag, "prod", status, "ken") for status in statuses]
                         + [(self.stack.name, GOOD, "prod", "rollback", "ken")])
        self.assert_running(self.stack, "good1")
        self.assertEqual(self.stack.container("web")["Image"], self.image)

    def test_healthy_but_no_login(self):
        tag = fixtures.tag("column")
        result = self.assert_exit(self.stack.deploy(tag), 4)
        first, *rest = result.error.splitlines()
        self.assertEqual(first, f"error: release {tag} of shop does not verify at published port "
                                f"127.0.0.1:{self.stack.port}: not good within 8 s; shop runs {GOOD} again")
        self.assertTrue(any(line.startswith("  web-login shop: 500 in ") for line in rest), result)
        self.assertEqual(rest[-1], "hint: mend the release, give it a new tag, deploy again")
        self.assert_undone("column", ["deployed", "failed"])

    def test_compose_cannot_start_it(self):
        result = self.assert_exit(self.stack.deploy(fixtures.tag("noexec")), 4)
        first, *_, last = result.error.splitlines()
        program = self.server.generation.program
        self.assertEqual(first, f"error: starting web failed: {program} ended with exit status 1; shop runs {GOOD} again")
        self.assertIn("/entrypoint.sh", result.error)
        self.assertEqual(last, f"hint: its last words are above; try it by hand in {self.stack.directory}")
        self.assert_undone("noexec", ["failed"])

    def test_the_image_comes_back_though_its_tag_was_moved_meanwhile(self):
        self.stack.offer(GOOD, fixtures.tag("good2"))
        self.addCleanup(self.stack.offer, GOOD)
        self.assert_exit(self.stack.deploy(fixtures.tag("dies")), 4)
        self.assert_undone("dies", ["deployed", "failed"])
        self.assertEqual(self.stack.image_id(GOOD), self.image)


@either_generation(TWO)
class BrokenFirstRelease(ServerCase):
    def test_nothing_ran_before_so_nothing_of_it_stays(self):
        stack = self.server.stack(policy=POLICY)
        tag = fixtures.tag("health500")
        stack.offer(tag)
        result = self.assert_exit(stack.deploy(tag), 4)
        self.assertIn("nothing ran before; its service was removed again", result.error.splitlines()[0])
        self.assertEqual(self.server.history(), [(stack.name, tag, "prod", "deployed", "ken"),
                                                 (stack.name, tag, "prod", "failed", "ken")])
        self.assertEqual(stack.containers("web"), [])
        self.assertIsNone(self.server.last_good(stack.name))
        self.assertEqual(self.server.unfinished(), [])


if __name__ == "__main__":
    case.main()
