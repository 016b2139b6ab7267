"""A Compose that was cut off has asked the engine to stop what ran: it still looks as before, and is about to end."""

import os
import pathlib
import signal
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from faults.sweep import LAUNCHER  # noqa: E402
from support import case, engine, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, either_generation, must  # noqa: E402
from support.server import ONE, TWO, Generation  # noqa: E402

# The engine's stop takes all of its time: a signal that nobody minds is sent first.
POLICY = WITHOUT_CANDIDATE + "stop-timeout: 4s\n"
# Longer than the program tries again to start the release.
SLOW_STOP = WITHOUT_CANDIDATE + "stop-timeout: 20s\n"
DEAF = "    restart: unless-stopped\n    depends_on:\n"

# Each `up` is killed while `left` counts; the first one only when the test kills the real Compose.
FRAGILE = """\
#!/bin/sh
case " $* " in *" up "*) ;; *) exec {real} "$@" ;; esac
left=$(cat {folder}/left)
[ "$left" -gt 0 ] || exec {real} "$@"
echo $((left - 1)) >{folder}/left
if [ "$left" -eq 3 ]; then
  {real} "$@" &
  echo $! >{folder}/pid
  wait
fi
kill -KILL $$
"""


class SlowToStop(ServerCase):
    """A shop whose container ends no earlier than the engine kills it."""

    policy = POLICY

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=cls.policy)
        cls.stack.offer(fixtures.tag("good2"))
        cls.stack.edit(cls.stack.compose_path, DEAF, "    stop_signal: SIGCONT\n" + DEAF)
        must(cls.stack.deploy(fixtures.tag("good1")))


@either_generation(TWO)
class CutOff(SlowToStop):
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


@either_generation(ONE)
class ComposeKilled(SlowToStop):
    """Compose alone is killed, by somebody else, each time that it is tried; Ballast goes on."""

    policy = SLOW_STOP

    def fragile(self):
        program = self.server.path("fragile-compose")
        program.write_text(FRAGILE.format(real=self.generation.program, folder=self.server.root))
        program.chmod(0o755)
        self.server.path("left").write_text("3\n")
        return Generation(self.generation.number, str(program)).environment()

    def test_what_is_about_to_end_is_not_taken_for_what_runs(self):
        before = self.stack.container("web")["Id"]
        with engine.Events("container", f"{engine.PROJECT}={self.stack.project}") as events:
            started = self.server.start("deploy", self.stack.name, fixtures.tag("good2"), "--operator", "ken",
                                        environment=self.fragile())
            events.wait("kill", lambda event: event["Actor"]["ID"] == before)
            os.kill(int(self.server.path("pid").read_text()), signal.SIGKILL)
            result = started.finish()
        self.assert_exit(result, 4)
        self.assertIn("killed by signal 9 (SIGKILL)", result.error)
        self.assertNotEqual(self.stack.container("web")["Id"], before)
        self.assert_running(self.stack, "good1")


if __name__ == "__main__":
    case.main()
