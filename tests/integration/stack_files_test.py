"""`stack-files: from-image`: compose file and policy come with the release, and go with it."""

import json
import pathlib
import shutil
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, either_generation, must  # noqa: E402
from support.server import TWO  # noqa: E402

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")
RULE = "stack-files: from-image\n"
WITH_CANDIDATE = RULE + "candidate: {timeout: 25s}\nverify: {timeout: 25s, settle: 0s}\n"
IN_PLACE = "      HOST: db\n"
REFUSED = "error: a gate refuses the deploy of shop; nothing was changed\n"
HELD = ("hint: /ballast/stack holds one compose file, and may hold ballast.yaml and .env.example: plain files of at "
        "most 256 kB\n")


class Carried(ServerCase):
    """A stack that runs good1 with the files of its image."""

    policy_text = WITH_CANDIDATE

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=cls.policy_text)
        cls.compose = cls.stack.compose_path.read_text()
        cls.policy = cls.stack.policy_path.read_text()
        cls.carry(GOOD1)
        must(cls.stack.deploy(GOOD1))
        cls.originals = cls.server.path("originals")
        shutil.copytree(cls.stack.directory, cls.originals)

    @classmethod
    def carry(cls, tag, compose=None, *lines, policy=None, example=None, like=None, label="shop", **files):
        """Makes a tag of the stack an image that carries these files; without them the first ones."""
        carried = {"docker-compose.yml": compose or cls.compose, "ballast.yaml": policy or cls.policy, **files}
        if example is not None:
            carried[".env.example"] = example
        labels = [f"LABEL tools.ballast.stack={label}"]
        if like:
            labels.append(f"LABEL org.opencontainers.image.revision={tag.removeprefix('sha-')}")
        fixtures.build_image("shop", like or tag, f"{cls.stack.repository}:{tag}", *labels, "COPY stack/ /ballast/stack/",
                             *lines, files=carried)

    def files(self):
        """Name → owner, mode and text of what a release may change."""
        return {path.name: (path.stat().st_uid, path.stat().st_mode, path.read_text())
                for path in (self.stack.compose_path, self.stack.policy_path)}

    def environment(self):
        return self.stack.container("web")["Config"]["Env"]


@either_generation(TWO)
class Releases(Carried):
    def setUp(self):
        if self.stack.version() != GOOD1:
            must(self.stack.rollback("--to", GOOD1))
        self.stack.compose_path.chmod(0o640)
        self.before = self.files()

    def test_the_files_come_with_the_release_and_go_with_its_rollback(self):
        self.carry(GOOD2, self.compose.replace(IN_PLACE, IN_PLACE + "      SHOP_NOTE: new\n"),
                   policy=self.policy + "keep-releases: 5\n")
        result = self.assert_exit(self.stack.deploy(GOOD2), 0)
        for line in ("--- docker-compose.yml", "+++ docker-compose.yml (of the image)", "+      SHOP_NOTE: new",
                     "+keep-releases: 5"):
            self.assertIn(line, result.stderr)
        self.assertRegex(result.stderr, r"\[ok\] check the stack's files that the image carries: "
                                        r"ballast.yaml and docker-compose.yml change; \d+ gates pass")
        self.assertIn("SHOP_NOTE=new", self.environment())
        after = self.files()
        self.assertEqual(after["docker-compose.yml"][:2], self.before["docker-compose.yml"][:2])
        self.assertIn("SHOP_NOTE: new", after["docker-compose.yml"][2])
        self.assertEqual(after["ballast.yaml"][2], self.policy + "keep-releases: 5\n")
        self.assert_running(self.stack, "good2")
        self.assertEqual(sorted(path.name for path in self.stack.directory.iterdir()),
                         sorted(path.name for path in self.originals.iterdir()))
        self.assertIn("+      SHOP_NOTE: new", "\n".join(self.differences("rollback", "-", "+")))
        self.assert_exit(self.stack.rollback(), 0)
        self.assertEqual(self.files(), self.before)
        self.assertNotIn("SHOP_NOTE=new", self.environment())
        self.assert_running(self.stack, "good1")

    def differences(self, command, old, new):
        """The lines of a dry run's difference, turned round."""
        shown = self.assert_exit(self.server.run(command, self.stack.name, "--dry-run", "--json"), 0).json()["difference"]
        turned = {old: new, new: old}
        return [turned.get(line[:1], line[:1]) + line[1:] for line in shown.splitlines()]

    def test_the_candidate_is_proved_with_them(self):
        tag = "sha-f000001"
        self.carry(tag, self.compose.replace(IN_PLACE, IN_PLACE.replace("db", "nowhere")), like=GOOD2,
                   policy=self.policy.replace("candidate: {timeout: 25s}", "candidate: {timeout: 8s}"))
        web = self.stack.container("web")["Id"]
        result = self.assert_exit(self.stack.deploy(tag), 4)
        self.assertIn(f"release {tag} of shop does not verify as a candidate", result.error)
        self.assertEqual(self.files(), self.before)
        self.assertEqual(self.stack.container("web")["Id"], web)
        self.assert_running(self.stack, "good1")

    def test_a_service_that_the_files_add_is_started_and_goes_when_the_release_is_undone(self):
        added = "\n  notes:\n    image: fixture/plain:v1\n    restart: unless-stopped\n\n  db:\n"
        good, bad = "sha-f000004", "sha-f000005"
        self.carry(bad, self.compose.replace("\n  db:\n", added), like=fixtures.tag("health500"),
                   policy=self.policy.replace("candidate: {timeout: 25s}", "candidate: {timeout: 6s}"))
        self.assertIn("started, as these files want: notes\n", self.assert_exit(self.stack.deploy(bad), 4).stderr)
        self.assertEqual(self.stack.containers("notes"), [])
        database = self.stack.container("db")["Id"]
        self.carry(good, self.compose.replace("\n  db:\n", added).replace("fsync=off", "fsync=on"), like=GOOD2)
        result = self.assert_exit(self.stack.deploy(good), 0)
        self.assertTrue(self.stack.container("notes")["State"]["Running"])
        self.assertIn("service db changes: its container follows with the next docker compose up -d db\n", result.stderr)
        self.assertEqual(self.stack.container("db")["Id"], database)

    def test_what_is_accepted_goes_through_and_is_recorded(self):
        first, second = "sha-f000002", "sha-f000003"
        self.carry(first, self.compose.replace("    volumes:", "    cap_add: [SYS_NICE]\n    volumes:", 1), like=GOOD2)
        result = self.assert_exit(self.stack.deploy(first, "--accept", "capability=web:SYS_NICE"), 0)
        self.assertIn("files-privileges capability=web:SYS_NICE: accepted: a capability of the kernel\n", result.stderr)
        self.assertEqual(self.stack.container("web")["HostConfig"]["CapAdd"], ["SYS_NICE"])
        row = self.server.journal("select id, request from operation where kind = 'deploy' order by rowid desc limit 1")[0]
        self.assertEqual(json.loads(row["request"])["accept"], ["capability=web:SYS_NICE"])
        fact = self.server.journal("select fact from step where operation = ? and name = 'files'", row["id"])[0]["fact"]
        self.assertIn("capability=web:SYS_NICE: accepted", fact)
        self.carry(second, self.stack.compose_path.read_text(), like=GOOD2)
        self.assert_exit(self.stack.deploy(second), 0)


@either_generation(TWO)
class Undone(Carried):
    policy_text = RULE + WITHOUT_CANDIDATE

    def test_a_release_that_fails_is_undone_with_its_files(self):
        before = self.files()
        tag = fixtures.tag("health500")
        self.carry(tag, self.compose.replace(IN_PLACE, IN_PLACE + "      SHOP_NOTE: new\n"),
                   policy=self.policy.replace("timeout: 25s", "timeout: 5s"))
        result = self.assert_exit(self.stack.deploy(tag), 4)
        self.assertRegex(result.error, rf"\Aerror: release {tag} of shop does not verify at published port \S+: "
                                       rf"not good within 5 s; shop runs {GOOD1} again\n")
        self.assertEqual(self.files(), before)
        self.assertNotIn("SHOP_NOTE=new", self.environment())
        self.assert_running(self.stack, "good1")
        self.assertEqual(list(self.server.path("var/lib/ballast/releases/shop").glob("*-image")), [])


@either_generation(TWO)
class Refused(Carried):
    """Every test starts from the same good stack, and leaves it so."""

    def setUp(self):
        self.addCleanup(self._put_back)

    def _put_back(self):
        shutil.rmtree(self.stack.directory)
        shutil.copytree(self.originals, self.stack.directory)

    def refused(self, *options):
        """The run of a refused deploy of good2, after which nothing may be other than it was."""
        before = self.server.fingerprint()
        containers = {one["Id"] for one in self.stack.containers()}
        result = self.assert_exit(self.stack.deploy(GOOD2, *options), 3)
        self.assertEqual(self.server.fingerprint(), before)
        self.assertEqual({one["Id"] for one in self.stack.containers()}, containers)
        self.assertEqual(self.stack.version(), GOOD1)
        self.assert_nothing_left(self.stack)
        self.assertEqual(list(self.server.path("var/lib/ballast/releases/shop").glob("*-image")), [])
        return result

    def assert_refused(self, error, *options):
        self.assertEqual(self.refused(*options).error, error)

    def web(self, lines):
        return self.compose.replace("  web:\n", f"  web:\n    {lines}\n")

    def test_a_privileged_compose_file_gets_no_further(self):
        self.carry(GOOD2, self.web("privileged: true"))
        self.assert_refused(f"{REFUSED}  files-privileges privileged=web: all privileges\n"
                            "hint: take it out of the image's compose file; where it is meant: --accept privileged=web\n")

    def test_each_new_privilege_is_told_and_none_is_accepted_with_another(self):
        self.carry(GOOD2, self.web("cap_add: [NET_ADMIN]\n    pid: ${NO_SUCH:-host}").replace(
            "      - web-data:", "      - /var/run/docker.sock:/s\n      - web-data:").replace(
            '      - "127', '      - "0.0.0.0:1234:8069"\n      - "127'))
        error = self.refused("--accept", "capability=web:NET_ADMIN", "--accept", "namespace").error
        self.assertIn("error: 2 gates refuse the deploy of shop; nothing was changed\n", error)
        for words in ("host-path=web:/var/run/docker.sock: a path of the host", "port=web:1234: a published port"):
            self.assertIn(f"  files-privileges {words}\n", error)
        self.assertNotIn("NET_ADMIN", error)
        self.assertNotIn("pid=host", error)

    def test_a_variable_that_env_lacks(self):
        self.carry(GOOD2, self.compose.replace(IN_PLACE, IN_PLACE + "      NOTE: ${NOWHERE}\n"))
        self.assertRegex(self.refused().error, r"  variables \S+/\.env: no value for NOWHERE \(not set, line \d+\)\n")
        self.carry(GOOD2, example="SHOP_TAG=sha-…\nREDIS_URL=\n")
        env = self.stack.env_path
        self.assert_refused(f"{REFUSED}  files-variables {env}: lacks REDIS_URL\n"
                            "hint: set it in it: the image's .env.example names it\n")

    def test_the_image_of_another_stack(self):
        self.carry(GOOD2, label="other")
        self.assert_refused(f"{REFUSED}  files-label tools.ballast.stack: the image is made for the stack other\n"
                            "hint: build it with `LABEL tools.ballast.stack=shop`\n")

    def test_an_image_without_files(self):
        self.stack.offer(GOOD2)
        self.assert_refused(f"error: {self.stack.repository}:{GOOD2} carries no files of the stack: it has no /ballast/stack\n"
                            "hint: build it with them: COPY … /ballast/stack/; or take `stack-files: from-image` out of "
                            "ballast.yaml\n")

    def test_a_broken_compose_file(self):
        shown = f"{self.stack.repository}:{GOOD2} carries files that cannot be used: /ballast/stack/docker-compose.yml"
        self.carry(GOOD2, "services: []\n")
        self.assertIn(f"error: {shown}:1: `services` is a list, not a map", self.refused().error)
        self.carry(GOOD2, self.compose + "---\nservices: {web: {privileged: true}}\n")
        self.assertRegex(self.refused().error, rf"\Aerror: {shown}:\d+: a second YAML document begins here\n")
        self.carry(GOOD2, "nonsense: true\n" + self.compose)
        self.assertRegex(self.refused("--accept", "key=nonsense").error, r"  compose-valid \S+: \S+ does not take \S+: .*nonsense")

    def test_what_is_no_file_of_a_stack(self):
        shown = f"error: {self.stack.repository}:{GOOD2} carries"
        self.carry(GOOD2, **{".env": "SHOP_TAG=x\n"})
        self.assert_refused(f"{shown} `.env`, which is no file of a stack\n{HELD}")
        self.carry(GOOD2, **{"compose.yaml": self.compose})
        self.assert_refused(f"{shown} two compose files\n{HELD}")
        self.carry(GOOD2, self.compose + "#" * 300_000)
        self.assertRegex(self.refused().error, rf"\A{shown} `docker-compose.yml` of 30\d\.\d kB\n{HELD}\Z")
        self.carry(GOOD2, self.compose + "#" * 2_000_000)
        self.assert_refused(f"{shown} files that cannot be read: /ballast/stack is more than 1.0 MB\n{HELD}")
        self.carry(GOOD2, None, "USER root", "RUN ln -sf /etc/passwd /ballast/stack/ballast.yaml", "USER odoo")
        self.assert_refused(f"{shown} `ballast.yaml` that is a symlink\n{HELD}")
        self.carry(GOOD2, None, "USER root", "RUN mv /ballast/stack /s && ln -s /s /ballast/stack", "USER odoo")
        self.assertIn(shown, self.refused().error)

    def test_the_policy_may_not_loosen_what_it_stands_under(self):
        self.carry(GOOD2, policy=self.policy.replace(RULE, ""))
        path = self.stack.policy_path
        self.assert_refused(f'{REFUSED}  files-policy stack-files: was "from-image", would be "on-server"\n'
                            "hint: no release changes this key: mend the image's ballast.yaml, or change "
                            f"{path} by hand first\n", "--accept", "policy")
        self.carry(GOOD2, policy=self.policy + "gates: {disk: 99%}\n")
        self.assert_refused(f'{REFUSED}  files-policy policy=gates.disk: was "85%", would be "99%"\n'
                            "hint: take it out of the image's ballast.yaml; where it is meant: --accept policy=gates.disk\n")

    def test_another_project_or_image_is_never_taken(self):
        shown = f"error: {self.stack.repository}:{GOOD2} carries files that cannot be used: they"
        self.carry(GOOD2, self.compose.replace(self.stack.repository, "evil/shop"))
        self.assert_refused(f"{shown} release evil/shop:{GOOD2}, not {self.stack.repository}:{GOOD2}\n"
                            "hint: the image's compose file names its own repository, as the one on the server does\n",
                            "--accept", "key")

    def test_a_moved_tag_brings_no_files_either(self):
        self.addCleanup(self.carry, GOOD1)
        self.carry(GOOD1, self.compose.replace(IN_PLACE, IN_PLACE + "      A: b\n"))
        before = self.server.fingerprint()
        result = self.assert_exit(self.stack.deploy(GOOD1), 3)
        self.assertIn(f"  moved-tag {GOOD1}: was sha256:", result.error)
        self.assertEqual(self.server.fingerprint(), before)

    def test_a_file_that_was_changed_by_hand(self):
        self.stack.edit(self.stack.compose_path, IN_PLACE, IN_PLACE + "      BY_HAND: yes\n      API_TOKEN: very-secret-1\n")
        self.carry(GOOD2, self.compose.replace(IN_PLACE, IN_PLACE + "      A: b\n"))
        path = self.stack.compose_path
        result = self.refused()
        self.assertEqual(result.error, f"{REFUSED}  files-by-hand changed-by-hand=docker-compose.yml: {path} is not as "
                                       f"release {GOOD1} left it\nhint: bring the change into the image, or it is lost; "
                                       "where it is meant: --accept changed-by-hand=docker-compose.yml\n")
        for line in ("+++ docker-compose.yml (changed by hand)", "+      BY_HAND: yes", "-      BY_HAND: yes",
                     "+      API_TOKEN: ***"):
            self.assertIn(line, result.stderr)
        self.assertNotIn("very-secret-1", result.stdout + result.stderr)
        status = self.assert_exit(self.server.run("status", "shop"), 9)
        self.assertIn(f"{path} was changed by hand since release {GOOD1}: the next deploy refuses it", status.stdout)
        dry = self.assert_exit(self.stack.deploy(GOOD2, "--dry-run", "--accept", "changed-by-hand"), 0)
        self.assertIn("files of the stack\n", dry.stdout)
        self.carry(GOOD2, self.stack.compose_path.read_text())
        self.assert_exit(self.stack.deploy(GOOD2, "--dry-run"), 0)

    def test_a_dry_run_shows_the_difference_and_changes_nothing(self):
        self.carry(GOOD2, self.web("privileged: true\n    # API_TOKEN=very-secret-2"))
        before = self.server.fingerprint("srv", "var")
        result = self.assert_exit(self.stack.deploy(GOOD2, "--dry-run"), 3)
        self.assertRegex(result.stdout, r"(?m)^  fail +files-privileges +privileged=web")
        self.assertIn("  +    privileged: true\n", result.stdout)
        self.assertNotIn("very-secret-2", result.stdout)
        self.assertEqual(self.server.fingerprint("srv", "var"), before)
        self.assert_nothing_left(self.stack)
        result = self.assert_exit(self.stack.deploy(fixtures.tag("column"), "--dry-run"), 0)
        self.assertIn("the files of the image are compared once it is pulled\n", result.stdout)

    def test_words_of_accept(self):
        self.assert_error(self.stack.deploy(GOOD2, "--accept", "prot=web:80"), 2,
                          "error: nothing is accepted as `prot`\nhint: did you mean `port`?\n")
        self.stack.edit(self.stack.policy_path, RULE, "")
        self.assert_error(self.stack.deploy(GOOD2, "--accept", "port=web:80"), 2,
                          "error: --accept, but the files of shop do not come from its images\n"
                          f"hint: leave it out; or write `stack-files: from-image` in {self.stack.policy_path}\n")


if __name__ == "__main__":
    case.main()
