"""What the test files share: a server for each class, and assertions that show the whole run when they fail."""

import base64
import json
import os
import re
import shutil
import sys
import time
import unittest

from support import engine, fixtures
from support.server import ONE, TWO, Server

QUICK = """\
verify: {timeout: 25s, settle: 1s}
candidate: {timeout: 25s}
"""
WITHOUT_CANDIDATE = """\
verify: {timeout: 25s, settle: 0s}
candidate: {enabled: false}
"""


LONG = os.environ.get("BALLAST_LONG") == "1"
IN_LONG_FORM = "in the long form: ./dev test --long"
long_form = unittest.skipUnless(LONG, IN_LONG_FORM)


class ServerCase(unittest.TestCase):
    """One server for all tests of a class; `prepare` makes its stacks."""

    generation = ONE
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if not cls.generation.present:
            raise unittest.SkipTest(f"Compose of generation {cls.generation.number} is not on this machine: "
                                    f"set BALLAST_COMPOSE_V{cls.generation.number} to its program")
        cls.server = Server(cls.generation)
        cls.addClassCleanup(cls.server.close)
        cls.prepare()

    @classmethod
    def prepare(cls):
        """Makes what the tests of the class stand on."""

    def assert_exit(self, result, status):
        if result.status != status:
            self.fail(f"expected exit {status}\n{result}")
        return result

    def assert_error(self, result, status, text):
        """The exit status, and every line of the error exactly."""
        self.assert_exit(result, status)
        self.assertEqual(result.error, text, result)
        return result

    def assert_running(self, stack, name):
        """The site serves that release of the fixtures, and everything that is kept agrees."""
        tag = fixtures.tag(name)
        self.assertEqual(stack.version(), tag)
        self.assertEqual(stack.tag(), tag)
        self.assertEqual(self.server.last_good(stack.name), tag + "\n")
        self.assert_nothing_left(stack)

    def assert_nothing_left(self, stack):
        self.assertEqual([one["Name"] for one in stack.candidates()], [])
        self.assertEqual(self.server.unfinished(), [])
        names = [one["Name"] for one in stack.containers()]
        self.assertEqual([name for name in names if re.match(r"/[0-9a-f]{12}_", name)], [])


def long_or_short(long, short):
    """The size of a sweep: the long form is behind BALLAST_LONG=1."""
    return long if LONG else short


def must(result, status=0):
    """For set-up code, outside a test's own assertions."""
    if result.status != status:
        raise AssertionError(f"expected exit {status}\n{result}")
    return result


def remove_folder(path):
    shutil.rmtree(path, ignore_errors=True)


def write_credentials(path, registry, user_and_password):
    """As `docker login` leaves them."""
    auth = base64.b64encode(user_and_password.encode()).decode()
    path.write_text(json.dumps({"auths": {registry: {"auth": auth}}}))


def both_generations(case):
    """Makes the same suite for Compose of the other generation beside it."""
    name = f"{case.__name__}ComposeTwo"
    twin = type(name, (case,), {"generation": TWO, "__module__": case.__module__, "__qualname__": name})
    setattr(sys.modules[case.__module__], name, twin)
    return case


def either_generation(chosen):
    """Both in the long form, the chosen one alone in the short: for what hangs little on Compose."""
    def make(case):
        both_generations(case)
        meant = chosen if chosen.present else ONE
        twin = getattr(sys.modules[case.__module__], f"{case.__name__}ComposeTwo")
        for one in (case, twin):
            one.__unittest_skip__ = not LONG and one.generation is not meant
            one.__unittest_skip_why__ = IN_LONG_FORM
        return case
    return make


class TimedResult(unittest.TextTestResult):
    """Tells at the end where the time went: Python itself can from 3.12 on."""

    def startTestRun(self):
        super().startTestRun()
        self.taken = []
        self.last = time.monotonic()

    def stopTest(self, test):
        now = time.monotonic()
        self.taken.append((now - self.last, test.id()))  # with the set-up of its class
        self.last = now
        super().stopTest(test)

    def stopTestRun(self):
        super().stopTestRun()
        slowest = sorted(self.taken, reverse=True)[:5]
        self.stream.writeln("slowest: " + ", ".join(f"{name.split('.', 1)[-1]} {taken:.0f} s" for taken, name in slowest))


def main():
    if not engine.answers():
        sys.exit("the Docker engine does not answer: start it (./dev test does)")
    unittest.main(verbosity=2, testRunner=unittest.TextTestRunner(verbosity=2, resultclass=TimedResult))
