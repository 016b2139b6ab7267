"""The schedule: times of the policy, what a call runs, and what it does not."""

import contextlib
import datetime
import fcntl
import json
import os
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case  # noqa: E402
from support.backups import GOOD1  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, must  # noqa: E402
from support.waiting import until  # noqa: E402

UTC = datetime.timezone.utc
LONG_AGO = "2020-01-01T00:00:00Z"
DAY = 24 * 60 * 60 * 1000


def policy(**times):
    """With backups only by the schedule; `weekly_full` is written `weekly-full`."""
    lines = "".join(f"  {name.replace('_', '-')}: \"{time}\"\n" for name, time in times.items())
    return f"{WITHOUT_CANDIDATE}backup:\n  before-deploy: off\n{lines}"


def ten_minutes_ago():
    """A time of day that is past by more than any jitter."""
    return (datetime.datetime.now(UTC) - datetime.timedelta(minutes=10)).strftime("%H:%M UTC")


class ScheduleCase(ServerCase):
    @property
    def notes_path(self):
        return self.server.path("var/lib/ballast/schedule.json")

    def call(self, status=0, *options, **more):
        return self.assert_exit(self.server.run("schedule", "run", *options, **more), status)

    def call_json(self, status=0, **more):
        return self.call(status, "--json", **more).json()

    def assert_silent(self, result):
        self.assertEqual((result.stdout, result.stderr), ("", ""), result)

    @contextlib.contextmanager
    def held(self, name):
        """That lock of the server, held by this process."""
        path = self.server.path("run/ballast", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            json.dump({"operation": "restore", "operator": "ann", "pid": os.getpid(),
                       "since": datetime.datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}, file)
            file.flush()
            yield


class Times(ScheduleCase):
    """Nothing runs here: the stack was never deployed."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack()

    def refusal(self, line):
        self.stack.set_policy(f"{WITHOUT_CANDIDATE}backup:\n  {line}\n")
        result = self.assert_exit(self.server.run("schedule", "shop"), 2)
        return result.error.replace(f"{self.stack.policy_path}:", "")

    def test_bad_times_name_their_line(self):
        self.assertEqual(self.refusal('daily: "25:00"'),
                         'error: 4: `backup.daily`: "25:00" is no time of day\n'
                         "hint: write it from 00:00 to 23:59, such as 03:00\n")
        self.assertEqual(self.refusal('daily: "03:00 Asia/Tokio"'),
                         'error: 4: `backup.daily`: "Asia/Tokio" is no time zone\n'
                         "hint: did you mean `Asia/Tokyo`?\n")
        self.assertEqual(self.refusal('weekly-full: "Sonday 04:00"'),
                         'error: 4: `backup.weekly-full`: "Sonday" is no day of the week\n'
                         "hint: did you mean `Sun`?\n")

    def test_sunday_in_tokyo_is_saturday_in_utc(self):
        self.stack.set_policy(policy(weekly_full="Sun 04:00 Asia/Tokyo", drill="weekly"))
        jobs = self.assert_exit(self.server.run("schedule", "shop", "--json"), 0).json()["jobs"]
        self.assertEqual([(job["job"], job["when"], job["zone"]) for job in jobs],
                         [("weekly-full", "Sun 04:00 Asia/Tokyo", "Asia/Tokyo"),
                          ("drill", "Sun 06:00 Asia/Tokyo", "Asia/Tokyo")])
        self.assertRegex(jobs[0]["next"]["local"], r"T04:0[0-4]:\d\d\+09:00$")
        self.assertRegex(jobs[0]["next"]["utc"], r"T19:0[0-4]:\d\dZ$")
        shown = self.server.run("schedule", "shop").stdout
        self.assertRegex(shown, r"(?m)^shop +weekly-full +next +Sun \S+ 04:0\d \+09:00 +Sat \S+ 19:0\d +Sun 04:00 Asia/Tokyo$")

    def test_nothing_calls_it(self):
        self.stack.set_policy(policy(daily="03:00 Asia/Tokyo"))
        self.server.path("run/ballast/.schedule.lock").unlink(missing_ok=True)
        self.assertIn("nothing runs the schedule: it was last called never", self.server.run("schedule").stdout)
        self.call()
        self.assertNotIn("nothing runs the schedule", self.server.run("schedule").stdout)

    def test_what_is_new_waits_for_its_first_time(self):
        self.stack.set_policy(policy(daily=ten_minutes_ago()))
        self.assert_silent(self.call())
        self.assertEqual(self.server.run("schedule", "run", "--dry-run").stdout, "nothing is due\n")


class Runs(ScheduleCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))

    def setUp(self):
        """As on a server that was down at 'daily': all that ran before was three days ago."""
        self.when = ten_minutes_ago()
        self.stack.set_policy(policy(daily=self.when))
        self.server.journal_write("update operation set started = started - ? where kind = 'backup'", 3 * DAY)
        self.notes_path.write_text(json.dumps({
            "schema": "ballast.schedule-notes/1", "told": {},
            "jobs": {"shop/daily": {"schedule": self.when, "since": LONG_AGO, "attempt": None}}}))

    def daily(self):
        jobs = self.assert_exit(self.server.run("schedule", "shop", "--json"), 0).json()["jobs"]
        return next(job for job in jobs if job["job"] == "daily")

    def sets(self):
        return self.server.run("backup", "list", "shop", "--json").json()["sets"]

    def test_1_a_dry_run_changes_nothing(self):
        before = self.server.fingerprint("srv"), self.notes_path.read_text()
        self.assertRegex(self.call(0, "--dry-run").stdout, r"^shop daily of \w{3} \S+ \d\d:\d\d \+00:00: due\n$")
        self.assertEqual((self.server.fingerprint("srv"), self.notes_path.read_text()), before)

    def test_2_what_was_missed_is_made_up_once(self):
        before = len(self.sets())
        self.assertRegex(self.call().stdout, r"^shop daily of .*: done in [0-9.]+ s\n$")
        made = self.sets()[before:]
        self.assertEqual([(one["kind"], one["operator"], one["complete"]) for one in made],
                         [("daily", "schedule", True)])
        self.assert_silent(self.call())
        self.assertEqual(len(self.sets()), before + 1)
        last = self.daily()["last"]
        self.assertEqual((last["outcome"], last["exit"], last["message"]), ("done", 0, None))

    def test_3_a_run_by_hand_counts(self):
        must(self.server.run("backup", "shop", "daily", "--operator", "ken"))
        self.assert_silent(self.call())
        self.assertEqual(self.daily()["last"]["outcome"], "done")

    def test_4_a_failed_run_is_told_once_and_waits(self):
        without_engine = {"BALLAST_DOCKER_SOCKET": "/nowhere.sock"}
        result = self.call(1, "--quiet", environment=without_engine)
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, r"(?s)^error: shop daily failed: .*exit status 3; it is tried once more after 30 min\n")
        self.assert_silent(self.call(0, environment=without_engine))
        self.assertEqual((self.daily()["attempt"], self.daily()["due"]), (2, False))
        self.assertEqual(self.daily()["last"]["outcome"], "failed")

    def test_5_a_stack_that_is_held_is_tried_again_at_the_next_call(self):
        with self.held("shop.lock"):
            self.assertRegex(self.call().stdout, r"^shop daily of .* waits: stack shop is held by another operation: "
                                                 r"restore by ann, ")
            self.assert_silent(self.call())
        self.assertEqual([run["outcome"] for run in self.call_json()["runs"]], ["done"])

    def test_6_never_two_at_once(self):
        with self.held(".schedule.lock"):
            self.assert_silent(self.call())
            self.assertEqual(self.call_json()["busy"], "ann")
        self.assertTrue(self.daily()["due"])

    def test_7_one_broken_policy_keeps_nobody_else_and_is_told_once(self):
        broken = self.server.path("srv/stacks/broken")
        broken.mkdir()
        self.addCleanup(case.remove_folder, broken)
        (broken / "compose.yaml").write_text("services: {web: {image: 'a:${A_TAG}'}}\n")
        (broken / ".env").write_text("A_TAG=v1\n")
        (broken / "ballast.yaml").write_text("backup: {daily: \"25:00\"}\n")
        result = self.call(9)
        self.assertRegex(result.stdout, r"^shop daily of .*: done in ")
        self.assertIn("broken/ballast.yaml:1: `backup.daily`: \"25:00\" is no time of day\n", result.error)
        self.assert_silent(self.call(9))
        self.assertEqual(self.call_json(9)["troubles"][0]["about"], "stack broken")

    def test_8_a_call_that_was_killed_leaves_its_job_at_work(self):
        """And the lock with it: no second one begins, and the next call finds the first one done."""
        before = len(self.sets())
        started = self.server.start("schedule", "run")
        until(lambda: self.server.unfinished(), "the backup has begun")
        started.process.kill()
        started.finish()
        self.assert_silent(self.call())
        until(lambda: not self.server.unfinished(), "the backup has ended")
        until(lambda: self.call_json()["busy"] is None, "its process has ended")
        self.assertEqual(len(self.sets()), before + 1)
        self.assertEqual(self.daily()["last"]["outcome"], "done")


if __name__ == "__main__":
    case.main()
