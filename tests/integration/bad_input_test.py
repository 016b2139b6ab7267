"""Bad input: the exact words, hint and exit status of each, and nothing changed by any."""

import contextlib
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, must  # noqa: E402

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")
TAG_HINT = "hint: a tag has letters, digits, `_`, `.` and `-`, at most 128\n"
FIELD_HINT = "hint: leave `|`, line breaks and control characters out: the history has one line a release\n"
OPERATOR_HINT = "hint: an operator has no blanks and no characters of the shell, like ken or ken@example.com\n"
LONG = "a" * 5000
ENDING = r"  the end of .+\n"

# Words on the command line → the whole error. All are exit 2.
WORDS = {
    "no tag": (["shop"],
               "error: no tag was given\n"
               "hint: a tag is never optional: what runs must be named. Give the tag that the build pushed, "
               "such as sha-a1b2c3d\n"),
    "empty tag": (["shop", ""], "error: no tag was given\n"
                  "hint: a tag is never optional: what runs must be named. Give the tag that the build pushed, "
                  "such as sha-a1b2c3d\n"),
    "tag with a shell's characters": (["shop", "$(reboot)"],
                                      "error: `$(reboot)` is not a tag: `$` at character 1\n" + TAG_HINT),
    "tag with a semicolon": (["shop", "v1;reboot"], "error: `v1;reboot` is not a tag: `;` at character 3\n" + TAG_HINT),
    "tag with a blank": (["shop", "v1 v2"], "error: `v1 v2` is not a tag: blank at character 3\n" + TAG_HINT),
    "tag with a bar": (["shop", "v1|v2"], "error: `v1|v2` is not a tag: `|` at character 3\n" + TAG_HINT),
    "tag with a line break": (["shop", "v1\nv2"],
                              "error: `v1\\nv2` is not a tag: line break at character 3\n" + TAG_HINT),
    "tag of 5000 bytes": (["shop", LONG],
                          f"error: `{'a' * 60}…` is not a tag: 5000 characters, at most 128\n" + TAG_HINT),
    "operator with a bar": (["shop", GOOD2, "--operator", "ken|root"],
                            "error: the operator `ken|root` has a `|` at character 4\n" + OPERATOR_HINT),
    "operator with a line break": (["shop", GOOD2, "--operator", "ken\nroot"],
                                   "error: the operator `ken\\nroot` has a line break at character 4\n" + OPERATOR_HINT),
    "operator with a control character": (["shop", GOOD2, "--operator", "ken\x1b[2J"],
                                          "error: the operator `ken\\x1b[2J` has a `\\x1b` at character 4\n" + OPERATOR_HINT),
    "operator of 5000 bytes": (["shop", GOOD2, "--operator", LONG],
                               f"error: the operator `{'a' * 60}…` is too long: 5000 bytes, at most 128\n"
                               "hint: say it shorter\n"),
    "operator with a shell's characters": (["shop", GOOD2, "--operator", "$(reboot)"],
                                           "error: the operator `$(reboot)` has a `$` at character 1\n" + OPERATOR_HINT),
    "operator with a blank": (["shop", GOOD2, "--operator", "ken smith"],
                              "error: the operator `ken smith` has a blank at character 4\n" + OPERATOR_HINT),
    "empty operator": (["shop", GOOD2, "--operator="], "error: --operator needs a value (NAME)\n"),
    "environment with a bar": (["shop", GOOD2, "--env", "prod|x"],
                               "error: the environment `prod|x` has a `|` at character 5\n" + FIELD_HINT),
    "reason with a line break": (["shop", GOOD2, "--override", "memory", "--reason", "a\nb"],
                                 "error: the reason `a\\nb` has a line break at character 2\n" + FIELD_HINT),
    "wait that is no time": (["shop", GOOD2, "--wait", "soon"],
                             "error: --wait `soon` is not a length of time\n"
                             "hint: such as 90s, 5m or 1h30m; a bare number is seconds\n"),
    "unknown option": (["shop", GOOD2, "--operatr", "ken"],
                       "error: unknown option --operatr\n"
                       "hint: did you mean --operator? `ballast deploy --help` lists the options\n"),
    "one word too many": (["shop", GOOD2, "ken"],
                          "error: one word too many: `ken`\nhint: usage: ballast deploy <stack> <tag> [--env ENV] "
                          "[--operator NAME] [--wait DURATION] [--override GATE]... [--reason TEXT] "
                          "[--via-key KEY] [--refuse-older] [--accept KIND[=VALUE]]... [--upgrade MODULES] [--dry-run] [--json]\n"),
    "stack that is a path": (["../shop", GOOD2],
                             "error: `../shop` is not a stack name: `.` at character 1\n"
                             "hint: a stack name has a-z, 0-9, `_` and `-`, begins with a letter or digit, at most 63\n"),
}


def env_without_tag(text):
    return text.replace(f"SHOP_TAG={GOOD1}\n", "")


# How the file is changed → exit status and the whole error; {env}, {policy}, {compose}, {stacks} are paths.
ENV = {
    "CRLF": (lambda text: text.replace("\n", "\r\n"), 3,
             "error: {env} has Windows line ends (CRLF), first in line 1\n"
             "hint: convert it with: sed -i 's/\\r$//' {env}\n"),
    "without the tag line": (env_without_tag, 3,
                             "error: {env} has no line `SHOP_TAG=…`\n"
                             "hint: add the line SHOP_TAG=<the tag that runs now> and try again\n"),
    "twice": (lambda text: text + f"SHOP_TAG={GOOD2}\n", 3,
              "error: {env} sets SHOP_TAG twice (lines 3 and 11)\n"
              "hint: remove one of them; nothing was changed\n"),
    "commented out": (lambda text: text.replace("SHOP_TAG=", "#SHOP_TAG="), 3,
                      "error: {env} has SHOP_TAG commented out in line 3\n"
                      "hint: take the `#` off line 3 and try again\n"),
    "exported": (lambda text: text.replace("SHOP_TAG=", "export SHOP_TAG="), 3,
                 "error: {env} has `export` before SHOP_TAG in line 3\n"
                 "hint: take `export ` off line 3 and try again\n"),
    "not UTF-8": (lambda text: text + "NAME=\udcff\n", 3,
                  "error: {env} is not UTF-8 in line 11\n"
                  "hint: save it as UTF-8 and try again\n"),
    "over two lines": (lambda text: text.replace(f"SHOP_TAG={GOOD1}", f'SHOP_TAG="{GOOD1}\n"'), 3,
                       "error: {env} splits the value of SHOP_TAG over lines 3 to 4\n"
                       "hint: write it in one line: SHOP_TAG=<the tag that runs now>\n"),
    "from another variable": (lambda text: text.replace(f"SHOP_TAG={GOOD1}", "SHOP_TAG=${OTHER}"), 3,
                              "error: {env} has no plain tag for SHOP_TAG in line 3: `${OTHER}`\n"
                              "hint: write the tag itself: SHOP_TAG=<the tag that runs now>\n"),
}
JOBS = "\n  jobs:\n    image: example/jobs:${JOBS_TAG:-v1}\n"
POLICY = {
    "unknown key": ("verfy: {timeout: 5s}\n", 2,
                    "error: {policy}:1: unknown key `verfy`\nhint: did you mean `verify`?\n"),
    "unknown key below": ("verify:\n  timout: 5s\n", 2,
                          "error: {policy}:2: unknown key `verify.timout`\nhint: did you mean `verify.timeout`?\n"),
    "no YAML": ("verify: [\n", 2,
                "error: {policy}:2: not YAML: end of sequence flow not found\n"
                "hint: look at the blanks and quotes of that line and the one above\n"),
    "no length of time": ("verify: {timeout: soon}\n", 2,
                          "error: {policy}:1: `verify.timeout`: \"soon\" is not a duration\n"
                          "hint: write a number with a unit, such as 120s or 2m\n"),
    "a check that there is not": ("verify: {skip: [web-aset]}\n", 2,
                                  "error: {policy}: `verify.skip` names no check: `web-aset`\n"
                                  "hint: did you mean `web-asset`?\n"),
    "a service that there is not": ("service: webb\n", 2,
                                    "error: {policy}:1: no service `webb` in {compose}\nhint: did you mean `web`?\n"),
    "a variable that there is not": ("tag-variable: WEB_TAG\n", 2,
                                     "error: {policy}:1: no service in {compose} has the variable `WEB_TAG` in its image\n"),
}
COMPOSE = {
    "broken": (lambda text: text + "  - [\n", 2,
               "error: {compose}:40: not YAML: end of sequence flow not found\n"
               "hint: look at the blanks and quotes of that line and the one above\n"),
    "no services": (lambda text: "version: '3'\n", 2,
                    "error: {compose} has no `services:`\n"
                    "hint: a compose file lists its containers under `services:`\n"),
    "two that could be released": (lambda text: text.replace("\n  db:\n", JOBS + "\n  db:\n"),
                                   2, "error: `web` (SHOP_TAG) and `jobs` (JOBS_TAG) in {compose} could be released\n"
                                      "hint: write `service: NAME` into {policy}\n"),
}


class BadInput(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))

    @contextlib.contextmanager
    def unchanged(self):
        """Whatever happens within changes no file and no container; what a test broke is put back after it."""
        before = self.server.fingerprint()
        container = self.stack.container("web")["Id"]
        yield
        self.assertEqual(self.server.fingerprint(), before)
        self.assertEqual(self.stack.container("web")["Id"], container)
        self.assertEqual(self.server.unfinished(), [])

    @contextlib.contextmanager
    def changed(self, path, text):
        """A file with another content for a while; None: without the file."""
        original, mode = path.read_bytes(), path.stat().st_mode & 0o7777
        if text is None:
            path.unlink()
        else:
            path.write_bytes(text.encode(errors="surrogateescape"))
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            path.write_bytes(original)
            path.chmod(mode)

    def words(self, text):
        places = {"env": self.stack.env_path, "policy": self.stack.policy_path, "compose": self.stack.compose_path,
                  "stacks": self.server.path("srv/stacks"), "folder": self.stack.directory,
                  "copies": self.server.path("var/lib/ballast/releases/shop")}
        return re.sub(r"\{([a-z]+)\}", lambda found: str(places[found[1]]), text)

    def assert_refused(self, status, text, arguments=("shop", GOOD2), **options):
        with self.unchanged():
            result = self.server.run("deploy", *arguments, **options)
            self.assert_error(result, status, self.words(text))

    def test_words(self):
        for name, (arguments, text) in WORDS.items():
            with self.subTest(name):
                self.assert_refused(2, text, arguments)

    def test_unknown_stack(self):
        self.assert_refused(2, "error: no stack `shp` in {stacks}\nhint: did you mean `shop`?\n", ["shp", GOOD2])
        self.assert_refused(2, "error: no stack `billing` in {stacks}\nhint: stacks here: shop\n", ["billing", GOOD2])

    def test_stack_without_compose_file(self):
        with self.changed(self.stack.compose_path, None):
            self.assert_refused(2, "error: stack `shop` has no compose file in {folder}\n"
                                   "hint: it is named compose.yaml or docker-compose.yml\n")

    def test_a_stack_that_is_no_folder(self):
        path = self.server.path("srv/stacks/note")
        path.write_text("not a stack\n")
        self.addCleanup(path.unlink)
        self.assert_refused(2, "error: {stacks}/note is not a directory\n"
                               "hint: a stack is a folder with a compose file and .env\n", ["note", GOOD2])

    def test_an_image_that_may_not_be_pulled(self):
        with self.changed(self.stack.policy_path, WITHOUT_CANDIDATE + "pull: false\n"):
            self.assert_refused(3, f"error: the image {self.stack.repository}:sha-0000000 is not on this machine\n"
                                   "hint: the policy says `pull: false`: build or load it first\n", ["shop", "sha-0000000"])

    def test_an_engine_elsewhere(self):
        text = ("error: DOCKER_HOST=tcp://10.0.0.1:2375 is not a local engine\n"
                "hint: ballast works on the server itself: unset DOCKER_HOST, or set it to unix:///path\n")
        elsewhere = {"DOCKER_HOST": "tcp://10.0.0.1:2375"}
        self.assert_refused(2, text, environment=elsewhere)
        for command in ("rollback", "verify", "status", "adopt"):
            with self.subTest(command):
                self.assert_error(self.server.run(command, "shop", environment=elsewhere), 2, text)

    def test_nothing_runs_that_could_be_verified(self):
        stack = self.server.stack(name="fresh", policy=WITHOUT_CANDIDATE)
        self.addCleanup(shutil.rmtree, stack.directory)
        self.assert_error(self.server.run("verify", "fresh"), 8,
                          "error: service `web` of fresh has no container\n"
                          f"hint: start it: ballast deploy fresh {GOOD1}\n")
        self.assertEqual(stack.containers(), [])

    def test_contents_of_env(self):
        text = self.stack.env_path.read_text()
        for name, (change, status, error) in ENV.items():
            with self.subTest(name), self.changed(self.stack.env_path, change(text)):
                self.assert_refused(status, error)

    def test_env_is_missing(self):
        with self.changed(self.stack.env_path, None):
            self.assert_refused(3, "error: {env} is missing\n"
                                   "hint: put it back from the newest copy in {copies}, or write one with "
                                   "SHOP_TAG=<the tag that runs>\n")

    def test_env_is_a_symlink(self):
        elsewhere = self.server.path("elsewhere")
        elsewhere.write_text(self.stack.env_path.read_text())
        with self.changed(self.stack.env_path, None):
            self.stack.env_path.symlink_to(elsewhere)
            self.assert_refused(3, "error: {env} is a symbolic link\n"
                                   "hint: put the file itself there; Ballast writes nothing through a link\n")
            self.assertTrue(self.stack.env_path.is_symlink())

    def test_contents_of_the_policy(self):
        for name, (text, status, error) in POLICY.items():
            with self.subTest(name), self.changed(self.stack.policy_path, text):
                self.assert_refused(status, error)

    def test_contents_of_the_compose_file(self):
        text = self.stack.compose_path.read_text()
        for name, (change, status, error) in COMPOSE.items():
            with self.subTest(name), self.changed(self.stack.compose_path, change(text)):
                self.assert_refused(status, error)

    def test_the_engine_is_down(self):
        with self.unchanged():
            result = self.stack.deploy(GOOD2, environment={"BALLAST_DOCKER_SOCKET": "/nowhere.sock"})
            self.assert_exit(result, 3)
            self.assertEqual(result.error,
                             "error: 3 gates refuse the deploy of shop; nothing was changed\n"
                             "  engine: the Docker Engine does not answer at /nowhere.sock: no such socket\n"
                             "  disk-space docker: not known while the engine does not answer\n"
                             f"  project-folder {self.stack.project}: not known while the engine does not answer\n"
                             "hint: start it: systemctl start docker\n")
        for command in ("rollback", "adopt"):
            with self.subTest(command), self.unchanged():
                result = self.server.run(command, "shop", environment={"BALLAST_DOCKER_SOCKET": "/nowhere.sock"})
                self.assert_exit(result, 3)
                self.assertTrue(result.error.startswith("error: the Docker Engine does not answer at /nowhere.sock: "),
                                result)


class BadJournal(ServerCase):
    """Each command that needs it says what is wrong, and leaves it as it is."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE)
        cls.path = cls.server.path("var/lib/ballast/ballast.db")
        cls.path.parent.mkdir(parents=True)

    def tearDown(self):
        for path in self.path.parent.glob("ballast.db*"):
            path.unlink()

    def make(self, *statements):
        with contextlib.closing(sqlite3.connect(self.path)) as database, database:
            for statement in statements:
                database.execute(statement)

    def assert_told(self, error, hint):
        before = self.path.read_bytes()
        self.assert_error(self.stack.deploy(GOOD1), 3, f"error: {error}; shop was not touched\nhint: {hint}\n")
        self.assert_error(self.server.run("recover"), 1, f"error: {error}\nhint: {hint}\n")
        self.assertEqual(self.path.read_bytes(), before)
        self.assertEqual(self.stack.containers(), [])

    def test_of_a_newer_version(self):
        self.make("pragma application_id = 0x42616c6c", "pragma user_version = 99", "create table t (x)")
        self.assert_told(f"the journal {self.path} was written by a newer ballast (schema 99, this one knows 2)",
                         "use that version of ballast")

    def test_of_another_program(self):
        self.make("create table bookmarks (url text)")
        self.assert_told(f"{self.path} is no journal of ballast",
                         "another program's file stands in its place: move it away")

    def test_that_is_damaged(self):
        self.path.write_bytes(b"this is no database " * 400)
        self.assert_told(f"the journal {self.path} is damaged: file is not a database",
                         f"keep a copy, then try: sqlite3 {self.path} .recover")


class Unreadable(ServerCase):
    """As a user who may write in the root but not read .env."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE)

    def test_env_that_cannot_be_read(self):
        nobody = 65534
        for path in [self.server.root, *self.server.root.rglob("*")]:
            os.chown(path, nobody, nobody)
        os.chown(self.stack.env_path, 0, 0)
        self.stack.env_path.chmod(0o600)
        result = self.server.run("deploy", "shop", GOOD2, prefix=["setpriv", "--reuid", str(nobody), "--regid", str(nobody),
                                                                  "--clear-groups"])
        self.assert_error(result, 3, f"error: cannot read {self.stack.env_path}: permission denied\n"
                                     "hint: run ballast as root (sudo)\n")


class FullDisk(ServerCase):
    """The stacks and the journal on small file systems of their own, which are then filled."""

    PAGE = 4096

    @classmethod
    def prepare(cls):
        for folder, size in (("srv/stacks", "256k"), ("var/lib/ballast", "2m")):
            cls.mount(cls.server.path(folder), size)
        cls.stack = cls.server.stack(policy="candidate: {enabled: false}\nverify: {timeout: 20s, settle: 0s}\n"
                                            "gates: {disk: 100%}\n")
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))

    @classmethod
    def mount(cls, folder, size):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", folder], check=True)
        cls.addClassCleanup(subprocess.run, ["umount", folder], check=True)

    @contextlib.contextmanager
    def filled(self, folder, spare):
        """With so many pages left."""
        filler = self.server.path(folder, "filler")
        with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * self.PAGE)
        os.truncate(filler, max(0, filler.stat().st_size - spare * self.PAGE))
        try:
            yield
        finally:
            filler.unlink()

    def running(self):
        return [row["id"] for row in self.server.journal("select id from operation where state = 'running'")]

    def deploy_on_full_disk(self):
        return self.stack.deploy(GOOD2, "--override", "disk-space", "--reason", "the disk is to be full")

    def test_the_gate_sees_it_first(self):
        with self.filled("srv/stacks", 0):
            result = self.assert_exit(self.stack.deploy(GOOD2), 3)
        self.assertIn(f"  disk-space {self.stack.directory}: 100 % used, 0 bytes free; the limit is 100 %", result.error)

    def test_the_stacks_folder_is_full(self):
        text = self.stack.env_path.read_text()
        with self.filled("srv/stacks", 0):
            result = self.deploy_on_full_disk()
            self.assertEqual(self.stack.env_path.read_text(), text)
        stacks = self.stack.directory.parent
        self.assertEqual((result.status, result.error),
                         (4, f"error: no space left on {stacks} while writing {self.stack.env_path}; shop runs {GOOD1} again\n"
                             f"hint: free some space there and try again; see what is full with: df -h {stacks}\n"))
        self.assert_running(self.stack, "good1")

    def test_the_journals_folder_is_full(self):
        full = f"no space left on the disk of the journal {self.server.path('var/lib/ballast/ballast.db')}"
        for spare in (0, 2, 8, 16):
            with self.subTest(spare=spare):
                with self.filled("var/lib/ballast", spare):
                    result = self.deploy_on_full_disk()
                    self.assertEqual(result.status, 3, result)
                    self.assertEqual(re.sub(ENDING, "", result.error),
                                     f"error: {full}; shop was not touched\n"
                                     "hint: free some space there, then run `ballast recover`\n")
                    self.assertEqual(re.findall(ENDING, result.error),
                                     [f"  the end of %s could not be recorded: {full}\n" % id for id in self.running()])
                self.assert_exit(self.server.run("recover"), 0)
                self.assertEqual(self.server.journal("pragma integrity_check"), [{"integrity_check": "ok"}])
                self.assert_running(self.stack, "good1")


if __name__ == "__main__":
    case.main()
