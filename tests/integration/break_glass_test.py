"""Break-glass on the real engine: who may, what is recorded, what is ended, what is found changed."""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import pty
import re
import select
import stat
import struct
import subprocess
import sys
import tempfile
import termios
import time

from support import engine, fixtures, sinks
from support.case import WITHOUT_CANDIDATE, ServerCase, main, must
from support.daemon import Daemon
from support.waiting import until

KEN, EVA = 4001, 4002
ADDONS = "/mnt/extra-addons"
LOG_IN = "import os, sys; open('/proc/self/loginuid', 'w').write(sys.argv[1]); os.execv(sys.argv[2], sys.argv[2:])"


def can_log_in():
    """Not every kernel lets a test do it; a second person is then nobody."""
    return subprocess.run([*as_user(KEN), "/bin/true"], check=False, capture_output=True, timeout=60).returncode == 0


def as_user(number):
    """Words before a command that let the kernel know it as that person's, as a login does."""
    return (sys.executable, "-c", LOG_IN, str(number))


WHO = "uid 4001" if can_log_in() else "root"


def marked(mark):
    """Processes of this machine, in whatever container, that have that in their environment."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip())
    return found


def sleepers(seconds):
    return [line for line in (folder.read_bytes() for folder in pathlib.Path("/proc").glob("[0-9]*/cmdline")
                              if folder.exists()) if line == f"sleep\0{seconds}\0".encode()]


class Terminal:
    """A program at a pseudo-terminal, as somebody sits at it."""

    def __init__(self, argv, environment, size=(24, 80)):
        self.shown = b""
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.execve(argv[0], argv, {**environment, "TERM": "xterm"})
        self.resize(*size)

    def resize(self, rows, columns):
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self):
        ready, _, _ = select.select([self.descriptor], [], [], 0.2)
        try:
            piece = os.read(self.descriptor, 65536) if ready else None
        except OSError:
            return False
        self.shown += piece or b""
        return piece is None or piece != b""

    def wait_for(self, pattern, seconds=60):
        until(lambda: not self._read() or re.search(pattern, self.shown.decode(errors="replace")),
              f"{pattern!r} in the terminal", seconds)
        text = self.shown.decode(errors="replace")
        if not re.search(pattern, text):
            raise AssertionError(f"it ended before it showed {pattern!r}: {text}")

    def type(self, text):
        os.write(self.descriptor, text.encode())

    def finish(self):
        """Its exit status, and all that it showed."""
        while self._read():
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.descriptor)
        return os.waitstatus_to_exitcode(status), self.shown.decode(errors="replace")


class BreakGlassCase(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack("shop", policy=WITHOUT_CANDIDATE)
        must(cls.stack.deploy(fixtures.tag("good1")))

    def glass(self, *words, user=KEN, **options):
        return self.server.run("break-glass", *words, prefix=self.login(user), **options)

    @staticmethod
    def login(user=KEN):
        return as_user(user) if WHO != "root" else ()

    def opened(self, *words, user=KEN):
        """A session that is closed at the end of the test, whatever happened."""
        done = self.assert_exit(self.glass("open", "shop", "--reason", "cannot pay", *words, "--json", user=user), 0)
        session = done.json()["session"]
        self.addCleanup(self.glass, "close", session["id"], "--notes", "none", user=user)
        return session["id"]

    def folder(self, session):
        return self.server.path("var/lib/ballast/sessions", session)

    def session(self, session):
        return self.assert_exit(self.glass("show", session, "--json"), 0).json()["session"]

    def chain(self, session):
        rows = self.server.journal("select kind, stack, who, content from audit order by number")
        rows = [dict(row, content=json.loads(row["content"])) for row in rows if row["kind"] == "session"]
        return [row for row in rows if row["content"]["session"] == session]

    def cast(self, session, number=1):
        """The header, and the events; every line is checked to be asciicast v2."""
        text = (self.folder(session) / f"{number:03}.cast").read_text()
        header, *events = [json.loads(line) for line in text.splitlines()]
        self.assertEqual(header["version"], 2)
        self.assertGreater(header["width"] * header["height"], 0)
        self.assertAlmostEqual(header["timestamp"], time.time(), delta=600)
        last = 0
        for moment, kind, data in events:
            self.assertGreaterEqual(moment, last)
            self.assertIn(kind, ("o", "i", "r", "m"))
            self.assertIsInstance(data, str)
            last = moment
        return header, events

    def recorded(self, session, kind, number=1):
        return "".join(data for _, one, data in self.cast(session, number)[1] if one == kind)

    def terminal(self, *words, user=KEN, **options):
        argv = [*self.login(user), *self.server.argv("break-glass", *words)]
        return Terminal(argv, self.server.environment(), **options)

    def put(self, path, text):
        """In the container, as root, from within a session."""
        done = self.glass("exec", "shop", "--user", "root", "--", "python3", "-c",
                          f"import os; os.makedirs(os.path.dirname({path!r}), exist_ok=True); "
                          f"open({path!r}, 'w').write({text!r})")
        self.assert_exit(done, 0)


class Recording:
    def test_everybody_is_told_at_once_and_a_dead_channel_delays_nothing(self):
        sink, dead = sinks.HttpSink(), sinks.HttpSink()
        self.addCleanup(sink.close)
        self.addCleanup(dead.close)
        dead.answer(hangs=True)
        settings = self.server.path("etc/ballast")
        settings.mkdir(parents=True)
        self.addCleanup((settings / "ballast.yaml").unlink)
        for name, one in (("hook", sink), ("slack", dead)):
            (settings / name).write_text(one.url() + "\n")
            (settings / name).chmod(0o600)
        (settings / "ballast.yaml").write_text(
            "notify: {webhook: {url-file: /etc/ballast/hook}, slack: {url-file: /etc/ballast/slack}}\n")
        done = self.assert_exit(self.glass("open", "shop", "--reason", "cannot pay", "--ticket", "https://t/1"), 0)
        session = done.stdout.split(":")[0]
        self.addCleanup(self.glass, "close", session)
        self.assertIn("the notification waits for slack", done.stderr)
        told = sink.wait_for(1)[0].json()["alerts"][0]
        self.assertEqual((told["status"], told["labels"]["alertname"], told["labels"]["stack"]),
                         ("firing", "break-glass", "shop"))
        self.assertRegex(told["annotations"]["description"], rf"^{WHO} works on it by hand until .*: cannot pay \(https://t/1\)$")
        self.assert_exit(self.glass("close", "shop"), 0)
        self.assertEqual(sink.wait_for(2)[1].json()["alerts"][0]["status"], "resolved")
        self.assertEqual([row["content"]["event"] for row in self.chain(session)], ["opened", "closed"])

    def test_a_command_is_recorded_and_its_status_comes_through(self):
        session = self.opened()
        done = self.glass("exec", "shop", "--", "sh", "-c", "echo to the host; exit 7")
        self.assertEqual((done.status, done.stdout, done.stderr), (7, "to the host\n", ""))
        header, _ = self.cast(session)
        self.assertEqual(header["command"], "sh -c 'echo to the host; exit 7'")
        self.assertEqual(self.recorded(session, "o"), "to the host\r\n")
        sidecar = json.loads((self.folder(session) / "001.json").read_text())
        self.assertEqual((sidecar["exit"], sidecar["ending"], sidecar["place"]), (7, "itself", "web"))
        digest = hashlib.sha256((self.folder(session) / "001.cast").read_bytes()).hexdigest()
        self.assertEqual(sidecar["sha256"], digest)
        opened, began, ended = self.chain(session)
        self.assertEqual((opened["who"], opened["stack"], opened["content"]["user"]), (WHO, "shop", KEN if WHO != "root" else 0))
        self.assertEqual(began["content"]["event"], "began")
        self.assertEqual(ended["content"], {"session": session, "event": "ended", "number": 1, "exit": 7,
                                            "ending": "itself", "sha256": digest})
        for path in [self.folder(session), *self.folder(session).rglob("*")]:
            mode = stat.S_IMODE(path.stat().st_mode)
            self.assertEqual(mode, 0o700 if path.is_dir() else 0o600, path)

    def test_other_places(self):
        self.opened()
        done = self.assert_exit(self.glass("exec", "shop", "--service", "db", "--", "psql", "-U", "odoo", "-d", "postgres",
                                           "-Atc", "select 41 + 1"), 0)
        self.assertEqual(done.stdout, "42\n")
        done = self.assert_exit(self.glass("exec", "shop", "--user", "root", "--", "id", "-un"), 0)
        self.assertEqual(done.stdout, "root\n")
        done = self.assert_exit(self.glass("exec", "shop", "--host", "--", "pwd"), 0)
        self.assertEqual(done.stdout, f"{self.stack.directory}\n")
        self.assert_error(self.glass("exec", "shop", "--service", "dbb", "--", "true"), 2,
                          "error: shop has no service `dbb`\nhint: services: web, db; for the server itself: --host\n")

    def test_input_from_a_pipe_is_typed(self):
        session = self.opened()
        argv = [*self.login(), *self.server.argv("break-glass", "exec", "shop", "--", "sh", "-c", "read a; cat; echo $a")]
        done = subprocess.run(argv, input="one\ntwo\n", text=True, capture_output=True, timeout=120,
                              env=self.server.environment(), check=True)
        self.assertTrue(done.stdout.endswith("two\none\n"), done.stdout)
        self.assertIn("one", self.recorded(session, "o"))

    def test_a_password_is_not_recorded_and_the_window_is(self):
        session = self.opened()
        terminal = self.terminal("shell", "shop", size=(33, 101))
        terminal.wait_for(r"[$#] $")
        terminal.type("stty size\r")
        terminal.wait_for("33 101")
        terminal.resize(40, 120)
        terminal.type("sleep 1; stty size\r")
        terminal.wait_for("40 120")
        terminal.type("exec python3 -c \"import getpass; print(len(getpass.getpass())); print('hi ' + input('Name:'))\"\r")
        terminal.wait_for("Password: ")
        terminal.type("geheimnis\r")
        terminal.wait_for("9\r\nName:")
        terminal.type("ken\r")
        status, shown = terminal.finish()
        self.assertEqual(status, 0, shown)
        self.assertIn("hi ken", shown)
        self.assertNotIn("geheimnis", (self.folder(session) / "001.cast").read_text())
        self.assertIn("ken\r", self.recorded(session, "i"))
        self.assertIn("hi ken", self.recorded(session, "o"))
        header, events = self.cast(session)
        self.assertEqual((header["width"], header["height"]), (101, 33))
        self.assertIn("120x40", [data for _, kind, data in events if kind == "r"])

    def test_who_goes_ends_it(self):
        session = self.opened()
        terminal = self.terminal("exec", "shop", "--", "sh", "-c", "echo ready; exec sleep 7711")
        terminal.wait_for("ready")
        os.close(terminal.descriptor)  # the terminal's window is closed
        until(lambda: self.session(session)["recordings"][0]["ended"], "the recording is ended")
        os.waitpid(terminal.pid, 0)
        self.assertEqual(self.session(session)["recordings"][0]["ending"], "hung-up")
        self.assertEqual(sleepers(7711), [])

    def test_what_a_killed_recorder_left_is_ended(self):
        session = self.opened()
        started = self.server.start("break-glass", "exec", "shop", "--", "sleep", "7712", prefix=self.login())
        until(lambda: sleepers(7712), "it runs")
        started.kill_group()
        started.finish()
        self.assertTrue(sleepers(7712), "the engine leaves it alive")
        self.assert_exit(self.glass("list"), 0)
        self.assertEqual(sleepers(7712), [])
        self.assertEqual(self.session(session)["recordings"][0]["ending"], "lost")
        self.assertEqual(self.chain(session)[-1]["content"]["ending"], "lost")


class TimeIsUp:
    def test_when_the_time_is_up_what_runs_is_ended(self):
        session = self.opened("--for", "15s")
        script = "sleep 7721 & setsid sleep 7722 & echo ready; trap '' TERM HUP; sleep 7723; sleep 7724"
        started = self.server.start("break-glass", "exec", "shop", "--", "sh", "-c", script, prefix=self.login())
        host = self.server.start("break-glass", "exec", "shop", "--host", "--", "sh", "-c", "sleep 7725", prefix=self.login())
        until(lambda: all(sleepers(number) for number in (7721, 7722, 7723, 7725)), "all of it runs")
        done = self.assert_exit(started.finish(), 1)
        self.assertRegex(done.stderr, r"(?m)^ballast: this session ends in \d+(\.\d)? s, at .*: what runs then is ended$")
        self.assertIn("ballast: the time of this session is up: what runs is ended\n", done.stderr)
        self.assertRegex(done.error, rf"^error: the time of {session} is up: `sh -c .*` in web was ended\n")
        self.assert_exit(host.finish(), 1)
        self.assertEqual([sleepers(number) for number in (7721, 7722, 7723, 7724, 7725)], [[]] * 5)
        self.assertEqual(marked(session), [])
        self.assertIn("the time of this session is up", self.recorded(session, "m"))
        shown = self.session(session)
        self.assertEqual((shown["state"], shown["closed_by"]), ("closed", "ballast"))
        self.assertEqual([one["ending"] for one in shown["recordings"]], ["time-up"] * 2)
        self.assertEqual(self.glass("exec", "shop", "--", "true").error,
                         f"error: {WHO} has no break-glass session on shop\n"
                         "hint: open one: ballast break-glass open shop --reason TEXT\n")

    def test_the_daemon_closes_it(self):
        session = self.opened("--for", "1s")
        path = self.folder(session) / "session.json"
        until(lambda: json.loads(path.read_text())["until"] < time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "it is over")
        daemon = Daemon(self.server)
        self.addCleanup(daemon.end)
        until(lambda: json.loads(path.read_text())["closed"], "the daemon closes it")
        self.assertTrue((self.folder(session) / "incident.md").exists())

    def test_the_policy_limits_it(self):
        self.assert_error(self.glass("open", "shop", "--reason", "x", "--for", "5h"), 2,
                          "error: 5 h is longer than a session on shop may last: 4 h\n"
                          "hint: the limit is `break-glass: {limit: …}` in the policy\n")


class People:
    def require_approval(self):
        if WHO == "root":
            self.skipTest("this kernel does not let a test log in as somebody")
        self.stack.set_policy(WITHOUT_CANDIDATE + "break-glass: {approval: required}\n")
        self.addCleanup(self.stack.set_policy, WITHOUT_CANDIDATE)

    def test_one_session_a_person_and_nothing_runs_before_another_approves(self):
        self.require_approval()
        session = self.opened()
        refused = self.glass("open", "shop", "--reason", "again")
        self.assertEqual(refused.status, 3)
        self.assertIn(f"error: uid 4001 has a session on shop already: {session}, until ", refused.stderr)
        self.assert_error(self.glass("exec", "shop", "--", "touch", "/tmp/ran"), 3,
                          f"error: {session} awaits the approval of a second person; nothing runs before it\n"
                          f"hint: another person: ballast break-glass approve {session}\n")
        mine = self.glass("approve", session, environment={"SUDO_USER": "eva", "SUDO_UID": str(EVA)})
        self.assert_error(mine, 3, f"error: uid 4001 opened {session} and so cannot approve it\n"
                                   "hint: another person approves it, who logged in as themselves\n")
        nobody = self.server.run("break-glass", "approve", session)
        self.assertEqual(nobody.status, 3)
        self.assertIn("the kernel does not tell who this is: nobody logged in", nobody.error)
        self.assert_exit(self.glass("approve", session, user=EVA), 0)
        self.assert_exit(self.glass("exec", "shop", "--", "true"), 0)
        theirs = self.glass("exec", session, "--", "true", user=EVA)
        self.assertEqual(theirs.status, 3)
        self.assertIn(f"error: {session} is the session of uid 4001, not of uid 4002\n", theirs.error)
        self.assertEqual([(row["who"], row["content"]["event"]) for row in self.chain(session)][:2],
                         [("uid 4001", "opened"), ("uid 4002", "approved")])

    def test_who_did_not_log_in_cannot_ask_for_approval(self):
        self.require_approval()
        done = self.server.run("break-glass", "open", "shop", "--reason", "x", environment={"SUDO_USER": "ken"})
        self.assert_error(done, 3, "error: a second person approves a session on shop, and the kernel does not tell who "
                                   "this is: nobody logged in\n"
                                   "hint: log in as yourself (ssh, a console), then use sudo; see /proc/self/loginuid\n")


class Changes:
    def repository(self, service="web"):
        """What the image was built from, as far as the image has it."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ballast-test-repository-"))
        self.addCleanup(subprocess.run, ["rm", "-rf", str(folder)], check=False)
        made = subprocess.run(["docker", "create", self.stack.container(service)["Image"], "x"], check=True, text=True,
                              capture_output=True, timeout=60).stdout.strip()
        self.addCleanup(engine.remove, made)
        subprocess.run(["docker", "cp", f"{made}:{ADDONS}", str(folder / "odoo_modules")], check=True, timeout=60)
        return folder

    def test_what_was_changed_is_found_and_its_patch_applies(self):
        session = self.opened()
        module = f"{ADDONS}/shop_theme"
        manifest = self.repository() / "odoo_modules/shop_theme/__manifest__.py"
        edited = manifest.read_text() + "# mended by hand\n"
        self.put(f"{module}/__manifest__.py", edited)
        self.put(f"{module}/data/new.xml", "<odoo/>\n")
        self.put("/etc/odoo/hotfix.conf", "workers = 0\n")
        self.put("/tmp/scratch", "no change\n")
        self.put(f"{module}/image.bin", "\0binary")
        self.put("/opt/note.txt", "x")
        with self.stack.env_path.open("a") as file:
            file.write("SMTP_PASSWORD=geheimnis\n")
        compose = self.stack.compose_path.read_text()
        self.addCleanup(self.stack.compose_path.write_text, compose)
        self.stack.compose_path.write_text(compose + "# by hand\n")
        engine.stop(self.stack.container("web")["Id"])
        engine.start(self.stack.container("web")["Id"])

        done = self.assert_exit(self.glass("close", "shop", "--json"), 0).json()
        changes = done["session"]["changes"]
        files = {one["path"]: (one["change"], one["patch"] or one["content"]) for one in changes["files"]}
        self.assertEqual(files, {f"{module}/__manifest__.py": ("changed", "changes.patch"),
                                 f"{module}/data/new.xml": ("added", "changes.patch"),
                                 f"{module}/image.bin": ("added", "binary"),
                                 "/opt/note.txt": ("added", "container.patch"),
                                 "/etc/odoo/hotfix.conf": ("added", "container.patch")})
        self.assertEqual(changes["variables"], [{"name": "SMTP_PASSWORD", "change": "added"}])
        self.assertEqual(changes["stack_files"], ["docker-compose.yml"])
        self.assertIn("web was restarted", changes["containers"])

        repository = self.repository()
        patch = self.folder(session) / "changes.patch"
        subprocess.run(["patch", "-s", "-p1", "--input", str(patch)], cwd=repository, check=True, timeout=60)
        self.assertEqual((repository / "odoo_modules/shop_theme/__manifest__.py").read_text(), edited)
        self.assertEqual((repository / "odoo_modules/shop_theme/data/new.xml").read_text(), "<odoo/>\n")

        page = pathlib.Path(done["page"]).read_text()
        for words in ("- Reason: cannot pay\n", f"- Opened by: {WHO} (uid ", "## Timeline", "+# mended by hand\n",
                      "- `SMTP_PASSWORD` in .env: added\n", "+# by hand\n", "- web was restarted\n",
                      "- [ ] pull request with the change\n", "- [ ] incident notes\n"):
            self.assertIn(words, page)
        self.assertNotIn("geheimnis", page)
        self.assert_marked_until_a_deploy(session)

    def assert_marked_until_a_deploy(self, session):
        fact, = self.server.journal("select value from fact where stack = 'shop' and name = 'modified-by-hand'")
        fact = json.loads(fact["value"])
        release, = self.server.journal("select id from release where stack = 'shop' and outcome = 'good' "
                                       "order by number desc limit 1")
        self.assertEqual((fact["session"], fact["reason"], fact["release"]), (session, "cannot pay", release["id"]))

        left = {one["name"]: one["link"] for one in self.session(session)["follow_ups"] if not one["done"]}
        self.assertEqual(list(left), ["pull-request", "review", "ci-deploy", "notes"])
        self.assert_exit(self.glass("close", session, "--pull-request", "https://pr/1", "--review", "https://pr/1#r"), 0)
        self.stack.offer(fixtures.tag("good2"))
        must(self.stack.deploy(fixtures.tag("good2")))
        left = {one["name"]: one["done"] for one in self.session(session)["follow_ups"]}
        self.assertEqual([name for name, done in left.items() if not done], ["notes"])
        self.assert_exit(self.glass("close", session, "--notes", "https://wiki/1"), 0)
        page = (self.folder(session) / "incident.md").read_text()
        self.assertIn("- [x] deploy by CI: a release that has the change, ", page)
        self.assertTrue(page.rstrip().endswith(f"by {WHO}: <https://wiki/1>"), page)

    def test_nothing_changed(self):
        session = self.opened()
        self.assert_exit(self.glass("exec", "shop", "--", "touch", "/tmp/nothing"), 0)
        done = self.assert_exit(self.glass("close", "shop", "--json"), 0).json()
        self.assertEqual(done["session"]["changed"], False)
        self.assertEqual([one["name"] for one in done["session"]["follow_ups"]], ["notes"])
        self.assertEqual(engine.containers(f"tools.ballast.session={session}"), [])

    def test_closing_ends_what_still_runs(self):
        session = self.opened()
        self.assert_exit(self.glass("exec", "shop", "--", "sh", "-c", "setsid sleep 7731 >/dev/null 2>&1 & sleep 0.2"), 0)
        self.assertTrue(sleepers(7731))
        done = self.assert_exit(self.glass("close", "shop"), 0)
        self.assertIn("what still ran in it is ended\n", done.stderr)
        self.assertEqual((sleepers(7731), marked(session)), ([], []))

    def test_not_from_within(self):
        session = self.opened()
        inside = [*self.server.argv("break-glass", "close", session)]
        done = self.glass("exec", "shop", "--host", "--", *inside)
        self.assertEqual(done.status, 3)
        self.assertIn(f"{session} cannot be closed from within: this is a program of it\n", done.stdout)


class TestBreakGlass(Recording, TimeIsUp, People, Changes, BreakGlassCase):
    """All of them on one stack: deploying it takes longer than most of them."""


class TestVolumes(BreakGlassCase):
    """The official image puts an anonymous volume over its addons: `docker diff` shows nothing of them."""

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack("shop", policy=WITHOUT_CANDIDATE, tag=fixtures.tag("volume1"))
        must(cls.stack.deploy(fixtures.tag("volume1")))

    def test_code_in_a_volume_of_the_image_is_compared(self):
        session = self.opened()
        self.put(f"{ADDONS}/shop_theme/hotfix.py", "x = 1\n")
        done = self.assert_exit(self.glass("close", "shop", "--json"), 0).json()
        files = [(one["path"], one["change"], one["patch"]) for one in done["session"]["changes"]["files"]]
        self.assertEqual(files, [(f"{ADDONS}/shop_theme/hotfix.py", "added", "changes.patch")])
        self.assertIn("+++ b/odoo_modules/shop_theme/hotfix.py\n", (self.folder(session) / "changes.patch").read_text())


if __name__ == "__main__":
    main()
