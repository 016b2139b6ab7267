"""The database server's disk: no room for the copies refuses, and an upgrade that fills it is undone."""

import os
import pathlib
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import either_generation  # noqa: E402
from support.damage import mount_small_disk, unmount  # noqa: E402
from support.server import ONE  # noqa: E402
from support.upgrades import GOOD1, UNREHEARSED, UpgradeCase  # noqa: E402

DATA = "/var/lib/postgresql/data"
DISK = "240m"  # three databases of 8 MB, their copies, and less than what the upgrade writes
MB = 1 << 20


@either_generation(ONE)
class SmallDatabaseDisk(UpgradeCase):
    policy = UNREHEARSED
    tags = ("good1", "upgrade1", "updisk")

    @classmethod
    def prepare(cls):
        super().prepare()
        mount, = [one for one in cls.stack.container("db")["Mounts"] if one["Destination"] == DATA]
        cls.disk = pathlib.Path(mount["Source"])
        cls.stack.compose("stop", "web", "db")
        aside = cls.server.path("aside")
        subprocess.run(["cp", "-a", str(cls.disk), str(aside)], check=True)
        for place, size in ((cls.disk, DISK), (cls.disk / "pg_wal", "512m")):
            mount_small_disk(place, size)
            cls.addClassCleanup(unmount, place)
        subprocess.run(["cp", "-a", f"{aside}/.", str(cls.disk)], check=True)
        cls.stack.compose("start", "db", "web")
        cls.stack.wait_until_good()

    def test_an_upgrade_that_fills_it_is_undone(self):
        known = len(self.server.history())
        with self.every_row_equal():
            result = self.deploy("updisk", status=4)
        self.assertRegex(result.error, rf"\Aerror: the upgrade of ten_a to {fixtures.tag('updisk')} failed: it ran out of disk: .*; "
                                       rf"tenants runs {GOOD1} again, its data is as before; outage .*\n")
        self.assertEqual(self.history_since(known), [(fixtures.tag("updisk"), "failed"), (GOOD1, "rollback")])
        self.assert_tenants_run("good1")
        self.assert_nothing_of_it_left()

    def test_no_room_for_the_copies_is_refused(self):
        filler = self.disk / "filler"
        self.addCleanup(filler.unlink, missing_ok=True)
        status = os.statvfs(self.disk)
        filler.write_bytes(b"\0" * max(0, status.f_bavail * status.f_frsize - 15 * MB))
        live = self.stack.container("web")["Id"]
        result = self.deploy("upgrade1", status=3)
        self.assertRegex(result.error, r"\Aerror: [\d.]+ MB missing for copies of the databases on the file system of "
                                       rf"{self.disk}: they take [\d.]+ MB, and up to 85 % of it may be used; nothing was changed\n"
                                       r"hint: free some, or look for what may go: ballast prune --dry-run\n\Z")
        self.assertEqual(self.stack.container("web")["Id"], live)
        self.assert_tenants_run("good1")
        self.assert_nothing_of_it_left()


if __name__ == "__main__":
    case.main()
