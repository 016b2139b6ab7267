"""How long it takes from an event until the message about it has arrived."""

import contextlib
import math
import os
import pathlib
import random
import signal
import statistics
import subprocess
import tempfile
import time

from measuring import print_table, tell
from monitors import Prometheus, watched
from support import engine
from support.daemon import Daemon
from support.server import ONE, TWO, Server
from watch_stacks import INTERVAL, POLICY, TimedSink, deployed, wait_until_quiet, write_settings

HASTY_POLICY = POLICY.replace("settle: 0s", "settle: 0s, probe-deadline: 1s")
SCRAPE = 15
SCRAPED_ROUNDS = 5
LONGEST_WAIT = 60
DISK_BYTES = 16_000_000
FILLER_BYTES = 15_000_000
AT_ONCE = 1.0
WITHIN_INTERVAL = INTERVAL + 0.5


# Events. Each is a context: it has happened when it is entered, and is over when it is left.


@contextlib.contextmanager
def killed(stack):
    container = stack.container("web")["Id"]
    yield lambda: engine.kill(container)
    engine.start(container)


@contextlib.contextmanager
def paused(stack):
    container = stack.container("db")["Id"]
    yield lambda: engine.pause(container)
    engine.unpause(container)


def processes_of(container):
    """All of its control group, its first one among them."""
    first = engine.inspect(container)["State"]["Pid"]
    group = pathlib.Path(f"/proc/{first}/cgroup").read_text().splitlines()[0]
    same = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if group in (folder / "cgroup").read_text().splitlines():
                same.append(int(folder.name))
    return sorted(same, key=lambda pid: pid != first)


def signal_all(pids, number):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # a session that has ended
            os.kill(pid, number)


@contextlib.contextmanager
def frozen(stack):
    """No event tells of it, and its port still accepts connections."""
    pids = processes_of(stack.container("db")["Id"])
    yield lambda: signal_all(pids, signal.SIGSTOP)
    signal_all(pids, signal.SIGCONT)


@contextlib.contextmanager
def disk_filled(stack):
    filler = stack.server.path("srv/stacks/filler")

    def fill():
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, FILLER_BYTES)
    yield fill
    filler.unlink()


class Statements:
    """An open session of the stack's database, so that a statement is no more than itself."""

    def __init__(self, stack):
        self._process = subprocess.Popen(
            ["docker", "exec", "-i", stack.container("db")["Id"], "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
             "-U", "odoo", "-d", "shop"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.run("select 1")

    def run(self, sql):
        self._process.stdin.write(f"{sql};\n\\echo done\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line == "done\n":
                return
        raise AssertionError(f"the session ended at `{sql}`")

    def close(self):
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


@contextlib.contextmanager
def login_broken(stack):
    with contextlib.closing(Statements(stack)) as statements:
        yield lambda: statements.run("alter table res_users rename colour to theme")
        statements.run("alter table res_users rename theme to colour")


EVENTS = (
    ("container killed", killed, "FIRING Container Down: {} web", AT_ONCE),
    ("database paused", paused, "FIRING Container Down: {} db", WITHIN_INTERVAL),
    ("database frozen, no event", frozen, "FIRING DB Connection: {} db", WITHIN_INTERVAL),
    ("disk filled", disk_filled, "FIRING Disk Full", WITHIN_INTERVAL),
    ("login page turned to 500", login_broken, "FIRING Health Check Fail: {} web-login shop", WITHIN_INTERVAL),
)


def told_by_slack(words):
    return lambda body: words in body["text"]


def told_by_alertmanager(body):
    return body["status"] == "firing"


def one_round(stack, event, sink, accepts):
    """Seconds from the event, which is not over before it was told."""
    with event(stack) as happen:
        began = time.monotonic()
        happen()
        arrived = sink.first(accepts, LONGEST_WAIT)
    return arrived - began


def rounds(server, stack, event, sink, accepts, count, moments):
    taken = []
    for _ in range(count):
        stack.wait_until_good()
        wait_until_quiet(server)
        sink.taken.clear()
        time.sleep(moments.uniform(0, INTERVAL))
        taken.append(one_round(stack, event, sink, accepts))
    return taken


def scraped_rounds(stack, count, moments):
    """The same container, killed under Prometheus with Alertmanager."""
    taken = []
    with contextlib.closing(TimedSink()) as sink, tempfile.TemporaryDirectory(prefix="ballast-bench-") as folder:
        target = watched(stack)
        with contextlib.closing(Prometheus(pathlib.Path(folder) / "prometheus", [target], SCRAPE, sink.url())) as prometheus:
            for _ in range(count):
                stack.wait_until_good()
                prometheus.wait_until_all_is_well(len(target.urls) + len(target.ports))
                time.sleep(moments.uniform(0, SCRAPE))
                sink.taken.clear()
                taken.append(one_round(stack, killed, sink, told_by_alertmanager))
                tell(f"container killed, by Prometheus: {taken[-1]:.2f} s")
    return taken


@contextlib.contextmanager
def small_disk(path):
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", path], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


def high(values):
    """The 99th percentile, by nearest rank: of thirty values the highest."""
    return sorted(values)[math.ceil(0.99 * len(values)) - 1]


def row_of(name, values):
    return (name, f"{statistics.median(values):.2f} s", f"{high(values):.2f} s", str(len(values)))


def measure(options):
    moments = random.Random(options.seed)
    found = {}
    with contextlib.ExitStack() as context:
        server = context.enter_context(Server(TWO if options.compose == 2 else ONE))
        context.enter_context(small_disk(server.path("srv/stacks")))
        sink = context.enter_context(contextlib.closing(TimedSink()))
        write_settings(server, sink)
        stack = deployed(server, "shop", HASTY_POLICY)
        daemon = Daemon(server)
        context.callback(daemon.end)
        for name, event, words, _ in EVENTS:
            accepts = told_by_slack(words.format(stack.name))
            found[name] = rounds(server, stack, event, sink, accepts, options.rounds, moments)
            tell(f"{name}: {' '.join(f'{value:.2f}' for value in found[name])}")
        daemon.end()
        scraped = scraped_rounds(stack, min(options.rounds, SCRAPED_ROUNDS), moments)
    show(found, scraped)
    return [(f"{name}, 99th percentile", f"≤ {goal:g} s", f"{high(found[name]):.2f} s", high(found[name]) <= goal)
            for name, _, _, goal in EVENTS]


def show(found, scraped):
    print(f"From the event to the message that has arrived; looks each {INTERVAL} s, `for: 0s`, silent after 1 s\n")
    rows = [row_of(name, values) for name, values in found.items()]
    rows.append(row_of(f"container killed; Prometheus, each {SCRAPE} s", scraped))
    rows.append(("any of them; cron script each 5 min", "150 s", "300 s", "by its nature, not measured"))
    print_table(("", "median", "99th percentile", "times"), rows)
