"""Who may, and what a file must look like: root's or the user's own, nobody else's to write, secrets kept."""

import os
import pathlib
import shutil
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, must  # noqa: E402

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")
NOBODY = 65534
AS_NOBODY = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]


class Permissions(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE)
        cls.stack.offer_all()
        cls.stack.env_path.chmod(0o600)
        must(cls.stack.deploy(GOOD1))

    def test_what_is_written_keeps_owner_and_mode(self):
        os.chown(self.stack.env_path, 0, 4)
        self.stack.env_path.chmod(0o640)
        self.addCleanup(self.stack.env_path.chmod, 0o600)
        self.assert_exit(self.stack.deploy(GOOD2), 0)
        info = self.stack.env_path.stat()
        self.assertEqual((info.st_uid, info.st_gid, info.st_mode & 0o777), (0, 4, 0o640))

    def test_copies_with_secrets_are_for_their_owner_alone(self):
        releases = self.server.path("var/lib/ballast/releases")
        open_ones = [path for path in [releases, *releases.rglob("*")]
                     if path.stat().st_mode & 0o077 and path.name == ".env"]
        self.assertEqual(open_ones, [])
        for folder in releases.glob("*/*"):
            self.assertEqual(folder.stat().st_mode & 0o777, 0o700, folder)

    def test_the_journal_is_for_its_owner_alone(self):
        for path in self.server.path("var/lib/ballast").glob("ballast.db*"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_every_file_that_decides_what_root_runs_is_looked_at(self):
        for path in (self.stack.directory, self.stack.compose_path, self.stack.env_path, self.stack.policy_path):
            mode = path.stat().st_mode & 0o7777
            with self.subTest(path=path.name):
                path.chmod(mode | 0o002)
                error = self.assert_exit(self.stack.deploy(GOOD1), 3).error
                path.chmod(mode)
                self.assertIn(f"stack-files {path}: writable by group or others (mode {mode | 2:04o})", error)

    def test_a_symlink_in_the_place_of_a_file_is_refused(self):
        for path in (self.stack.compose_path, self.stack.policy_path):
            with self.subTest(path=path.name):
                elsewhere = self.server.path("elsewhere")
                shutil.move(path, elsewhere)
                path.symlink_to(elsewhere)
                result = self.stack.deploy(GOOD1)
                path.unlink()
                shutil.move(elsewhere, path)
                self.assert_error(result, 3, f"error: {path} is a symbolic link\n"
                                             "hint: put the file itself there; Ballast writes nothing through a link\n")

    def test_anyone_may_read_the_history(self):
        result = self.server.run("history", prefix=AS_NOBODY)
        self.assert_exit(result, 0)
        self.assertEqual(result.stdout, self.server.history_text())

    def test_one_who_is_not_root_changes_nothing(self):
        lock = self.server.path("run/ballast/shop.lock")
        for mode, status, error in ((0o600, 3, f"error: cannot read {self.stack.env_path}: permission denied\n"
                                               "hint: run ballast as root (sudo)\n"),
                                    (0o644, 1, f"error: cannot open the lock {lock}: permission denied\n"
                                               "hint: run ballast as root (sudo)\n")):
            with self.subTest(mode=oct(mode)):
                self.stack.env_path.chmod(mode)
                self.addCleanup(self.stack.env_path.chmod, 0o600)
                before = self.server.fingerprint("srv", "var")
                self.assert_error(self.server.run("deploy", "shop", GOOD1, "--operator", "ken", prefix=AS_NOBODY), status,
                                  error)
                self.assertEqual(self.server.fingerprint("srv", "var"), before)

    def test_a_user_without_the_engine_is_told_so(self):
        with case.Server() as server:
            stack = server.stack(policy=WITHOUT_CANDIDATE)
            for path in [server.root, *server.root.rglob("*")]:
                os.chown(path, NOBODY, NOBODY)
            result = server.run("deploy", stack.name, GOOD1, "--operator", "ken", prefix=AS_NOBODY)
            self.assert_error(result, 3,
                              f"error: 3 gates refuse the deploy of {stack.name}; nothing was changed\n"
                              "  engine: the Docker Engine does not answer at /var/run/docker.sock: permission denied\n"
                              "  disk-space docker: not known while the engine does not answer\n"
                              f"  project-folder {stack.project}: not known while the engine does not answer\n"
                              "hint: run ballast as root (sudo), or as a member of the group docker\n")


if __name__ == "__main__":
    case.main()
