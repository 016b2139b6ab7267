"""A restore brings a set back beside the live data, swaps it in, and keeps what it replaced."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine  # noqa: E402
from support.backups import GOOD1, GOOD2, BackupCase, in_database, post, query, upload  # noqa: E402
from support.case import QUICK, WITHOUT_CANDIDATE, ServerCase, must  # noqa: E402
from support.waiting import until  # noqa: E402

ALL = "select datname from pg_database where datname not like 'template_' order by 1"
OPERATION = "tools.ballast.operation"
OPEN = "select datname from pg_database where datallowconn and not datistemplate order by 1"


class RestoreCase(BackupCase):
    def restore(self, *options, status=0):
        result = self.assert_exit(self.server.run("restore", "shop", "--yes", *options, "--json"), status)
        return json.loads(result.stdout)

    def contents(self):
        """What the site answers for each attachment that a row names."""
        numbers = query(self.stack, "select id from ir_attachment where url is null order by id")
        return {number: self.stack.get(f"/shop/attachment/{number}") for number in numbers}

    def assert_only_live(self, *names):
        self.assertEqual(query(self.stack, ALL, "template1"), sorted([*names, "postgres"]))
        self.assertEqual({path.name for path in self.filestore.parent.iterdir()}, set(names))
        self.assertEqual(query(self.stack, "select rolname from pg_roles where rolname like 'ballast%'"), [])

    def files_kept(self, operation):
        return self.filestore.parent / f"shop__before_{operation.lower()}"


class Whole(RestoreCase):
    def tearDown(self):
        self.server.run("restore", "shop", "--confirm", "--yes")

    def test_back_and_forth(self):
        made = self.backup()
        then = self.contents()
        new = upload(self.stack, "new", b"written after the backup")
        (self.filestore / self.uploaded[0]).unlink()
        now = self.contents()

        restored = self.restore()
        self.assertEqual((restored["set"], restored["tag"], restored["databases"]), (made["id"], GOOD1, ["shop"]))
        self.assertEqual(self.contents(), then)
        self.assert_running(self.stack, "good1")
        self.assertEqual(self.server.history()[-1], ("shop", GOOD1, "prod", "success", "disaster-recovery"))
        kept = f"shop__before_{restored['operation'].lower()}"
        self.assertEqual(query(self.stack, ALL, "template1"), ["postgres", "shop", kept])
        self.assertEqual(query(self.stack, OPEN, "template1"), ["postgres", "shop"])
        self.assertTrue((self.files_kept(restored["operation"]) / new["store_fname"]).exists())

        undone = self.restore("--undo")
        self.assertEqual(self.contents(), now)
        self.assertEqual(query(self.stack, OPEN, "template1"), ["postgres", "shop"])
        self.restore("--undo")
        self.assertEqual(self.contents(), then)
        self.assertNotEqual(undone["operation"], restored["operation"])

        self.restore("--confirm")
        self.assert_only_live("shop")
        self.assert_error(self.server.run("restore", "shop", "--undo", "--yes"), 3,
                          "error: no restore of shop keeps anything aside\n"
                          "hint: see what was restored: ballast history shop\n")
        self.assertEqual(self.contents(), then)

    def test_owner_and_mode_of_files(self):
        self.backup()
        before = self.ownership()
        self.restore()
        self.assertEqual(self.ownership(), before)

    def ownership(self):
        found = {}
        for path in [self.filestore, *self.filestore.rglob("*")]:
            if "checklist" not in path.parts:
                info = path.stat()
                found[str(path.relative_to(self.filestore))] = (info.st_uid, info.st_gid, oct(info.st_mode))
        return found

    def test_everything_was_dropped(self):
        self.backup()
        then = self.contents()
        in_database(self.stack, "psql", "-U", "odoo", "-d", "template1", "-c", "drop database shop with (force)")
        shutil.rmtree(self.filestore)
        self.restore()
        self.assertEqual(self.contents(), then)
        self.restore("--confirm")
        self.assert_only_live("shop")

    def test_the_release_of_the_set_comes_back(self):
        self.backup()
        must(self.stack.deploy(GOOD2))
        self.restore("--keep-tag")
        self.assert_running(self.stack, "good2")
        self.restore()
        self.assert_running(self.stack, "good1")
        self.restore("--undo")
        self.assert_running(self.stack, "good2")
        self.restore("--undo")
        self.assert_running(self.stack, "good1")

    def test_what_does_not_verify_is_swapped_back(self):
        rename = "alter table res_users rename {} to {}"
        query(self.stack, rename.format("colour", "theme"))
        self.backup()
        query(self.stack, rename.format("theme", "colour"))
        upload(self.stack, "new", b"must stay live")
        now = self.contents()
        result = self.assert_exit(self.server.run("restore", "shop", "--yes"), 4)
        self.assertRegex(result.error, r"(?s)^error: shop does not verify on the restored data at .*: not good within 25 s; "
                                       r"the data of before is live again in shop\n.*web-login shop: 500")
        self.assertEqual(self.contents(), now)
        self.assert_running(self.stack, "good1")
        self.assert_only_live("shop")

    def test_a_damaged_set(self):
        made = self.backup()
        dump = pathlib.Path(made["folder"]) / "databases/shop.dump"
        content = dump.read_bytes()
        dump.write_bytes(content[:len(content) // 2])
        self.addCleanup(dump.write_bytes, content)
        result = self.assert_exit(self.server.run("restore", "shop", made["id"], "--yes"), 3)
        self.assertRegex(result.error, rf"(?s)^error: {made['id']} is damaged; nothing was changed\n.*"
                                       rf"databases/shop\.dump: \d+ bytes instead of {len(content)}\n.*"
                                       r"hint: choose another one: ballast backup list shop\n$")
        self.assert_only_live("shop")

    def test_nobody_was_asked(self):
        made = self.backup()
        result = self.server.run("restore", "shop", made["id"])
        self.assert_error(result, 2, "error: a restore replaces live data, and nobody can be asked\n"
                                     "hint: say so: --yes; nothing was changed\n")
        self.assertRegex(result.stdout, rf"^restore shop from {made['id']}, taken (just now|.* ago)\n")
        self.assertIn("is replaced", result.stdout)

    def test_words(self):
        made = self.backup()
        self.assert_error(self.server.run("restore", "shop", "1999", "--yes"), 2,
                          "error: no backup of shop is named `1999`\nhint: see them with: ballast backup list shop\n")
        self.assert_error(self.server.run("restore", "shop", made["id"], "--database", "other", "--yes"), 2,
                          f"error: {made['id']} has no database `other`\nhint: databases in it: shop\n")
        self.assert_error(self.server.run("restore", "shop", "--undo", "--confirm"), 2,
                          "error: --undo and --confirm exclude each other\n")

    def test_the_database_service_is_down(self):
        self.backup()
        self.stack.compose("stop", "db")
        try:
            result = self.server.run("restore", "shop", "--yes")
        finally:
            self.stack.compose("start", "db")
            self.stack.wait_until_good()
        self.assert_error(result, 3, "error: the database service `db` of shop does not run\n"
                                     "hint: start it, then try again: ballast status shop\n")


class OneOfMany(ServerCase):
    """One tenant's database is restored while the others go on."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack("tenants", policy=QUICK)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))

    def users(self, database):
        return query(self.stack, "select login from res_users order by 1", database)

    def add_user(self, database, name):
        query(self.stack, f"insert into res_users (login) values ('{name}')", database)

    def test_the_others_never_notice(self):
        must(self.server.run("backup", "tenants"))
        for database in ("ten_a", "ten_b"):
            self.add_user(database, "later")
        before = self.stack.container("web")
        result = must(self.server.run("restore", "tenants", "--database", "ten_a", "--yes", "--json"))
        self.assertEqual(json.loads(result.stdout)["databases"], ["ten_a"])
        self.assertNotIn("later", self.users("ten_a"))
        self.assertIn("later", self.users("ten_b"))
        after = self.stack.container("web")
        self.assertEqual((after["Id"], after["State"]["StartedAt"]), (before["Id"], before["State"]["StartedAt"]))
        names = query(self.stack, OPEN, "template1")
        self.assertEqual(names, ["postgres", "ten_a", "ten_b", "ten_c"])
        must(self.server.run("restore", "tenants", "--undo", "--yes"))
        self.assertIn("later", self.users("ten_a"))
        must(self.server.run("restore", "tenants", "--confirm", "--yes"))
        self.assertEqual(query(self.stack, ALL, "template1"), ["postgres", "ten_a", "ten_b", "ten_c"])

    def test_a_copy_beside_the_others(self):
        must(self.server.run("backup", "tenants"))
        result = must(self.server.run("restore", "tenants", "--database", "ten_a", "--as", "ten_a_copy"))
        self.assertRegex(result.stdout, r"^tenants: ten_a_copy is a copy from \S+ \(")
        self.assertEqual(self.users("ten_a_copy"), self.users("ten_a"))
        neutralised = "select value from ir_config_parameter where key = 'database.is_neutralized'"
        self.assertEqual(query(self.stack, neutralised, "ten_a_copy"), ["true"])
        self.assertEqual(query(self.stack, neutralised, "ten_a"), [])
        self.assert_error(self.server.run("restore", "tenants", "--database", "ten_b", "--as", "ten_a_copy"), 3,
                          "error: the name ten_a_copy is taken in tenants; nothing was changed\n"
                          "hint: choose another one: --as NAME\n")
        result = self.assert_exit(self.server.run("restore", "tenants", "--as", "other"), 2)
        self.assertRegex(result.error, r"^error: \S+ has 3 databases: a copy is made of one\n"
                                       r"hint: say which: --database NAME\n$")
        in_database(self.stack, "psql", "-U", "odoo", "-d", "template1", "-c", "drop database ten_a_copy with (force)")


class WholeVolumes(RestoreCase):
    """Without the preset a volume is restored as a whole: what lies in it changes places."""

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.stack.set_policy(WITHOUT_CANDIDATE + "preset: generic\nport: 8069\ndata: [/var/lib/odoo]\n")

    @property
    def volume(self):
        return self.filestore.parents[1]

    def listing(self):
        return {str(path.relative_to(self.volume)): path.read_bytes() if path.is_file() else None
                for path in self.volume.rglob("*") if ".ballast-" not in str(path)}

    def test_back_and_forth(self):
        (self.volume / "of-then").write_text("then")
        then, data = self.contents(), self.listing()
        made = self.backup()
        self.assertEqual((made["databases"][0]["attachments"], self.manifest(made)["filestore"]), (0, None))
        (self.volume / "of-then").unlink()
        (self.volume / "of-now").write_text("now")
        upload(self.stack, "new", b"written after the backup")
        now = self.contents()
        self.restore()
        self.assertEqual(self.contents(), then)
        self.assertEqual(self.listing(), data)
        self.restore("--undo")
        self.assertEqual(self.contents(), now)
        self.assertEqual((self.volume / "of-now").read_text(), "now")
        self.restore("--confirm")
        self.assertEqual(list(self.volume.glob(".ballast-*")), [])
        self.assertEqual(self.contents(), now)


class ByHand(RestoreCase):
    """RESTORE.md, word for word, with stock tools only."""

    def commands(self, made):
        text = (pathlib.Path(made["folder"]) / "RESTORE.md").read_text()
        return "\n".join(re.findall(r"(?ms)^```sh\n(.*?)^```$", text))

    def follow(self, made):
        environment = {**os.environ, "STACK": str(self.stack.directory), "COMPOSE": self.server.generation.program}
        return subprocess.run(["bash", "-e", "-c", self.commands(made)], cwd=made["folder"], env=environment,
                              capture_output=True, text=True, timeout=300)

    def destroy(self):
        self.stack.compose("down", "--volumes")
        for path in self.stack.directory.iterdir():
            path.unlink()

    def assert_back(self, made, then):
        self.stack.wait_until_good()
        self.assertEqual(self.contents(), then)
        self.assertEqual({path.stat().st_mode & 0o777 for path in self.filestore.glob("??/*")}, {0o644})
        self.assert_exit(self.server.run("verify", "shop"), 0)

    def test_the_notes_alone(self):
        then = self.contents()
        made = self.backup()
        self.destroy()
        done = self.follow(made)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assert_back(made, then)

    def test_the_archive_without_the_pool(self):
        then = self.contents()
        made = self.backup("weekly-full")
        archive, = pathlib.Path(made["folder"]).glob("filestore-????????.tar.gz")
        shutil.rmtree(self.filestore)
        subprocess.run(["tar", "-xzf", archive, "-C", self.filestore.parents[1]], check=True, timeout=60)
        self.assert_back(made, then)


class FromNothing(RestoreCase):
    """Volumes, containers and stack folder are gone; only the backups are left."""

    def destroy(self):
        self.stack.compose("down", "--volumes")
        shutil.rmtree(self.stack.directory)

    def test_one_command_brings_it_all_back(self):
        query(self.stack, "create role reader login password 'secret'")
        query(self.stack, "grant select on ir_attachment to reader")
        session = pathlib.Path("sessions/of-a-user")
        (self.filestore.parents[1] / session).parent.mkdir(exist_ok=True)
        (self.filestore.parents[1] / session).write_text("kept")
        then = self.contents()
        made = self.backup()
        self.destroy()
        restored = self.restore()
        self.assertEqual((restored["set"], restored["tag"]), (made["id"], GOOD1))
        self.stack.wait_until_good()
        self.assertEqual(self.contents(), then)
        self.assert_running(self.stack, "good1")
        self.assertEqual((self.filestore.parents[1] / session).read_text(), "kept")
        self.assertEqual(self.stack.env_path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(query(self.stack, "select rolcanlogin from pg_roles where rolname = 'reader'"), ["t"])

    def test_from_a_copy_elsewhere(self):
        then = self.contents()
        made = self.backup()
        copy = self.server.path("media/copy")
        shutil.copytree(self.backups, copy)
        shutil.rmtree(self.backups)
        self.destroy()
        self.restore(made["id"], "--from", str(copy))
        self.stack.wait_until_good()
        self.assertEqual(self.contents(), then)
        self.assert_error(self.server.run("restore", "shop", "--from", "copy", "--yes"), 2,
                          "error: --from `copy` is not absolute\n"
                          "hint: give the whole path of a folder that has sets/ and pool/ in it\n")


class Drilled(RestoreCase):
    def drill(self, *options, status=0):
        result = self.assert_exit(self.server.run("drill", "shop", "--operator", "ken", *options, "--json"), status)
        return json.loads(result.stdout)

    def assert_no_trace(self):
        ours = {row["id"] for row in self.server.journal("select id from operation")}
        left = [one["Name"] for one in engine.containers(OPERATION) if one["Config"]["Labels"][OPERATION] in ours]
        self.assertEqual(left, [])
        self.assertEqual(list((self.backups / "incoming").iterdir()), [])
        self.assert_nothing_left(self.stack)

    def test_a_good_set(self):
        made = self.backup()
        before = [one["Id"] for one in self.stack.containers()]
        report = self.drill()
        self.assertEqual((report["set"], report["passed"], report["databases"], report["tag"]),
                         (made["id"], True, 1, GOOD1))
        self.assertRegex("\n".join(report["checks"]), r"(?m)^web-login shop: 200 in ")
        self.assertGreater(report["restored_ms"], 0)
        self.assertEqual([one["Id"] for one in self.stack.containers()], before)
        self.assert_no_trace()
        self.assertIn("- result: passed\n", (self.backups / "drills" / f"{report['id']}.md").read_text())
        listed = self.server.run("backup", "list", "shop").stdout
        self.assertRegex(listed, rf"(?m)^{made['id']} .* passed (just now|.* ago) ")

    def test_a_set_on_which_the_release_does_not_run(self):
        rename = "alter table res_users rename {} to {}"
        query(self.stack, rename.format("colour", "theme"))
        self.backup()
        query(self.stack, rename.format("theme", "colour"))
        report = self.drill(status=8)
        self.assertEqual(report["passed"], False)
        self.assertRegex(report["trouble"], "^the release does not verify on the copy: not good within 25 s$")
        self.assert_no_trace()

    def test_a_damaged_set(self):
        made = self.backup()
        path = self.backups / "pool" / self.uploaded[2]
        content = path.read_bytes()
        path.write_bytes(b"")
        self.addCleanup(path.write_bytes, content)
        report = self.drill(made["id"], status=8)
        self.assertEqual((report["trouble"], report["checks"]),
                         (f"{made['id']} is damaged", [f"pool/{self.uploaded[2]}: other content than its name says"]))
        self.assert_no_trace()


class Pruned(RestoreCase):
    """`ballast prune` frees what nothing needs, and says so first."""

    KEEP_TWO = WITHOUT_CANDIDATE + "backup: {keep-daily: 2, keep-replaced: 1s, pool-safety: 1s}\n"

    def prune(self, *options):
        told = must(self.server.run("prune", "--json", *options)).json()
        only, = told["stacks"]
        self.assertIsNone(only["trouble"])
        return {(one["what"], one["reason"]) for one in only["removed"]}

    def three_parts(self):
        found = self.prune("--dry-run")
        return found if len(found) == 3 else None

    def sets(self):
        return sorted(path.name for path in (self.backups / "sets").iterdir())

    def test_one_plan_for_sets_pool_and_replaced_data(self):
        self.stack.set_policy(WITHOUT_CANDIDATE)
        gone = upload(self.stack, "gone", b"named by the oldest set only")
        made = [self.backup("daily")["id"]]
        post(self.stack, f"/shop/delete?id={gone['id']}")
        made += [self.backup("daily")["id"] for _ in range(2)]
        restored = self.restore()
        self.stack.set_policy(self.KEEP_TWO)
        os.utime(self.backups / "pool" / gone["store_fname"], (1, 1))
        would_go = until(self.three_parts, "a plan of three parts")
        self.assertEqual({what for what, _ in would_go},
                         {f"set {made[0]}", "1 attachment of the pool", "data that a restore replaced"})
        self.assertIn((f"set {made[0]}", "daily: beyond the newest 2"), would_go)
        self.assertEqual(self.sets(), sorted(made))
        self.prune()
        self.assertEqual(self.sets(), sorted(made[1:]))
        self.assertFalse((self.backups / "pool" / gone["store_fname"]).exists())
        self.assertFalse(self.files_kept(restored["operation"]).exists())
        self.assert_only_live("shop")
        self.assertEqual(self.prune(), set())
        self.assert_exit(self.server.run("backup", "verify", "shop", "--all"), 0)


if __name__ == "__main__":
    case.main()
