"""Whatever a backup reads from ends half-way: the reason is told by name, nothing half counts, the next one is complete."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine  # noqa: E402
from support.backups import in_database  # noqa: E402
from support.case import must  # noqa: E402
from support.damage import DamageCase  # noqa: E402
from support.waiting import until  # noqa: E402

# Its dump is far longer than what lies in sockets and pipes, so that it can be caught half-way.
MUCH = "create table much as select md5(n::text) || md5((-n)::text) as text from generate_series(1, 150000) n"
LOST = (r'database second: pg_dump of second ended with exit status 1: pg_dump: error: Dumping the contents of table "much" failed: '
        r".*(server closed the connection unexpectedly|terminating connection due to administrator command).*")


def pg_dump_of(container, database):
    """Its process in that container, as this machine numbers it."""
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (path / "cmdline").read_bytes().split(b"\0")
            if words[0].endswith(b"pg_dump") and database.encode() in words and container in (path / "cgroup").read_text():
                return int(path.name)
    return None


class HalfWay(DamageCase):
    """A second database, of another role: the site never looks at it, the backup comes to it first."""

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.psql("template1", "create role other")
        cls.make_second()
        cls.good = cls("run").backup()

    @classmethod
    def psql(cls, database, *statements):
        words = [word for statement in statements for word in ("-c", statement)]
        in_database(cls.stack, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "odoo", "-d", database, *words)

    @classmethod
    def make_second(cls):
        cls.psql("template1", "create database second owner other")
        cls.psql("second", MUCH)

    @contextlib.contextmanager
    def half_way(self, status=7):
        """Runs a backup; in the block pg_dump stands still, with a part of the second database written."""
        whole = next(file["size"] for file in self.manifest(self.good)["files"] if file["path"] == "databases/second.dump")
        started = self.server.start("backup", "shop", "--json")
        watched = threading.Thread(target=lambda: list(started.lines()))
        watched.start()
        process = self.stopped_pg_dump()
        self.assertLess(self.written(), whole, "the dump was not caught half-way")
        try:
            yield started, process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)
            watched.join()
            self.result = started.finish()
        self.assert_exit(self.result, status)

    def stopped_pg_dump(self):
        """Let go for moments only, until something was written."""
        container = self.stack.container("db")["Id"]
        process = until(lambda: pg_dump_of(container, "second"), "pg_dump", pause=0.001)
        os.kill(process, signal.SIGSTOP)
        while self.written() < 1000:
            os.kill(process, signal.SIGCONT)
            time.sleep(0.002)
            os.kill(process, signal.SIGSTOP)
        return process

    def written(self):
        return sum(path.stat().st_size for path in (self.backups / "incoming").glob("*/databases/second.dump"))

    def assert_incomplete(self, *reasons):
        made = self.result.json()
        self.assertFalse(made["complete"])
        for reason, expected in zip(made["reasons"], reasons, strict=False):
            self.assertRegex(reason, f"^{expected}$")
        self.assertEqual(len(made["reasons"]), len(reasons), made["reasons"])
        self.assertFalse((pathlib.Path(made["folder"]) / "databases/second.dump").exists())

    def assert_next_is_complete(self):
        made = self.backup()
        self.assertTrue(made["complete"], made)
        self.assertTrue(self.verified(made["id"])["good"])

    def test_pg_dump_is_killed(self):
        with self.untouched(), self.half_way() as (_, process):
            os.kill(process, signal.SIGKILL)
        self.assert_incomplete("database second: pg_dump of second ended with exit status 137")
        self.assert_next_is_complete()

    @case.long_form
    def test_its_session_is_ended(self):
        with self.untouched(), self.half_way():
            self.psql("template1", "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'ballast %' "
                                   "and query like 'COPY %'")
        self.assert_incomplete(LOST)
        self.assert_next_is_complete()

    def test_the_database_is_dropped(self):
        complete = self.complete()
        try:
            with self.half_way():
                self.psql("template1", "drop database second with (force)")
            self.assert_incomplete(LOST)
            self.assertEqual(self.complete(), complete)
        finally:
            self.make_second()
        self.assert_next_is_complete()

    def test_the_server_is_restarted(self):
        with self.untouched():
            with self.half_way():
                subprocess.run(["docker", "restart", self.stack.container("db")["Id"]], check=True, capture_output=True)
                self.stack.wait_until_good()
            made = self.result.json()
            self.assertRegex(made["reasons"][0], "^database second: pg_dump of second ended with exit status (137|1: .*)$")
            self.assertEqual([one for one in made["reasons"][1:] if not one.startswith("database shop: ")], [])
        self.assert_next_is_complete()

    @case.long_form
    def test_its_container_is_removed(self):
        with self.untouched():
            with self.half_way():
                engine.remove_container_alone(self.stack.container("db")["Id"])
            made = self.result.json()
            self.assertRegex(made["reasons"][0], "^database second: .*")
            self.assertRegex(made["reasons"][1], "^database shop: .*")
            self.stack.compose("up", "-d", "--no-recreate")
            self.stack.wait_until_good()
        self.assert_next_is_complete()

    def recover(self):
        return must(self.server.run("recover", "shop"))

    def cut_off_in_its_last_step(self):
        """A set as a kill leaves it between the journal's intention and the rename."""
        made = self.backup()
        folder = pathlib.Path(made["folder"])
        unfinished = folder.rename(self.backups / "incoming" / folder.name)
        subprocess.run(["docker", "run", "--detach", "--label", f"tools.ballast.operation={made['id']}", "--entrypoint", "sleep",
                        self.stack.container("db")["Image"], "600"], check=True, capture_output=True)
        self.server.journal_write("update operation set state = 'running', ended = null where id = ?", made["id"])
        self.server.journal_write("update step set state = 'intended' where name = 'commit' and operation = ?", made["id"])
        self.server.journal_write("delete from step where name = 'prune' and operation = ?", made["id"])
        return made["id"], unfinished

    def test_ballast_is_killed_before_the_manifest(self):
        with self.untouched():
            _, unfinished = self.cut_off_in_its_last_step()
            (unfinished / "manifest.json").unlink()
            must(self.server.run("recover", "shop"))
        self.assert_next_is_complete()

    def test_ballast_is_killed_after_the_manifest(self):
        with self.untouched():
            name, _ = self.cut_off_in_its_last_step()
            must(self.server.run("recover", "shop"))
            self.new = [name]
        self.assertTrue(self.verified(name)["good"])

    def test_the_operator_gives_up(self):
        with self.untouched(), self.half_way(130) as (started, _):
            started.signal(signal.SIGINT)
        self.assertEqual(self.result.error, "error: no backup of shop was made: interrupted while dumping second\n")
        self.assert_next_is_complete()


if __name__ == "__main__":
    case.main()
