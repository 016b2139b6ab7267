"""Backup sets: complete or told otherwise, database and attachments as of one moment, and read again by verify."""

import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import sys
import threading
import urllib.error

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine  # noqa: E402
from support.backups import GOOD1, GOOD2, BackupCase, in_database, post, query, upload  # noqa: E402
from support.case import WITHOUT_CANDIDATE, must  # noqa: E402
from support.waiting import until  # noqa: E402


class Sets(BackupCase):
    def test_a_complete_set(self):
        made = self.backup("daily", "--tag", "a note")
        self.assertTrue(made["complete"])
        self.assertEqual((made["kind"], made["note"], made["operator"], made["tag"]), ("daily", "a note", "ken", GOOD1))
        self.assertEqual(made["folder"], str(self.backups / "sets" / made["id"]))
        self.assert_consistent(made)
        self.assertLessEqual(set(self.uploaded), set(self.names_of(made)))
        manifest = self.manifest(made)
        database, = manifest["databases"]
        self.assertEqual(database["rows"]["ir_attachment"], int(query(self.stack, "select count(*) from ir_attachment")[0]))
        sizes = [(self.backups / "pool" / name).stat().st_size for name in self.names_of(made)]
        self.assertEqual((database["attachments"]["count"], database["attachments"]["bytes"]), (len(sizes), sum(sizes)))
        for file in manifest["files"]:
            path = pathlib.Path(made["folder"]) / file["path"]
            self.assertEqual((path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mode & 0o777),
                             (file["size"], file["sha256"], 0o600))
        self.assertEqual({path.name for path in (pathlib.Path(made["folder"]) / "stack").iterdir()},
                         {"docker-compose.yml", ".env", "ballast.yaml"})
        self.assertEqual(pathlib.Path(made["folder"]).stat().st_mode & 0o777, 0o700)
        self.assertIn("CREATE ROLE odoo", (pathlib.Path(made["folder"]) / "globals.sql").read_text())
        self.assertEqual(list((self.backups / "incoming").iterdir()), [])
        self.assert_nothing_left(self.stack)

    def test_the_pool_is_shared(self):
        self.backup()
        before = {path: path.stat().st_ino for path in (self.backups / "pool").glob("??/*")}
        new = upload(self.stack, "new", b"new content")["store_fname"]
        made = self.backup()
        after = {path: path.stat().st_ino for path in (self.backups / "pool").glob("??/*")}
        self.assertEqual(set(after) - set(before), {self.backups / "pool" / new})
        self.assertEqual({path: after[path] for path in before}, before)
        self.assertIn(new, self.names_of(made))

    def test_what_production_lost_is_named(self):
        lost = upload(self.stack, "lost", b"to be lost")
        bent = upload(self.stack, "bent", b"to be bent")
        (self.filestore / lost["store_fname"]).unlink()
        (self.filestore / bent["store_fname"]).write_bytes(b"other bytes")
        self.addCleanup(post, self.stack, f"/shop/delete?id={lost['id']}")
        self.addCleanup(post, self.stack, f"/shop/delete?id={bent['id']}")
        made = self.backup()
        self.assertTrue(made["complete"])
        told = {(one["attachment"], one["what"]) for one in made["databases"][0]["lost_in_production"]}
        self.assertEqual(told, {(lost["store_fname"], "missing"), (bent["store_fname"], "damaged")})
        self.assertFalse((self.backups / "pool" / bent["store_fname"]).exists())
        self.backup("--strict", status=7)
        result = self.assert_exit(self.server.run("backup", "shop"), 0)
        self.assertIn(f"  missing in production: {lost['store_fname']} of shop\n", result.stdout)

    def lost_in(self, made):
        return [(one["attachment"], one["what"], one["kept"]) for one in made["databases"][0]["lost_in_production"]]

    def test_what_production_lost_after_it_was_pooled_is_named_too(self):
        lost = upload(self.stack, "lost-later", b"to be lost later")
        bent = upload(self.stack, "bent-later", b"to be bent later")
        self.addCleanup(post, self.stack, f"/shop/delete?id={lost['id']}")
        self.addCleanup(post, self.stack, f"/shop/delete?id={bent['id']}")
        self.assertEqual(self.lost_in(self.backup()), [])
        (self.filestore / lost["store_fname"]).unlink()
        (self.filestore / bent["store_fname"]).write_bytes(b"cut")
        made = self.backup()
        self.assertEqual(self.lost_in(made), [(lost["store_fname"], "missing", True), (bent["store_fname"], "damaged", True)])
        self.assertLessEqual({lost["store_fname"], bent["store_fname"]}, set(self.names_of(made)))
        self.assert_consistent(made)
        self.backup("--strict", status=7)
        result = self.assert_exit(self.server.run("backup", "shop"), 0)
        self.assertIn(f"  missing in production: {lost['store_fname']} of shop, kept from an earlier backup\n", result.stdout)

    def test_a_file_of_the_pool_that_was_cut_is_no_copy(self):
        lost = upload(self.stack, "lost-and-cut", b"to be lost and cut")
        name = lost["store_fname"]
        self.addCleanup(post, self.stack, f"/shop/delete?id={lost['id']}")
        before = self.backup()
        (self.filestore / name).unlink()
        (self.backups / "pool" / name).write_bytes(b"to be")
        made = self.backup(status=8)
        self.assertEqual(self.lost_in(made), [(name, "missing", False)])
        self.assertEqual(made["pool_damage"], [{"attachment": name, "replaced": False}])
        self.assertNotIn(name, self.names_of(made))
        self.assertEqual((self.backups / "damaged" / name.partition("/")[2]).read_bytes(), b"to be")
        self.assertEqual(self.backup()["pool_damage"], [])
        verified = self.assert_exit(self.server.run("backup", "verify", "shop", before["id"]), 8)
        self.assertIn(f"  pool/{name}: missing\n", verified.stdout)

    def test_list_and_show(self):
        made = self.backup("--tag", "seen")
        result = self.assert_exit(self.server.run("backup", "list", "shop"), 0)
        self.assertRegex(result.stdout, rf"(?m)^{made['id']} +manual +complete +1 +\d+ +\S+ \S+ +never +{GOOD1} +seen$")
        result = self.assert_exit(self.server.run("backup", "show", "shop", made["id"]), 0)
        self.assertIn(f"  in {made['folder']}\n", result.stdout)

    def test_names_of_sets(self):
        self.backup()
        made = self.backup()
        listed = json.loads(self.server.run("backup", "list", "shop", "--json").stdout)["sets"]
        self.assert_error(self.server.run("backup", "show", "shop", "1999"), 2,
                          "error: no backup of shop is named `1999`\nhint: see them with: ballast backup list shop\n")
        self.assert_error(self.server.run("backup", "show", "shop", "20"), 2,
                          "error: more than one backup of shop begins with `20`: "
                          + ", ".join(one["id"] for one in listed) + "\nhint: give more of its name\n")
        latest = json.loads(self.server.run("backup", "show", "shop", "latest", "--json").stdout)
        self.assertEqual(latest["id"], made["id"])

    def test_words(self):
        self.assert_error(self.server.run("backup", "shop", "hourly"), 2,
                          "error: no kind of backup `hourly`\nhint: kinds: daily, weekly-full, manual, pre-deploy\n")
        self.assert_error(self.server.run("backup", "shop", "--database", "other"), 2,
                          "error: shop has no database `other`\nhint: databases there: shop\n")

    def test_the_database_service_is_down(self):
        before = sorted((self.backups / "sets").iterdir()) if (self.backups / "sets").exists() else []
        self.stack.compose("stop", "db")
        try:
            result = self.assert_exit(self.server.run("backup", "shop"), 3)
        finally:
            self.stack.compose("start", "db")
            self.stack.wait_until_good()
        self.assertEqual(result.error,
                         "error: the database service `db` of shop does not run: there is nothing to back up from\n"
                         "hint: start it, then try again: ballast status shop\n")
        self.assertEqual(sorted((self.backups / "sets").iterdir()) if before else [], before)


class WithoutProduction(BackupCase):
    """The attachments cannot be read where they are live, or are gone there: which of the two, is told."""

    NO_CONTAINER = "attachments of shop: the live ones cannot be read: the service `web` of shop has no container; "
    NO_VOLUMES = "volumes of web: the service has no container: what they hold was not packed"

    def named(self):
        return set(query(self.stack, "select distinct store_fname from ir_attachment where store_fname is not null"))

    def without_container(self):
        engine.remove_container_alone(self.stack.container("web")["Id"])
        self.addCleanup(self.stack.wait_until_good)
        self.addCleanup(self.stack.compose, "up", "-d", "--no-recreate")

    def without_pool(self):
        pool = self.backups / "pool"
        if pool.exists():
            pool.rename(self.backups / "pool-aside")
            self.addCleanup((self.backups / "pool-aside").rename, pool)
            self.addCleanup(case.remove_folder, pool)

    def test_1_the_container_is_gone_and_nothing_was_pooled(self):
        count = len(self.named())
        self.without_container()
        made = self.backup(status=7)
        self.assertEqual((made["complete"], made["reasons"], made["remarks"]),
                         (False, [f"{self.NO_CONTAINER}{count} of {count} are not in the pool"], [self.NO_VOLUMES]))
        self.assertEqual((made["databases"][0]["attachments"], made["databases"][0]["lost_in_production"]), (0, []))
        self.assertEqual(self.manifest(made)["filestore"], None)

    def test_2_the_pool_lacks_one(self):
        self.backup()
        count = len(self.named())
        upload(self.stack, "late", b"after the last backup")
        self.without_container()
        made = self.backup(status=7)
        self.assertEqual(made["reasons"], [f"{self.NO_CONTAINER}1 of {count + 1} are not in the pool"])
        self.assertEqual(made["databases"][0]["attachments"], count)
        result = self.assert_exit(self.server.run("backup", "shop"), 7)
        self.assertIn(f"  {self.NO_CONTAINER}1 of {count + 1} are not in the pool\n  {self.NO_VOLUMES}\n", result.stdout)

    def test_3_the_pool_has_them_all(self):
        before = self.backup()
        count = len(self.named())
        self.without_container()
        made = self.backup("weekly-full")
        self.assertEqual((made["complete"], made["reasons"], made["remarks"]),
                         (True, [], [self.NO_VOLUMES, f"{self.NO_CONTAINER}the pool has all {count} of them"]))
        self.assertEqual(made["databases"][0]["lost_in_production"], [])
        self.assert_consistent(made)
        there, then = self.manifest(made)["filestore"], self.manifest(before)["filestore"]
        self.assertEqual({**there, "archive": ""}, {**then, "archive": ""})
        self.assertTrue(there["archive"])
        self.assert_exit(self.server.run("backup", "verify", "shop", made["id"]), 0)
        # A copy that was cut is none.
        name = self.uploaded[2]
        path = self.backups / "pool" / name
        content = path.read_bytes()
        path.write_bytes(content[:-1])
        self.addCleanup(path.write_bytes, content)
        made = self.backup(status=7)
        self.assertEqual(made["reasons"], [f"{self.NO_CONTAINER}1 of {count} are not in the pool"])
        self.assertEqual(made["pool_damage"], [{"attachment": name, "replaced": False}])

    def test_4_the_folder_is_gone(self):
        self.backup()
        folder = self.filestore.parent
        aside = folder.with_name("filestore-aside")
        folder.rename(aside)
        self.addCleanup(aside.rename, folder)
        self.addCleanup(case.remove_folder, folder)
        made = self.backup()
        self.assertEqual((made["complete"], made["reasons"], made["remarks"]), (True, [], []))
        lost = made["databases"][0]["lost_in_production"]
        self.assertEqual({(one["attachment"], one["what"], one["kept"]) for one in lost},
                         {(name, "missing", True) for name in self.named()})
        self.assert_consistent(made)
        volume = self.manifest(made)["filestore"]
        there = folder.parent.stat()
        self.assertEqual((volume["path"], volume["uid"], volume["gid"]), ("/var/lib/odoo", there.st_uid, there.st_gid))
        self.backup("--strict", status=7)
        self.without_pool()
        made = self.backup()
        lost = made["databases"][0]["lost_in_production"]
        self.assertEqual({(one["attachment"], one["what"], one["kept"]) for one in lost},
                         {(name, "missing", False) for name in self.named()})
        self.assertEqual(made["databases"][0]["attachments"], 0)


class Verified(BackupCase):
    def damage(self, path, change):
        path = pathlib.Path(path)
        content = path.read_bytes()
        path.write_bytes(change(content))
        self.addCleanup(path.write_bytes, content)

    def verified(self, made, status):
        result = self.assert_exit(self.server.run("backup", "verify", "shop", made["id"], "--json"), status)
        return json.loads(result.stdout)["sets"][0]

    def test_a_good_set(self):
        made = self.backup()
        verified = self.verified(made, 0)
        self.assertEqual((verified["good"], verified["damage"], verified["unknown"]), (True, [], []))
        self.assert_nothing_left(self.stack)

    def test_each_damage_is_named(self):
        made = self.backup()
        folder = pathlib.Path(made["folder"])
        name = self.uploaded[0]
        flip = lambda content: content[:-3] + bytes([content[-3] ^ 1]) + content[-2:]  # noqa: E731
        damages = {
            "the dump, cut": (folder / "databases/shop.dump", lambda content: content[:len(content) // 2],
                              "databases/shop.dump: "),
            "the dump, flipped": (folder / "databases/shop.dump", flip,
                                  "databases/shop.dump: other content than recorded"),
            "the roles": (folder / "globals.sql", flip, "globals.sql: other content than recorded"),
            "an attachment": (self.backups / "pool" / name, flip, f"pool/{name}: other content than its name says"),
            "an empty attachment": (self.backups / "pool" / name, lambda _: b"",
                                    f"pool/{name}: other content than its name says"),
        }
        for what, (path, change, expected) in damages.items():
            with self.subTest(what):
                self.damage(path, change)
                told = self.verified(made, 8)["damage"]
                self.assertTrue(any(line.startswith(expected) for line in told), told)
                self.doCleanups()
                self.verified(made, 0)

    def test_a_missing_attachment_is_named(self):
        made = self.backup()
        path = self.backups / "pool" / self.uploaded[1]
        aside = path.with_suffix(".aside")
        path.rename(aside)
        self.addCleanup(aside.rename, path)
        self.assertEqual(self.verified(made, 8)["damage"], [f"pool/{self.uploaded[1]}: missing"])

    def reading(self, *words):
        """A verify that has come to the dumps, and the container in which it reads them."""
        started = self.server.start("backup", "verify", "shop", *words)
        mark = f"read-shop-{pathlib.Path('/proc/sys/kernel/random/boot_id').read_text()[:8]}-{started.process.pid}"
        benches = lambda: engine.containers(f"tools.ballast.operation={mark}")  # noqa: E731
        until(benches, "its container")
        return started, benches

    def test_a_set_that_is_removed_meanwhile_is_not_damaged(self):
        self.backup()
        for words, status in (([], 1), (["--all"], 0)):
            with self.subTest(words):
                folder = pathlib.Path(self.backup()["folder"])
                started, benches = self.reading(*(words or [folder.name]))
                folder.rename(self.backups / "taken-away")
                result = self.assert_exit(started.finish(), status)
                shutil.rmtree(self.backups / "taken-away")
                self.assertRegex(result.stdout, rf"(?m)^shop {folder.name}: gone, ")
                self.assertIn("  the set was removed while it was read\n", result.stdout)
                self.assertNotIn("missing", result.stdout)

    def test_its_container_goes_when_it_was_killed(self):
        self.backup()
        for words in (["recover", "shop"], ["recover"], ["prune", "shop"]):
            with self.subTest(words):
                started, benches = self.reading()
                started.signal(signal.SIGSTOP)
                self.assert_exit(self.server.run(*words), 0)
                self.assertEqual(len(benches()), 1, "whose command goes on")
                started.signal(signal.SIGKILL)
                started.finish()
                told = self.assert_exit(self.server.run(*words), 0)
                self.assertEqual(benches(), [])
                if words[0] == "prune":
                    self.assertRegex(told.stdout, r"container \S+ +left by a command that was killed\n")

    def test_a_damaged_manifest(self):
        made = self.backup()
        manifest = pathlib.Path(made["folder"]) / "manifest.json"
        self.damage(manifest, lambda content: content[:-20])
        result = self.assert_exit(self.server.run("backup", "verify", "shop", "--all"), 8)
        self.assertIn(f"shop {made['id']}: damaged", result.stdout)


class Scrubbed(BackupCase):
    """Each backup reads a part of the pool again; after a long pause, all of it."""

    @property
    def state(self):
        return self.backups / "scrub.json"

    def backup_after_a_pause(self, *options, status=0):
        state = json.loads(self.state.read_text())
        self.state.write_text(json.dumps({**state, "at": "2020-01-01T00:00:00Z"}))
        return self.backup(*options, status=status)

    def two_backups(self):
        """The pool is there from the first one on, and so is read from the second one on."""
        self.backup()
        return self.backup()

    def flip(self, name):
        path = self.backups / "pool" / name
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        return path.read_bytes()

    def test_what_went_bad_is_copied_anew(self):
        self.two_backups()
        name = self.uploaded[0]
        bad = self.flip(name)
        made = self.backup_after_a_pause()
        self.assertEqual(made["pool_damage"], [{"attachment": name, "replaced": True}])
        self.assert_in_pool([name])
        self.assertEqual((self.backups / "damaged" / name.partition("/")[2]).read_bytes(), bad)
        self.assert_exit(self.server.run("backup", "verify", "shop", "--all"), 0)
        self.assertEqual(self.backup_after_a_pause()["pool_damage"], [])
        self.assertEqual(list((self.backups / "damaged").iterdir()), [])

    @case.long_form
    def test_what_production_has_no_more_is_told(self):
        before = self.two_backups()
        name = self.uploaded[1]
        live = self.filestore / name
        content, owner = live.read_bytes(), live.stat()
        self.flip(name)
        live.unlink()
        made = self.backup_after_a_pause(status=8)
        self.assertEqual(made["pool_damage"], [{"attachment": name, "replaced": False}])
        self.assertEqual([one["lost_in_production"] for one in made["databases"]],
                         [[{"attachment": name, "what": "missing", "kept": False}]])
        verified = self.assert_exit(self.server.run("backup", "verify", "shop", before["id"]), 8)
        self.assertIn(f"  pool/{name}: missing\n", verified.stdout)
        live.write_bytes(content)
        os.chown(live, owner.st_uid, owner.st_gid)
        self.backup()
        self.assert_exit(self.server.run("backup", "verify", "shop", "--all"), 0)

    def test_what_was_found_outlives_a_kill(self):
        self.two_backups()
        name = self.uploaded[3]
        live = self.filestore / name
        content, owner = live.read_bytes(), live.stat()
        self.flip(name)
        live.unlink()
        state = json.loads(self.state.read_text())
        self.state.write_text(json.dumps({**state, "at": "2020-01-01T00:00:00Z"}))
        started = self.server.start("backup", "shop")
        until((self.backups / "damaged" / name.partition("/")[2]).exists, "the damage is put aside", pause=0.001)
        started.signal(signal.SIGKILL)
        started.finish()
        made = self.backup(status=8)
        self.assertEqual(made["pool_damage"], [{"attachment": name, "replaced": False}])
        self.assertEqual(self.backup()["pool_damage"], [])
        live.write_bytes(content)
        os.chown(live, owner.st_uid, owner.st_gid)
        self.backup()

    @case.long_form
    def test_the_next_part_goes_on_where_the_last_one_ended(self):
        self.two_backups()
        first = json.loads(self.state.read_text())
        self.backup()
        second = json.loads(self.state.read_text())
        self.assertEqual((second["schema"], second["next"]), ("ballast.scrub/1", (first["next"] + 1) % 256))
        self.addCleanup(self.stack.set_policy, WITHOUT_CANDIDATE)
        self.stack.set_policy(WITHOUT_CANDIDATE + "backup: {before-deploy: off, scrub: 0s}\n")
        self.backup()
        self.assertEqual(json.loads(self.state.read_text()), second)


class BeforeADeploy(BackupCase):
    POLICY = WITHOUT_CANDIDATE + "backup: {before-deploy: %s}\n"

    def sets(self):
        return [one for one in json.loads(self.server.run("backup", "list", "shop", "--json").stdout)["sets"]
                if one["kind"] == "pre-deploy"]

    def without_database(self):
        self.stack.compose("stop", "db")
        self.addCleanup(self.stack.wait_until_good)
        self.addCleanup(self.stack.compose, "start", "db")

    def test_required(self):
        self.stack.set_policy(self.POLICY % "required")
        before = len(self.sets())
        result = self.assert_exit(self.stack.deploy(GOOD2), 0)
        made = self.sets()[-1]
        self.assertEqual((len(self.sets()), made["complete"], made["tag"], made["note"]),
                         (before + 1, True, GOOD1, f"before {GOOD2}"))
        self.assertIn(f"back up before the change: set {made['id']}, complete", result.stderr)
        self.assert_consistent(made)
        must(self.stack.deploy(GOOD1))

    def test_required_and_it_fails(self):
        self.stack.set_policy(self.POLICY % "required")
        before = self.sets()
        self.without_database()
        result = self.assert_exit(self.stack.deploy(GOOD2, "--upgrade", "none"), 3)
        self.assertEqual(result.error,
                         "error: the backup before the deploy of shop failed: the database service `db` of shop does "
                         "not run: there is nothing to back up from; nothing was changed\n"
                         "hint: mend it, and see that it works: ballast backup shop\n")
        self.assertEqual((self.sets(), self.stack.tag()), (before, GOOD1))
        self.assertEqual(list((self.backups / "incoming").glob("*")), [])

    def test_required_and_it_is_incomplete(self):
        self.stack.set_policy(self.POLICY % "required")
        before = len(self.sets())
        reason = self.make_incomplete()
        result = self.assert_exit(self.stack.deploy(GOOD2), 3)
        self.assertTrue(result.stderr.endswith(
            f"\nerror: the backup before the deploy of shop failed: it is incomplete: {reason}; nothing was changed\n"
            "hint: mend it, and see that it works: ballast backup shop\n"), result)
        self.assertEqual((self.stack.tag(), self.stack.version()), (GOOD1, GOOD1))
        made = self.sets()
        self.assertEqual((len(made), made[-1]["complete"], made[-1]["reasons"]), (before + 1, False, [reason]))

    def make_incomplete(self):
        """The role of the database service may read no passwords any more; the site goes on with its own rights."""
        path = self.stack.compose_path
        content = path.read_text()
        in_database(self.stack, "psql", "-X", "-q", "-U", "odoo", "-d", "shop", "-c",
                    "create role weak login password 'weak'; grant odoo to weak; alter role weak noinherit; "
                    "grant select on all tables in schema public to weak; "
                    "grant select on all sequences in schema public to weak")
        self.addCleanup(in_database, self.stack, "psql", "-X", "-q", "-U", "odoo", "-d", "shop", "-c",
                        "drop owned by weak; drop role weak")
        path.write_text(content.replace("POSTGRES_USER: odoo", "POSTGRES_USER: weak"))
        self.addCleanup(self.stack.wait_until_good)
        self.addCleanup(self.stack.compose, "up", "-d", "--no-deps", "db")
        self.addCleanup(path.write_text, content)
        self.stack.compose("up", "-d", "--no-deps", "db")
        self.stack.wait_until_good()
        reason, = self.backup(status=7)["reasons"]
        self.assertIn("globals.sql: pg_dumpall --globals-only ended with exit status 1", reason)
        return reason

    @case.long_form
    def test_best_effort(self):
        self.stack.set_policy(self.POLICY % "best-effort")
        before = len(self.sets())
        reason = self.make_incomplete()
        result = self.assert_exit(self.stack.deploy(GOOD2), 0)
        self.assertIn("back up before the change: it failed, and the policy lets the deploy go on: it is incomplete: "
                      f"{reason}", result.stderr)
        self.assertEqual((self.stack.tag(), self.stack.version()), (GOOD2, GOOD2))
        self.assertEqual([one["complete"] for one in self.sets()[before:]], [False])
        self.assert_nothing_left(self.stack)
        must(self.stack.deploy(GOOD1))

    def test_off(self):
        self.stack.set_policy(self.POLICY % "off")
        before = self.sets()
        result = self.assert_exit(self.stack.deploy(GOOD2), 0)
        self.assertIn("back up before the change: no backup configured", result.stderr)
        self.assertEqual(self.sets(), before)
        must(self.stack.deploy(GOOD1))

    @case.long_form
    def test_older_ones_go(self):
        self.stack.set_policy(WITHOUT_CANDIDATE + "backup: {before-deploy: required, keep-pre-deploy: 1}\n")
        for tag in (GOOD2, GOOD1):
            must(self.stack.deploy(tag))
        made = [one for one in self.sets() if one["complete"]]
        self.assertEqual([(one["tag"], one["note"]) for one in made], [(GOOD2, f"before {GOOD1}")])


class UnderLoad(BackupCase):
    """Clients upload, delete and collect without pause: every set has all that its database names."""

    ROUNDS = case.long_or_short(50, 4)

    def work(self, seed, errors):
        choice = random.Random(seed)
        mine = []
        while not self.over.is_set():
            try:
                if len(mine) < 5 or choice.random() < 0.5:
                    mine.append(upload(self.stack, "load", choice.randbytes(choice.randrange(100, 5000)))["id"])
                else:
                    post(self.stack, f"/shop/delete?id={mine.pop(choice.randrange(len(mine)))}")
                if choice.random() < 0.1:
                    post(self.stack, "/shop/gc")
            except urllib.error.HTTPError as error:  # the collection gives up when it waits too long
                if error.code != 500:
                    errors.append(error)
            except Exception as error:  # noqa: BLE001
                errors.append(error)

    def test_every_set_is_whole(self):
        self.over = threading.Event()
        errors = []
        workers = [threading.Thread(target=self.work, args=(seed, errors)) for seed in range(4)]
        for worker in workers:
            worker.start()
        torn = 0
        try:
            for _ in range(self.ROUNDS):
                # The usual script's way, for comparison: what the filestore has first, then the database.
                seen = {str(path.relative_to(self.filestore)) for path in self.filestore.glob("??/*")}
                made = self.backup()
                self.assertTrue(made["complete"], made)
                # The collection may take a file whose row is not committed yet: that is production's loss, and told.
                lost = {one["attachment"]: one["kept"] for one in made["databases"][0]["lost_in_production"]}
                self.assertEqual([name for name in lost if (self.filestore / name).exists()], [])
                self.assert_consistent(made, {name for name, kept in lost.items() if not kept})
                torn += len(set(self.names_of(made)) - seen)
        finally:
            self.over.set()
            for worker in workers:
                worker.join()
        self.assertEqual(errors, [])
        self.assertGreater(torn, 0, "the load was too light: a copy of the filestore before the dump lacked nothing")


if __name__ == "__main__":
    case.main()
