"""One operation at a time on a stack; what a killed Ballast leaves running still holds the lock."""

import fcntl
import pathlib
import signal
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import ServerCase, either_generation, must  # noqa: E402
from support.server import ONE, Generation  # noqa: E402
from support.waiting import until  # noqa: E402

GOOD1, GOOD2, DEAF = fixtures.tag("good1"), fixtures.tag("good2"), fixtures.tag("deaf")
POLICY = """\
candidate: {timeout: 10s}
verify: {timeout: 25s, settle: 0s}
"""
# Compose that says when it begins to bring something up, and takes its time.
SLOW_COMPOSE = """\
#!/bin/sh
case " $* " in *" up "*) touch "{marker}"; sleep {seconds} ;; esac
exec {program} "$@"
"""


class TwoOperations(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=POLICY)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))

    def begin_slow_deploy(self):
        started = self.server.start("deploy", "shop", DEAF, "--operator", "ann")
        started.wait_for_words(r"^\[ok\] back up before the change")
        return started

    def test_the_second_is_told_who_holds_the_stack(self):
        first = self.begin_slow_deploy()
        result = self.assert_exit(self.stack.deploy(GOOD2), 6)
        self.assertRegex(result.error, r"^error: stack shop is held by another operation: deploy by ann, for [0-9.]+ m?s "
                                       rf"\(process {first.process.pid}\)\n"
                                       r"hint: see it with: ballast status shop; or wait for it: --wait 10m\n$")
        self.assertRegex(self.server.run("status", "shop").stdout, r"operation +deploy by ann for [0-9.]+ ")
        self.assert_exit(self.stack.rollback(), 6)
        self.assert_exit(first.finish(), 4)
        self.assert_running(self.stack, "good1")

    def test_a_wait_that_is_too_short_ends_as_no_wait(self):
        first = self.begin_slow_deploy()
        self.assert_exit(self.stack.deploy(GOOD2, "--wait", "1s"), 6)
        self.assert_exit(first.finish(), 4)

    def test_who_waits_may_be_interrupted(self):
        first = self.begin_slow_deploy()
        second = self.server.start("deploy", "shop", GOOD2, "--operator", "ken", "--wait", "5m")
        second.wait_for_words("waiting for the deploy by ann")
        second.signal(signal.SIGINT)
        self.assert_error(second.finish(), 130, "error: interrupted while waiting for shop; nothing was changed\n")
        self.assert_exit(first.finish(), 4)
        self.assert_running(self.stack, "good1")

    def test_with_wait_it_goes_on_when_the_first_is_done(self):
        first = self.begin_slow_deploy()
        self.assert_exit(self.stack.deploy(GOOD2, "--wait", "3m"), 0)
        self.assert_exit(first.finish(), 4)
        self.assert_running(self.stack, "good2")
        must(self.stack.deploy(GOOD1))


@either_generation(ONE)
class ChildOutlivesBallast(ServerCase):
    seconds = 4

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=case.WITHOUT_CANDIDATE)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))
        cls.marker = cls.server.path("compose-began")
        program = cls.server.path("slow-compose")
        program.write_text(SLOW_COMPOSE.format(marker=cls.marker, seconds=cls.seconds, program=cls.generation.program))
        program.chmod(0o755)
        cls.slow = Generation(cls.generation.number, str(program)).environment()

    def kill_in_compose(self, tag):
        self.marker.unlink(missing_ok=True)
        started = self.server.start("deploy", "shop", tag, "--operator", "ann", environment=self.slow)
        until(self.marker.exists, "Compose has begun")
        started.signal(signal.SIGKILL)
        started.finish()
        self.assertTrue(self._is_locked(), "the child of the killed program does not hold the lock")

    def _is_locked(self):
        with open(self.server.path("run/ballast/shop.lock")) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def test_recover_awaits_the_child_and_then_mends(self):
        self.kill_in_compose(GOOD2)
        result = self.assert_exit(self.server.run("recover"), 0)
        self.assertRegex(result.stdout, r"^deploy shop \(\S+\): undone: ")
        self.assert_running(self.stack, "good1")

    @case.long_form
    def test_the_next_deploy_awaits_the_child_and_mends_first(self):
        self.kill_in_compose(GOOD2)
        result = self.assert_exit(self.stack.deploy(GOOD2), 0)
        self.assertRegex(result.stderr, r"an interrupted deploy of \S+ by ann is mended first")
        self.assert_running(self.stack, "good2")
        must(self.stack.deploy(GOOD1))

    def test_what_was_interrupted_shows_in_status(self):
        self.kill_in_compose(GOOD2)
        until(lambda: not self._is_locked(), "Compose has ended")
        result = self.assert_exit(self.server.run("status", "shop"), 9)
        self.assertIn("an interrupted deploy: run `ballast recover shop`", result.stdout)
        self.assert_exit(self.server.run("recover", "shop"), 0)
        self.assert_exit(self.server.run("status", "shop"), 0)


@case.long_form
class ChildThatDoesNotEnd(ChildOutlivesBallast):
    """It is awaited for a minute, and then ended."""

    seconds = 3600
    test_the_next_deploy_awaits_the_child_and_mends_first = test_what_was_interrupted_shows_in_status = None


class TwoStacks(ServerCase):
    def test_stacks_do_not_wait_for_each_other(self):
        stacks = [self.server.stack(name=name, policy=case.WITHOUT_CANDIDATE) for name in ("one", "two")]
        runs = [self.server.start("deploy", stack.name, GOOD1, "--operator", "ken") for stack in stacks]
        for run in runs:
            self.assert_exit(run.finish(), 0)
        for stack in stacks:
            self.assert_running(stack, "good1")
        self.assertEqual(sorted(entry[0] for entry in self.server.history()), ["one", "one", "two", "two"])


if __name__ == "__main__":
    case.main()
