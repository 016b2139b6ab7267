"""Volumes whose files the program cannot see: it runs where the engine's folder is hidden, as with a volume plugin."""

import pathlib
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine  # noqa: E402
from support.backups import BackupCase, upload  # noqa: E402

HIDDEN = ["unshare", "--mount", "sh", "-c",
          'mount -t tmpfs none /var/lib/docker/volumes && exec "$@"', "sh"]
OPERATION = "tools.ballast.operation"


class FarVolume(BackupCase):
    def backup_from_afar(self, *kind):
        result = self.server.run("backup", "shop", *kind, "--operator", "ken", "--json", prefix=HIDDEN)
        made = self.assert_exit(result, 0).json()
        self.assertTrue(made["complete"], made)
        self.assertEqual(list((self.backups / "incoming").iterdir()), [])
        self.assertEqual([one for one in engine.containers(OPERATION)
                          if one["Config"]["Labels"][OPERATION] == made["id"]], [])
        self.assert_consistent(made)
        self.assert_exit(self.server.run("backup", "verify", "shop", made["id"]), 0)
        return made

    def pooled(self):
        return {str(path.relative_to(self.backups / "pool")) for path in (self.backups / "pool").glob("*/*")}

    def test_a_container_brings_the_files(self):
        session = self.filestore.parents[1] / "sessions/of a user"
        session.parent.mkdir(exist_ok=True)
        session.write_text("kept")
        made = self.backup_from_afar()
        self.assertLessEqual(set(self.uploaded), self.pooled())
        archive, = (pathlib.Path(made["folder"]) / "volumes").iterdir()
        listed = subprocess.run(["tar", "--zstd", "-tf", archive], check=True, capture_output=True, text=True).stdout
        self.assertIn("sessions/of a user\n", listed)
        self.assertNotIn("filestore", listed)
        owned = self.manifest(made)["filestore"]
        there = self.filestore.parent.stat()
        self.assertEqual((owned["uid"], owned["gid"]), (there.st_uid, there.st_gid))

    def test_only_what_is_new_is_brought(self):
        self.backup_from_afar()
        before = self.pooled()
        new = upload(self.stack, "new", b"of this moment")["store_fname"]
        made = self.backup_from_afar("weekly-full")
        self.assertEqual(self.pooled() - before, {new})
        self.assertTrue(list(pathlib.Path(made["folder"]).glob("filestore-*.tar.gz")))

    def test_a_restore_is_refused(self):
        made = self.backup_from_afar()
        volume, = [one["Name"] for one in self.stack.container("web")["Mounts"]
                   if one["Destination"] == "/var/lib/odoo"]
        result = self.server.run("restore", "shop", made["id"], "--yes", prefix=HIDDEN)
        self.assert_error(result, 3,
                          f"error: the files of the volume {volume} are not on this host: they can be backed up, but "
                          "not swapped; nothing was changed\n"
                          "hint: restore by hand: the set's RESTORE.md has the commands\n")


if __name__ == "__main__":
    case.main()
