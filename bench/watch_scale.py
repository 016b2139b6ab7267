"""`ballast watch` with ever more stacks, on an engine and sites that are only pretended; the database server is real."""

import contextlib
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

from fleet import NAME, PROJECT, REPOSITORY, Fleet
from measuring import Load, print_table, tell
from support import fixtures, server
from support.daemon import Daemon
from support.waiting import until

SIZES = (10, 50, 100, 200)
INTERVAL = 5
WARM_UP = 30
LONGEST = 2  # minutes for each size
TOLERANCE = 1.1  # of a growth that is measured
PROGRAMS = pathlib.Path("/usr/lib/postgresql")
SCHEMA = "CREATE TABLE ir_module_module (name text)"


class Database:
    """One PostgreSQL server of Debian's for all stacks, with one database that looks like Odoo's."""

    def __init__(self, folder):
        self.port = server.free_port()
        self._folder = folder / "postgres"
        self._folder.mkdir()
        shutil.chown(self._folder, "postgres", "postgres")
        self._programs = max(PROGRAMS.glob("*/bin"))
        self._run("initdb", "-D", self._folder / "data", "-U", "odoo", "-A", "trust", "-N")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self._folder} -c max_connections=500 -c fsync=off"
        self._run("pg_ctl", "-D", self._folder / "data", "-l", self._folder / "log", "-w", "-o", options, "start")
        self._psql("postgres", "CREATE DATABASE shop")
        self._psql("shop", SCHEMA)

    def _run(self, program, *arguments):
        subprocess.run(["runuser", "-u", "postgres", "--", self._programs / program, *arguments], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)

    def _psql(self, database, sql):
        self._run("psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "odoo", "-d", database, "-c", sql)

    def close(self):
        self._run("pg_ctl", "-D", self._folder / "data", "-m", "immediate", "stop")


class Root:
    """The folder of a server with that many stacks; what `Daemon` asks of a server."""

    def __init__(self, folder, fleet):
        self.folder = folder
        self.metrics_port = server.free_port()
        for number, port in enumerate(fleet.ports):
            settings = {"COMPOSE_PROJECT_NAME": PROJECT.format(number), "SHOP_PORT": port, "SHOP_CHAT_PORT": port,
                        fixtures.TAG_VARIABLE: fixtures.tag("good1"), "POSTGRES_PASSWORD": "odoo"}
            fixtures.make_stack("shop", folder / "srv/stacks" / NAME.format(number), REPOSITORY, settings)
        (folder / "etc/ballast").mkdir(parents=True)
        (folder / "etc/ballast/ballast.yaml").write_text(
            f"watch: {{interval: {INTERVAL}s}}\nmetrics: {{listen: \"127.0.0.1:{self.metrics_port}\"}}\n")

    def argv(self, *arguments):
        return [server.binary(), arguments[0], "--root", str(self.folder), *arguments[1:]]

    def environment(self, **more):
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **more}

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=20) as answer:
            lines = answer.read().decode().splitlines()
        return int(next(line for line in lines if line.startswith(name + " ")).split()[1])


class Size:
    """What was measured with that many stacks."""

    def __init__(self, stacks, load, gap, missed):
        self.stacks = stacks
        self.percent, self.children = load.percent()
        self.memory, self.private = load.memory, load.private
        self.gap = gap
        self.missed = missed

    def row(self):
        return (str(self.stacks), f"{self.percent:.2f} %", f"{self.percent * 10 / self.stacks:.2f} ms",
                f"{self.memory / 1e6:.1f} MB", f"{self.private / 1e6:.1f} MB", f"{self.memory / 1e3 / self.stacks:.0f} kB",
                str(self.missed), f"{self.gap:.2f} s")


def run(stacks, seconds, database):
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ballast-bench-scale-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        fleet = Fleet(folder, stacks, database.port)
        stack.callback(fleet.close)
        root = Root(folder, fleet)
        daemon = Daemon(root, BALLAST_DOCKER_SOCKET=fleet.socket)
        stack.callback(daemon.end)
        until(lambda: min(fleet.told()["asked"]) > 1, "every site is asked", seconds=60)
        time.sleep(WARM_UP)
        fleet.told()
        load = Load(daemon.process.pid)
        until_when = time.monotonic() + seconds
        while time.monotonic() < until_when:
            load.look()
            time.sleep(1)
        told = fleet.told()
        if told["strange"]:
            tell(f"the engine was asked for what it does not pretend: {json.dumps(told['strange'])}")
        return Size(stacks, load, told["gap"], root.metric("ballast_missed_looks_total"))


def measure(options):
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ballast-bench-database-"))
        folder.chmod(0o755)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        database = Database(folder)
        stack.callback(database.close)
        sizes = []
        for stacks in SIZES:
            sizes.append(run(stacks, 60 * min(options.minutes, LONGEST), database))
            tell(f"{stacks} stacks: {sizes[-1].percent:.2f} % of a core, {sizes[-1].memory / 1e6:.1f} MB")
    print("Growth, each stack with two containers that are only pretended\n")
    print_table(("stacks", "processor", "each, in a second", "memory", "of it private", "memory each", "missed looks",
                 "longest time between two"), [size.row() for size in sizes])
    return goals_of(sizes)


def goals_of(sizes):
    first, last = sizes[0], sizes[-1]
    times = last.stacks / first.stacks
    processor = last.percent / first.percent / times
    memory = last.memory / first.memory / times
    missed = sum(size.missed for size in sizes)
    gap = max(size.gap for size in sizes)
    name = f"{{}} of {last.stacks} stacks, each, against {first.stacks}"
    return [
        (name.format("processor time"), f"≤ {TOLERANCE}", f"{processor:.2f}", processor <= TOLERANCE),
        (name.format("memory"), f"≤ {TOLERANCE}", f"{memory:.2f}", memory <= TOLERANCE),
        ("looks that began an interval late", "0", str(missed), missed == 0),
        ("longest time between two looks at a site", f"< {2 * INTERVAL} s", f"{gap:.1f} s", gap < 2 * INTERVAL),
    ]
