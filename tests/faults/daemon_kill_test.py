"""`kill -9` of the daemon at any moment: no page is lost, none is told twice, and its end is told."""

import pathlib
import random
import signal
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine  # noqa: E402
from support.daemon import Daemon  # noqa: E402
from support.waiting import until  # noqa: E402

from integration.watch_test import WatchCase  # noqa: E402

ROUNDS = case.long_or_short(40, 4)
KILLS = 4  # of the daemon in each round
FIRING, RESOLVED = "FIRING Container Down: shop web", "RESOLVED Container Down: shop web"


class Killed(WatchCase):
    """A channel of HTTP cannot tell whether it has a message already: one a kill may come twice."""

    def test_killed_at_any_moment(self):
        chance = random.Random(20261125)
        repeated = 0
        for number in range(ROUNDS):
            with self.subTest(round=number):
                repeated += self.live(chance)
        self.assertLessEqual(repeated, ROUNDS)

    def live(self, chance):
        self.sink.taken.clear()
        self.server.path("var/lib/ballast/alarms.json").unlink(missing_ok=True)
        container = self.stack.container("web")["Id"]
        self.daemon = Daemon(self.server)
        self.addCleanup(lambda: self.daemon.end(signal.SIGKILL))
        engine.kill(container)
        self.kill_often(chance)
        until(lambda: FIRING in self.told(), f"it is told: {self.told()}")
        engine.start(container)
        self.kill_often(chance)
        until(lambda: RESOLVED in self.told(), f"its end is told: {self.told()}")
        self.daemon.end(signal.SIGKILL)
        told = self.told()
        self.assertLess(told.index(FIRING), told.index(RESOLVED))
        self.assertLessEqual({FIRING, RESOLVED}, set(told))
        identities = [self.identity(request) for request in self.sink.taken]
        self.assertEqual(len(set(identities)), len({text for text in told}), f"told anew, not repeated: {told}")
        return len(identities) - len(set(identities))

    def kill_often(self, chance):
        for _ in range(KILLS):
            time.sleep(chance.uniform(0, 0.4))  # at whatever moment
            self.daemon.end(signal.SIGKILL)
            self.daemon = Daemon(self.server)

    @staticmethod
    def identity(request):
        """The message's id, which stands in its context before the head of the audit chain."""
        context = request.json()["blocks"][-1]["elements"][0]["text"]
        return context.partition(" · audit ")[0].rpartition(" · ")[2]


if __name__ == "__main__":
    case.main()
