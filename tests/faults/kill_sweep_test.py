"""`kill -9` anywhere in deploy and rollback, then `recover`: nothing may disagree, nothing may be left."""

import os
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from faults.sweep import Tally, sweep  # noqa: E402
from support import case  # noqa: E402

LONG = os.environ.get("BALLAST_LONG") == "1"
EVERY_POINT = {"deploy": 0, "rollback": 0}
SAMPLE = {"deploy": 8, "rollback": 4}  # of each of the four lanes


class KillSweep(unittest.TestCase):
    def test_killed_anywhere_it_is_mended(self):
        tally = sweep(EVERY_POINT if LONG else SAMPLE, Tally())
        print(tally, file=sys.stderr)
        self.assertEqual(tally.violations, [], "\n".join(tally.violations))
        self.assertGreater(tally.killed, 0, "the sweep reached no kill point")
        self.assertGreater(tally.recoveries_killed, 0, "no recovery was killed")
        self.assertLess(tally.missed, tally.killed / 5, "too many points were not reached")


if __name__ == "__main__":
    case.main()
