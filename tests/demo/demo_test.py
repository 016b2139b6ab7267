"""The demo plays to its good end, and leaves nothing of its own behind."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS)]

from support import case, engine, fixtures  # noqa: E402
from support.server import PREFIX  # noqa: E402

GOOD_ONES = {"good1", "good2", "slow", "volume1", "volume2"}


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with subprocess.Popen([sys.executable, TESTS / "demo" / "demo"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as process:
            cls.told, _ = process.communicate(timeout=1200)
        cls.status = process.returncode
        cls.name = f"{PREFIX}-{process.pid}-"

    def test_it_ends_well(self):
        self.assertEqual(self.status, 0, self.told)

    def test_no_request_failed_for_a_bad_release(self):
        for name in set(fixtures.tags()) - GOOD_ONES - fixtures.changes_of_databases() | {"uperror"}:
            self.assertRegex(self.told, rf"(?m)^{fixtures.tag(name)}  .+ (not switched|gate refused)  0 of [1-9]\d*  ")
        self.assertIn("\nA bad release is never switched to: no request failed.\n", self.told)

    def test_a_failed_rehearsal_says_why(self):
        self.assertRegex(self.told, rf"(?m)^{fixtures.tag('uperror')}  .+  shop: it ended with ")

    def test_the_history_is_shown(self):
        statuses = [line.split(" | ")[4] for line in self.told.splitlines() if line.endswith(" | demo")]
        self.assertEqual(statuses[:4], ["deployed", "success"] * 2)
        self.assertEqual(statuses[-6:], ["deployed", "rollback", "failed", "deployed", "success", "success"])

    def test_nothing_of_it_is_left(self):
        self.assertEqual([name for name in engine.projects() if name.startswith(self.name)], [])
        self.assertEqual([name for name in os.listdir(tempfile.gettempdir()) if name.startswith(self.name)], [])
        self.assertEqual(engine.image_references(f"{self.name}*/*"), [])


if __name__ == "__main__":
    case.main()
