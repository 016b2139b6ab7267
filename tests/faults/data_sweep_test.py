"""`kill -9` anywhere in backup, restore, its undo, drill and prune: all of the old data is live or all of the restored data."""

import json
import os
import pathlib
import sys
import unittest
from collections import Counter

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from faults.agreement import is_locked  # noqa: E402
from faults.points import sample  # noqa: E402
from faults.sweep import Kind, Lane, Sweep  # noqa: E402
from support import case, engine, fixtures  # noqa: E402
from support.backups import query, upload  # noqa: E402
from support.case import must  # noqa: E402
from support.server import ONE, TWO, Server  # noqa: E402

OPERATIONS = ("backup", "restore", "restore-undo", "drill", "prune")
COUNT = case.long_or_short(60, 2)  # points of each operation in each lane
LANES = [Kind("group", False, ONE, False), Kind("alone", False, TWO, False)]
RESTORE_AFTER = ("backup", "drill", "prune")  # the others restore by themselves
RESTORE_AFTER_EVERY = 4  # of their kills
POLICY = "candidate: {enabled: false}\nverify: {timeout: 60s, settle: 0s}\nstop-timeout: 4s\n"
FOR_PRUNE = POLICY + "backup: {before-deploy: off, keep-daily: 1, pool-safety: 1s}\n"
OPERATION = "tools.ballast.operation"
ALL = "select datname from pg_database where datname not like 'template_' and datname <> 'postgres' order by 1"
NAMED = "select id, store_fname from ir_attachment where url is null order by id"


class DataAgreement:
    """What must hold of a stack's data, its backups and the journal after a recovery."""

    def __init__(self, stack, states, sets):
        self.stack = stack
        self.server = stack.server
        self.states = states  # name → what the site answers for each attachment
        self.sets = sets  # state → the set that has it
        self.backups = self.server.path("srv/backups", stack.name)

    def passing_containers(self):
        ours = {row["id"] for row in self.server.journal("select id from operation")}
        return [one for one in engine.containers(OPERATION) if one["Config"]["Labels"][OPERATION] in ours]

    def state(self):
        """Which of the two is live; None: neither, whole."""
        found = contents(self.stack)
        return next((name for name, answers in self.states.items() if answers == found), None)

    def problems(self):
        self.stack.wait_until_good()
        looks = (self._data, self._names, self._left, self._sets, self._journal)
        return [found for look in looks for found in look()]

    def _data(self):
        if self.state() is None:
            yield f"neither all of the old nor all of the restored data is live: {contents(self.stack)}"

    def _names(self):
        parked = self.parked()
        expected = sorted(["shop", *(swap["parked"] for one in parked for swap in one["exchange"]["databases"])])
        databases = query(self.stack, ALL, "template1")
        if databases != expected:
            yield f"databases: {databases}, expected {expected}"
        folders = sorted(path.name for path in self._filestore().iterdir())
        if folders != expected:
            yield f"folders of attachments: {folders}, expected {expected}"
        if query(self.stack, "select 1 from pg_roles where rolname = 'ballast_staging'"):
            yield "the role for copies is left"

    def parked(self):
        rows = self.server.journal("select value from fact where name = 'parked'")
        return json.loads(rows[0]["value"]) if rows else []

    def _filestore(self):
        mount, = [one for one in self.stack.container("web")["Mounts"] if one["Destination"] == "/var/lib/odoo"]
        return pathlib.Path(mount["Source"]) / "filestore"

    def _left(self):
        for one in self.passing_containers():
            yield f"a container is left: {one['Name']}"
        for folder in ("incoming", "trash"):
            for path in (self.backups / folder).glob("*"):
                yield f"a folder is left: {path}"
        for path in self.server.root.rglob("*.ballast-*"):
            yield f"a torn write is left: {path}"
        for path in self.server.path("run/ballast").glob("*.lock"):
            if is_locked(path):
                yield f"{path.name} is still locked"

    def _sets(self):
        for name in self.sets.values():
            result = self.server.run("backup", "verify", self.stack.name, name)
            if result.status != 0:
                yield f"an older set does not verify any more: {result}"
        listed = json.loads(self.server.run("backup", "list", self.stack.name, "--json").stdout)["sets"]
        for one in listed:
            if not one.get("complete"):
                yield f"something counts as a backup that is none: {one}"

    def _journal(self):
        for row in self.server.unfinished():
            yield f"the journal still has a running operation: {row}"
        if self.server.history_text().splitlines() != self.server.journal_history():
            yield "history.log is not what the journal holds"


def contents(stack):
    rows = [row.split("|") for row in query(stack, NAMED)]
    return {number: (name, stack.get(f"/shop/attachment/{number}")) for number, name in rows}


class DataLane(Lane):
    """A shop with two states of its data, and a set of each."""

    def __init__(self, kind):
        super().__init__(kind)
        self.attempts = Counter()

    def prepare(self):
        self.close()
        self.agreement = None
        self.server = Server(self.kind.generation, program=self.kind.program)
        self.stack = self.server.stack(policy=POLICY)
        self.trace = self.server.path("trace")
        self.stack.offer(fixtures.tag("good1"))
        must(self.stack.deploy(fixtures.tag("good1")))
        states, sets = {}, {}
        for name in ("first", "second"):
            for number in range(5):
                upload(self.stack, f"{name}{number}", f"{name} {number}".encode() * 100)
            sets[name] = must(self.server.run("backup", "shop", "--json")).json()["id"]
            states[name] = contents(self.stack)
        self.agreement = DataAgreement(self.stack, states, sets)

    def attempt(self, operation, point, kill_recovery, tally):
        problems = super().attempt(operation, point, kill_recovery, tally)
        self.attempts[operation] += 1
        if problems or operation not in RESTORE_AFTER or self.attempts[operation] % RESTORE_AFTER_EVERY:
            return problems
        problems = list(self._restore_the_other())
        tally.add_violations(f"[{self.kind}] {operation}, {point}: {problem}" for problem in problems)
        return problems

    def _restore_the_other(self):
        other = self._other()
        result = self.server.run("restore", "shop", self.agreement.sets[other], "--yes")
        if result.status != 0 or self.agreement.state() != other:
            yield f"an older complete set does not restore any more: {result}"
        must(self.server.run("restore", "shop", "--confirm", "--yes"))

    def _other(self):
        return next(name for name in self.agreement.states if name != self.agreement.state())

    def _begin(self, operation):
        other = self._other()
        if operation == "restore" and self.agreement.parked():
            must(self.server.run("restore", "shop", "--confirm", "--yes"))
        if operation == "restore-undo" and not self.agreement.parked():
            must(self.server.run("restore", "shop", self.agreement.sets[other], "--yes"))
        if operation == "prune":
            self._make_something_to_prune()
        return {"backup": ["backup", "shop"],
                "restore": ["restore", "shop", self.agreement.sets[other], "--yes"],
                "restore-undo": ["restore", "shop", "--undo", "--yes"],
                "drill": ["drill", "shop", self.agreement.sets["first"]],
                "prune": ["prune", "shop"]}[operation]

    def _make_something_to_prune(self):
        self.stack.set_policy(POLICY)
        for _ in range(2):
            must(self.server.run("backup", "shop", "daily"))
        unnamed = self.server.path("srv/backups/shop/pool/ab/ab" + 38 * "0")
        unnamed.write_text("no set names it")
        os.utime(unnamed, (1, 1))
        self.stack.set_policy(FOR_PRUNE)


def some(points, operation, lane):
    return sample(points, COUNT, (lane + 0.5) / len(LANES))


class DataSweep(unittest.TestCase):
    def test_killed_anywhere_the_data_is_whole(self):
        tally = Sweep(some, LANES, OPERATIONS, lane=DataLane).run()
        print(tally, tally.table(), sep="\n", file=sys.stderr)
        self.assertEqual(tally.violations, [], "\n".join(tally.violations))
        self.assertGreater(tally.killed, 0, "the sweep reached no kill point")
        self.assertGreater(tally.recoveries_killed, 0, "no recovery was killed")
        if case.LONG:
            self.assertEqual(tally.steps_not_killed_in(), set())
        self.assertLess(tally.missed, tally.killed / 3, "too many points were not reached")


if __name__ == "__main__":
    case.main()
