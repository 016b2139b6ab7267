"""The gate: a deploy key gets no further than its entry allows, whichever way it tries; through a real sshd."""

import pathlib
import socket
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case  # noqa: E402
from support.gate_case import NAMES, QUICK, GateCase, closed_hours  # noqa: E402
from support.server import free_port  # noqa: E402
from support.waiting import until  # noqa: E402

MAY = "deploy STACK TAG OPERATOR, rollback STACK, status, history, verify"




class Refusals(GateCase):
    """Every way in that a key may try. Nothing is ever started."""

    def tearDown(self):
        self.assertEqual(self.server.history_text(), "")
        self.assertEqual(self.shop.containers(), [])

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.server.stack("plain", name="blog", tag="v1", policy=QUICK)

    def test_words_of_a_shell(self):
        hint = "words have letters, digits and _ . - / @ + : [ ], and blanks between"
        for command, reason in (("status; id", "`;` at character 7"), ("status $(id)", "`$` at character 8"),
                                ("status `id`", "``` at character 8"), ("deploy shop * ken", "`*` at character 13"),
                                ("status 'shop'", "a quote at character 8"),
                                ("status\nid", "a line break at character 7"),
                                ("status \x1b[2J", "a control character (0x1b) at character 8"),
                                ("deploy shop sha-а ken", "a byte that is not ASCII (0xd0) at character 17"),
                                ("BALLAST_ROOT=/tmp status", "`=` at character 13")):
            with self.subTest(command):
                self.assert_refused(command, f"the command has {reason}", hint)
        self.assert_refused("a" * 100_000, "the command has 100000 bytes, at most 512", hint)

    def test_options_and_paths(self):
        self.assertIn("`--to` is not a tag", self.call("deploy shop --to ken", status=3).stderr)
        self.assertIn("`--override=disk-space` is no", self.call("v1 --override=disk-space", status=3).stderr
                      .replace("the command has `=` at character 14", "`--override=disk-space` is no"))
        self.assertIn("`../shop` is not a stack name", self.call("status ../shop", status=3).stderr)

    def test_another_verb(self):
        for command in ("restore shop 20261125T022707Z", "prune shop now please", "silence shop disk-full --for",
                        "docker run -v /:/host", "recover"):
            with self.subTest(command):
                word = command.split()[0]
                self.assert_refused(command, f"`{word}` is nothing that the gate does", MAY)
        self.assert_refused("deploy shop v1 ken", "key looks may not deploy", "it may: status", key="looks")

    def test_another_stack(self):
        self.assert_refused("deploy blog v1 ken", "key ci has nothing to do with stack blog", "its stacks: shop")
        self.assert_refused("status blog", "key ci has nothing to do with stack blog", "its stacks: shop")

    def test_another_environment(self):
        self.assert_refused("deploy shop v1 ken", "key staging may not deploy to environment prod",
                            "its environments: staging", key="staging")
        self.assert_refused("/srv/scripts/deploy.sh shop v1 staging ken", "key ci may not deploy to environment staging",
                            "its environments: prod")

    def test_another_place_and_another_hour(self):
        self.assert_refused("status", "key elsewhere may not be used from 127.0.0.1",
                            "its entry in /etc/ballast/access.yaml says from where: `from`", key="elsewhere")
        self.assert_refused("status", "key never may not be used at this hour",
                            f"its hours: {closed_hours()[1:-1]}", key="never")

    def test_too_often(self):
        self.call("status", key="seldom", status=9)  # nothing runs yet
        self.call("statuss", key="seldom", status=3)
        self.assert_refused("status", "key seldom called too often: 2 per day",
                            "each call counts, also one that was refused; try again later", key="seldom")
        self.assertEqual([record["verdict"] for record in self.records() if record["key"] == "seldom"],
                         ["allowed", "refused", "refused"])

    def test_every_refusal_is_recorded_and_counted(self):
        before = len(self.records())
        self.call("status \x1b]0;x\x07", status=3)
        record = self.records()[before]
        self.assertEqual((record["command"], record["verdict"]), ("status \\x1b]0;x\\x07", "refused"))
        self.assertEqual(record["reason"], "the command has a control character (0x1b) at character 8")

    def test_the_key_is_the_one_that_sshd_let_in(self):
        ci, looks = self.gate.key("ci"), self.gate.key("looks")
        self.addCleanup(self.gate.authorize, *(self.gate.key(name).line() for name in NAMES))
        self.gate.authorize(looks.line(called="ci"), ci.line())
        self.assert_refused("verify", "key looks may not verify", "it may: status", key="looks")

    def test_a_key_without_an_entry(self):
        fingerprint = self.gate.key("stranger").fingerprint
        self.assert_refused("status", f"the key {fingerprint} has no entry",
                            "an administrator adds it to /etc/ballast/access.yaml", key="stranger")

    def test_a_shell_a_terminal_sftp_and_scp(self):
        login = self.gate.ssh("ci", None)
        self.assertEqual(login.status, 3, login)
        self.assertIn("no command was given: this key opens no shell", login.stderr)
        terminal = self.gate.ssh("ci", "bash -i", "-tt")
        self.assertEqual(terminal.status, 255, terminal)
        self.assertIn("PTY allocation request failed", terminal.stderr)
        for program, words in (("sftp", ["-P", str(self.gate.port), "deploy@127.0.0.1:/etc/passwd"]),
                               ("scp", ["-P", str(self.gate.port), "deploy@127.0.0.1:/etc/passwd", "."]),
                               ("scp", ["-O", "-P", str(self.gate.port), "deploy@127.0.0.1:/etc/passwd", "."])):
            with self.subTest(program, words=words):
                done = subprocess.run(self.gate.client(program, "-i", str(self.gate.key("ci").path)) + words,
                                      cwd=self.gate.folder, capture_output=True, text=True, timeout=120, check=False)
                self.assertNotEqual(done.returncode, 0, done)
                self.assertFalse((self.gate.folder / "passwd").exists())

    def test_forwarding(self):
        port = free_port()
        for option, words in (("-L", f"{port}:/var/run/docker.sock"), ("-L", f"{port}:127.0.0.1:22"), ("-D", f"{port}")):
            with self.subTest(option + words):
                self.assert_not_forwarded(option, words, port)
        remote = self.gate.ssh("ci", None, "-N", "-o", "ExitOnForwardFailure=yes", "-R", f"{port}:127.0.0.1:22")
        self.assertNotEqual(remote.status, 0)
        self.assertIn("remote port forwarding failed", remote.stderr)
        stream = self.gate.ssh("ci", None, "-W", "127.0.0.1:22")
        self.assertNotEqual(stream.status, 0)
        self.assertIn("administratively prohibited", stream.stderr)

    def assert_not_forwarded(self, option, words, port):
        client = subprocess.Popen(self.gate.ssh_argv("ci", None, "-N", option, words), stdin=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True)
        try:
            def connected():
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) != 0:
                        return None
                    probe.settimeout(60)
                    probe.sendall(b"\x05\x01\x00" if option == "-D" else b"GET / HTTP/1.0\r\n\r\n")
                    if option == "-D":
                        self.assertEqual(probe.recv(2), b"\x05\x00")  # the client's own words
                        probe.sendall(b"\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x16")
                    try:
                        return probe.recv(100) or b"closed"
                    except ConnectionResetError:
                        return b"closed"
            answer = until(connected, "the client listens")
            self.assertNotIn(b"HTTP", answer)
            self.assertNotIn(b"SSH", answer)
            self.assertIn("open failed", client.stderr.readline())
        finally:
            client.kill()
            client.wait()
            client.stderr.close()

    def test_the_environment_of_the_client(self):
        result = self.gate.ssh("looks", "verify", "-o", "SetEnv=BALLAST_ROOT=/tmp SSH_USER_AUTH=/tmp/x",
                               "-o", "SendEnv=LC_ALL", LC_ALL="$(id)")
        self.assertEqual(result.status, 3, result)
        self.assertIn("key looks may not verify", result.stderr)

    def test_a_file_of_the_deploy_user_opens_nothing(self):
        intruder = self.gate.key("intruder")
        script = (f"umask 077; mkdir -p ~/.ssh; echo '{intruder.public}' >~/.ssh/authorized_keys; "
                  "echo 'touch ~/rc-ran' >~/.ssh/rc; echo BALLAST_ROOT=/tmp >~/.ssh/environment; touch ~/.profile; "
                  "echo 'touch ~/profile-ran' >~/.profile; "
                  f"echo '{intruder.public}' >>/etc/ballast/authorized_keys/deploy; ls ~")
        done = self.gate.run_as("deploy", "sh", "-c", script, HOME="/home/deploy")
        self.assertIn("cannot create /etc/ballast/authorized_keys/deploy: Permission denied", done.stderr)
        refused = self.gate.ssh("intruder", "status")
        self.assertEqual(refused.status, 255)
        self.assertIn("Permission denied (publickey)", refused.stderr)
        self.call("statuss", status=3)
        self.assertEqual(self.gate.run("ls", "/home/deploy").stdout, "")

    def test_sockets_groups_and_sudo(self):
        groups = self.gate.run_as("deploy", "id", "-nG").stdout.split()
        self.assertEqual(sorted(groups), ["ballast-gate", "deploy"])
        connect = "import socket,sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
        for path in ("/run/docker.sock", "/run/ballast/control.sock"):
            with self.subTest(path):
                done = self.gate.run_as("deploy", "python3", "-c", connect, path)
                self.assertIn("PermissionError", done.stderr)
        self.assertIn("PermissionError",
                      self.gate.run_as("nobody", "python3", "-c", connect, "/run/ballast/gate.sock", group="nogroup").stderr)
        for argv in (["id"], ["/usr/bin/ballast", "status"], ["/usr/bin/ballast", "gate", "--root", "/tmp"],
                     ["/usr/bin/ballast", "gate", "--key", "ci"], ["BALLAST_ROOT=/tmp", "/usr/bin/ballast", "gate"],
                     ["-u", "other", "/usr/bin/ballast", "gate"], ["-e", "/etc/ballast/access.yaml"]):
            with self.subTest(argv):
                self.assertNotEqual(self.gate.run_as("deploy", "sudo", "-n", *argv).status, 0)
        for path in ("/var/lib/ballast/ballast.db", "/run/ballast/gate"):
            self.assertNotEqual(self.gate.run_as("deploy", "sh", "-c", f"cat {path}/* {path}").status, 0)

    def test_another_user_of_the_group(self):
        done = self.gate.run_as("other", "/usr/bin/ballast", "gate", "--key", "ci", SSH_ORIGINAL_COMMAND="status")
        self.assertEqual(done.status, 3, done)
        self.assertIn("the gate refuses: user other may not call the gate", done.stderr)

    def test_whoever_becomes_the_deploy_user_gets_no_further_than_an_entry(self):
        forged = {"SSH_ORIGINAL_COMMAND": "deploy blog v1 ken", "BALLAST_ROOT": "/tmp", "SSH_CONNECTION": "192.0.2.1 1 2 3"}
        done = self.gate.run_as("deploy", "/usr/bin/ballast", "--root", "/tmp", "gate", "--key", "ci", **forged)
        self.assertEqual(done.status, 3, done)
        self.assertIn("key ci has nothing to do with stack blog", done.stderr)
        for path in ("/etc/shadow", "/tmp/../etc/shadow", "/nonexistent"):
            forged["SSH_USER_AUTH"] = path
            done = self.gate.run_as("deploy", "/usr/bin/ballast", "gate", "--key", "ci", **forged)
            self.assertIn("what sshd says of the key that was used is not understood", done.stderr)

    def test_a_file_that_others_can_write_allows_nothing(self):
        self.addCleanup(self.allow)
        path = self.server.path("etc/ballast/access.yaml")
        path.chmod(0o666)
        self.assert_refused("status", "/etc/ballast/access.yaml can be written by others (0666)",
                            "it is root's alone to write: chown root:root, chmod 0644; its folder 0755")
        path.chmod(0o644)
        path.write_text("keys: {ci: {stack: shop}}\n")
        self.assert_refused("status", "/etc/ballast/access.yaml:1: unknown key `keys.ci.stack`",
                            "did you mean `keys.ci.stacks`?")
        path.rename(path.with_suffix(".elsewhere"))
        path.symlink_to("access.elsewhere")
        self.assertIn("is of another kind", self.call("status", status=3).stderr)
        path.unlink()
        self.assertIn("is missing, so that no key may do anything", self.call("status", status=3).stderr)


if __name__ == "__main__":
    case.main()
