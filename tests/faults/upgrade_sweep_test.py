"""`kill -9` anywhere in a release that changes its databases, in one that fails at it, and in the way back with data.

After the recovery every row of every table is as it was before, or as it is after a whole run; the release that runs
fits it; no database, container, volume or mount is left of what was on its way.
"""

import json
import pathlib
import signal
import subprocess
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from faults.agreement import Agreement  # noqa: E402
from faults.points import read_calls, sample  # noqa: E402
from faults.steps import StepPoint, newest_operation, wait_for  # noqa: E402
from faults.sweep import LAUNCHER, Kind, Lane, Sweep  # noqa: E402
from support import case, engine, fixtures  # noqa: E402
from support.case import must  # noqa: E402
from support.server import ONE, TWO, Server  # noqa: E402
from support.upgrades import OPERATION, TENANTS, database_names, order, set_jobs, table_digests, upload_to  # noqa: E402

OLD, NEW, FAILING = fixtures.tag("good1"), fixtures.tag("upgrade1"), fixtures.tag("upsecond")
POLICY = """\
candidate: {timeout: 60s}
verify: {timeout: 60s, settle: 0s}
backup: {before-deploy: required}
stop-timeout: 4s
"""
LANES = case.long_or_short([Kind("group", True, ONE, False), Kind("alone", True, TWO, False)],
                           [Kind("alone", True, TWO if TWO.present else ONE, False)])
# The short form: three kills, each where most is under way.
A_FEW = {"upgrade-fails": [StepPoint("upgrade", "undone", 0.1)],
         "upgrade": [StepPoint("switch", after=0.3)],
         "rollback-with-data": [StepPoint("swap", after=0.3)]}
DELAYS = (0.0, 0.3, 1.5)
CALLS_OF_EACH = 20  # in the long form, beside the steps


class UpgradeAgreement(Agreement):
    """Knows the rows of both releases; what is live must be all of one of them."""

    def __init__(self, stack, rows):
        super().__init__(stack, [OLD, NEW], {})
        self.rows = rows  # tag → digests of all tables

    def problems(self):
        self.stack.wait_until_good()
        looks = (self._rows, self._databases, self._things_left)
        return super().problems() + [found for look in looks for found in self._looked(look)]

    def _rows(self):
        expected, found = self.rows[self.stack.tag()], self.digests()
        for table in sorted(expected.keys() | found.keys()):
            if expected.get(table) != found.get(table):
                yield f"{table} is not as {self.stack.tag()} has it: {found.get(table)}, expected {expected.get(table)}"

    def digests(self):
        return digests(self.stack)

    def _databases(self):
        expected = sorted([*TENANTS, *self.copies()])
        found = database_names(self.stack)
        if found != expected:
            yield f"databases: {found}, expected {expected}"

    def copies(self):
        """Names of the databases that the journal says are kept."""
        return [swap["parked"] for one in self.copies_of("parked") for swap in one["exchange"]["databases"]] + \
               [swap["incoming"] for one in self.copies_of("fallback") for swap in one["databases"]]

    def copies_of(self, kind):
        rows = self.server.journal("select value from fact where name = ?", kind)
        return [one for row in rows for one in json.loads(row["value"])]

    def _things_left(self):
        ours = {row["id"] for row in self.server.journal("select id from operation")}
        for one in engine.containers(OPERATION):
            if one["Config"]["Labels"][OPERATION] in ours:
                yield f"a container is left: {one['Name']}"
        for one in engine.volumes(OPERATION):
            if one["Labels"][OPERATION] in ours:
                yield f"a volume is left: {one['Name']}"
        mounts = subprocess.run(["findmnt", "-rno", "TARGET"], capture_output=True, text=True, check=True).stdout
        for target in mounts.split():
            if target.startswith(str(self.server.root)) or any(one.lower() in target.lower() for one in ours):
                yield f"a mount is left: {target}"


def digests(stack):
    """Without the bundles that each release makes anew for its login page."""
    return table_digests(stack, bundles=False)


class UpgradeLane(Lane):
    """Three tenants whose shop has no jobs, so that rows stand still."""

    def prepare(self):
        self.close()
        self.agreement = None
        self.server = Server(self.kind.generation, program=self.kind.program)
        self.stack = self.server.stack("tenants", policy=POLICY + "rehearse: off\n")
        self.trace = self.server.path("trace")
        for tag in (OLD, NEW, FAILING):
            self.stack.offer(tag)
        must(self.stack.deploy(OLD))
        for name in TENANTS:
            order(self.stack, name, "before")
            upload_to(self.stack, name, f"of-{name}", name.encode() * 100)
        set_jobs(self.stack, False)
        self.agreement = UpgradeAgreement(self.stack, {OLD: digests(self.stack)})
        if case.LONG:
            self._upgrade()

    def _upgrade(self):
        """A whole one; the first tells what the rows are afterwards."""
        must(self.stack.deploy(NEW))
        self.agreement.rows.setdefault(NEW, digests(self.stack))

    def record(self, operation):
        """In the short form the places are known beforehand."""
        if not case.LONG:
            return A_FEW[operation]
        command = self._begin(operation)
        must(self.server.run(*command, prefix=self._strace("-s", "200", "-y")), 4 if operation == "upgrade-fails" else 0)
        if problems := self.agreement.problems():
            raise AssertionError(f"[{self.kind}] {operation}, without a kill: {problems}")
        return self._step_points() + read_calls(self.trace, str(self.server.root))

    def _step_points(self):
        """At the beginning of each step that was reached and some time after, and behind each that was undone."""
        steps = self.server.journal("select name, step.state as state from step join operation on operation = id "
                                    "where operation.rowid = (select max(rowid) from operation) order by number")
        return [StepPoint(step["name"], "intended", delay) for step in steps for delay in DELAYS] + \
               [StepPoint(step["name"], "undone", delay) for step in steps if step["state"] == "undone" for delay in DELAYS[:2]]

    def _begin(self, operation):
        """Each begins where it can: the ways forward on the old release, the way back on the new one."""
        if self.agreement.copies_of("parked"):
            must(self.server.run("restore", self.stack.name, "--confirm", "--yes"))
        if operation == "rollback-with-data":
            if self.stack.tag() == OLD:
                self._upgrade()
            self.agreement.expect("rollback")
            return ["rollback", self.stack.name, "--with-data", "--operator", "ken"]
        if self.stack.tag() == NEW:
            must(self.stack.rollback("--with-data"))
        self.agreement.expect("deploy")
        tag = FAILING if operation == "upgrade-fails" else NEW
        return ["deploy", self.stack.name, tag, "--operator", "ken"]

    def _kill(self, command, point):
        if not isinstance(point, StepPoint):
            return super()._kill(command, point)
        known = newest_operation(self.server)
        started = self.server.start(*command, prefix=[sys.executable, LAUNCHER, self.kind.mode])
        if wait_for(point, self.server, known, started.process):
            started.signal(signal.SIGTERM)
        return started.finish().status == 137


def chosen(points, _operation, lane):
    steps = [point for point in points if isinstance(point, StepPoint)]
    calls = [point for point in points if not isinstance(point, StepPoint)]
    return steps + (sample(calls, CALLS_OF_EACH, (lane + 0.5) / len(LANES)) if calls else [])


class UpgradeSweep(unittest.TestCase):
    def test_killed_anywhere_no_row_is_lost(self):
        tally = Sweep(chosen, LANES, tuple(A_FEW), lane=UpgradeLane).run()
        print(tally, tally.table(), sep="\n", file=sys.stderr)
        self.assertEqual(tally.violations, [], "\n".join(tally.violations))
        self.assertGreater(tally.killed, 0, "the sweep reached no kill point")
        self.assertGreater(tally.recoveries_killed, 0, "no recovery was killed")
        self.assertLess(tally.missed, max(1, tally.killed / 3), "too many points were not reached")


if __name__ == "__main__":
    case.main()
