"""Gates: each refuses before anything is changed, all are told together, and an override is recorded."""

import pathlib
import shutil
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, either_generation, must  # noqa: E402
from support.server import TWO  # noqa: E402

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")
FIRST_LINE = "error: a gate refuses the deploy of shop; nothing was changed\n"


@either_generation(TWO)
class Gates(ServerCase):
    """Every test starts from the same good stack, and leaves it so."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))
        cls.originals = cls.server.path("originals")
        shutil.copytree(cls.stack.directory, cls.originals)

    def setUp(self):
        self.addCleanup(self._put_back)

    def _put_back(self):
        shutil.rmtree(self.stack.directory)
        shutil.copytree(self.originals, self.stack.directory)

    def policy(self, text):
        self.stack.set_policy(WITHOUT_CANDIDATE + text)

    def refused(self, tag, *options):
        """The error of a refused deploy, after which nothing may be other than it was."""
        before = self.server.fingerprint()
        containers = {one["Id"] for one in self.stack.containers()}
        result = self.assert_exit(self.stack.deploy(tag, *options), 3)
        self.assertEqual(self.server.fingerprint(), before)
        self.assertEqual({one["Id"] for one in self.stack.containers()}, containers)
        self.assertEqual(self.stack.version(), GOOD1)
        self.assert_nothing_left(self.stack)
        return result.error

    def assert_refused(self, tag, check, hint, *options):
        """`check` is a pattern of what the gate measured."""
        self.assertRegex(self.refused(tag, *options), rf"\A{FIRST_LINE}  {check}\nhint: {hint}\n\Z")

    # Of the host.

    def test_disk(self):
        self.policy("gates: {disk: 1%}\n")
        self.assert_refused(GOOD2, r"disk-space \S+ and /var/lib/docker: \d+ % used, [\d.]+ \w+ free; the limit is 1 %",
                            r"see what fills it: `docker system df`, `du -xsh \S+`; or raise "
                            r"`gates: \{disk: …\}` in ballast.yaml")

    def test_memory(self):
        self.policy("gates: {memory-available: 4000GB}\n")
        self.assert_refused(GOOD2, r"memory: [\d.]+ \w+ available; the limit is 4\.0 TB",
                            r"see who uses it: `docker stats --no-stream`; or lower "
                            r"`gates: \{memory-available: …\}` in ballast.yaml")

    def test_writable_by_others(self):
        self.stack.compose_path.chmod(0o664)
        path = self.stack.compose_path
        self.assert_refused(GOOD2, rf"stack-files {path}: writable by group or others \(mode 0664\)",
                            rf"`chmod go-w {path}`")

    def test_owned_by_somebody_else(self):
        path = self.stack.compose_path
        shutil.chown(path, "nobody")
        self.assert_refused(GOOD2, rf"stack-files {path}: owned by nobody", rf"`chown root {path}`")

    def test_a_variable_without_a_value(self):
        text = self.stack.env_path.read_text()
        self.stack.env_path.write_text("".join(line for line in text.splitlines(True)
                                               if not line.startswith("POSTGRES_PASSWORD=")))
        self.assert_refused(GOOD2, r"variables \S+/\.env: no value for POSTGRES_PASSWORD \(not set, line \d+\)",
                            r"set each in \S+/\.env; where empty is meant, write `\$\{X-\}` in \S+")

    def test_tag_pattern(self):
        self.assert_refused("v1.2", r"tag-pattern v1\.2: does not match \S+",
                            r"deploy a tag that matches, or mend the pattern in \S+/ballast\.yaml")

    def test_latest(self):
        self.assert_refused("latest", r"tag-pattern latest: `latest` means another image every day",
                            r"deploy an immutable tag: `ballast deploy shop sha-…`")

    def test_compose_does_not_take_the_file(self):
        self.stack.edit(self.stack.compose_path, "services:", "nonsense: true\nservices:")
        path, program = self.stack.compose_path, self.server.generation.program
        self.assert_refused(GOOD2, rf"compose-valid {path}: {program} does not take {path}: .*nonsense.*",
                            rf"see it with: cd {self.stack.directory} && {program} config")

    def test_the_project_belongs_to_another_stack(self):
        twin = self.server.path("srv/stacks/twin")
        shutil.copytree(self.stack.directory, twin)
        self.addCleanup(shutil.rmtree, twin)
        before = self.server.fingerprint()
        result = self.assert_exit(self.server.run("deploy", "twin", GOOD2), 3)
        self.assertEqual(result.error,
                         "error: a gate refuses the deploy of twin; nothing was changed\n"
                         f"  project-folder {self.stack.project}: its containers belong to the stack in "
                         f"{self.stack.directory}\n"
                         f"hint: give this one a name of its own: `COMPOSE_PROJECT_NAME=…` in {twin}/.env; or remove "
                         f"the compose file that is left in {self.stack.directory}\n")
        self.assertEqual(self.server.fingerprint(), before)
        self.assertEqual(self.stack.version(), GOOD1)
        status = self.assert_exit(self.server.run("status", "twin"), 9)
        self.assertIn(f"these containers belong to the stack in {self.stack.directory}: two stacks share the project "
                      f"name {self.stack.project}\n", status.stdout)

    def test_all_are_told_together(self):
        self.policy("gates: {disk: 1%, memory-available: 4000GB}\n")
        self.stack.compose_path.chmod(0o666)
        error = self.refused("v1.2")
        self.assertTrue(error.startswith("error: 4 gates refuse the deploy of shop; nothing was changed\n"), error)
        names = [line.split()[0].rstrip(":") for line in error.splitlines()
                 if line.startswith("  ") and "hint:" not in line]
        self.assertEqual(names, ["disk-space", "memory", "stack-files", "tag-pattern"])

    def test_dry_run_tells_the_gates_too(self):
        self.policy("gates: {disk: 1%}\n")
        before = self.server.fingerprint("srv", "var")
        result = self.assert_exit(self.stack.deploy(GOOD2, "--dry-run"), 3)
        self.assertRegex(result.stdout, r"(?m)^  fail +disk-space ")
        self.assertTrue(result.stdout.endswith("\na gate would refuse\n"), result)
        self.assertEqual(self.server.fingerprint("srv", "var"), before)

    # Of the image.

    def test_required_addon(self):
        self.policy("addons: {required: [seisei_entitlements]}\n")
        self.assert_refused(fixtures.tag("noaddon"), r"addons /mnt/extra-addons: seisei_entitlements: absent",
                            r"build sha-bad0007 again with what `addons: \{required: …\}` names")

    def test_required_addon_that_cannot_be_used(self):
        self.policy("addons: {required: [seisei_entitlements]}\n")
        tag = fixtures.tag("slow")
        for change, trouble in (("chmod 0 __manifest__.py", r"not readable: __manifest__\.py \(Permission denied\)"),
                                ("chmod 0 __init__.py", r"not readable: __init__\.py"),
                                ("rm __manifest__.py", r"no __manifest__\.py"),
                                ("echo 'dict(name=1)' >__manifest__.py",
                                 r"__manifest__\.py is not a literal dictionary: it holds more than literals")):
            with self.subTest(change):
                fixtures.build_image("shop", tag, f"{self.stack.repository}:{tag}", "USER root",
                                     f"RUN cd /mnt/extra-addons/seisei_entitlements && {change}", "USER odoo")
                self.assert_refused(tag, rf"addons /mnt/extra-addons: seisei_entitlements: {trouble}",
                                    rf"build {tag} again with what `addons: \{{required: …\}}` names")

    def test_addons_that_cannot_be_looked_at(self):
        tag = fixtures.tag("slow")
        fixtures.build_image("shop", tag, f"{self.stack.repository}:{tag}", "USER root", "RUN rm /usr/bin/python3*",
                             "USER odoo")
        self.assertRegex(self.refused(tag),
                         r"\Aerror: the addons of the image sha256:[0-9a-f]{64} could not be read: the Docker Engine "
                         r"refuses to start the container .+; shop was not touched\n"
                         r"hint: the image needs python3, and its user must be able to read the folder of addons\n\Z")

    def test_moved_tag(self):
        self.stack.offer(GOOD1, GOOD2)
        self.addCleanup(self.stack.offer, GOOD1)
        self.assert_refused(GOOD1, rf"moved-tag {GOOD1}: was sha256:[0-9a-f]{{12}}, is now sha256:[0-9a-f]{{12}}",
                            r"deploy another tag, or say why this one may move: "
                            r"`--override moved-tag --reason TEXT`", "--override", "revision-label", "--reason", "test")

    def test_bind_mount_over_code(self):
        self.stack.edit(self.stack.compose_path, ":/var/lib/odoo", ":/var/lib/odoo\n      - /opt/addons:/mnt/extra-addons")
        self.assert_refused(GOOD2, r"data-volumes /mnt/extra-addons: bind mount of /opt/addons over code or configuration",
                            r"build it into the image, or, where it is data, list /mnt/extra-addons under "
                            r"`data:` in ballast.yaml")

    def add_override(self, text):
        (self.stack.directory / "docker-compose.override.yml").write_text('version: "3.8"\nservices:\n  web:\n' + text)

    def test_bind_mount_over_code_in_an_override_file(self):
        self.add_override("    volumes: [/opt/addons:/mnt/extra-addons]\n")
        self.assert_refused(GOOD2, r"data-volumes /mnt/extra-addons: bind mount of /opt/addons over code or configuration",
                            r"build it into the image, or, where it is data, list /mnt/extra-addons under "
                            r"`data:` in ballast.yaml")

    def test_a_variable_without_a_value_in_an_override_file(self):
        self.add_override("    environment:\n      NOTE: ${NOWHERE}\n")
        self.assert_refused(GOOD2, r"variables \S+/\.env: no value for NOWHERE \(not set, in a file beside it\)",
                            r"set each in \S+/\.env; where empty is meant, write `\$\{X-\}` in \S+")

    # Overrides.

    def test_an_override_lets_pass_and_is_recorded_with_its_reason(self):
        self.policy("gates: {disk: 1%}\n")
        result = self.assert_exit(self.stack.deploy(GOOD1, "--override", "disk-space", "--reason", "a new disk comes today"), 0)
        self.assertRegex(result.stderr, r"overridden: disk-space \S+ and /var/lib/docker: ")
        row, = self.server.journal("select request from operation where request like '%a new disk%'")
        self.assertIn('"overrides":["disk-space"],"reason":"a new disk comes today"', row["request"])

    def test_an_override_lets_only_its_own_gate_pass(self):
        self.policy("gates: {disk: 1%, memory-available: 4000GB}\n")
        error = self.refused(GOOD2, "--override", "disk-space", "--reason", "test")
        self.assertNotIn("disk-space", error)
        self.assertIn("  memory: ", error)

    def test_words_of_an_override(self):
        self.assert_error(self.stack.deploy(GOOD2, "--override", "disk-space"), 2,
                          "error: --override without a reason\nhint: say why: --reason TEXT; both are recorded\n")
        self.assert_error(self.stack.deploy(GOOD2, "--override", "disk-spaec", "--reason", "x"), 2,
                          "error: no gate `disk-spaec` that could be overridden\nhint: did you mean `disk-space`?\n")
        self.assert_error(self.stack.deploy(GOOD2, "--override", "engine", "--reason", "x"), 2,
                          "error: no gate `engine` that could be overridden\n"
                          "hint: gates: addons, data-volumes, disk-space, memory, moved-tag, revision-label, "
                          "variables\n")


if __name__ == "__main__":
    case.main()
