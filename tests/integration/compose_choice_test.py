"""Which Compose is used where both generations are there, and what of the operator's environment it sees: nothing."""

import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, both_generations, must  # noqa: E402
from support.server import ONE, TWO  # noqa: E402

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")
BOTH = {"BALLAST_COMPOSE_V1": ONE.program, "BALLAST_COMPOSE_V2": TWO.program}
NEITHER = {"BALLAST_COMPOSE_V1": "", "BALLAST_COMPOSE_V2": ""}
VERSION = "com.docker.compose.version"


def made_by(stack):
    return stack.container("web")["Config"]["Labels"][VERSION]


class Choice(ServerCase):
    @classmethod
    def prepare(cls):
        for generation in (ONE, TWO):
            if not generation.present:
                raise unittest.SkipTest(f"Compose of generation {generation.number} is not on this machine")

    def stack_named(self, name, environment):
        stack = self.server.stack(name=name, policy=WITHOUT_CANDIDATE)
        stack.offer(GOOD2)
        must(stack.deploy(GOOD1, environment=environment))
        return stack

    def test_what_generation_one_made_stays_its_own(self):
        stack = self.stack_named("old", ONE.environment())
        self.assert_exit(stack.deploy(GOOD2, environment=BOTH), 0)
        self.assertTrue(made_by(stack).startswith("1."), made_by(stack))
        self.assertEqual(stack.version(), GOOD2)

    def test_a_new_stack_is_made_by_the_newer_one_and_needs_it_from_then_on(self):
        stack = self.stack_named("new", BOTH)
        self.assertTrue(made_by(stack).startswith("2."), made_by(stack))
        before = self.server.fingerprint("srv")
        result = stack.deploy(GOOD2, environment=ONE.environment())
        self.assert_error(result, 3,
                          "error: a gate refuses the deploy of new; nothing was changed\n"
                          f"  compose-valid {stack.compose_path}: the running containers were made by Docker Compose {made_by(stack)}, "
                          "and that generation is not installed\n"
                          "hint: install it: Docker's package docker-compose-plugin, or Debian 13's docker-compose\n")
        self.assertEqual(self.server.fingerprint("srv"), before)
        self.assertEqual(stack.version(), GOOD1)

    def test_without_any_nothing_is_begun(self):
        stack = self.server.stack(name="none", policy=WITHOUT_CANDIDATE)
        self.assert_error(stack.deploy(GOOD1, environment=NEITHER), 3,
                          "error: a gate refuses the deploy of none; nothing was changed\n"
                          f"  compose-valid {stack.compose_path}: Docker Compose is not installed\n"
                          "hint: install it: Docker's package docker-compose-plugin, or Debian 13's docker-compose\n")
        self.assertEqual(stack.containers(), [])


@both_generations
class Environment(ServerCase):
    def test_what_the_operator_has_set_does_not_reach_compose(self):
        stack = self.server.stack(policy=WITHOUT_CANDIDATE)
        stack.offer(GOOD2)
        mine = {"COMPOSE_FILE": "/nowhere.yml", "COMPOSE_PROJECT_NAME": "somewhere-else", "COMPOSE_PROFILES": "none",
                "SHOP_TAG": fixtures.tag("dies"), "SHOP_PORT": "1", "POSTGRES_PASSWORD": "another",
                "DOCKER_DEFAULT_PLATFORM": "linux/s390x"}
        for tag in (GOOD1, GOOD2):
            self.assert_exit(stack.deploy(tag, environment=mine), 0)
            self.assertEqual(stack.version(), tag)
        settings = dict(one.split("=", 1) for one in stack.container("web")["Config"]["Env"])
        self.assertEqual(settings["PASSWORD"], fixtures.read_env(stack.env_path)["POSTGRES_PASSWORD"])


if __name__ == "__main__":
    case.main()
