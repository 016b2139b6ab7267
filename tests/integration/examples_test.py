"""What the documents show can be typed: the example stack, and the stack of the README, are good as they stand."""

import pathlib
import re
import shutil
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import ServerCase, both_generations  # noqa: E402

EXAMPLE = fixtures.REPOSITORY / "examples/odoo18-prod"
STACK = EXAMPLE / "infra/stacks/odoo18-prod"
README = fixtures.REPOSITORY / "README.md"


@both_generations
class Examples(ServerCase):
    def folder(self, name):
        folder = self.server.path("srv/stacks", name)
        folder.mkdir(mode=0o755)
        self.addCleanup(shutil.rmtree, folder)
        return folder

    def assert_valid(self, name):
        """Every gate of the files passes, Compose's own answer among them."""
        told, = self.assert_exit(self.server.run("config", "validate", name, "--json"), 0).json()["stacks"]
        self.assertEqual([check["name"] for check in told["checks"]],
                         ["compose-valid", "stack-files", "tag-pattern", "variables"])
        return self.assert_exit(self.server.run("config", "show", name, "--json"), 0).json()["policy"]

    def test_the_complete_stack(self):
        folder = self.folder("odoo18-prod")
        for source, name, mode in (("docker-compose.yml", "docker-compose.yml", 0o644),
                                   ("ballast.yaml", "ballast.yaml", 0o644), (".env.example", ".env", 0o600)):
            shutil.copyfile(STACK / source, folder / name)
            (folder / name).chmod(mode)
        policy = self.assert_valid("odoo18-prod")
        self.assertEqual((policy["preset"], policy["service"], policy["database"]["service"], policy["tag-variable"]),
                         ("odoo", "web", "db", "ODOO_TAG"))
        self.assertTrue(policy["candidate"]["enabled"])
        for addon in policy["addons"]["required"]:
            self.assertTrue((EXAMPLE / "odoo_modules" / addon / "__manifest__.py").is_file(), addon)
        self.assertIn(f"/ {policy['addons']['path']}/", (STACK / "Dockerfile").read_text().replace("odoo_modules/", "/"))

    def test_the_stack_of_the_readme(self):
        text = re.sub(r"(?m)^ {3}", "", README.read_text())
        folder = self.folder("site")
        (folder / "docker-compose.yml").write_text(re.search(r"docker-compose\.yml <<'END'\n(.*?)^END$", text,
                                                             re.DOTALL | re.MULTILINE).group(1))
        (folder / ".env").write_text(re.search(r"echo '(SITE_TAG=\S+)' >", text).group(1) + "\n")
        (folder / ".env").chmod(0o600)
        policy = self.assert_valid("site")
        self.assertEqual((policy["preset"], policy["service"], policy["candidate"]["enabled"]), ("generic", "site", False))

    def test_the_readme_names_every_command(self):
        table = set(re.findall(r"(?m)^\| `ballast ([a-z-]+)", README.read_text()))
        pages = {page.stem for page in (fixtures.REPOSITORY / "src/cli").glob("*.md")}
        self.assertEqual(table, pages - {"ballast"})


if __name__ == "__main__":
    case.main()
