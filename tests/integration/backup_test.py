"""Backup sets: complete or told otherwise, database and attachments as of one moment, and read again by verify."""

import hashlib
import json
import pathlib
import random
import sys
import threading
import urllib.error

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case  # noqa: E402
from support.backups import GOOD1, GOOD2, BackupCase, post, query, upload  # noqa: E402
from support.case import WITHOUT_CANDIDATE, must  # noqa: E402


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

    def test_a_damaged_manifest(self):
        made = self.backup()
        manifest = pathlib.Path(made["folder"]) / "manifest.json"
        self.damage(manifest, lambda content: content[:-20])
        result = self.assert_exit(self.server.run("backup", "verify", "shop", "--all"), 8)
        self.assertIn(f"shop {made['id']}: damaged", result.stdout)


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
        result = self.assert_exit(self.stack.deploy(GOOD2), 3)
        self.assertEqual(result.error,
                         "error: the backup before the deploy of shop failed: the database service `db` of shop does "
                         "not run: there is nothing to back up from; nothing was changed\n"
                         "hint: mend it, and see that it works: ballast backup shop\n")
        self.assertEqual((self.sets(), self.stack.tag()), (before, GOOD1))
        self.assertEqual(list((self.backups / "incoming").glob("*")), [])

    def test_best_effort(self):
        self.stack.set_policy(self.POLICY % "best-effort")
        self.without_database()
        result = self.stack.deploy(GOOD2)
        self.assertIn("back up before the change: it failed, and the policy lets the deploy go on: the database service "
                      "`db` of shop does not run", result.stderr)


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
                lost = {one["attachment"] for one in made["databases"][0]["lost_in_production"]}
                self.assertEqual([name for name in lost if (self.filestore / name).exists()], [])
                self.assert_consistent(made, lost)
                torn += len(set(self.names_of(made)) - seen)
        finally:
            self.over.set()
            for worker in workers:
                worker.join()
        self.assertEqual(errors, [])
        self.assertGreater(torn, 0, "the load was too light: a copy of the filestore before the dump lacked nothing")


if __name__ == "__main__":
    case.main()
