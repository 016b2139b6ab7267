"""A rollback to a release whose files had other names and another tag line, and cut off between any two of them."""

import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from faults.points import CALLS, read_calls  # noqa: E402
from support import case, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, must  # noqa: E402

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")
OVERRIDE = "services:\n  web:\n    environment:\n      SHOP_NOTE: override\n"


class Renamed(ServerCase):
    """good1 ran from docker-compose.yml with SHOP_TAG and an override; good2 from compose.yaml with WEB_TAG."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE)
        cls.stack.offer_all()
        cls.override = cls.stack.directory / "docker-compose.override.yml"
        cls.other = cls.stack.directory / "compose.yaml"
        cls.override.write_text(OVERRIDE)
        must(cls.stack.deploy(GOOD1))
        cls.before = cls.files()
        cls.override.unlink()
        cls.stack.compose_path.rename(cls.other)
        for path in (cls.other, cls.stack.env_path):
            path.write_text(path.read_text().replace(fixtures.TAG_VARIABLE, "WEB_TAG"))
        must(cls.stack.deploy(GOOD2))
        cls.after = cls.files()

    @classmethod
    def files(cls):
        return {path.name: path.read_text() for path in cls.stack.directory.iterdir()}

    def strace(self, *options):
        return ["strace", "-qq", "-o", str(self.server.path("trace")), "-e", f"trace={CALLS}", "-e", "signal=none", *options]

    def assert_before(self):
        self.assert_stands(self.before, "SHOP_TAG", GOOD1)
        self.assertIn("SHOP_NOTE=override", self.stack.container("web")["Config"]["Env"])

    def assert_after(self):
        self.assert_stands(self.after, "WEB_TAG", GOOD2)

    def assert_stands(self, files, variable, tag):
        self.assertEqual(self.files(), files)
        self.assertEqual(fixtures.read_env(self.stack.env_path)[variable], tag)
        self.assertEqual(self.stack.version(), tag)
        self.assert_nothing_left(self.stack)
        self.assertEqual(self.server.unfinished(), [])

    def points(self):
        """Where a whole rollback changes a file of the stack; what that did is taken back."""
        result = self.server.run("rollback", self.stack.name, "--operator", "ken", prefix=self.strace("-y"))
        self.assert_exit(result, 0)
        self.assert_before()
        calls = read_calls(self.server.path("trace"), str(self.server.root))
        self.assert_exit(self.stack.rollback("--to", GOOD2), 0)
        self.assert_after()
        return [call for call in calls if str(self.stack.directory) in call.line and call.name in ("renameat", "unlinkat")]

    def test_the_files_come_back_under_their_names_wherever_it_is_cut_off(self):
        points = self.points()
        self.assertGreaterEqual(len(points), 4, points)
        for point in points:
            with self.subTest(str(point)):
                killed = self.server.run("rollback", self.stack.name, "--operator", "ken",
                                         prefix=self.strace(*point.injection()))
                self.assertLess(killed.status, 0, killed)
                self.assert_exit(self.server.run("recover"), 0)
                self.assert_after()

    def test_the_next_operation_mends_it_too(self):
        middle = self.points()[2]
        killed = self.server.run("rollback", self.stack.name, "--operator", "ken", prefix=self.strace(*middle.injection()))
        self.assertLess(killed.status, 0, killed)
        self.assertNotEqual(self.files(), self.after)
        self.assert_exit(self.stack.deploy(GOOD2), 0)
        self.assert_after()


if __name__ == "__main__":
    case.main()
