"""What runs, whether there is a way back, and what was done: `status` and `history`."""

import datetime
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, must  # noqa: E402
from support.waiting import until  # noqa: E402

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")
OLD_HISTORY = """\
2024-03-01T10:00:00+09:00 | shop | sha-0000001 | prod | success | mia
2024-03-02 10:00 shop rolled back by hand, see ticket 12
2024-03-03T10:00:00+09:00 | other | sha-0000002 | prod | failed | ken
"""


class Status(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE)
        cls.stack.offer_all()

    def status(self, expected):
        return self.assert_exit(self.server.run("status", "shop", "--json"), expected).json()["stacks"][0]

    def test_1_before_the_first_deploy(self):
        told = self.status(9)
        self.assertEqual(told["tag"], "none")
        self.assertEqual(told["rollback"]["ready"], "no")
        self.assertEqual(told["rollback"]["because"], "ballast has not deployed here yet")
        self.assertEqual(told["troubles"], ["service web has no container", "service db has no container"])

    def test_2_one_good_release(self):
        must(self.stack.deploy(GOOD1))
        told = self.status(0)
        self.assertEqual((told["tag"], told["last_good"], told["operator"], told["degraded"], told["troubles"]),
                         (GOOD1, GOOD1, "ken", False, []))
        self.assertEqual((told["rollback"]["ready"], told["rollback"]["because"]),
                         ("no", "there is no good release before this one"))

    def test_3_two_good_releases(self):
        must(self.stack.deploy(GOOD2))
        told = self.status(0)
        self.assertEqual((told["rollback"]["ready"], told["rollback"]["because"]),
                         ("yes", f"to {GOOD1}, image only"))
        services = {service["name"]: service for service in told["services"]}
        self.assertEqual(services["web"]["image"], f"{self.stack.repository}:{GOOD2}")
        self.assertEqual({service["state"] for service in services.values()}, {"running"})

    def test_4_the_table_and_the_sheet(self):
        lines = self.assert_exit(self.server.run("status"), 0).stdout.splitlines()
        self.assertRegex(lines[0], r"^NAME +TAG +SINCE +BY +STATE +READY TO ROLL BACK$")
        self.assertRegex(lines[1], rf"^shop +{GOOD2} +\S+\+09:00 +ken +ok +yes$")
        sheet = self.assert_exit(self.server.run("status", "shop"), 0).stdout
        self.assertTrue(sheet.startswith("shop: ok\n"), sheet)
        self.assertRegex(sheet, rf"(?m)^  tag +{GOOD2}$")
        self.assertRegex(sheet, rf"(?m)^  roll back +yes, to {GOOD1}, image only \(asked just now\)$")

    def test_5_a_killed_container_is_degraded(self):
        container = self.stack.container("web")["Id"]
        engine.kill(container)
        until(lambda: not engine.inspect(container)["State"]["Running"], "the container is dead")
        told = self.status(9)
        self.assertEqual((told["degraded"], told["troubles"]), (True, ["service web is exited (137)"]))
        self.assertIn("shop: service web is exited (137)", self.server.run("status").stdout)
        engine.start(container)
        self.stack.wait_until_good()
        self.status(0)

    def test_6_a_tag_that_was_changed_without_an_up(self):
        fixtures.write_env(self.stack.env_path, {fixtures.TAG_VARIABLE: GOOD1})
        self.addCleanup(fixtures.write_env, self.stack.env_path, {fixtures.TAG_VARIABLE: GOOD2})
        self.assertEqual(self.status(9)["troubles"], [f".env says {fixtures.TAG_VARIABLE}={GOOD1}, but {GOOD2} runs"])
        # The release that `rollback` would take.
        preview = self.assert_exit(self.stack.rollback("--dry-run", "--json"), 0).json()
        self.assertIn(f"to {GOOD2}, ", self.status(9)["rollback"]["because"])
        self.assertIn(GOOD2, str(preview))

    def test_7_without_the_engine_the_way_back_is_as_it_was(self):
        result = self.server.run("status", "shop", "--json", environment={"BALLAST_DOCKER_SOCKET": "/nowhere.sock"})
        told = self.assert_exit(result, 9).json()["stacks"][0]
        self.assertEqual((told["tag"], told["rollback"]["ready"], told["rollback"]["because"]),
                         ("unknown", "yes", f"to {GOOD1}, image only; the engine does not answer now"))
        self.assertRegex(told["rollback"]["known_at"], r"\+09:00$")

    def test_8_a_stack_that_cannot_be_read_is_a_row(self):
        self.server.path("srv/stacks/broken").mkdir()
        self.server.path("srv/stacks/broken/compose.yaml").write_text("services: [\n")
        self.addCleanup(case.remove_folder, self.server.path("srv/stacks/broken"))
        told = self.assert_exit(self.server.run("status", "--json"), 9).json()["stacks"]
        self.assertEqual([(stack["name"], stack["degraded"]) for stack in told], [("broken", True), ("shop", False)])

    def test_9_verify_asks_once_more(self):
        result = self.assert_exit(self.server.run("verify", "shop"), 0)
        self.assertTrue(result.stdout.startswith(
            f"shop {GOOD2}: good\n  asked through published port 127.0.0.1:{self.stack.port}\n"), result)
        engine.pause(self.stack.container("db")["Id"])
        try:
            result = self.server.run("verify", "shop", "--json")
        finally:
            engine.unpause(self.stack.container("db")["Id"])
        self.assertFalse(self.assert_exit(result, 8).json()["passed"])


class TakeOver(ServerCase):
    """A server on which an older tool deployed: its files are appended to, never rewritten."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE)
        cls.stack.offer_all()
        cls.server.path("srv/deployments/last_good_sha").mkdir(parents=True)
        cls.server.path("srv/deployments/last_good_sha/shop").write_text(GOOD1 + "\n")
        cls.server.history_path.write_text(OLD_HISTORY)
        cls.stack.compose("up", "-d")
        cls.stack.wait_until_good()

    def test_0_the_old_last_good_counts_before_the_first_operation(self):
        told = self.assert_exit(self.server.run("status", "shop", "--json"), 0).json()["stacks"][0]
        self.assertEqual((told["last_good"], told["rollback"]["ready"], told["rollback"]["because"]),
                         (GOOD1, "no", "there is no good release before this one"))

    def test_1_the_old_lines_stay_byte_for_byte(self):
        self.assert_exit(self.stack.deploy(GOOD2), 0)
        text = self.server.history_text()
        self.assertTrue(text.startswith(OLD_HISTORY), text)
        self.assertEqual(len(text[len(OLD_HISTORY):].splitlines()), 2)

    def test_2_the_old_last_good_is_where_a_rollback_goes(self):
        self.assert_exit(self.stack.rollback(), 0)
        self.assert_running(self.stack, "good1")
        self.assertTrue(self.server.history_text().startswith(OLD_HISTORY))

    def test_3_old_lines_are_shown_with_the_new(self):
        result = self.assert_exit(self.server.run("history"), 0)
        self.assertEqual(result.stdout.splitlines()[0], OLD_HISTORY.splitlines()[0])
        self.assertEqual(result.stderr, "1 line of history.log left out: of another form\n")


class History(ServerCase):
    """Only the file is read, so it can be written here."""

    LINES = ["2026-11-20T10:00:00+09:00 | shop | sha-0000001 | prod | success | mia",
             "2026-11-21T10:00:00+09:00 | other | sha-0000002 | prod | failed | ken",
             "2026-11-22T10:00:00+09:00 | shop | sha-0000003 | prod | success | ken"]

    @classmethod
    def prepare(cls):
        cls.server.history_path.parent.mkdir(parents=True)
        cls.server.history_path.write_text("\n".join(cls.LINES) + "\n")

    def assert_shown(self, numbers, *options):
        result = self.assert_exit(self.server.run("history", *options), 0)
        self.assertEqual(result.stdout.splitlines(), [self.LINES[number] for number in numbers])

    def test_filters(self):
        for numbers, options in [((0, 1, 2), ()), ((0, 2), ("shop",)), ((1, 2), ("--operator", "ken")),
                                 ((2,), ("shop", "--operator", "ken")), ((1, 2), ("--since", "2026-11-21")),
                                 ((2,), ("--since", "2026-11-22T09:00:00+09:00")), ((1, 2), ("--limit", "2")),
                                 ((0,), ("--operator", "mia", "--limit", "5"))]:
            with self.subTest(options=options):
                self.assert_shown(numbers, *options)

    def test_an_age(self):
        with open(self.server.history_path, "a") as file:
            now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=9))).isoformat(timespec="seconds")
            fresh = f"{now} | shop | sha-0000004 | prod | success | zoe"
            file.write(fresh + "\n")
        result = self.assert_exit(self.server.run("history", "--operator", "zoe", "--since", "1h-ago"), 0)
        self.assertEqual(result.stdout, fresh + "\n")
        self.server.history_path.write_text("\n".join(self.LINES) + "\n")

    def test_json(self):
        told = self.assert_exit(self.server.run("history", "--limit", "1", "--json"), 0).json()
        self.assertEqual(told["entries"], [{"timestamp": "2026-11-22T10:00:00+09:00", "stack": "shop",
                                            "version": "sha-0000003", "env": "prod", "status": "success",
                                            "operator": "ken", "modified_by_hand": None}])

    def test_nothing_matches(self):
        result = self.assert_exit(self.server.run("history", "--operator", "nobody"), 0)
        self.assertEqual((result.stdout, result.stderr), ("", "nothing is recorded that matches\n"))

    def test_bad_words(self):
        self.assert_error(self.server.run("history", "--since", "yesterday-ish"), 2,
                          "error: --since `yesterday-ish` is not a time\n"
                          "hint: such as 2026-11-25, 2026-11-25T11:27:07+09:00, or an age such as 7d-ago\n")
        self.assert_error(self.server.run("history", "--limit", "0"), 2, "error: --limit `0` is not a positive number\n")


if __name__ == "__main__":
    case.main()
