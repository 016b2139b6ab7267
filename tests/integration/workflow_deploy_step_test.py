"""The deploy step of the workflow, run as it stands against an SSH server: what it asks, what it makes of the answer.

Behind the server a few lines of shell stand in for the gate, so that every answer can be had.
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import fixtures  # noqa: E402
from support.remotes import SshServer  # noqa: E402
from support.workflow import Workflow  # noqa: E402

EXAMPLE = fixtures.REPOSITORY / "examples/odoo18-prod/.github/workflows/odoo18-prod.yml"
COMMIT = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
ASKED = f"deploy odoo18-prod sha-{COMMIT} ken"
HISTORY = "2026-11-27T09:00:00+09:00 | odoo18-prod | sha-{} | prod | success | ken"
STAND_IN = """\
#!/bin/bash
printf '%s\\n' "$SSH_ORIGINAL_COMMAND" >>asked
case $SSH_ORIGINAL_COMMAND in
  deploy*) cat answer; echo 'and this on stderr' >&2; exit "$(<status)" ;;
  history*) cat history ;;
esac
"""


class DeployStep(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="ballast-test-workflow-"))
        cls.addClassCleanup(subprocess.run, ["rm", "-rf", str(cls.folder)], check=False)
        cls.ssh = SshServer(cls.folder / "ssh")
        cls.addClassCleanup(cls.ssh.stop)
        cls.gate = cls.folder / "gate"
        cls.gate.write_text(STAND_IN.replace("#!/bin/bash\n", f"#!/bin/bash\ncd '{cls.folder}' || exit 99\n"))
        cls.gate.chmod(0o755)
        public = cls.ssh.folder / "key.pub"
        public.write_text(f'restrict,command="{cls.gate}" {public.read_text()}')
        cls.workflow = Workflow(EXAMPLE)

    def setUp(self):
        self.write("answer", "[ok] check the host\n::error::this is no word of the runner's\n")
        self.write("history", "".join(f"{HISTORY.format(number)}\n" for number in range(1, 14)))
        self.write("status", "0\n")
        self.write("asked", "")

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def asked(self):
        return (self.folder / "asked").read_text().splitlines()

    def deploy(self, actor="ken", changed=None, **environment):
        key, hosts = ((self.ssh.folder / name).read_text().rstrip("\n") for name in ("key", "known_hosts"))
        values = {"secrets.DEPLOY_KEY": key, "vars.KNOWN_HOSTS": hosts, **(changed or {})}
        return self.workflow.run("deploy", self.folder, values, SERVER=f"ssh://root@127.0.0.1:{self.ssh.port}",
                                 GITHUB_SHA=COMMIT, GITHUB_ACTOR=actor, **environment)

    def test_it_asks_for_the_commit_as_whoever_pushed(self):
        ran = self.deploy()
        self.assertEqual(ran.status, 0, ran)
        self.assertEqual(self.asked(), [ASKED, "history odoo18-prod"])
        recent = "\n".join(HISTORY.format(number) for number in range(4, 14))
        self.assertEqual(ran.summary, f"### odoo18-prod: deployed and verified\n\n`sha-{COMMIT}` by ken, exit 0\n\n"
                                      f"```\n{recent}\n```\n")
        self.deploy(actor="dependabot[bot]")
        self.assertEqual(self.asked()[-2], f"deploy odoo18-prod sha-{COMMIT} dependabot[bot]")

    def test_what_the_server_says_is_no_command_to_the_runner(self):
        pause, *said, end = self.deploy().log.splitlines()
        self.assertRegex(pause, r"^::stop-commands::[0-9a-f-]{36}$")
        self.assertEqual(end, f"::{pause.rpartition(':')[2]}::")
        self.assertEqual(sorted(said), ["::error::this is no word of the runner's", "[ok] check the host",
                                        "and this on stderr"])

    def test_each_exit_status_comes_through_and_is_told_in_words(self):
        table = {1: "failed", 2: "wrong words or configuration, nothing changed", 3: "a gate refused, nothing changed",
                 4: "the release failed, and what ran before runs again",
                 5: "the way back failed too: a person is needed",
                 6: "another operation holds the stack, nothing changed", 7: "the backup is incomplete",
                 8: "the verification failed", 9: "something is not as it should be", 130: "interrupted and undone",
                 77: "an exit status that is not in the table"}
        for status, words in table.items():
            with self.subTest(status=status):
                self.write("status", f"{status}\n")
                ran = self.deploy()
                self.assertEqual(ran.status, status, ran)
                self.assertEqual(ran.summary.splitlines()[0], f"### odoo18-prod: {words}")
                self.assertIn(f"by ken, exit {status}\n", ran.summary)

    def test_a_server_with_another_host_key_is_told_nothing(self):
        other = self.folder / "other"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True, timeout=60)
        self.addCleanup(other.unlink)
        self.addCleanup(other.with_suffix(".pub").unlink)
        for hosts in (f"[127.0.0.1]:{self.ssh.port} {other.with_suffix('.pub').read_text()}", ""):
            with self.subTest(hosts=hosts):
                ran = self.deploy(changed={"vars.KNOWN_HOSTS": hosts})
                self.assertEqual(ran.status, 255, ran)
                self.assertIn("Host key verification failed.", ran.log)
                self.assertEqual(self.asked(), [])
                self.assertIn("### odoo18-prod: no connection, or it broke", ran.summary)
                self.assertIn("the history could not be had\n```\n", ran.summary)

    def test_another_key_gets_nowhere_and_no_password_is_asked_for(self):
        other = self.folder / "other"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True, timeout=60)
        self.addCleanup(other.unlink)
        ran = self.deploy(changed={"secrets.DEPLOY_KEY": other.read_text()})
        self.assertEqual((ran.status, self.asked()), (255, []), ran)
        self.assertIn("Permission denied (publickey)", ran.log)

    def test_the_key_is_gone_when_the_step_ends(self):
        place = self.folder / "runner"
        place.mkdir()
        self.assertEqual(self.deploy(TMPDIR=str(place)).status, 0)
        self.assertEqual(list(place.iterdir()), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
