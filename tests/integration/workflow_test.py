"""From a push to a verified release and back: the repository of the template, its workflow, a real sshd, the real gate."""

import pathlib
import re
import shutil
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures  # noqa: E402
from support.case import ServerCase, must  # noqa: E402
from support.gateway import Gateway  # noqa: E402
from support.registry import Registry  # noqa: E402
from support.repository import Repository, require_buildx  # noqa: E402

NAME = "odoo18-prod"
IN_PLACE = "      HOST: db\n"
PERSON = "  ken: {{key: \"{ken}\", stacks: [odoo18-prod], verbs: [rollback]}}\n"


class FromPushToRelease(ServerCase):
    @classmethod
    def prepare(cls):
        require_buildx()
        cls.registry = Registry(cls.server.path("registry"))
        cls.addClassCleanup(cls.registry.stop)
        cls.repository = Repository(cls.server, cls.registry, NAME)
        cls.addClassCleanup(cls.repository.remove)
        cls.repository.edit("ballast.yaml", "settle: 15s\n", "settle: 1s\n")
        cls.repository.edit("ballast.yaml", "memory-available: 2GB", "memory-available: 64MB")
        # The engine does not see what lies in the view of this machine that the gate has here.
        cls.repository.edit("ballast.yaml", "keep-releases: 3\n", "keep-releases: 3\nbackup: {before-deploy: off}\n")
        cls.set_up_server()
        cls.gate = Gateway(cls.server)
        cls.addClassCleanup(cls.gate.close)
        keys = [cls.gate.key(name) for name in ("github-ci", "ken")]
        cls.gate.authorize(*(key.line() for key in keys))
        cls.gate.allow(cls.entry_of_the_readme() + PERSON)
        cls.gate.start_daemon()

    @classmethod
    def set_up_server(cls):
        """As the repository's README says."""
        cls.stack = cls.server.path("srv/stacks", NAME)
        cls.stack.mkdir(mode=0o755)
        for source, name, mode in (("docker-compose.yml", "docker-compose.yml", 0o644),
                                   ("ballast.yaml", "ballast.yaml", 0o644), (".env.example", ".env", 0o600)):
            shutil.copyfile(cls.repository.stack / source, cls.stack / name)
            (cls.stack / name).chmod(mode)
        fixtures.write_env(cls.stack / ".env", {"POSTGRES_PASSWORD": "correct-horse-battery",
                                                "COMPOSE_PROJECT_NAME": cls.repository.project})
        must(cls.server.run("config", "validate", NAME))

    @classmethod
    def entry_of_the_readme(cls):
        text = (cls.repository.stack / "README.md").read_text()
        entry = re.search(r"(?ms)^ *# /etc/ballast/access\.yaml\n(.*?)^ *```", text).group(1)
        entry = re.sub(r"(?m)^   ", "", entry)
        return re.sub(r"key: ssh-ed25519 .*", 'key: "{github-ci}"', entry)

    def push(self, message, actor="ken"):
        """What GitHub does with a push to main: both jobs. Returns the commit, and how the second one ended."""
        commit = self.repository.commit(message)
        ran = self.repository.build(commit)
        self.assertEqual(ran.status, 0, ran)
        return commit, self.deploy(commit, actor)

    def deploy(self, commit, actor="ken"):
        key = self.gate.key("github-ci").path.read_text()
        hosts = (self.gate.folder / "known_hosts").read_text()
        return self.repository.deploy(f"ssh://deploy@127.0.0.1:{self.gate.port}", commit, actor,
                                      {"secrets.DEPLOY_KEY": key.rstrip("\n"), "vars.KNOWN_HOSTS": hosts.rstrip("\n")})

    def web(self):
        found, = [one for one in engine.containers(f"{engine.PROJECT}={self.repository.project}", f"{engine.SERVICE}=web")
                  if engine.CANDIDATE not in one["Config"]["Labels"]]
        return found

    def assert_runs(self, commit):
        web = self.web()
        self.assertEqual(web["Config"]["Labels"]["org.opencontainers.image.revision"], commit)
        self.assertEqual(web["Image"], self.repository.built(commit)["Id"])
        self.assertEqual(self.server.last_good(NAME), f"sha-{commit}\n")
        self.assertEqual(fixtures.read_env(self.stack / ".env")["ODOO_TAG"], f"sha-{commit}")

    def assert_told(self, ran, status, words, *newest):
        """The exit status, the summary of the job, and the last line of the history in it."""
        self.assertEqual(ran.status, status, ran)
        self.assertEqual(ran.summary.splitlines()[0], f"### {NAME}: {words}")
        for word in newest:
            self.assertIn(word, ran.summary.splitlines()[-2])

    def test_1_the_first_push_starts_the_stack(self):
        commit, ran = self.push("The stack")
        self.assert_told(ran, 0, "deployed and verified", commit[:12], "success", "ken")
        self.assert_runs(commit)
        self.assertEqual(self.server.history()[-1], (NAME, f"sha-{commit}", "prod", "success", "ken"))
        made = engine.execute(self.web()["Id"], "/entrypoint.sh", "odoo", "-d", "erp", "-i", "base", "--stop-after-init",
                              "--no-http")
        self.assertIsNotNone(made)
        self.assertIn("erp", must(self.server.run("verify", NAME)).stdout)

    def test_2_a_changed_compose_file_comes_with_its_release_and_goes_with_the_rollback(self):
        first = self.repository.git("rev-parse", "HEAD")
        before = (self.stack / "docker-compose.yml").read_text()
        self.repository.edit("docker-compose.yml", IN_PLACE, IN_PLACE + "      ODOO_NOTE: new\n")
        commit, ran = self.push("A variable for Odoo", "dependabot[bot]")
        self.assert_told(ran, 0, "deployed and verified", commit[:12], "success", "dependabot[bot]")
        self.assert_runs(commit)
        self.assertIn("ODOO_NOTE=new", self.web()["Config"]["Env"])
        self.assertEqual((self.stack / "docker-compose.yml").read_text(),
                         (self.repository.stack / "docker-compose.yml").read_text())

        self.assert_exit(self.gate.ssh("ken", f"rollback {NAME}"), 0)
        self.assert_runs(first)
        self.assertEqual((self.stack / "docker-compose.yml").read_text(), before)
        self.assertNotIn("ODOO_NOTE=new", self.web()["Config"]["Env"])

    def test_3_a_run_that_is_repeated_late_does_not_bring_an_older_commit(self):
        first = self.repository.git("rev-list", "--max-parents=0", "HEAD")
        commit, ran = self.push("Once more")
        self.assert_told(ran, 0, "deployed and verified", commit[:12])
        ran = self.deploy(first)
        self.assert_told(ran, 3, "a gate refused, nothing changed", commit[:12], "success")
        self.assert_runs(commit)

    def test_4_a_compose_file_that_asks_for_the_host_is_refused(self):
        good = self.repository.git("rev-parse", "HEAD")
        web, before = self.web()["Id"], (self.stack / "docker-compose.yml").read_text()
        self.repository.edit("docker-compose.yml", "    stop_grace_period", "    privileged: true\n    stop_grace_period")
        _, ran = self.push("More than it had")
        self.assert_told(ran, 3, "a gate refused, nothing changed", good[:12], "success")
        self.assertIn("files-privileges", ran.log)
        self.assertEqual((self.web()["Id"], (self.stack / "docker-compose.yml").read_text()), (web, before))
        self.assert_runs(good)

    def test_5_the_key_of_the_workflow_does_nothing_else(self):
        for command in (f"rollback {NAME}", "status", None):
            result = self.gate.ssh("github-ci", command)
            self.assertEqual(result.status, 3, result)
            self.assertIn("error: the gate refuses: ", result.stderr)


if __name__ == "__main__":
    case.main()
