"""Ctrl-C and SIGTERM undo; a second one exits at once and is mended later; a lost connection stops nothing."""

import pathlib
import signal
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures  # noqa: E402
from support.case import ServerCase, either_generation, must  # noqa: E402
from support.server import TWO  # noqa: E402

GOOD1, GOOD2, DEAF = fixtures.tag("good1"), fixtures.tag("good2"), fixtures.tag("deaf")
AS_CANDIDATE = "candidate: {timeout: 60s}\nverify: {timeout: 60s, settle: 0s}\n"
UNDER_TRAFFIC = "candidate: {enabled: false}\nverify: {timeout: 60s, settle: 0s}\n"


@either_generation(TWO)
class Signals(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=AS_CANDIDATE)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))

    def setUp(self):
        self.known = len(self.server.history())

    def begin(self, tag, policy, words):
        self.stack.set_policy(policy)
        started = self.server.start("deploy", "shop", tag, "--operator", "ken")
        started.wait_for_words(words)
        return started

    def begin_as_candidate(self):
        """Until the candidate runs: it stays deaf, so it is being verified."""
        self.stack.set_policy(AS_CANDIDATE)
        with engine.Events("container", f"{engine.PROJECT}={self.stack.project}", engine.CANDIDATE) as events:
            started = self.server.start("deploy", "shop", DEAF, "--operator", "ken")
            events.wait("start")
        return started

    def begin_under_traffic(self):
        return self.begin(DEAF, UNDER_TRAFFIC, rf"^\[ok\] switch web to {DEAF}")

    def test_an_interrupted_candidate_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number):
                started = self.begin_as_candidate()
                started.signal(number)
                result = self.assert_exit(started.finish(), 130)
                self.assertRegex(result.error, r"\Aerror: interrupted( while (starting the candidate|the release was verified))?; "
                                               r"shop was not touched\n\Z")
                self.assert_running(self.stack, "good1")
                self.assertEqual(self.server.history()[self.known:], [])

    def test_after_the_switch_it_is_undone(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number):
                known = len(self.server.history())
                started = self.begin_under_traffic()
                started.signal(number)
                result = self.assert_exit(started.finish(), 130)
                self.assertRegex(result.error, r"\Aerror: interrupted( while the release was verified)?; "
                                               rf"shop runs {GOOD1} again\n\Z")
                self.assert_running(self.stack, "good1")
                self.assertEqual([entry[1::2] for entry in self.server.history()[known:]],
                                 [(DEAF, "deployed"), (DEAF, "failed"), (GOOD1, "rollback")])

    def begin_rollback(self, settle, words):
        """From good2, by the files as they are now."""
        self.stack.set_policy(UNDER_TRAFFIC)
        must(self.stack.deploy(GOOD2))
        self.stack.set_policy(f"candidate: {{enabled: false}}\nverify: {{settle: {settle}}}\n")
        started = self.server.start("rollback", "shop", "--keep-config", "--operator", "ken")
        started.wait_for_words(words)
        return started

    @case.long_form
    def test_a_rollback_is_undone_too(self):
        started = self.begin_rollback("5m", rf"^\[ok\] switch web to {GOOD1}")
        known = len(self.server.history())
        started.signal(signal.SIGINT)
        result = self.assert_exit(started.finish(), 130)
        self.assertRegex(result.error, rf"\Aerror: interrupted( while \w[\w ]+)?; shop runs {GOOD2} again\n\Z")
        self.assert_running(self.stack, "good2")
        self.assertEqual([entry[1::2] for entry in self.server.history()[known:]], [(GOOD1, "failed"), (GOOD2, "rollback")])
        self.stack.set_policy(UNDER_TRAFFIC)
        must(self.stack.deploy(GOOD1))

    @case.long_form
    def test_a_lost_connection_does_not_stop_a_rollback(self):
        started = self.begin_rollback("0s", r"^\[ok\] find the image")
        started.signal(signal.SIGHUP)
        self.assert_exit(started.finish(), 0)
        self.assert_running(self.stack, "good1")

    def test_a_second_one_exits_at_once_and_recover_mends(self):
        started = self.begin_under_traffic()
        with engine.Events("container", f"{engine.PROJECT}={self.stack.project}") as events:
            started.signal(signal.SIGINT)
            events.wait("die")  # the undo is at work
        started.signal(signal.SIGINT)
        self.assert_exit(started.finish(), 130)
        self.assertEqual(len(self.server.unfinished()), 1)
        result = self.assert_exit(self.server.run("recover", "shop"), 0)
        self.assertRegex(result.stdout, r"^deploy shop \(\S+\): undone: it was cut off: ballast or the machine stopped; "
                                        rf"shop runs {GOOD1} again\n$")
        self.assert_running(self.stack, "good1")

    def test_a_lost_connection_does_not_stop_it(self):
        started = self.begin(GOOD2, UNDER_TRAFFIC, r"^\[ok\] check the image")
        started.signal(signal.SIGHUP)
        self.assert_exit(started.finish(), 0)
        self.assert_running(self.stack, "good2")
        must(self.stack.deploy(GOOD1))

    @case.long_form
    def test_a_closed_pipe_does_not_stop_it(self):
        started = self.begin(GOOD2, UNDER_TRAFFIC, r"^\[ok\] check the image")
        started.process.stderr.close()
        started.process.stdout.close()
        self.assertEqual(started.process.wait(120), 0)
        self.assert_running(self.stack, "good2")
        must(self.stack.deploy(GOOD1))


if __name__ == "__main__":
    case.main()
