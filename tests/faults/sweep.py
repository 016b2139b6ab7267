"""Kills the program at a chosen point, mends with `recover`, and looks whether everything agrees.

A lane is a server with one stack that goes back and forth between two good releases; lanes run side by side.
In the lanes "in turn" the program has no threads (see points.py) and has forgotten what it knew of the
images and files, so that it has to start Compose and a throw-away container to learn it again.
"""

import contextlib
import json
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from faults.agreement import NOTE_PLACE, Agreement
from faults.events import EventLog
from faults.points import CALLS, WITHOUT_THREADS, Call, Event, read_calls
from support import engine, fixtures
from support.case import must
from support.server import ONE, TWO, Generation, Server

LAUNCHER = str(Path(__file__).with_name("launcher.py"))
POLICY = """\
candidate: {{enabled: {candidate}, timeout: 60s}}
verify: {{timeout: 60s, settle: 0s}}
stop-timeout: 4s
"""  # a container that has just begun does not hear SIGTERM, and a recovery must stop many of those
SIDE_BY_SIDE = 3  # of two processors: much of a lane's time is waiting
MOST_VIOLATIONS = 5  # of one lane: then it is given up
KILL_EVERY_RECOVERY_OF = 3
RECOVERY_POINTS = [Event(when, "of the recovery") if name == "event" else Call(name, when, "of the recovery", 0)
                   for name, when in (("fdatasync", 1), ("event", 1), ("fdatasync", 2), ("clone", 1), ("fdatasync", 3),
                                      ("renameat", 1), ("fdatasync", 4), ("event", 3), ("fdatasync", 5), ("wait4", 1),
                                      ("fdatasync", 6), ("unlinkat", 1), ("fdatasync", 7), ("event", 5),
                                      ("fdatasync", 8), ("pwrite64", 12))]


class Kind(NamedTuple):
    """What a lane is like."""

    mode: str  # who is killed: see launcher.py
    candidate: bool
    generation: Generation
    in_turn: bool
    program: str = ""  # in place of the one that is tested
    carried: bool = False  # the stack's files come from the images

    def __str__(self):
        return (f"{self.mode}, candidate {'on' if self.candidate else 'off'}, Compose v{self.generation.number}"
                f"{', in turn' if self.in_turn else ''}{', files from images' if self.carried else ''}"
                f"{', ' if self.program else ''}{Path(self.program).name}")


LANES = [Kind("group", True, ONE, True, carried=True), Kind("alone", True, TWO, True),
         Kind("group", False, TWO, False, carried=True), Kind("alone", False, ONE, False)]


class Tally:
    """What the lanes found, together."""

    def __init__(self):
        self.violations = []
        self.recorded = 0
        self.killed = 0
        self.missed = 0
        self.recoveries_killed = 0
        self.steps = set()  # (operation, step) of all plans
        self.places = Counter()  # (operation, step, its state) in which the program was killed
        self._guard = threading.Lock()

    def add_recorded(self, operation, count, steps):
        with self._guard:
            self.recorded += count
            self.steps.update((operation, step) for step in steps)

    def add(self, killed_in, recovery_killed, violations):
        with self._guard:
            self.killed += killed_in is not None
            self.missed += killed_in is None
            self.places.update([killed_in] if killed_in else [])
            self.recoveries_killed += recovery_killed
            self.violations += violations

    def add_violations(self, violations):
        with self._guard:
            self.violations += violations

    def __str__(self):
        return (f"{self.killed + self.missed} of {self.recorded} points: {self.killed} killed, {self.missed} not reached; "
                f"{self.recoveries_killed} recoveries killed, {len(self.violations)} violations")

    def table(self):
        return "\n".join(f"  {count:4} in {' '.join(place)}" for place, count in sorted(self.places.items()))

    def steps_not_killed_in(self):
        return self.steps - {place[:2] for place in self.places if place[2] == "intended"}


class Lane:
    """A server with one stack, and the ways to kill what works on it."""

    def __init__(self, kind):
        self.kind = kind
        self.server = None
        self.agreement = None

    def close(self):
        if self.agreement:
            for left in self.agreement.passing_containers():
                engine.remove(left["Id"])
        if self.server:
            self.server.close()

    def prepare(self):
        """A new server, whatever became of the one before."""
        self.close()
        self.agreement = None
        self.server = Server(self.kind.generation, program=self.kind.program)
        self.stack = self.server.stack(policy=POLICY.format(candidate=str(self.kind.candidate).lower()))
        self.trace = self.server.path("trace")
        releases = [fixtures.tag("good1"), fixtures.tag("good2")]
        carried = {tag: self._offer(tag) for tag in releases}
        for tag in releases:
            must(self.stack.deploy(tag))
        self.agreement = Agreement(self.stack, releases, carried if self.kind.carried else {})

    def _offer(self, tag):
        """An image of that tag; the files that it carries, compose file and policy."""
        self.stack.offer(tag)
        if not self.kind.carried:
            return None
        if tag == fixtures.tag("good1"):
            self.stack.set_policy(self.stack.policy_path.read_text() + "stack-files: from-image\n")
            self.own = self.stack.compose_path.read_text(), self.stack.policy_path.read_text()
        compose, policy = self.own
        files = {"docker-compose.yml": compose.replace(NOTE_PLACE, f"{NOTE_PLACE}      SHOP_NOTE: {tag}\n"),
                 "ballast.yaml": f"{policy}# of {tag}\n"}
        fixtures.build_image("shop", tag, f"{self.stack.repository}:{tag}", f"LABEL tools.ballast.stack={self.stack.name}",
                             "COPY stack/ /ballast/stack/", files=files)
        return tuple(files.values())

    def record(self, operation):
        """One whole run: its calls and the engine's events."""
        command = self._begin(operation)
        with EventLog(self.stack.project) as events:
            must(self.server.run(*command, prefix=self._strace("-s", "200", "-y")))
        problems = self.agreement.problems()
        if problems:
            raise AssertionError(f"[{self.kind}] {operation}, without a kill: {problems}")
        told = [Event(number, action) for number, action in enumerate(events.actions, 1)]
        return read_calls(self.trace, str(self.server.root)) + told

    def steps(self):
        """The names of the newest plan's steps."""
        plan = self.server.journal("select plan from operation order by rowid desc limit 1")[0]["plan"]
        return [step["name"] for step in json.loads(plan)["steps"]]

    def attempt(self, operation, point, kill_recovery, tally):
        """One kill at that point, and everything that must hold after the recovery."""
        known = self._operations()
        killed = self._kill(self._begin(operation), point)
        killed_in = (operation, *self._reached(known)) if killed else None
        recovery_killed = kill_recovery is not None and self._kill(["recover"], kill_recovery)
        recovery = self.server.run("recover")
        problems = self.agreement.problems()
        if recovery.status != 0:
            problems.append(f"recover ended with {recovery.status}: {recovery.error}")
        where = f"[{self.kind}] {operation}, {point}" + (f"; {kill_recovery}" if recovery_killed else "")
        tally.add(killed_in, recovery_killed, [f"{where}: {problem}" for problem in problems])
        return problems

    def _operations(self):
        return self.server.journal("select count(*) as number from operation")[0]["number"]

    def _reached(self, known):
        """The step that a killed operation was in and its state, read from a copy: recovery finds all as it was left."""
        with tempfile.TemporaryDirectory(dir=self.server.root) as folder:
            for path in self.server.path("var/lib/ballast").glob("ballast.db*"):
                shutil.copy(path, folder)
            with contextlib.closing(sqlite3.connect(f"{folder}/ballast.db")) as copy:
                count, newest = copy.execute("select count(*), max(rowid) from operation").fetchone()
                if count == known:
                    return "before", "its plan"
                row = copy.execute("select name, step.state from step join operation on operation = id "
                                   "where operation.rowid = ? order by number desc limit 1", (newest,)).fetchone()
                return row or ("its plan", "written")

    def _begin(self, operation):
        if self.kind.in_turn:
            self.server.journal_write("delete from fact")
        if operation == "rollback":
            self.agreement.change_by_hand()
        self.agreement.expect(operation)
        if operation == "rollback":
            return ["rollback", self.stack.name, "--operator", "ken"]
        return ["deploy", self.stack.name, self.agreement.other_release(), "--operator", "ken"]

    def _strace(self, *options):
        threads = WITHOUT_THREADS if self.kind.in_turn else ()
        return ["strace", "-qq", "-o", str(self.trace), "-e", f"trace={CALLS}", "-e", "signal=none", *threads, *options]

    def _kill(self, command, point):
        """Whether it was killed: it may end before it reaches the point."""
        launcher = [sys.executable, LAUNCHER, self.kind.mode]
        if isinstance(point, Event):
            return self._kill_at_event(command, point, launcher)
        return self.server.run(*command, prefix=[*launcher, *self._strace(*point.injection())]).status == 137

    def _kill_at_event(self, command, point, launcher):
        with EventLog(self.stack.project) as events:
            started = self.server.start(*command, prefix=launcher)
            events.call_at(point.when, lambda: started.signal(signal.SIGTERM))
            return started.finish().status == 137


class Sweep:
    """All lanes: `choose(points, operation, number of the lane)` says where each is killed."""

    def __init__(self, choose, lanes=LANES, operations=("deploy", "rollback"), most_violations=MOST_VIOLATIONS,
                 lane=Lane):
        self.choose = choose
        self.lane = lane
        self.lanes = [(number, kind) for number, kind in enumerate(lanes) if kind.generation.present]
        self.operations = operations
        self.most_violations = most_violations
        self.tally = Tally()

    def run(self):
        """Raises the first error of a lane."""
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            for done in [pool.submit(self._sweep, number, kind) for number, kind in self.lanes]:
                done.result()
        return self.tally

    def _sweep(self, number, kind):
        lane = self.lane(kind)
        try:
            lane.prepare()
            self._sweep_lane(lane, number)
        finally:
            lane.close()

    def _sweep_lane(self, lane, number):
        violated = 0
        for operation in self.operations:
            for index, point in enumerate(self._points(lane, operation, number)):
                problems = lane.attempt(operation, point, _recovery_point(index), self.tally)
                if not problems:
                    continue
                print(*problems, sep="\n", file=sys.stderr, flush=True)
                violated += 1
                if violated == self.most_violations:
                    return
                lane.prepare()
            print(f"[{lane.kind}] {operation}: done; {self.tally}", file=sys.stderr, flush=True)

    def _points(self, lane, operation, number):
        points = lane.record(operation)
        chosen = self.choose(points, operation, number)
        self.tally.add_recorded(operation, len(points), lane.steps())
        print(f"[{lane.kind}] {operation}: {len(chosen)} of {len(points)} points", file=sys.stderr, flush=True)
        return chosen


def _recovery_point(index):
    if index % KILL_EVERY_RECOVERY_OF:
        return None
    return RECOVERY_POINTS[index // KILL_EVERY_RECOVERY_OF % len(RECOVERY_POINTS)]
