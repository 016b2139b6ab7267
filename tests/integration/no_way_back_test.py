"""The undo fails too: exit 5, and the person who is needed is told in plain words what to do; it then works."""

import pathlib
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures  # noqa: E402
from support.case import ServerCase, must  # noqa: E402

GOOD, DEAF, NEEDS_COLUMN = fixtures.tag("good1"), fixtures.tag("deaf"), fixtures.tag("column")
POLICY = "candidate: {enabled: false}\nverify: {timeout: 6s, settle: 0s}\n"


class NoWayBack(ServerCase):
    def begin_deploy_of_deaf(self):
        started = self.server.start("deploy", "shop", DEAF, "--operator", "ken")
        started.wait_for_words(rf"^\[ok\] switch web to {DEAF}")
        return started

    def first_line(self, why):
        return (f"error: release {DEAF} of shop does not verify at published port 127.0.0.1:{self.stack.port}: "
                f"not good within 6 s; and the way back failed: {why}")

    def hint(self, tag):
        return (f"hint: a person is needed. Look: ballast verify shop; then try: ballast rollback shop --to {tag}; "
                f"or by hand in {self.stack.directory}: set SHOP_TAG={tag} in .env and run docker compose up -d web "
                "(docker-compose where it is of generation one)")

    def assert_needs_a_person(self, result, why, tag):
        self.assert_exit(result, 5)
        first, *_, last = result.error.splitlines()
        self.assertEqual((first, last), (self.first_line(why), self.hint(tag)))
        told = self.assert_exit(self.server.run("status", "shop", "--json"), 9).json()["stacks"][0]
        self.assertIn(f"the last deploy needs a person: {self.first_line(why)[len('error: '):]}", told["troubles"])
        self.assertEqual(self.assert_exit(self.server.run("recover"), 0).stdout, "nothing was interrupted\n")

    def assert_history_ends(self, *entries):
        self.assertEqual([entry[1::2] for entry in self.server.history()[-len(entries):]], list(entries))


class ImageIsGone(NoWayBack):
    """Somebody cleans up at the wrong moment."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=POLICY)
        cls.stack.offer(DEAF)
        fixtures.build_image("shop", GOOD, f"{cls.stack.repository}:{GOOD}")
        must(cls.stack.deploy(GOOD))

    def test_1_the_person_is_told(self):
        name, image = f"{self.stack.repository}:{GOOD}", self.stack.image_id(GOOD)
        kept = self.server.path("kept.tar")
        subprocess.run(["docker", "save", "--output", kept, name], check=True, capture_output=True)
        self.addCleanup(subprocess.run, ["docker", "load", "--input", kept], check=True, capture_output=True)
        started = self.begin_deploy_of_deaf()
        engine.remove_image(name)
        result = started.finish()
        self.assert_needs_a_person(result, f"the image {image[:19]} of {name} is gone", GOOD)
        self.assert_history_ends((GOOD, "success"), (DEAF, "deployed"), (DEAF, "failed"))
        self.assertEqual(self.server.last_good("shop"), GOOD + "\n")
        self.assertEqual(self.stack.tag(), GOOD)

    def test_2_what_the_hint_says_mends_it(self):
        self.assert_exit(self.stack.rollback("--to", GOOD), 0)
        self.assert_running(self.stack, "good1")
        self.assert_exit(self.server.run("status", "shop"), 0)


class WhatRanBeforeIsNotGoodAnyMore(NoWayBack):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=POLICY)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD))
        fixtures.add_missing_column(cls.stack)
        must(cls.stack.deploy(NEEDS_COLUMN))

    def test_1_it_runs_again_and_the_person_is_told(self):
        started = self.begin_deploy_of_deaf()
        fixtures.drop_missing_column(self.stack)
        result = started.finish()
        self.assert_needs_a_person(
            result, f"shop runs {NEEDS_COLUMN} again, but it does not verify: not good within 6 s", NEEDS_COLUMN)
        self.assertTrue(any(line.startswith("  web-login shop: 500 in ") for line in result.error.splitlines()), result)
        self.assertEqual(self.stack.container("web")["Image"], self.stack.image_id(NEEDS_COLUMN))

    def test_2_once_mended_the_hint_works(self):
        fixtures.add_missing_column(self.stack)
        self.assert_exit(self.stack.rollback("--to", NEEDS_COLUMN), 0)
        self.assert_running(self.stack, "column")
        self.assert_exit(self.server.run("status", "shop"), 0)


if __name__ == "__main__":
    case.main()
