"""Kills the program at a chosen system call, mends with `recover`, and looks whether everything agrees.

`strace` counts a call that it injects a signal into for each thread and each kind of call apart, so a point
is "the third rename", not "call number 71"; a recording run turns one into the other. Only the main thread is
followed (no -f): it alone writes files, speaks to the journal and starts processes, while the threads of the
checks read and ask; and the children are left to live their own lives. The signal comes on entry: the call that
is named does not happen any more. Killing at every call is therefore also killing after every call.
"""

import fcntl
import re
import sys
import threading
from pathlib import Path

from support import fixtures
from support.case import must
from support.server import Server

LAUNCHER = str(Path(__file__).with_name("launcher.py"))
FILE_CALLS = ("openat", "?open", "?rename", "?renameat", "?renameat2", "?unlink", "unlinkat", "?mkdir", "mkdirat",
              "?link", "linkat", "symlinkat", "write", "pwrite64", "pwritev", "ftruncate", "fallocate", "fsync",
              "fdatasync", "fchmod", "fchown", "fchmodat", "fchownat", "flock", "fcntl", "close")
PROCESS_CALLS = ("?fork", "?vfork", "clone", "clone3", "execve", "wait4", "waitid", "kill", "pidfd_send_signal",
                 "exit_group")
ENGINE_CALLS = ("connect", "sendto", "sendmsg", "recvfrom")
CALLS = ",".join((*FILE_CALLS, *PROCESS_CALLS, *ENGINE_CALLS))
TRACE_LINE = re.compile(r"(?P<name>\w+)\(")
DURABLE = ("fsync", "fdatasync", "rename", "renameat", "renameat2")
POLICY = """\
candidate: {{enabled: {candidate}, timeout: 60s}}
verify: {{timeout: 60s, settle: 0s}}
"""


class Point:
    """The `when`-th call of that name by the main thread."""

    def __init__(self, name, when, line, number):
        self.name = name
        self.when = when
        self.line = line
        self.number = number

    def __str__(self):
        return f"call {self.number}, {self.name} number {self.when}: {self.line[:110]}"


def read_points(path):
    """The calls of a recording, in their order."""
    seen, points = {}, []
    for line in Path(path).read_text(errors="replace").splitlines():
        found = TRACE_LINE.match(line)
        if not found or "<unfinished" in line and "resumed" in line:
            continue
        name = found["name"]
        seen[name] = seen.get(name, 0) + 1
        points.append(Point(name, seen[name], line, len(points) + 1))
    return points


def _evenly(items, count):
    if count >= len(items):
        return list(items)
    return [items[int((index + 0.5) * len(items) / count)] for index in range(count)]


def sample(points, count):
    """Half of them where something becomes durable (the boundaries of steps), half spread over all calls."""
    durable = [point for point in points if point.name in DURABLE]
    chosen = {point.number: point for point in _evenly(durable, count // 2)}
    for point in _evenly(points, count - len(chosen)):
        chosen.setdefault(point.number, point)
    return [chosen[number] for number in sorted(chosen)]


class Tally:
    """What the lanes found, together."""

    def __init__(self):
        self.violations = []
        self.killed = 0
        self.missed = 0
        self.recoveries_killed = 0
        self._guard = threading.Lock()

    def add(self, killed, recovery_killed, violations):
        with self._guard:
            self.killed += killed
            self.missed += not killed
            self.recoveries_killed += recovery_killed
            self.violations += violations

    def __str__(self):
        return (f"{self.killed} killed, {self.missed} ended before their point, {self.recoveries_killed} recoveries "
                f"killed, {len(self.violations)} violations")


class Lane:
    """A server with one stack that goes back and forth between two good releases."""

    def __init__(self, mode, candidate):
        self.mode = mode
        self.name = f"{mode}, candidate {'on' if candidate else 'off'}"
        self.server = Server()
        self.stack = self.server.stack(policy=POLICY.format(candidate=str(candidate).lower()))
        self.releases = [fixtures.tag("good1"), fixtures.tag("good2")]
        for tag in self.releases:
            self.stack.offer(tag)
        self.trace = self.server.path("trace")

    def close(self):
        self.server.close()

    def prepare(self):
        for tag in self.releases:
            must(self.stack.deploy(tag))
        self.database = self._database()
        self.files = self._files()

    def command(self, kind):
        if kind == "rollback":
            return ["rollback", self.stack.name, "--operator", "ken"]
        wanted = next(tag for tag in self.releases if tag != self.stack.tag())
        return ["deploy", self.stack.name, wanted, "--operator", "ken"]

    def record(self, kind):
        """One whole run, its calls written down."""
        must(self.server.run(*self.command(kind), prefix=self._strace("-s", "200", "-y")))
        return read_points(self.trace)

    def attempt(self, kind, point, kill_recovery, tally):
        """One kill at that point, and everything that must hold after the recovery."""
        where = f"[{self.name}] {kind}, {point}"
        killed = self._run_killed(self.command(kind), point)
        recovery_killed = kill_recovery is not None and self._run_killed(["recover"], kill_recovery)
        recovery = self.server.run("recover")
        problems = self.problems()
        if recovery.status not in (0, 4, 130):
            problems.append(f"recover ended with {recovery.status}: {recovery.error}")
        tally.add(killed, recovery_killed, [f"{where}: {problem}" for problem in problems])
        return problems

    def _strace(self, *options):
        return ["strace", "-qq", "-o", str(self.trace), "-e", f"trace={CALLS}", "-e", "signal=none", *options]

    def _run_killed(self, command, point):
        inject = ["-e", f"inject={point.name}:signal=KILL:when={point.when}"]
        result = self.server.run(*command, prefix=[sys.executable, LAUNCHER, self.mode, *self._strace(*inject)])
        return result.status == 137

    # What must hold.

    def _database(self):
        container = self.stack.container("db")
        return container["Id"], container["State"]["StartedAt"]

    def _files(self):
        return {str(path.relative_to(self.stack.directory)) for path in self.stack.directory.rglob("*")}

    def problems(self):
        return [found for look in (self._wrong_version, self._wrong_history, self._unfinished, self._left_over)
                for found in look()]

    def _wrong_version(self):
        told = {"the site": self.stack.version(),
                ".env": self.stack.tag(),
                "the container": self.stack.container("web")["Config"]["Image"].rpartition(":")[2],
                "last_good_sha": (self.server.last_good(self.stack.name) or "").strip(),
                "the journal": self._newest_good()}
        if len(set(told.values())) != 1 or told["the site"] not in self.releases:
            yield f"these must be one good release: {told}"

    def _newest_good(self):
        rows = self.server.journal("select tag from release where stack = ? and outcome = 'good' order by number desc limit 1",
                                   self.stack.name)
        return rows[0]["tag"] if rows else None

    def _wrong_history(self):
        if self.server.history_text().splitlines() != self.server.journal_history():
            yield "history.log is not what the journal holds"

    def _unfinished(self):
        for row in self.server.unfinished():
            yield f"the journal still has a running operation: {row}"

    def _left_over(self):
        for one in self.stack.candidates():
            yield f"a candidate is left: {one['Name']}"
        if self._is_locked():
            yield "the stack is still locked"
        if self._database() != self.database:
            yield "the database container was touched"
        for name in sorted(self._files() - self.files):
            self.files.add(name)  # told once
            yield f"a file is left in the stack's folder: {name}"

    def _is_locked(self):
        with open(self.server.path("run/ballast", self.stack.name + ".lock")) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False


LANES = [(mode, candidate) for mode in ("group", "alone") for candidate in (True, False)]
RECOVERY_POINTS = [Point("fdatasync", when, "of the recovery", when) for when in range(1, 9)]
KILL_EVERY_RECOVERY_OF = 4


def sweep_lane(lane, counts, tally, choose=sample, stop_at_first=False):
    """`counts`: how many points of each kind of operation; 0 means all."""
    lane.prepare()
    for kind, count in counts.items():
        points = lane.record(kind)
        for index, point in enumerate(choose(points, count or len(points))):
            again = RECOVERY_POINTS[index // KILL_EVERY_RECOVERY_OF % len(RECOVERY_POINTS)]
            problems = lane.attempt(kind, point, again if index % KILL_EVERY_RECOVERY_OF == 0 else None, tally)
            if problems and stop_at_first:
                return


def sweep(counts, tally, lanes=None, **options):
    """All lanes side by side: most of their time is waiting. Raises the first error of a lane."""
    errors = []

    def run(mode, candidate):
        lane = Lane(mode, candidate)
        try:
            sweep_lane(lane, counts, tally, **options)
        except BaseException as error:  # pylint: disable=broad-except
            errors.append(error)
        finally:
            lane.close()

    threads = [threading.Thread(target=run, args=lane) for lane in lanes or LANES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return tally
