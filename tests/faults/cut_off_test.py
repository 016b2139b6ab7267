"""A Compose that was cut off has asked the engine to stop what ran: it still looks as before, and is about to end."""

import pathlib
import signal
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from faults.sweep import LAUNCHER  # noqa: E402
from support import case, engine, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, both_generations, must  # noqa: E402

# The engine's stop takes all of its time: a signal that nobody minds is sent first.
POLICY = WITHOUT_CANDIDATE + "stop-timeout: 4s\n"
DEAF = "    restart: unless-stopped\n    depends_on:\n"


@both_generations
class CutOff(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=POLICY)
        cls.stack.offer(fixtures.tag("good2"))
        cls.stack.edit(cls.stack.compose_path, DEAF, "    stop_signal: SIGCONT\n" + DEAF)
        must(cls.stack.deploy(fixtures.tag("good1")))

    def deploy_and_kill_when_the_engine_stops(self, container):
        with engine.Events("container", f"{engine.PROJECT}={self.stack.project}") as events:
            started = self.server.start("deploy", self.stack.name, fixtures.tag("good2"), "--operator", "ken",
                                        prefix=[sys.executable, LAUNCHER, "group"])
            events.wait("kill", lambda event: event["Actor"]["ID"] == container)
            started.signal(signal.SIGTERM)
            self.assert_exit(started.finish(), 137)

    def test_what_is_about_to_end_is_not_taken_for_what_runs(self):
        before = self.stack.container("web")["Id"]
        self.deploy_and_kill_when_the_engine_stops(before)
        self.assertTrue(engine.inspect(before)["State"]["Running"])
        self.assert_exit(self.server.run("recover"), 0)
        self.assertNotEqual(self.stack.container("web")["Id"], before)
        self.assert_running(self.stack, "good1")


if __name__ == "__main__":
    case.main()
