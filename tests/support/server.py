"""A whole server in a temporary folder: stacks made from the fixtures, and the program run on them.

Everything that is made carries the name of the test process, so that what a killed run left behind is
found and removed by the next one.
"""

import contextlib
import hashlib
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import urllib.error
import urllib.request

from support import engine, fixtures
from support.waiting import until

PREFIX = "ballast-test"
ZONE = "Asia/Tokyo"
WITHOUT_BACKUP = "backup: {before-deploy: off}\n"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00")
COMPOSE_ONE = os.environ.get("BALLAST_COMPOSE_V1") or shutil.which("docker-compose") or ""
COMPOSE_TWO = os.environ.get("BALLAST_COMPOSE_V2") or ""
_numbers = itertools.count(1)
_given_ports = set()


def binary():
    return os.environ.get("BALLAST_BINARY") or str(fixtures.REPOSITORY / "build/release/ballast")


class Result:
    """How a run of the program ended."""

    def __init__(self, arguments, status, stdout, stderr):
        self.arguments = arguments
        self.status = status
        self.stdout = stdout
        self.stderr = stderr

    def json(self):
        return json.loads(self.stdout)

    @property
    def error(self):
        """What stands on stderr from the line `error:` on."""
        found = re.search(r"(?ms)^error: .*", self.stderr)
        return found.group() if found else ""

    def __str__(self):
        return f"ballast {' '.join(self.arguments)}: exit {self.status}\n{self.stdout}\n{self.stderr}"


class Generation:
    """One of the two generations of Compose, forced on the program by its environment."""

    def __init__(self, number, program):
        self.number = number
        self.program = program

    @property
    def present(self):
        return bool(self.program) and os.access(self.program, os.X_OK)

    def environment(self):
        """The other one is named as empty: not to be used."""
        return {f"BALLAST_COMPOSE_V{number}": self.program if number == self.number else "" for number in (1, 2)}

    def argv(self, *words):
        return [self.program, *words]


ONE = Generation(1, COMPOSE_ONE)
TWO = Generation(2, COMPOSE_TWO)


def free_port():
    """Below the ephemeral range, so that no outgoing connection takes it meanwhile."""
    while True:
        port = random.randrange(20000, 32000)
        if port in _given_ports:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given_ports.add(port)
        return port


def get(url, timeout=10, headers=None):
    """(status, text) of a GET; (0, why) when there was no answer."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=timeout) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError as error:
        return 0, str(error)


def _owner(name):
    """The process that a name of ours belongs to; None for other names."""
    found = re.match(rf"{PREFIX}-(\d+)-", name)
    return int(found.group(1)) if found else None


def _left_behind(name):
    owner = _owner(name)
    return owner is not None and not os.path.exists(f"/proc/{owner}")


def remove_left_behind():
    """What earlier runs left that were killed: by label and name."""
    for project in filter(_left_behind, engine.projects()):
        engine.remove_project(project)
    for reference in engine.image_references(f"{PREFIX}-*/*"):
        if _left_behind(reference):
            engine.remove_image(reference)
    for folder in pathlib.Path(tempfile.gettempdir()).glob(f"{PREFIX}-*"):
        if _left_behind(folder.name):
            shutil.rmtree(folder, ignore_errors=True)


class Server:
    """A root of its own. Close it, whatever happened."""

    def __init__(self, generation=ONE, prefix=PREFIX, program=""):
        remove_left_behind()
        self.generation = generation
        self.program = program or binary()
        self.prefix = f"{prefix}-{os.getpid()}"
        self.root = pathlib.Path(tempfile.mkdtemp(prefix=f"{self.prefix}-"))
        self.root.chmod(0o755)
        self.stacks = {}
        (self.root / "srv/stacks").mkdir(parents=True)

    def close(self):
        for stack in self.stacks.values():
            stack.remove()
        shutil.rmtree(self.root, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()

    def path(self, *parts):
        return self.root.joinpath(*parts)

    def stack(self, template="shop", name=None, tag=None, **options):
        made = Stack(self, template, name or template, tag or fixtures.tag("good1"), **options)
        self.stacks[made.name] = made
        return made

    def environment(self, **more):
        clean = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/root"), "TZ": ZONE, "LC_ALL": "C.UTF-8"}
        return {**clean, **self.generation.environment(), **more}

    def argv(self, *arguments):
        return [self.program, arguments[0], "--root", str(self.root), *arguments[1:]]

    def run(self, *arguments, timeout=400, environment=None, prefix=(), **options):
        """Runs the program to its end, deadline included."""
        done = subprocess.run([*prefix, *self.argv(*arguments)], capture_output=True, timeout=timeout, text=True,
                              errors="replace", env=self.environment(**(environment or {})),
                              stdin=subprocess.DEVNULL, **options)
        return Result(arguments, done.returncode, done.stdout, done.stderr)

    def start(self, *arguments, environment=None, prefix=(), **options):
        """Starts it in a session of its own, for tests that interrupt it; see `finish`."""
        return Started(self, arguments, subprocess.Popen(
            [*prefix, *self.argv(*arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True,
            env=self.environment(**(environment or {})), **options))

    # What it keeps.

    @property
    def history_path(self):
        return self.path("srv/deployments/history.log")

    def history_text(self):
        return self.history_path.read_text() if self.history_path.exists() else ""

    def history(self):
        """(stack, version, env, status, operator) of each line; the timestamps are checked for their form."""
        entries = []
        for line in self.history_text().splitlines():
            timestamp, *fields = line.split(" | ")
            if not TIMESTAMP.fullmatch(timestamp):
                raise AssertionError(f"not a timestamp with offset: {timestamp}")
            entries.append(tuple(fields))
        return entries

    def last_good(self, stack):
        path = self.path("srv/deployments/last_good_sha", stack)
        return path.read_text() if path.exists() else None

    def journal(self, sql, *values):
        path = self.path("var/lib/ballast/ballast.db")
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(sql, values)]

    def journal_write(self, sql, *values):
        """For what cannot be brought about otherwise."""
        with contextlib.closing(sqlite3.connect(self.path("var/lib/ballast/ballast.db"), timeout=20)) as database, database:
            database.execute(sql, values)

    def journal_history(self):
        """The lines that history.log must hold of this program's own."""
        rows = self.journal("select timestamp, stack, version, environment, status, operator from history order by number")
        return [" | ".join(row.values()) for row in rows]

    def unfinished(self):
        return self.journal("select id, kind, stack from operation where state = 'running'")

    def fingerprint(self, *folders):
        """Name, owner, mode and content of everything below; two are equal when nothing was changed."""
        found = {}
        for folder in folders or ("srv", "etc"):
            for path in sorted(self.path(folder).rglob("*")):
                info = path.lstat()
                content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
                found[str(path)] = (info.st_uid, info.st_mode, content)
        return found


class Started:
    """A run that goes on."""

    def __init__(self, server, arguments, process):
        self.server = server
        self.arguments = arguments
        self.process = process
        self._seen = []

    def lines(self):
        """What it says on stderr, line by line, to its end."""
        for line in self.process.stderr:
            self._seen.append(line)
            yield line

    def wait_for_words(self, pattern):
        """Reads stderr until a line matches: the program tells each step's end there."""
        for line in self.lines():
            if re.search(pattern, line):
                return line
        raise AssertionError(f"it ended before it said {pattern!r}:\n{''.join(self._seen)}")

    def signal(self, number=signal.SIGINT):
        self.process.send_signal(number)

    def kill_group(self):
        os.killpg(self.process.pid, signal.SIGKILL)

    def finish(self, timeout=400):
        stdout, stderr = self.process.communicate(timeout=timeout)
        return Result(self.arguments, self.process.returncode, stdout, "".join(self._seen) + stderr)


class Stack:
    """A stack of a server, made from a fixture: its own project, ports, and repository of images.

    The repository is its own so that what the program prunes are names of this test, not the fixtures.
    """

    def __init__(self, server, template, name, tag, policy=None, repository=None, **settings):
        self.server = server
        self.name = name
        self.template = fixtures.TEMPLATES[template]
        self.project = f"{server.prefix}-{next(_numbers)}"
        self.repository = repository or f"{self.project}/app"
        self.port, self.chat_port = free_port(), free_port()
        self.directory = server.path("srv/stacks", name)
        settings = {"COMPOSE_PROJECT_NAME": self.project, self.template.tag_variable: tag,
                    self.template.port: self.port, **settings}
        if self.template.chat_port:
            settings[self.template.chat_port] = self.chat_port
        fixtures.make_stack(template, self.directory, self.repository, settings)
        if repository is None:
            self.offer(tag)
        if policy is not None:
            self.set_policy(policy)

    # Files.

    @property
    def env_path(self):
        return self.directory / ".env"

    @property
    def compose_path(self):
        return self.directory / "docker-compose.yml"

    @property
    def policy_path(self):
        return self.directory / "ballast.yaml"

    def set_policy(self, text):
        """Without the sets before each deploy, unless `text` speaks of backups: most tests would only wait for them."""
        self.policy_path.write_text(text if "backup:" in text else text + WITHOUT_BACKUP)

    def tag(self):
        """The tag that .env asks for."""
        return fixtures.read_env(self.env_path)[self.template.tag_variable]

    def edit(self, path, old, new):
        text = path.read_text()
        if old not in text:
            raise AssertionError(f"{path} does not hold {old!r}")
        path.write_text(text.replace(old, new))

    # Images.

    def offer(self, tag, fixture_tag=None):
        """Makes a tag of this stack's repository mean an image of the fixtures."""
        engine.tag_image(f"{self.template.image}:{fixture_tag or tag}", self.repository, tag)

    def offer_all(self):
        for tag in fixtures.tags().values():
            self.offer(tag)

    def image_id(self, tag):
        found = engine.image(f"{self.repository}:{tag}")
        return found and found["Id"]

    # What runs.

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def chat_url(self):
        return f"http://127.0.0.1:{self.chat_port}"

    def get(self, path, timeout=10):
        return get(self.url + path, timeout)

    def version(self):
        """What the site itself says that it is; None when it does not answer."""
        status, text = self.get("/version")
        return json.loads(text)["version"] if status == 200 else None

    def containers(self, service=None):
        labels = [f"{engine.PROJECT}={self.project}"] + ([f"{engine.SERVICE}={service}"] if service else [])
        return [found for found in engine.containers(*labels) if engine.CANDIDATE not in found["Config"]["Labels"]]

    def container(self, service):
        found = self.containers(service)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} containers of {service}: {[one['Name'] for one in found]}")
        return found[0]

    def candidates(self):
        return engine.containers(f"{engine.PROJECT}={self.project}", engine.CANDIDATE)

    def compose(self, *words, check=True):
        """Compose by hand, as an operator would."""
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/root")}
        return subprocess.run(self.server.generation.argv(*words), cwd=self.directory, env=environment, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, check=check, timeout=300)

    def wait_until_good(self, seconds=90):
        until(lambda: self.get("/web/login")[0] == 200 and self._database_answers(),
              f"{self.url}/web/login answers 200, and its database whoever asks on the spot", seconds)

    def _database_answers(self):
        return all(subprocess.run(["docker", "exec", one["Id"], "pg_isready", "-q"], capture_output=True, check=False,
                                  timeout=60).returncode == 0 for one in self.containers("db"))

    # Through the program.

    def deploy(self, tag, *options, **more):
        return self.server.run("deploy", self.name, tag, "--operator", "ken", *options, **more)

    def rollback(self, *options, **more):
        return self.server.run("rollback", self.name, "--operator", "ken", *options, **more)

    def remove(self):
        engine.remove_project(self.project)
        for reference in engine.image_references(self.repository):
            engine.remove_image(reference)
