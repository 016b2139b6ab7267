"""The build step of the workflow, run as it stands: what is in the image, what it says of itself, what is built twice."""

import pathlib
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine  # noqa: E402
from support.case import ServerCase  # noqa: E402
from support.registry import Registry  # noqa: E402
from support.repository import Repository, require_buildx  # noqa: E402

NAME = "odoo18-prod"


class BuildStep(ServerCase):
    @classmethod
    def prepare(cls):
        require_buildx()
        cls.registry = Registry(cls.server.path("registry"), auth="ken:token")
        cls.addClassCleanup(cls.registry.stop)
        cls.repository = Repository(cls.server, cls.registry, NAME)
        cls.addClassCleanup(cls.repository.remove)
        (cls.repository.stack / ".env").write_text("POSTGRES_PASSWORD=left-here\n")
        cls.first = cls.repository.commit("The stack")
        cls.ran = cls.repository.build(cls.first)

    def setUp(self):
        self.assertEqual(self.ran.status, 0, self.ran)

    def in_image(self, commit, *argv):
        return subprocess.run(["docker", "run", "--rm", "--network=none", "--entrypoint", argv[0],
                               f"{self.repository.image}:sha-{commit}", *argv[1:]], check=True, text=True,
                              capture_output=True, timeout=120).stdout

    def digest(self, commit):
        return self.registry.digest(f"sha-{commit}", NAME)

    def layers(self, commit):
        return self.repository.built(commit)["RootFS"]["Layers"]

    def push(self, message):
        commit = self.repository.commit(message)
        ran = self.repository.build(commit)
        self.assertEqual(ran.status, 0, ran)
        self.assertRegex(ran.log, rf"#(\d+) importing cache manifest from {self.repository.image}:cache\n(?:.*\n)*?#\1 DONE")
        return commit

    def test_1_the_image_says_what_it_is(self):
        labels = self.repository.built(self.first)["Config"]["Labels"]
        created = self.repository.git("log", "-1", "--format=%cI", self.first)
        self.assertEqual(labels["org.opencontainers.image.revision"], self.first)
        self.assertEqual(labels["org.opencontainers.image.version"], f"sha-{self.first}")
        self.assertEqual(labels["org.opencontainers.image.source"], "https://github.com/acme/odoo18")
        self.assertRegex(labels["org.opencontainers.image.created"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(labels["org.opencontainers.image.created"][14:19], created[14:19])
        self.assertEqual(labels["tools.ballast.stack"], NAME)

    def test_2_modules_configuration_and_stack_are_in_it_and_no_secret(self):
        found = self.in_image(self.first, "find", "/opt/odoo-addons", "/etc/odoo/odoo.conf", "/ballast", "-type", "f",
                              "-printf", "%u %m %p\n").splitlines()
        self.assertEqual(sorted(found), sorted(f"root 644 {path}" for path in (
            "/ballast/stack/.env.example", "/ballast/stack/ballast.yaml", "/ballast/stack/docker-compose.yml",
            "/etc/odoo/odoo.conf", "/opt/odoo-addons/seisei_entitlements/__init__.py",
            "/opt/odoo-addons/seisei_entitlements/__manifest__.py")))
        self.assertEqual(self.in_image(self.first, "id", "-un"), "odoo\n")
        for name in ("docker-compose.yml", "ballast.yaml", ".env.example"):
            self.assertEqual(self.in_image(self.first, "cat", f"/ballast/stack/{name}"),
                             (self.repository.stack / name).read_text())

    def test_3_a_run_that_is_repeated_pushes_nothing(self):
        digest = self.digest(self.first)
        engine.remove_image(f"{self.repository.image}:sha-{self.first}")
        ran = self.repository.build(self.first)
        self.assertEqual(ran.status, 0, ran)
        self.assertIn(f"{self.repository.image}:sha-{self.first} is there already\n", ran.log)
        self.assertEqual(self.digest(self.first), digest)

    def test_4_what_did_not_change_is_not_built_again(self):
        before = self.layers(self.first)
        for path in self.repository.folder.rglob("*"):
            path.touch()  # as a checkout does
        self.repository.edit("odoo.conf", "workers = 4", "workers = 3")
        after = self.layers(self.push("Another number of workers"))
        self.assertEqual(len(after), len(before))
        kept = [one for one, other in zip(before, after, strict=True) if one == other]
        self.assertEqual(len(kept), len(before) - 3, "the modules' layer and all below stay")

    def test_5_a_build_that_fails_pushes_nothing(self):
        self.repository.edit("Dockerfile", "USER odoo\n", "RUN false\nUSER odoo\n")
        commit = self.repository.commit("A fault")
        ran = self.repository.build(commit)
        self.assertNotEqual(ran.status, 0, ran)
        self.assertIsNone(self.repository.built(commit))
        with self.assertRaisesRegex(AssertionError, "404"):
            self.digest(commit)

    def test_6_the_token_is_not_told(self):
        self.assertNotRegex(self.ran.log, r"\btoken\b")


if __name__ == "__main__":
    case.main()
