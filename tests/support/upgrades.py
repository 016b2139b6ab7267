"""What the tests of releases that change the database share: tenants with data, and proof of what became of it."""

import contextlib
import socket
import threading
import time
import urllib.parse

from support import engine, fixtures
from support.backups import in_database, post, query
from support.case import QUICK, ServerCase, must
from support.server import get

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")
UPGRADE1, UPGRADE2 = fixtures.tag("upgrade1"), fixtures.tag("upgrade2")
TENANTS = ("ten_a", "ten_b", "ten_c")
BACKED_UP = QUICK + "backup: {before-deploy: required}\n"
UNREHEARSED = BACKED_UP + "rehearse: off\n"
OPERATION = "tools.ballast.operation"
# One row a table: its name, how many rows it has, and a digest of them all.
EVERY_TABLE = """
    select relname, (xpath('/row/n/text()', x))[1], (xpath('/row/d/text()', x))[1] from (
        select relname, query_to_xml(format(
            'select count(*) n, md5(coalesce(string_agg(t::text, chr(10) order by t::text), '''')) d from %I t{only}', relname),
            false, true, '') x
        from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace) tables order by 1"""
OTHERS = "select datname from pg_database where datname not in ('postgres', 'template0', 'template1') order by 1"
JOBS = "update ir_cron set active = {} where code in ('heartbeat', 'mail')"


WITHOUT_BUNDLES = " where to_jsonb(t) ->> ''url'' is null"  # which each release makes anew for its login page


def table_digests(stack, databases=TENANTS, bundles=True):
    """(database, table) → how many rows, and a digest of them all."""
    sql = EVERY_TABLE.format(only="" if bundles else WITHOUT_BUNDLES)
    return {(name, table): (count, digest) for name in databases
            for table, count, digest in (row.split("|") for row in query(stack, sql, name))}


def database_names(stack):
    return query(stack, OTHERS, "postgres")


def modules(stack, database):
    """Name → state and version."""
    rows = in_database(stack, "psql", "-XqAt", "-U", "odoo", "-d", database, "-c",
                       "select name, state, latest_version from ir_module_module order by 1").splitlines()
    return {name: (state, version) for name, state, version in (row.split("|") for row in rows)}


def set_jobs(stack, active):
    """Whether the shop's own jobs run, which write a row each second. Returns when none is at work."""
    for name in TENANTS:
        query(stack, JOBS.format(str(active).lower()), name)
    time.sleep(0 if active else 1.5)


def order(stack, database, note):
    return post(stack, f"/shop/order?db={database}&note={urllib.parse.quote(note)}")


def notes(stack, database):
    return set(query(stack, "select note from shop_order", database))


class Customer(threading.Thread):
    """Orders something again and again, and keeps what was promised: `ordered` are the notes that were answered with 200."""

    def __init__(self, stack, database, pause=0.05):
        super().__init__(daemon=True)
        self._stack, self._database, self._pause = stack, database, pause
        self._ended = threading.Event()
        self.ordered = []  # (when, note)
        self.failed = 0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *ignored):
        self._ended.set()
        self.join()

    def run(self):
        number = 0
        while not self._ended.wait(self._pause):
            number += 1
            note = f"order-{number}"
            try:
                order(self._stack, self._database, note)
                self.ordered.append((time.time(), note))
            except OSError:
                self.failed += 1

    def promised(self):
        return {note for _, note in self.ordered}


class MailSink:
    """Where the shop's mail goes: takes one line of each connection. It is reached from every network of the machine."""

    def __init__(self):
        self.lines = []
        self._listener = socket.create_server(("0.0.0.0", 0), backlog=100)
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _take(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                connection, _ = self._listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(2)
                    self.lines.append(connection.recv(200).decode().strip())

    def give_to(self, stack):
        """Every tenant sends its mail here."""
        network, = stack.container("web")["NetworkSettings"]["Networks"].values()
        port = self._listener.getsockname()[1]
        for name in TENANTS:
            query(stack, "insert into ir_mail_server (name, smtp_host, smtp_port) "
                         f"values ('sink', '{network['Gateway']}', {port})", name)

    def senders(self):
        """(database, host) of each line."""
        return {tuple(line.removeprefix("mail from ").split(" on ")) for line in list(self.lines)}


class UpgradeCase(ServerCase):
    """Three tenants with orders and attachments, on good1."""

    policy = BACKED_UP
    tags = ("good1", "good2", "upgrade1", "upgrade2")

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack("tenants", policy=cls.policy)
        for name in cls.tags:
            cls.stack.offer(fixtures.tag(name))
        must(cls.stack.deploy(GOOD1))
        for name in TENANTS:
            for number in range(3):
                order(cls.stack, name, f"before-{number}")
            upload_to(cls.stack, name, f"invoice-{name}", f"invoice of {name}".encode() * 100)

    def deploy(self, name, *options, status=0, **more):
        return self.assert_exit(self.stack.deploy(fixtures.tag(name), *options, **more), status)

    def history_since(self, known):
        return [(entry[1], entry[3]) for entry in self.server.history()[known:]]

    def passing_containers(self):
        """What an operation of this server made for a while: marked with it."""
        ours = {row["id"] for row in self.server.journal("select id from operation")}
        return [one["Name"] for label in (OPERATION, engine.CANDIDATE) for one in engine.containers(label)
                if one["Config"]["Labels"][label] in ours]

    def assert_nothing_of_it_left(self, databases=TENANTS):
        """No container, no database and no role that the operation made on its way."""
        self.assertEqual(self.passing_containers(), [])
        self.assertEqual(database_names(self.stack), sorted(databases))
        self.assertEqual(query(self.stack, "select rolname from pg_roles where rolname like 'ballast%'", "postgres"), [])
        self.assert_nothing_left(self.stack)

    def assert_tenants_run(self, name):
        """The release serves every tenant, and everything that is kept agrees."""
        self.assert_running(self.stack, name)
        for database in TENANTS:
            self.assertEqual(get(f"{self.stack.url}/shop/orders?db={database}")[0], 200)
            numbers = query(self.stack, "select id from ir_attachment order by id", database)
            for number in numbers:
                answer = get(f"{self.stack.url}/shop/attachment/{number}?db={database}")
                self.assertEqual(answer[0], 200, f"attachment {number} of {database}: {answer}")

    @contextlib.contextmanager
    def every_row_equal(self, *besides):
        """What the block does leaves each table of each database as it was, but for (database, table) of `besides`.
        The shop's own jobs rest."""
        set_jobs(self.stack, False)
        before = self._digests_but(besides)
        try:
            yield
            self.assertEqual(self._digests_but(besides), before)
        finally:
            set_jobs(self.stack, True)

    def _digests_but(self, besides):
        return {key: digest for key, digest in table_digests(self.stack).items() if key not in besides}


def upload_to(stack, database, name, content):
    return post(stack, f"/shop/upload?db={database}&name={name}", content)


