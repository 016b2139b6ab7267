"""A restore brings a set back beside the live data, swaps it in, and keeps what it replaced."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine  # noqa: E402
from support.backups import GOOD1, GOOD2, BackupCase, in_database, post, query, upload  # noqa: E402
from support.case import QUICK, WITHOUT_CANDIDATE, ServerCase, must  # noqa: E402
from support.damage import mount_small_disk, rewrite, unmount  # noqa: E402
from support.waiting import until  # noqa: E402

ALL = "select datname from pg_database where datname not like 'template_' order by 1"
OPERATION = "tools.ballast.operation"
OPEN = "select datname from pg_database where datallowconn and not datistemplate order by 1"
UNACCENTED = ["create extension unaccent", "alter function unaccent(text) immutable",
              "create index by_unaccented on res_users (unaccent(login))"]
BY_UNACCENTED = "select indexname from pg_indexes where indexname = 'by_unaccented'"


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

    @case.long_form
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

    @case.long_form
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

    @case.long_form
    def test_an_index_that_no_dump_can_make(self):
        """Odoo makes unaccent() immutable, and no dump tells so."""
        for statement in UNACCENTED:
            query(self.stack, statement, "ten_c")
        must(self.server.run("backup", "tenants"))
        must(self.server.run("restore", "tenants", "--database", "ten_c", "--as", "ten_c_copy"))
        self.assertEqual(query(self.stack, BY_UNACCENTED, "ten_c_copy"), ["by_unaccented"])
        in_database(self.stack, "psql", "-U", "odoo", "-d", "template1", "-c", "drop database ten_c_copy with (force)")

    @case.long_form
    def test_a_copy_whose_name_leads_elsewhere(self):
        must(self.server.run("backup", "tenants"))
        for name in ("../ten_a", "a/b", ".."):
            self.assert_error(self.server.run("restore", "tenants", "--database", "ten_a", "--as", name), 2,
                              f"error: the name of the copy `{name}` cannot be the name of a folder\n"
                              "hint: its attachments are kept in a folder of this name: give it one without a slash\n")

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


@case.long_form
class WholeVolumes(RestoreCase):
    """Without the preset a volume is restored as a whole: what lies in it changes places."""

    POLICY = WITHOUT_CANDIDATE + "preset: generic\nport: 8069\ndata: [/var/lib/odoo]\n"

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.stack.set_policy(cls.POLICY)

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


@case.long_form
class WholeVolumeOnASmallDisk(RestoreCase):
    """What is in a volume needs room for a second time, like databases and attachments."""

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.stack.set_policy(WholeVolumes.POLICY)
        cls.volume = cls("run").filestore.parents[1]
        cls.stack.compose("stop", "web")
        aside = cls.server.path("aside")
        subprocess.run(["cp", "-a", str(cls.volume), str(aside)], check=True)
        mount_small_disk(cls.volume, "8m")
        cls.addClassCleanup(unmount, cls.volume)
        subprocess.run(["cp", "-a", f"{aside}/.", str(cls.volume)], check=True)
        cls.stack.compose("start", "web")
        cls.stack.wait_until_good()

    def test_it_is_refused_and_told_how_much(self):
        (self.volume / "large").write_bytes(3_000_000 * b"a")
        self.backup()
        space = os.statvfs(self.volume)
        (self.volume / "filler").write_bytes(bytes(space.f_bavail * space.f_frsize - 1_000_000))
        now = self.contents()
        result = self.assert_exit(self.server.run("restore", "shop", "--yes"), 3)
        self.assertRegex(result.error, rf"^error: not enough space for a second copy on the file system of {self.volume}: "
                                       r"3\.0 MB needed, [\d.]+ kB available; nothing was changed\n"
                                       r"hint: free some, or restore one database at a time: --database NAME\n$")
        self.assertEqual(list(self.volume.glob(".ballast-*")), [])
        self.assertEqual(self.contents(), now)


class ByHand(RestoreCase):
    """RESTORE.md, word for word, with stock tools only."""

    def commands(self, made, without_pool=False):
        text = (pathlib.Path(made["folder"]) / "RESTORE.md").read_text()
        if without_pool:
            text = re.sub(r'(?ms)^```sh\n((?!^```$).)*"\$POOL"((?!^```$).)*^```$', "", text)
            text = re.sub(r"(?ms)^    (VOLUME=.*?)\n    (tar .*?)$", r"```sh\n\1\n\2\n```", text)
        return "\n".join(re.findall(r"(?ms)^```sh\n(.*?)^```$", text))

    def follow(self, made, **options):
        environment = {**os.environ, "STACK": str(self.stack.directory), "COMPOSE": self.server.generation.program}
        return subprocess.run(["bash", "-e", "-c", self.commands(made, **options)], cwd=made["folder"], env=environment,
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
        for statement in UNACCENTED:
            query(self.stack, statement)
        then = self.contents()
        made = self.backup()
        self.destroy()
        done = self.follow(made)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assert_back(made, then)
        self.assertEqual(query(self.stack, BY_UNACCENTED), ["by_unaccented"])

    @case.long_form
    def test_the_archive_without_the_pool(self):
        then = self.contents()
        made = self.backup("weekly-full")
        self.assertEqual(self.commands(made, without_pool=True).count("tar -xzf"), 1)
        self.destroy()
        pool = self.backups / "pool"
        pool.rename(self.backups / "aside")
        self.addCleanup((self.backups / "aside").rename, pool)
        done = self.follow(made, without_pool=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
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

    @case.long_form
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
                          "hint: give the whole path of a folder that has sets/ and pool/ in it, or a remote of rclone: "
                          "name:path\n")

    @case.long_form
    def test_the_set_of_another_stack(self):
        made = self.backup()
        with self.nothing_written():
            for name in ("other", "shop-two"):
                self.assert_error(self.server.run("restore", name, "--from", str(self.backups), "--yes"), 3,
                                  f"error: {made['id']} is a set of shop, not of {name}; nothing was changed\n"
                                  f"hint: choose another one: ballast backup list {name}\n")

    def test_what_a_mistyped_folder_is_told(self):
        self.backup()
        hint = "hint: give a folder that has sets/ and pool/ in it, as a copy of /srv/backups/<stack> has\n"
        gone, above = self.server.path("media/gone"), self.backups.parent
        with self.nothing_written():
            self.assert_error(self.server.run("restore", "shop", "--from", str(gone), "--yes"), 2,
                              f"error: --from {gone}: there is no such folder\n{hint}")
            self.assert_error(self.server.run("restore", "shop", "--from", str(above), "--yes"), 2,
                              f"error: --from {above}: there are no backup sets in it\n{hint}")

    @contextlib.contextmanager
    def nothing_written(self):
        before = self.server.fingerprint("srv/stacks", "srv/backups")
        yield
        self.assertEqual(self.server.fingerprint("srv/stacks", "srv/backups"), before)

    def assert_refused(self, made, *damage):
        """A refusal on an empty server leaves nothing there, so that the next restore is the set's own."""
        lines = "".join(f"  {line}\n" for line in damage)
        self.assert_error(self.server.run("restore", "shop", made["id"], "--yes"), 3,
                          f"error: {made['id']} is damaged; nothing was changed\n{lines}"
                          "hint: choose another one: ballast backup list shop\n")

    @case.long_form
    def test_a_damaged_set_leaves_nothing_on_an_empty_server(self):
        then = self.contents()
        made = self.backup()
        self.destroy()
        env, dump = (pathlib.Path(made["folder"]) / name for name in ("stack/.env", "databases/shop.dump"))
        text, content = env.read_bytes(), dump.read_bytes()
        with self.nothing_written_for_good(env, dump):
            env.write_bytes(text.replace(b"SHOP_", b"SHOP-"))
            self.assert_refused(made, "stack/.env: other content than recorded")
            self.assertFalse(self.stack.directory.exists())
            env.unlink()
            self.assert_refused(made, "stack/.env: missing")
            env.write_bytes(text)
            dump.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
            result = self.assert_exit(self.server.run("restore", "shop", made["id"], "--yes"), 3)
            self.assertRegex(result.error, rf"^error: {made['id']} is damaged; nothing was changed\n"
                                           r"  databases/shop\.dump: other content than recorded\n")
            self.assertFalse(self.stack.directory.exists())
            self.stack.directory.mkdir()
            self.stack.env_path.write_text("NOTES=mine\n")
            self.assert_exit(self.server.run("restore", "shop", made["id"], "--yes"), 3)
            self.assertEqual([path.name for path in self.stack.directory.iterdir()], [".env"])
            self.assertEqual(self.stack.env_path.read_text(), "NOTES=mine\n")
            shutil.rmtree(self.stack.directory)
        self.assertEqual(self.stack.containers(), [])
        self.restore(made["id"])
        self.stack.wait_until_good()
        self.assertEqual(self.contents(), then)
        self.assertEqual(self.stack.env_path.read_bytes(), text)

    @contextlib.contextmanager
    def nothing_written_for_good(self, *files):
        whole = {path: path.read_bytes() for path in files}
        before = self.server.fingerprint("srv/stacks")
        try:
            yield
        finally:
            for path, content in whole.items():
                path.write_bytes(content)
                path.chmod(0o600)
        self.assertEqual(self.server.fingerprint("srv/stacks"), before)


class WithoutContainers(RestoreCase):
    """The containers are gone and the volumes are not: what users have in them stays theirs."""

    def setUp(self):
        self.volume = self.filestore.parents[1]
        self.name = self.volume.parent.name
        self.session = self.volume / "sessions/of-a-user"
        self.session.parent.mkdir(exist_ok=True)
        self.session.write_text("then")
        self.then = self.contents()
        self.made = self.backup()
        self.session.write_text("now")
        (self.volume / "written-since").write_text("now")

    def assert_only_data_went_back(self):
        result = self.assert_exit(self.server.run("restore", "shop", "--yes"), 0)
        self.assertIn(f"{self.name} was there before: what lies in it beside attachments stays\n", result.stderr)
        self.stack.wait_until_good()
        self.assertEqual(self.contents(), self.then)
        self.assertEqual((self.session.read_text(), (self.volume / "written-since").read_text()), ("now", "now"))
        self.restore("--confirm")

    @case.long_form
    def test_after_compose_down(self):
        self.stack.compose("down")
        self.assert_only_data_went_back()

    @case.long_form
    def test_after_the_release_was_removed(self):
        self.stack.compose("rm", "--stop", "--force", "web")
        self.assert_only_data_went_back()

    @case.long_form
    def test_the_volume_alone_is_gone(self):
        self.stack.compose("rm", "--stop", "--force", "web")
        engine.remove_volume(self.name)
        self.assertFalse(self.session.exists())
        self.restore()
        self.assertEqual((self.session.read_text(), self.contents()), ("then", self.then))


@case.long_form
class SecondAttempt(RestoreCase):
    """A restore that was cut off has made containers: the next one is no shorter for that."""

    CLOCK = "  clock:\n    image: fixture/base:bookworm\n    command: [sleep, infinity]\n    init: true\n\n  db:\n"

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.stack.edit(cls.stack.compose_path, "  db:\n    image", cls.CLOCK + "    image")
        cls.stack.compose("up", "-d", "clock")

    def test_the_whole_stack_and_all_files(self):
        volume = self.filestore.parents[1]
        (volume / "sessions").mkdir(exist_ok=True)
        for number in range(20):
            (volume / f"sessions/kept-{number}").write_text("kept")
        then = self.contents()
        self.backup()
        for last in ("look for space", "copy the files", "prove the copies"):
            with self.subTest(last):
                self.stack.compose("down", "--volumes")
                shutil.rmtree(self.stack.directory)
                first = self.server.start("restore", "shop", "--yes")
                first.wait_for_words(last)
                first.kill_group()
                first.finish()
                self.restore()
                self.stack.wait_until_good()
                self.assertEqual(self.contents(), then)
                self.assertEqual([(volume / f"sessions/kept-{number}").read_text() for number in range(20)], 20 * ["kept"])
                self.assertEqual(self.stack.container("clock")["State"]["Status"], "running")
                self.restore("--confirm")


class WhileItRuns(RestoreCase):
    """What a restore is making is nobody else's: no jobs, no connections, no way to be taken for live."""

    STAGED = ("select datname || '|' || datistemplate || '|' || pg_get_userbyid(datdba) from pg_database "
              "where datname like 'shop\\_\\_restore\\_%'")

    def jobs(self, database):
        return int(query(self.stack, "select count(*) from job_run", database)[0])

    def test_staging_databases(self):
        made = self.backup()
        started = self.server.start("restore", "shop", "--yes")
        started.wait_for_words("restore the databases beside the live ones")
        started.signal(signal.SIGSTOP)
        try:
            (name, template, owner), = [row.split("|") for row in query(self.stack, self.STAGED, "template1")]
            self.assertEqual((template, owner), ("true", "ballast_staging"))
            ran, staged = self.jobs("shop"), self.jobs(name)
            until(lambda: self.jobs("shop") >= ran + 3, "the live site runs its jobs")
            self.assertEqual(self.jobs(name), staged)
            self.assertEqual(staged, len(self.rows_in(made, "job_run")))
            self.assertEqual(query(self.stack, f"select application_name from pg_stat_activity where datname = '{name}'",
                                   "template1"), [])
        finally:
            started.signal(signal.SIGCONT)
            self.assert_exit(started.finish(), 0)
        self.restore("--confirm")
        self.assert_only_live("shop")


@case.long_form
class WithoutItsServer(RestoreCase):
    """What needs the database server says so, and changes nothing without it."""

    @contextlib.contextmanager
    def server_down(self):
        self.stack.compose("stop", "db")
        try:
            yield
        finally:
            self.stack.compose("start", "db")
            self.stack.wait_until_good()

    def test_undo_and_confirm(self):
        self.backup()
        then = self.contents()
        restored = self.restore()
        with self.server_down():
            for option in ("--undo", "--confirm"):
                self.assert_error(self.server.run("restore", "shop", option, "--yes"), 3,
                                  "error: the database service `db` of shop does not run\n"
                                  "hint: start it, then try again: ballast status shop\n")
        self.assertTrue(self.files_kept(restored["operation"]).exists())
        self.assertEqual(self.contents(), then)
        self.restore("--undo")
        self.restore("--confirm")
        self.assert_only_live("shop")

    @contextlib.contextmanager
    def role_without_rights(self):
        query(self.stack, "create role keeper superuser login")
        self.as_keeper("alter role odoo nosuperuser nocreatedb nocreaterole")
        try:
            yield
        finally:
            self.as_keeper("alter role odoo superuser createdb createrole")
            query(self.stack, "drop role keeper")

    def as_keeper(self, sql):
        in_database(self.stack, "psql", "-X", "-q", "-U", "keeper", "-d", "template1", "-c", sql)

    @case.long_form
    def test_a_role_without_rights(self):
        self.backup()
        now = self.contents()
        restored = self.restore()
        look = ("hint: the role lacks a right: a backup needs one that may read everything, a restore a superuser "
                "(ALTER ROLE name SUPERUSER, by another one)\n")
        with self.role_without_rights():
            self.assert_error(self.server.run("restore", "shop", "--yes"), 1,
                              "error: PostgreSQL refuses a query in postgres: ERROR:  permission denied to create role; "
                              f"nothing of shop was changed\n{look}")
            self.assert_error(self.server.run("restore", "shop", "--undo", "--yes"), 4,
                              "error: PostgreSQL refuses a query in postgres: ERROR:  permission denied to rename database; "
                              f"the data of before is live again in shop\n{look}")
            drilled = self.server.run("drill", "shop", "--json")
        self.assertTrue(self.assert_exit(drilled, 0).json()["passed"], "a drill has a server of its own")
        self.assertEqual(self.contents(), now)
        self.assertTrue(self.files_kept(restored["operation"]).exists())
        self.restore("--confirm")
        self.assert_only_live("shop")


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

    @case.long_form
    def test_a_set_on_which_the_release_does_not_run(self):
        rename = "alter table res_users rename {} to {}"
        query(self.stack, rename.format("colour", "theme"))
        self.backup()
        query(self.stack, rename.format("theme", "colour"))
        report = self.drill(status=8)
        self.assertEqual(report["passed"], False)
        self.assertRegex(report["trouble"], "^the release does not verify on the copy: not good within 25 s$")
        self.assert_no_trace()

    @case.long_form
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

    @case.long_form
    def test_its_databases_would_not_fit(self):
        made = self.backup()
        folder = pathlib.Path(made["folder"])
        whole = (folder / "manifest.json").read_text()
        rewrite(folder, lambda manifest: manifest["databases"][0].update(size=10**15))
        try:
            result = self.assert_exit(self.server.run("drill", "shop", made["id"]), 3)
        finally:
            (folder / "manifest.json").write_text(whole)
        self.assertRegex(result.error, r"^error: not enough space for a drill on the file system of \S+: 1\.0 PB needed, "
                                       r".* available; nothing was drilled\nhint: free some: ballast prune shop --dry-run\n$")
        self.assert_no_trace()

    def test_its_containers_reach_nothing(self):
        self.backup()
        with socket.create_server(("0.0.0.0", 0)) as host:
            reach = ["bash", "-c", f"</dev/tcp/{self.gateway()}/{host.getsockname()[1]}"]
            self.assertEqual(engine.execute(self.stack.container("db")["Id"], *reach), "", "else this proves nothing")
            with engine.Events("container", OPERATION) as events:
                run = self.server.start("drill", "shop", "--operator", "ken")
                events.wait("start", self.is_release)
                run.signal(signal.SIGSTOP)
                try:
                    self.assert_shut_in(reach)
                finally:
                    run.signal(signal.SIGCONT)
                    self.assert_exit(run.finish(), 0)
        self.assert_no_trace()

    def gateway(self):
        networks = self.stack.container("db")["NetworkSettings"]["Networks"]
        return next(iter(networks.values()))["Gateway"]

    def of_the_drill(self):
        ours = {row["id"] for row in self.server.journal("select id from operation where kind = 'drill'")}
        return [one for one in engine.containers(OPERATION) if one["Config"]["Labels"][OPERATION] in ours]

    def is_release(self, event):
        return any(one["Id"] == event["Actor"]["ID"] and one["Image"] == self.stack.image_id(GOOD1)
                   and "neutralize" not in (one["Config"]["Cmd"] or []) for one in self.of_the_drill())

    def assert_shut_in(self, reach):
        containers = self.of_the_drill()
        server, = [one for one in containers if one["HostConfig"]["NetworkMode"] == "none"]
        others = [one["HostConfig"]["NetworkMode"] for one in containers if one is not server]
        self.assertEqual(others, [f"container:{server['Id']}"])
        for one in containers:
            self.assertEqual(one["HostConfig"]["PortBindings"] or {}, {})
            interfaces = engine.execute(one["Id"], "cat", "/proc/net/dev").splitlines()[2:]
            self.assertEqual([line.split(":")[0].strip() for line in interfaces], ["lo"])
            with self.assertRaisesRegex(engine.EngineError, "Network is unreachable"):
                engine.execute(one["Id"], *reach)


@case.long_form
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
        backups = must(self.server.run("backup", "prune", "shop", "--dry-run", "--json")).json()
        self.assertEqual({(one["what"], one["reason"]) for one in backups["stacks"][0]["removed"]},
                         {part for part in would_go if part[0] != "data that a restore replaced"})
        self.assertEqual(self.sets(), sorted(made))
        cut_off = self.backups / "trash" / made[0]
        cut_off.mkdir(parents=True)
        (cut_off / "manifest.json").touch()
        self.prune("--dry-run")
        self.assertTrue(cut_off.exists())
        self.prune()
        self.assertEqual(self.sets(), sorted(made[1:]))
        self.assertEqual(list(cut_off.parent.glob("*")), [])
        self.assertFalse((self.backups / "pool" / gone["store_fname"]).exists())
        self.assertFalse(self.files_kept(restored["operation"]).exists())
        self.assert_only_live("shop")
        self.assertEqual(self.prune(), set())
        self.assert_exit(self.server.run("backup", "verify", "shop", "--all"), 0)


if __name__ == "__main__":
    case.main()
