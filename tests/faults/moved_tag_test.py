"""A tag that moves while a deploy is under way: what runs was checked, and once mended the tag means it again."""

import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from faults.points import CALLS, read_calls  # noqa: E402
from support import case, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, must  # noqa: E402
from support.registry import Registry  # noqa: E402
from support.server import Generation  # noqa: E402

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")


class MovedTag(ServerCase):
    @classmethod
    def prepare(cls):
        cls.registry = Registry(cls.server.path("registry"))
        cls.addClassCleanup(cls.registry.stop)
        cls.registry.publish(GOOD1)
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE, repository=cls.registry.repository)
        must(cls.stack.deploy(GOOD1))
        cls.trace = cls.server.path("trace")

    def deploy(self, *options):
        prefix = ["strace", "-qq", "-o", str(self.trace), "-e", f"trace={CALLS}", "-e", "signal=none", *options]
        return self.stack.deploy(GOOD1, prefix=prefix)

    def points_after_the_pull(self):
        must(self.deploy("-s", "200", "-y"), 3)
        calls = read_calls(self.trace, str(self.server.root))
        lines = [call.line for call in calls]
        asked = next(number for number, line in enumerate(lines) if "POST /images/create" in line)
        told = next(number for number, line in enumerate(lines) if "[ok] get the image" in line)
        after = calls[asked + 1:told]
        # Named by calls that are as many each time: how many pages of the journal a record takes differs.
        looks = next(call for call in after if call.name == "sendto")
        return [looks, *(call for call in after if call.durable)]

    def test_the_tag_is_given_back(self):
        image = self.stack.image_id(GOOD1)
        self.registry.publish(GOOD1)
        points = self.points_after_the_pull()
        self.assertGreater(len(points), 1)
        for point in points:
            with self.subTest(str(point)):
                self.registry.publish(GOOD1)
                self.assertLess(self.deploy(*point.injection()).status, 0)
                self.assertNotEqual(self.stack.image_id(GOOD1), image, "it was killed before the tag had moved")
                self.assert_exit(self.server.run("recover"), 0)
                self.assertEqual(self.stack.image_id(GOOD1), image)


# Somebody builds the tag anew while Compose is on its way.
REBUILDING = """\
#!/bin/sh
case " $* " in *" up "*) mv "{folder}/rebuild" "{folder}/rebuilt" 2>/dev/null && docker tag {other} {wanted} ;; esac
exec {real} "$@"
"""


class RebuiltMeanwhile(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))

    def test_what_was_not_checked_does_not_stay(self):
        other = self.stack.image_id(fixtures.tag("column"))
        self.addCleanup(self.stack.offer, GOOD2)
        program = self.server.path("compose")
        program.write_text(REBUILDING.format(folder=self.server.root, other=other, real=self.generation.program,
                                             wanted=f"{self.stack.repository}:{GOOD2}"))
        program.chmod(0o755)
        self.server.path("rebuild").touch()
        checked = self.stack.image_id(GOOD2)
        result = self.stack.deploy(GOOD2, environment=Generation(self.generation.number, str(program)).environment())
        self.assert_exit(result, 4)
        self.assertEqual(result.error.splitlines()[0],
                         f"error: {GOOD2} of shop came up with another image ({other[:19]}) than the one that was checked "
                         f"({checked[:19]}): the tag moved meanwhile; shop runs {GOOD1} again")
        self.assertEqual(result.error.splitlines()[-1], "hint: deploy again; a tag is built once: give each build its own")
        self.assert_running(self.stack, "good1")


if __name__ == "__main__":
    case.main()
