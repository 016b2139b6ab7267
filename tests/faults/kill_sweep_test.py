"""`kill -9` anywhere in deploy and rollback, then `recover`: nothing may disagree, nothing may be left."""

import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from faults.points import sample, share, with_durable  # noqa: E402
from faults.sweep import LANES, Sweep  # noqa: E402
from support import case  # noqa: E402

SAMPLE = {"deploy": 7, "rollback": 3}  # of each lane
# (first, every so many) of the points that change something, for each lane: the first two share all between them,
# and each of these two takes all that becomes durable.
SHARES = ((0, 2), (1, 2), (1, 4), (3, 4))
OTHERS = 6  # the points between those, which leave nothing else behind


def a_few(points, operation, lane):
    return sample(points, SAMPLE[operation], (lane + 0.5) / len(LANES))


def every_change(points, _operation, lane):
    chosen = share(points, *SHARES[lane], OTHERS)
    return with_durable(points, chosen) if lane < 2 else chosen


class KillSweep(unittest.TestCase):
    def test_killed_anywhere_it_is_mended(self):
        tally = Sweep(every_change if case.LONG else a_few).run()
        print(tally, tally.table(), sep="\n", file=sys.stderr)
        self.assertEqual(tally.violations, [], "\n".join(tally.violations))
        self.assertGreater(tally.killed, 0, "the sweep reached no kill point")
        self.assertGreater(tally.recoveries_killed, 0, "no recovery was killed")
        if case.LONG:
            self.assertEqual(tally.steps_not_killed_in(), set())
        self.assertLess(tally.missed, tally.killed / 5, "too many points were not reached")


if __name__ == "__main__":
    case.main()
