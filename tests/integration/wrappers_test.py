"""The wrappers hand over to `ballast`, every argument as it was given."""

import os
import pathlib
import subprocess
import tempfile
import unittest

WRAPPERS = pathlib.Path(__file__).resolve().parents[2] / "packaging/wrappers"
RECORDER = """#!/bin/sh
printf '%s\\0' "$@" >"$RECORD"
exit "${FAKE_STATUS:-0}"
"""
AWKWARD = ["two words", "it's \"quoted\"", "*", "$(id) `id` $HOME", "line\nbreak", "trailing\n", "", "--json", "-h",
           "a;b|c&d", "\\n", "ünï"]


class Wrappers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.record = self.folder / "record"
        self.recorder = self.folder / "ballast"
        self.recorder.write_text(RECORDER)
        self.recorder.chmod(0o755)

    def run_wrapper(self, name, *arguments, **environment):
        self.record.unlink(missing_ok=True)
        clean = {"PATH": f"{self.folder}:/usr/bin:/bin", "RECORD": str(self.record), **environment}
        return subprocess.run([WRAPPERS / name, *arguments], env=clean, cwd="/etc", capture_output=True, text=True,
                              check=False)

    def arguments_seen(self):
        return self.record.read_bytes().decode().split("\0")[:-1]

    def assert_hands_over(self, expected, name, *arguments, **environment):
        result = self.run_wrapper(name, *arguments, **environment)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        self.assertEqual(self.arguments_seen(), expected)

    def assert_refuses(self, why, usage, name, *arguments):
        result = self.run_wrapper(name, *arguments)
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr, f"error: {why}\nusage: {name} {usage}\n")
        self.assertFalse(self.record.exists(), "ballast was run")

    def test_deploy_hands_over(self):
        self.assert_hands_over(["deploy", "--", "shop", "sha-1"], "deploy.sh", "shop", "sha-1")
        self.assert_hands_over(["deploy", "--env=test", "--", "shop", "sha-1"], "deploy.sh", "shop", "sha-1", "test")
        self.assert_hands_over(["deploy", "--env=test", "--operator=ann", "--", "shop", "sha-1"],
                               "deploy.sh", "shop", "sha-1", "test", "ann")

    def test_deploy_leaves_arguments_alone(self):
        for text in AWKWARD:
            with self.subTest(text=text):
                self.assert_hands_over(["deploy", f"--env={text}", f"--operator={text}", "--", text, text],
                                       "deploy.sh", text, text, text, text)

    def test_deploy_refuses(self):
        usage = "<stack> <tag> [env] [operator]"
        self.assert_refuses("no stack given", usage, "deploy.sh")
        self.assert_refuses("no tag given", usage, "deploy.sh", "shop")
        self.assert_refuses("too many arguments", usage, "deploy.sh", "shop", "sha-1", "prod", "ann", "more")

    def test_odoo_hands_over(self):
        self.assert_hands_over(["deploy", "--", "odoo18-prod", "sha-1"], "deploy_odoo18.sh", "sha-1")
        self.assert_hands_over(["deploy", "--operator=ann", "--", "odoo18-prod", "sha-1"],
                               "deploy_odoo18.sh", "sha-1", "ann")

    def test_odoo_stack_and_environment_can_be_set(self):
        self.assert_hands_over(["deploy", "--env=stage", "--operator=ann", "--", "odoo stage", "sha-1"],
                               "deploy_odoo18.sh", "sha-1", "ann",
                               BALLAST_ODOO18_STACK="odoo stage", BALLAST_ODOO18_ENV="stage")

    def test_odoo_leaves_arguments_alone(self):
        for text in AWKWARD:
            with self.subTest(text=text):
                self.assert_hands_over(["deploy", f"--operator={text}", "--", "odoo18-prod", text],
                                       "deploy_odoo18.sh", text, text)

    def test_odoo_refuses(self):
        self.assert_refuses("no tag given", "<tag> [operator]", "deploy_odoo18.sh")
        self.assert_refuses("too many arguments", "<tag> [operator]", "deploy_odoo18.sh", "sha-1", "ann", "more")

    def test_backup_hands_over(self):
        for kind in ("daily", "weekly-full"):
            self.assert_hands_over(["backup", "--", "odoo18-prod", kind], "backup-odoo18.sh", kind)
        self.assert_hands_over(["backup", "--", "odoo stage", "daily"], "backup-odoo18.sh", "daily",
                               BALLAST_ODOO18_STACK="odoo stage")

    def test_backup_refuses(self):
        usage = "daily|weekly-full"
        self.assert_refuses("neither daily nor weekly-full given", usage, "backup-odoo18.sh")
        self.assert_refuses("neither daily nor weekly-full given", usage, "backup-odoo18.sh", "list")
        self.assert_refuses("too many arguments", usage, "backup-odoo18.sh", "daily", "more")

    def test_exit_status_is_that_of_ballast(self):
        for name, arguments in (("deploy.sh", ("shop", "sha-1")), ("deploy_odoo18.sh", ("sha-1",)),
                                ("backup-odoo18.sh", ("daily",))):
            for status in ("0", "3", "4", "130"):
                with self.subTest(name=name, status=status):
                    self.assertEqual(self.run_wrapper(name, *arguments, FAKE_STATUS=status).returncode, int(status))

    def test_ballast_names_the_program(self):
        other = self.folder / "other name"
        os.rename(self.recorder, other)
        self.assert_hands_over(["deploy", "--", "shop", "sha-1"], "deploy.sh", "shop", "sha-1", BALLAST=str(other))
        self.assert_hands_over(["deploy", "--", "odoo18-prod", "sha-1"], "deploy_odoo18.sh", "sha-1",
                               BALLAST=str(other))


if __name__ == "__main__":
    unittest.main()
