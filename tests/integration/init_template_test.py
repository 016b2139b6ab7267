"""A repository from the template: what is written where, and that nothing of anybody's is written over."""

import pathlib
import subprocess
import sys
import tempfile

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import ServerCase  # noqa: E402

EXAMPLE = fixtures.REPOSITORY / "examples/odoo18-prod"
WORDS = ("init", "--template", "odoo18", "odoo18-prod")


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class InitTemplate(ServerCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.server.root))
        self.addCleanup(case.remove_folder, self.folder)

    def told(self, word):
        """What is said of each file, each with that word."""
        return "".join(f"{word} {name}\n" for name in content(EXAMPLE)) + \
            f"what is to be set up once: {self.folder}/infra/stacks/odoo18-prod/README.md\n"

    def init(self, *words, status=0, **options):
        return self.assert_exit(self.server.run(*WORDS, *words, **options), status)

    def test_the_example_is_what_it_writes(self):
        result = self.init(cwd=self.folder)
        self.assertEqual(content(self.folder), content(EXAMPLE))
        self.assertEqual(result.stdout, self.told("wrote      "))
        for path in self.folder.rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o777, 0o755 if path.is_dir() else 0o644, path)

    def test_a_second_time_nothing_is_written(self):
        self.init("--into", str(self.folder))
        before = self.server.fingerprint(self.folder)
        self.assertEqual(self.init("--into", str(self.folder)).stdout, self.told("unchanged  "))
        self.assertEqual(self.server.fingerprint(self.folder), before)

    def test_a_dry_run_writes_nothing(self):
        made = self.folder / "new"
        result = self.init("--into", "new", "--dry-run", cwd=self.folder)
        self.assertIn("would write .github/workflows/odoo18-prod.yml\n", result.stdout)
        self.assertFalse(made.exists())
        self.init("--into", "new", cwd=self.folder)
        self.assertEqual(content(made), content(EXAMPLE))

    def test_files_that_differ_are_named_and_nothing_is_written(self):
        for name in ("infra/stacks/odoo18-prod/Dockerfile", "infra/stacks/odoo18-prod/odoo.conf"):
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("mine\n")
        before = self.server.fingerprint(self.folder)
        self.assert_error(self.init("--into", str(self.folder), status=3), 3, (
            f"error: nothing was written into {self.folder}\n"
            "  infra/stacks/odoo18-prod/Dockerfile is there, and differs\n"
            "  infra/stacks/odoo18-prod/odoo.conf is there, and differs\n"
            "hint: what is there is kept: write the template elsewhere with --into, and compare\n"))
        self.assertEqual(self.server.fingerprint(self.folder), before)

    def test_owner_and_server_are_put_in(self):
        self.init("--into", str(self.folder), "--owner", "Seisei", "--host", "erp.seisei.example:2222")
        stack = self.folder / "infra/stacks/odoo18-prod"
        self.assertIn("image: ghcr.io/seisei/odoo18-prod:${ODOO_TAG}\n", (stack / "docker-compose.yml").read_text())
        workflow = (self.folder / ".github/workflows/odoo18-prod.yml").read_text()
        self.assertIn("  IMAGE: ghcr.io/seisei/odoo18-prod\n", workflow)
        self.assertIn("SERVER: ssh://deploy@erp.seisei.example:2222\n", workflow)
        for name, text in content(self.folder).items():
            self.assertNotRegex(text, rb"__[A-Z]+__|acme", name)

    def test_words_that_do_not_fit(self):
        self.assert_error(self.server.run("init", "shop", "--owner", "acme"), 2, (
            "error: --owner goes with --template only\n"
            "hint: usage: ballast init <stack> --template odoo18 --owner acme --host erp.example.com\n"))
        self.assert_error(self.server.run("init", "shop", "--template", "odoo17"), 2,
                          "error: no template `odoo17`\nhint: templates: odoo18\n")

    def test_git_ignores_the_secrets_of_the_server(self):
        self.init("--into", str(self.folder))
        subprocess.run(["git", "init", "--quiet"], cwd=self.folder, check=True, timeout=60)
        (self.folder / "infra/stacks/odoo18-prod/.env").write_text("POSTGRES_PASSWORD=x\n")
        told = subprocess.run(["git", "status", "--porcelain", "--untracked-files=all"], cwd=self.folder, check=True,
                              text=True, capture_output=True, timeout=60).stdout
        self.assertNotIn(".env\n", told)
        self.assertIn(".env.example\n", told)


if __name__ == "__main__":
    case.main()
