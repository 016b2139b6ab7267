"""Old images go after a good deploy, and only those that nobody needs: what runs, what may be returned to, others'.
What else takes space goes with `ballast prune`, which says of each thing why."""

import fcntl
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures  # noqa: E402
from support.backups import BackupCase, query  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, must  # noqa: E402
from support.waiting import until  # noqa: E402

NAMES = ("good1", "good2", "volume1", "volume2", "slow", "health500")
SHORT = "candidate: {enabled: false}\nverify: {timeout: 6s, settle: 0s}\nupgrade: never\n"


class Prune(ServerCase):
    """Two stacks of one repository, whose images are nobody else's on this machine."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=SHORT + "keep-releases: 2\n")
        cls.other = cls.server.stack(name="other", policy=WITHOUT_CANDIDATE, repository=cls.stack.repository)
        for name in NAMES:
            fixtures.build_image("shop", fixtures.tag(name), cls.reference(name))
        must(cls.other.deploy(fixtures.tag("good1")))
        cls.holder = subprocess.run(["docker", "create", cls.reference("volume1")], check=True, capture_output=True,
                                    text=True).stdout.strip()
        cls.addClassCleanup(engine.remove, cls.holder)

    @classmethod
    def reference(cls, name):
        return f"{cls.stack.repository}:{fixtures.tag(name)}"

    def deploy(self, name, status=0):
        return self.assert_exit(self.stack.deploy(fixtures.tag(name)), status)

    def present(self):
        return {name for name in NAMES if engine.image(self.reference(name))}

    def removed(self, result):
        """What it told of each, and of all."""
        found = re.findall(r"removed image \S+:(\S+) \([\d.]+ MB\)", result.stderr)
        return found, re.search(r"(?m)^\[ok\] remove old images: (.*?)(?: \([\d.]+ m?s\))?$", result.stderr).group(1)

    def test_1_with_few_releases_nothing_goes(self):
        for name in ("good1", "volume1"):
            result = self.deploy(name)
            self.assertEqual(self.removed(result), ([], "no old image to remove"))

    def test_2_a_failed_deploy_removes_nothing(self):
        self.deploy("health500", 4)
        self.assertEqual(self.present(), set(NAMES))

    def test_3_the_failed_one_goes_first_and_the_good_ones_that_others_need_stay(self):
        found, summary = self.removed(self.deploy("good2"))
        self.assertEqual(found, [fixtures.tag("health500")])
        self.assertRegex(summary, r"^1 old image removed, at most [\d.]+ MB freed$")
        # keep-releases is 2 by now: good2 and volume1; good1 is what the other stack runs.
        self.assertEqual(self.present(), set(NAMES) - {"health500"})

    def test_4_the_oldest_good_one_goes(self):
        self.assertEqual(self.removed(self.deploy("volume2"))[0], [])  # volume1 has a container, though none that runs
        found, summary = self.removed(self.deploy("volume1"))
        self.assertEqual(found, [fixtures.tag("good2")])
        self.assertRegex(summary, r"^1 old image removed, at most [\d.]+ MB freed$")
        # `slow` was never released: it may have been built ahead.
        self.assertEqual(self.present(), {"good1", "volume1", "volume2", "slow"})

    def test_5_what_is_kept_is_what_a_rollback_returns_to(self):
        self.assert_exit(self.stack.rollback(), 0)
        self.assert_running(self.stack, "volume2")
        self.assertEqual(self.other.version(), fixtures.tag("good1"))

    def test_6_a_prune_of_the_server_takes_them_too(self):
        self.stack.set_policy(SHORT + "keep-releases: 1\n")
        engine.remove(self.holder)
        going = {"what": f"image {self.reference('volume1')}", "reason": "no rollback needs it"}
        for options in (["--dry-run"], []):
            told = must(self.server.run("prune", *options, "--json")).json()
            stacks = {one["stack"]: one["removed"] for one in told["stacks"]}
            self.assertEqual(set(stacks), {"shop", "other"})
            self.assertEqual(stacks["other"], [])
            part, = stacks["shop"]
            self.assertGreater(part.pop("bytes"), 1_000_000)
            self.assertEqual(part, going)
            self.assertEqual("volume1" in self.present(), bool(options))
        self.assertEqual(self.present(), {"good1", "volume2", "slow"})
        self.assertEqual(must(self.server.run("prune")).stdout, "nothing to remove\n")


class Everything(BackupCase):
    """What backups, restores, fetches and candidates leave; what is in use, young or another's stays."""

    POLICY = WITHOUT_CANDIDATE + "backup: {before-deploy: off, keep-daily: 1, keep-replaced: 1s}\n"

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.stack.set_policy(cls.POLICY)

    def prune(self, *options):
        told = must(self.server.run("prune", "shop", *options, "--json")).json()
        self.assertEqual(told["dry_run"], "--dry-run" in options)
        return told

    def removed(self, told):
        stack, = told["stacks"]
        self.assertEqual(stack["trouble"], None)
        return {one["what"]: (one["reason"], one["bytes"]) for one in stack["removed"]}

    def both(self):
        """What a dry run tells is what goes then."""
        told = self.removed(self.prune("--dry-run"))
        self.assertEqual(self.removed(self.prune()), told)
        self.assertEqual(self.removed(self.prune()), {})
        return told

    def make(self, path, content=b"0123456789", age=0):
        path = self.backups / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        for one in (path, path.parent):
            os.utime(one, (path.stat().st_mtime - age,) * 2)
        return path

    def test_what_was_cut_off(self):
        self.backup()
        old, young = "20200101T000000Z-aaaa", "20200102T000000Z-bbbb"
        self.make(f"trash/{old}/manifest.json")
        gone = [self.make(f"incoming/{old}/globals.sql", age=3 * 86400), self.make(f"incoming/{old}.pool/file", age=3 * 86400)]
        kept = self.make(f"incoming/{young}.pool/file")
        told = self.both()
        self.assertEqual(told["trash/"], ("sets whose removal was cut off", 10))
        for path in gone:
            reason, size = told.pop("incoming/" + path.parent.name)
            self.assertRegex(reason, r"^unfinished, untouched for 3 d")
            self.assertEqual((size, path.parent.exists()), (10, False))
        self.assertEqual(set(told), {"trash/"})
        self.assertTrue(kept.exists())

    def test_what_went_bad(self):
        made = self.backup()
        named, again = self.uploaded[0], self.uploaded[1]
        nobodys = "ab" + "0" * 38
        digits = lambda name: name.partition("/")[2]  # noqa: E731
        for name in (digits(named), digits(again), nobodys):
            self.make(f"damaged/{name}")
        (self.backups / "pool" / named).rename(self.backups / "aside")
        told = self.both()
        self.assertEqual(told, {"2 attachments in damaged/": ("the pool has them whole again, or no set names them", 20)})
        self.assertEqual([path.name for path in (self.backups / "damaged").iterdir()], [digits(named)])
        (self.backups / "aside").rename(self.backups / "pool" / named)
        self.assert_in_pool(self.names_of(made))

    def test_data_that_a_restore_replaced(self):
        made = self.backup()
        must(self.server.run("restore", "shop", made["id"], "--yes", "--operator", "ken"))
        parked, = query(self.stack, "select datname from pg_database where datname like '%\\_\\_before\\_%'", "postgres")
        size = int(query(self.stack, f"select pg_database_size('{parked}')", "postgres")[0])
        until(lambda: self.removed(self.prune("--dry-run")), "it is kept no longer")
        told = self.both()
        (reason, bytes_), = told.values()
        self.assertEqual(list(told), ["data that a restore replaced"])
        self.assertRegex(reason, r"^kept since \d{4}-")
        self.assertGreater(bytes_, size)
        self.assertNotIn(parked, query(self.stack, "select datname from pg_database", "postgres"))

    def test_candidates_of_operations_that_ended(self):
        operation = self.server.journal("select id from operation where state <> 'running' order by started")[0]["id"]
        image = self.stack.container("web")["Image"]
        made = {}
        for label, value in (("tools.ballast.candidate", operation), ("tools.ballast.candidate", "nobodys")):
            made[value] = subprocess.run(["docker", "create", "--label", f"{label}={value}", image], check=True, text=True,
                                         capture_output=True).stdout.strip()
            self.addCleanup(engine.remove, made[value])
        name = engine.inspect(made[operation])["Name"].lstrip("/")
        self.assertEqual(self.both(), {f"container {name}": (f"left by {operation}", 0)})
        engine.inspect(made["nobodys"])

    def test_large_logs_are_named(self):
        web = self.stack.container("web")
        self.assertEqual(self.prune("--dry-run")["large_logs"], [])
        with open(web["LogPath"], "ab") as file:
            file.write(b"x" * 11_000_000)
        log, = self.prune("--dry-run")["large_logs"]
        self.assertEqual((log["container"], log["stack"]), (web["Name"].lstrip("/"), "shop"))
        self.assertGreater(log["bytes"], 11_000_000)
        told = must(self.server.run("prune", "shop", "--dry-run")).stdout
        self.assertRegex(told, rf"(?m)^the log of {log['container']} \(shop\) is [\d.]+ MB: give the service a `logging:` with `max-size`$")

    def test_nothing_goes_while_a_set_is_fetched(self):
        first, second = self.backup("daily"), None
        lock = self.server.path("run/ballast/.fetch-shop.lock")
        lock.write_text(json.dumps({"operation": "fetch", "operator": "ann", "pid": os.getpid(), "since": "2026-01-01T00:00:00Z"}))
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            made = self.assert_exit(self.server.run("backup", "shop", "daily", "--json"), 0)
            second = made.json()
            self.assertRegex(made.stderr, r"remove what the retention lets go: nothing was removed: another fetch of sets of shop "
                                          r"is under way: by ann, for ")
            stack, = self.prune()["stacks"]
            self.assertEqual(stack["removed"], [])
            self.assertRegex(stack["trouble"], r"^nothing was removed: another fetch of sets of shop is under way: by ann, for ")
            self.assertTrue(pathlib.Path(first["folder"]).exists())
        self.assertIn(f"set {first['id']}", self.both())
        self.assertFalse(pathlib.Path(first["folder"]).exists())
        self.assertTrue(pathlib.Path(second["folder"]).exists())


if __name__ == "__main__":
    case.main()
