"""A disk that is full at any stage, or read-only: told with the place, nothing half counts, what was there stays good."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case  # noqa: E402
from support.backups import in_database, post, upload  # noqa: E402
from support.damage import DamageCase, mount_small_disk, unmount  # noqa: E402

MB = 1 << 20
MUCH = "create table much as select md5(n::text) || md5((-n)::text) as text from generate_series(1, 200000) n"


def fill(path, spare=0):
    """Takes what is left of a disk, all but `spare` bytes."""
    with contextlib.suppress(OSError), (path / "filler").open("wb") as file:
        left = os.statvfs(path)
        file.write(b"\0" * max(0, left.f_bavail * left.f_frsize - spare))
        if spare == 0:
            while True:
                file.write(b"\0" * 4096)
                file.flush()


class SmallBackupDisk(DamageCase):
    """A disk of 6 MB for the backups, with one good set of a small site."""

    @classmethod
    def prepare(cls):
        super().prepare()
        shutil.rmtree(cls.good["folder"])
        cls.disk = cls.server.path("srv/backups/shop")
        mount_small_disk(cls.disk, "6m")
        cls.addClassCleanup(unmount, cls.disk)
        cls.good = cls("run").backup()

    def setUp(self):
        self.disk = type(self).disk
        self.kept = set((self.backups / "sets").iterdir())
        self.addCleanup(self.remove_new_sets)

    def remove_new_sets(self):
        for folder in set((self.backups / "sets").iterdir()) - self.kept:
            shutil.rmtree(folder)

    def uploaded_of(self, size):
        """An attachment, for as long as the test runs; the pool forgets it too."""
        made = upload(self.stack, "large", os.urandom(size))
        self.addCleanup((self.backups / "pool" / made["store_fname"]).unlink, missing_ok=True)
        self.addCleanup(post, self.stack, "/shop/gc")
        self.addCleanup(post, self.stack, f"/shop/delete?id={made['id']}")
        return made

    def many_rows(self):
        self.statement(MUCH)
        self.addCleanup(self.statement, "drop table much")

    def statement(self, sql):
        in_database(self.stack, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "odoo", "-d", "shop", "-c", sql)

    def no_space(self, path):
        return f"no space left on {self.disk} while writing {path}"

    def hint(self):
        return f"hint: free some space there and try again; see what is full with: df -h {self.disk}\n"

    def assert_good_again(self):
        self.doCleanups()
        made = self.backup()
        self.assertTrue(made["complete"])
        self.assertTrue(self.verified(made["id"])["good"])
        self.remove_new_sets()

    def test_while_the_pool_is_filled(self):
        name = self.uploaded_of(7 * MB)["store_fname"]
        with self.untouched():
            self.assert_error(self.server.run("backup", "shop"), 1, "error: no backup of shop was made: "
                              f"{self.no_space(self.backups / 'pool' / name)}\n{self.hint()}")
            self.assertEqual(list((self.backups / "pool").rglob(".*")), [])
        self.assert_good_again()

    def test_while_a_database_is_dumped(self):
        self.many_rows()
        with self.untouched():
            made = self.backup(status=7)
            path = self.backups / "incoming" / made["id"] / "databases/shop.dump"
            self.assertEqual(made["reasons"], [f"database shop: {self.no_space(path)}"])
            self.assertFalse((pathlib.Path(made["folder"]) / "databases/shop.dump").exists())
        self.assert_good_again()

    def test_while_the_roles_are_written(self):
        """They take more room than the whole last set, which is what is asked for."""
        roles = "do $$ begin for n in 1..500 loop execute format('%s role full_%s', n); end loop; end $$"
        self.statement(roles.replace("%s", "create", 1).replace("', n", " login password %L', n, n"))
        self.addCleanup(self.statement, roles.replace("%s", "drop", 1))
        fill(self.disk, spare=60_000)
        self.addCleanup((self.disk / "filler").unlink)
        with self.untouched():
            made = self.backup(status=7)
            path = self.backups / "incoming" / made["id"] / "globals.sql"
            self.assertEqual(made["reasons"], [f"globals.sql: {self.no_space(path)}"])
        self.assert_good_again()

    @case.long_form
    def test_while_a_drill_copies_the_files(self):
        self.uploaded_of(2 * MB)
        made = self.backup()
        self.addCleanup((self.disk / "filler").unlink, missing_ok=True)
        with self.untouched():
            started = self.server.start("drill", "shop", made["id"])
            started.wait_for_words(r"\[ok\] verify")
            fill(self.disk)
            result = self.assert_exit(started.finish(), 1)
            staged = rf"{self.backups}/incoming/\S+/var%2Flib%2Fodoo/\S+"
            report = rf"{self.backups}/drills/\S+\.md"
            self.assertRegex(result.error, rf"^error: the drill for shop failed: {self.no_space(staged)}; shop itself was not touched\n"
                                           rf"  its report could not be kept: {self.no_space(report)}\n{self.hint()}$")
            (self.disk / "filler").unlink()

    def test_while_a_volume_is_packed(self):
        beside = self.filestore.parents[1] / "beside"
        beside.write_bytes(os.urandom(7 * MB))
        self.addCleanup(beside.unlink)
        with self.untouched():
            made = self.backup(status=7)
            volume, = [one["Name"] for one in self.stack.container("web")["Mounts"] if one["Destination"] == "/var/lib/odoo"]
            path = self.backups / "incoming" / made["id"] / f"volumes/{volume}.tar.zst"
            self.assertEqual(made["reasons"], [f"volume {volume}: {self.no_space(path)}"])
        self.assert_good_again()

    def test_while_all_attachments_are_archived(self):
        self.uploaded_of(4 * MB)
        with self.untouched():
            made = self.backup("weekly-full", status=7)
            archive = f"filestore-{made['id'][:8]}.tar.gz"
            self.assertEqual(made["reasons"], [f"{archive}: {self.no_space(self.backups / 'incoming' / made['id'] / archive)}"])
        self.assert_good_again()

    def test_the_last_one_of_its_kind_would_not_fit(self):
        beside = self.filestore.parents[1] / "beside"
        beside.write_bytes(os.urandom(4 * MB))
        self.addCleanup(beside.unlink)
        made = self.backup("daily")
        with self.untouched():
            result = self.assert_exit(self.server.run("backup", "shop", "daily"), 3)
            self.assertRegex(result.error, rf"^error: not enough space for a backup of shop on the file system of {self.disk}: "
                                           r"the last daily one took 4\.\d MB, 1\.\d MB available; nothing was made\n"
                                           r"hint: free some: ballast prune shop --dry-run\n$")
            self.assertTrue(self.verified(made["id"])["good"])

    def test_a_drill_would_not_fit(self):
        self.uploaded_of(4 * MB)
        made = self.backup()
        with self.untouched():
            result = self.assert_exit(self.server.run("drill", "shop", made["id"]), 3)
            self.assertRegex(result.error, rf"^error: not enough space for a drill on the file system of {self.disk}: "
                                           r"4\.2 MB needed, [\d.]+ MB available; nothing was drilled\n"
                                           r"hint: free some: ballast prune shop --dry-run\n$")
            self.assertEqual(list((self.backups / "drills").glob("*")), [], "it says nothing of the set")

    def test_read_only(self):
        self.uploaded_of(1000)
        with self.untouched():
            self.mount("remount,ro")
            try:
                result = self.server.run("backup", "shop")
                verified = self.verified(self.good["id"])
            finally:
                self.mount("remount,rw")
            self.assert_exit(result, 1)
            self.assertRegex(result.error, r"^error: no backup of shop was made: cannot make the folder "
                                           rf"{self.backups}/incoming/\S+: read-only file system\n"
                                           r"hint: see why in the kernel's log, then mount it for writing: "
                                           r"dmesg \| tail; findmnt --options ro\n$")
            self.assertTrue(verified["good"])

    @case.long_form
    def test_a_damaged_pool_on_a_read_only_disk(self):
        path = self.backups / "pool" / self.uploaded[0]
        content = path.read_bytes()
        path.write_bytes(b"")
        self.mount("remount,ro")
        try:
            told = self.verified(self.good["id"], 8)
        finally:
            self.mount("remount,rw")
        self.assertEqual((told["damage"], told["mended"]), ([f"pool/{self.uploaded[0]}: other content than its name says"], []))
        self.assertRegex("\n".join(told["unknown"]), rf"^the pool could not be mended: cannot give {self.backups}/pool/\S+ its owner and mode: "
                                                        "read-only file system$")
        self.verified(self.good["id"], 8)
        self.assertEqual(path.read_bytes(), content)

    def mount(self, options):
        subprocess.run(["mount", "-o", options, str(self.disk)], check=True)


class NoRoomForNames(DamageCase):
    """A disk that has room for every file but the last ones, which make the others a backup."""

    def test_the_manifest_and_what_comes_right_before_it(self):
        disk = self.server.path("srv/backups/shop")
        needed = self.files_of_a_backup(disk)
        ends = {1: (r"cannot make the folder {0}|no space left on {0} while writing {0}/sets|.*{0}/sets.*"),
                2: r"no space left on {0} while writing {0}/incoming/\S+/manifest\.json",
                3: r"no space left on {0} while writing {0}/incoming/\S+/SHA256SUMS",
                4: r"no space left on {0} while writing {0}/incoming/\S+/RESTORE\.md"}
        live = self.live()
        for lacking, message in ends.items():
            with self.subTest(f"{lacking} too few of {needed}"):
                mount_small_disk(disk, f"16m,nr_inodes={needed - lacking}")
                try:
                    result = self.assert_exit(self.server.run("backup", "shop"), 1)
                    self.assertRegex(result.error, "^error: no backup of shop was made: " + message.format(disk) + "\n")
                    self.assertEqual(self.complete(), [])
                    self.assertEqual([path for path in disk.rglob("*") if "pool" not in path.parts and path.is_file()], [])
                finally:
                    unmount(disk)
        self.assertEqual(self.live(), live)
        self.assertTrue(self.verified(self.good["id"])["good"])

    def files_of_a_backup(self, disk):
        mount_small_disk(disk, "16m")
        try:
            self.backup()
            status = os.statvfs(disk)
            return status.f_files - status.f_ffree
        finally:
            unmount(disk)


class SmallDiskOfTheSite(DamageCase):
    """A second copy of the live data may not fit on `disk`, where it lies."""

    def setUp(self):
        self.addCleanup((self.disk / "filler").unlink, missing_ok=True)

    def assert_no_second_copy(self, place, needed, available):
        result = self.assert_exit(self.server.run("restore", "shop", "--yes"), 3)
        self.assertRegex(result.error, rf"^error: not enough space for a second copy on the file system of {place}: "
                                       rf"{needed} needed, {available} available; nothing was changed\n"
                                       r"hint: free some, or restore one database at a time: --database NAME\n$")


class SmallVolume(SmallDiskOfTheSite):
    """The attachments of the live site lie on a small disk: a second copy of them may not fit."""

    @classmethod
    def prepare(cls):
        super().prepare()
        volume = cls("run").filestore.parents[1]
        cls.stack.compose("stop", "web")
        aside = cls.server.path("aside")
        subprocess.run(["cp", "-a", str(volume), str(aside)], check=True)
        mount_small_disk(volume, "8m")
        cls.addClassCleanup(unmount, volume)
        subprocess.run(["cp", "-a", f"{aside}/.", str(volume)], check=True)
        cls.stack.compose("start", "web")
        cls.stack.wait_until_good()
        upload(cls.stack, "large", os.urandom(2 * MB))
        cls.disk = volume
        cls.good = cls("run").backup()

    def test_it_is_refused_and_told_how_much(self):
        fill(self.disk, spare=MB)
        with self.untouched():
            self.assert_no_second_copy(self.filestore.parent, r"2\.1 MB", r"1\.0 MB")

    @case.long_form
    def test_somebody_else_takes_the_room_meanwhile(self):
        with self.untouched():
            started = self.server.start("restore", "shop", "--yes")
            started.wait_for_words("look for space")
            fill(self.disk)
            result = self.assert_exit(started.finish(), 1)
            self.assertRegex(result.error, rf"^error: no space left on {self.disk} while writing {self.filestore}__restore_\S+; "
                                           r"nothing of shop was changed\n"
                                           rf"hint: free some space there and try again; see what is full with: df -h {self.disk}\n$")
            (self.disk / "filler").unlink()


@case.long_form
class SmallDatabaseDisk(SmallDiskOfTheSite):
    """The database server's files lie on a small disk, but for its log of changes: a second database may not fit."""

    @classmethod
    def prepare(cls):
        super().prepare()
        in_database(cls.stack, "psql", "-X", "-q", "-U", "odoo", "-d", "shop", "-c", MUCH)
        mount, = [one for one in cls.stack.container("db")["Mounts"] if one["Destination"] == "/var/lib/postgresql/data"]
        cls.disk = pathlib.Path(mount["Source"])
        cls.stack.compose("stop", "web", "db")
        aside = cls.server.path("aside")
        subprocess.run(["cp", "-a", str(cls.disk), str(aside)], check=True)
        for place, size in ((cls.disk, "160m"), (cls.disk / "pg_wal", "512m")):
            mount_small_disk(place, size)
            cls.addClassCleanup(unmount, place)
        subprocess.run(["cp", "-a", f"{aside}/.", str(cls.disk)], check=True)
        cls.stack.compose("start", "db", "web")
        cls.stack.wait_until_good()
        cls.good = cls("run").backup()

    def test_it_is_refused_and_told_how_much(self):
        fill(self.disk, spare=20 * MB)
        with self.untouched():
            self.assert_no_second_copy(self.disk, r"28\.\d MB", r"20\.\d MB")

    def test_somebody_else_takes_the_room_meanwhile(self):
        with self.untouched():
            started = self.server.start("restore", "shop", "--yes")
            started.wait_for_words("look for space")
            fill(self.disk, spare=18 * MB)
            result = self.assert_exit(started.finish(), 1)
            (self.disk / "filler").unlink()
            self.assertRegex(result.error, r'^error: pg_restore ended with exit status 1: pg_restore: error: COPY failed for table "much": '
                                           r'ERROR:  could not extend file "\S+": No space left on device.*; nothing of shop was changed\n'
                                           r"hint: free some space where the database server keeps its files: df -h; ballast prune\n$")
            self.stack.wait_until_good()


if __name__ == "__main__":
    case.main()
