"""A stack whose PostgreSQL is outside of it: backed up, proved, restored and rehearsed with the clients of this host."""

import contextlib
import json
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine  # noqa: E402
from support.backups import GOOD1, GOOD2, BackupCase, upload  # noqa: E402
from support.case import must  # noqa: E402
from support.server import free_port  # noqa: E402
from support.waiting import until  # noqa: E402

IMAGE = "fixture/postgres:15"
COMPOSE = """\
services:
  web:
    image: {repository}:${{SHOP_TAG}}
    restart: unless-stopped
    ports:
      - "127.0.0.1:${{SHOP_PORT}}:8069"
      - "127.0.0.1:${{SHOP_CHAT_PORT}}:8072"
    environment:
      HOST: outside-db
      USER: odoo
      PASSWORD: of-the-release
      SHOP_DATABASES: shop
    networks: [default, outside]
    volumes:
      - web-data:/var/lib/odoo
networks:
  outside:
    external: true
    name: {network}
volumes:
  web-data:
"""
POLICY = """\
verify: {{timeout: 25s, settle: 0s}}
candidate: {{enabled: false}}
database: {{url-file: /etc/ballast/shop.url{more}}}
"""
SESSIONS = "select count(*) from pg_stat_activity where application_name like 'ballast %'"


class Outside:
    """A PostgreSQL in a container that belongs to no stack, on loopback and in a network of its own."""

    def __init__(self, name):
        self.name = name
        self.port = free_port()
        self.password = f"pw-{secrets.token_hex(12)}"
        label = f"{engine.PROJECT}={name}"
        self._docker("network", "create", "--label", label, name)
        self._docker("run", "--detach", "--name", name, "--label", label, "--network", name, "--network-alias",
                     "outside-db", "--publish", f"127.0.0.1:{self.port}:5432", "--env", "POSTGRES_USER=keeper",
                     "--env", "POSTGRES_DB=postgres", "--env", f"POSTGRES_PASSWORD={self.password}", IMAGE,
                     "postgres", "-c", "fsync=off")
        self.wait()
        self.query("create role odoo login createdb password 'of-the-release'")

    @staticmethod
    def _docker(*words):
        return subprocess.run(["docker", *words], check=True, text=True, capture_output=True, timeout=120).stdout

    def wait(self):
        until(self.answers, f"PostgreSQL answers on port {self.port}", 60)

    def answers(self):
        with contextlib.suppress(engine.EngineError):
            engine.execute(self.name, "pg_isready", "-q", "-h", "127.0.0.1")
            return True
        return False

    def query(self, sql, database="postgres"):
        return self._docker("exec", self.name, "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "keeper",
                            "-d", database, "-c", sql).split()

    def url(self, password=None):
        return f"postgres://keeper:{password or self.password}@127.0.0.1:{self.port}/postgres"

    def remove(self):
        engine.remove_project(self.name)


class OutsideCase(BackupCase):
    @classmethod
    def prepare(cls):
        cls.outside = Outside(f"{cls.server.prefix}-{secrets.token_hex(3)}")
        cls.addClassCleanup(cls.outside.remove)
        cls.stack = cls.server.stack()
        cls.addClassCleanup(cls.stack.remove)
        cls.stack.compose_path.write_text(COMPOSE.format(repository=cls.stack.repository, network=cls.outside.name))
        cls.policy()
        cls.write_url(cls.outside.url())
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))
        cls.uploaded = [upload(cls.stack, f"file{number}", f"content {number}".encode() * 50)["store_fname"]
                        for number in range(20)]

    @classmethod
    def policy(cls, more="", rest=""):
        cls.stack.set_policy(POLICY.format(more=more) + rest)

    @classmethod
    def write_url(cls, text, mode=0o600):
        cls.url_file = cls.server.path("etc/ballast/shop.url")
        cls.url_file.parent.mkdir(parents=True, exist_ok=True)
        cls.url_file.write_text(text + "\n")
        cls.url_file.chmod(mode)

    def rows_in(self, made, table):
        dump = pathlib.Path(made["folder"]) / "databases/shop.dump"
        text = subprocess.run(["pg_restore", "-f", "-", "-a", "-t", table, dump], check=True, capture_output=True,
                              timeout=120).stdout
        lines = text.decode().split("\n")
        first = next(number for number, line in enumerate(lines) if line.startswith(f"COPY public.{table} "))
        columns = lines[first].partition("(")[2].partition(")")[0].split(", ")
        return [dict(zip(columns, row.split("\t"))) for row in lines[first + 1:lines.index("\\.", first)]]

    def contents(self):
        """What the site answers for each attachment that a row names."""
        numbers = self.outside.query("select id from ir_attachment where url is null order by id", "shop")
        return {number: self.stack.get(f"/shop/attachment/{number}") for number in numbers}

    def restore(self, *options, status=0):
        result = self.assert_exit(self.server.run("restore", "shop", "--yes", *options, "--json"), status)
        return json.loads(result.stdout)

    def databases(self, where="true"):
        return self.outside.query(f"select datname from pg_database where datname not like 'template_' and {where} "
                                  "order by 1")

    def at(self):
        return f"the database server at 127.0.0.1:{self.outside.port}"


class Secret(OutsideCase):
    """The password of the url-file goes nowhere but into the environment of PostgreSQL's programs."""

    def test_no_argv_no_output_no_file(self):
        trace = self.server.path("trace")
        traceable = {"ASAN_OPTIONS": "detect_leaks=0"}
        said = ""
        for command in (["backup", "shop"], ["backup", "verify", "shop"], ["restore", "shop", "--yes"],
                        ["restore", "shop", "--confirm", "--yes"]):
            prefix = ["strace", "-f", "-qq", "-s", "100000", "-e", "trace=execve,execveat", "-A", "-o", str(trace)]
            result = self.assert_exit(self.server.run(*command, prefix=prefix, environment=traceable), 0)
            said += result.stdout + result.stderr
        traced = trace.read_text(errors="replace")
        for program in ("psql", "pg_dump", "pg_dumpall", "pg_restore"):
            self.assertIn(f'["{program}"', traced)
        for text in (said, traced, *self.kept()):
            self.assertNotIn(self.outside.password, text)

    def kept(self):
        """Everything that Ballast has written: sets, journal, history, locks."""
        for folder in ("srv/backups", "srv/deployments", "var/lib/ballast", "run/ballast"):
            for path in self.server.path(folder).rglob("*"):
                if path.is_file():
                    yield path.read_bytes().decode(errors="replace")


class Backup(OutsideCase):
    def test_a_set_is_whole(self):
        made = self.backup()
        self.assertTrue(made["complete"])
        self.assert_consistent(made)
        manifest = self.manifest(made)
        self.assertEqual((manifest["database_service"], manifest["database_image"]), ("", ""))
        database, = manifest["databases"]
        self.assertEqual((database["name"], database["owner"], database["odoo"]), ("shop", "odoo", True))
        self.assertEqual(database["rows"]["ir_attachment"],
                         int(self.outside.query("select count(*) from ir_attachment", "shop")[0]))
        self.assertEqual(self.outside.query(SESSIONS), ["0"])
        self.assert_exit(self.server.run("backup", "verify", "shop"), 0)

    def test_a_damaged_dump_is_found(self):
        made = self.backup()
        dump = pathlib.Path(made["folder"]) / "databases/shop.dump"
        dump.write_bytes(dump.read_bytes()[:-100])
        result = self.assert_exit(self.server.run("backup", "verify", "shop", made["id"]), 8)
        self.assertIn("databases/shop.dump: pg_restore ended with exit status 1: ", result.stdout)
        shutil.rmtree(made["folder"])

    def test_excluded_databases_stay_out(self):
        self.outside.query("create database test_other owner odoo")
        self.addCleanup(self.outside.query, "drop database test_other")
        self.policy(', exclude: ["test_*"]')
        self.addCleanup(self.policy)
        self.assertEqual([one["name"] for one in self.manifest(self.backup())["databases"]], ["shop"])

    def test_a_role_that_is_no_superuser(self):
        self.outside.query("create role reader login password 'of-the-reader' in role pg_read_all_data")
        self.addCleanup(self.outside.query, "drop role reader")
        self.write_url(f"host=127.0.0.1 port={self.outside.port} user=reader password=of-the-reader")
        self.addCleanup(self.write_url, self.outside.url())
        made = self.backup()
        self.assertTrue(made["complete"])
        roles = (pathlib.Path(made["folder"]) / "globals.sql").read_text()
        self.assertIn("CREATE ROLE odoo;", roles)
        self.assertNotIn("SCRAM", roles)

    def test_a_killed_backup_leaves_no_session(self):
        with self.locked_table():
            run = self.server.start("backup", "shop")
            until(lambda: self.outside.query(SESSIONS + " and wait_event = 'relation'") != ["0"], "it waits", 60)
            run.process.kill()
            run.finish()
            until(lambda: self.outside.query(SESSIONS + " and wait_event is distinct from 'relation'") == ["0"],
                  "the snapshot is let go", 20)
        until(lambda: self.outside.query(SESSIONS) == ["0"], "its sessions end", 20)
        self.assert_exit(self.server.run("recover", "shop"), 0)
        self.assertEqual(self.server.unfinished(), [])
        self.assertEqual(list((self.backups / "incoming").iterdir()), [])

    @contextlib.contextmanager
    def locked_table(self):
        """pg_dump waits for it."""
        held = subprocess.Popen(["docker", "exec", self.outside.name, "psql", "-q", "-U", "keeper", "-d", "shop", "-c",
                                 "begin", "-c", "lock table res_users", "-c", "select pg_sleep(100)"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        locks = "select count(*) from pg_locks where granted and mode = 'AccessExclusiveLock' and relation = " \
                "'res_users'::regclass"
        try:
            until(lambda: self.outside.query(locks, "shop") == ["1"], "the table is locked", 20)
            yield
        finally:
            self.outside.query("select pg_terminate_backend(pid) from pg_stat_activity where query = "
                               "'select pg_sleep(100)'")
            held.wait(timeout=20)

    def test_deploy_with_a_backup_before_it(self):
        self.policy(rest="backup: {before-deploy: required}\n")
        self.addCleanup(self.policy)
        must(self.stack.deploy(GOOD2))
        self.assert_running(self.stack, "good2")
        kinds = [one["kind"] for one in self.server.run("backup", "list", "shop", "--json").json()["sets"]]
        self.assertIn("pre-deploy", kinds)
        self.write_url(self.outside.url("not-the-one"))
        self.addCleanup(self.write_url, self.outside.url())
        self.assert_error(
            self.stack.deploy(GOOD1), 3,
            f"error: what {GOOD1} has to change in the databases of shop is not known: {self.at()} refuses the connection: "
            'password authentication failed for user "keeper"; nothing was changed\n'
            f"hint: correct {self.server.path('etc/ballast/shop.url')}\n")
        self.assert_error(
            self.stack.deploy(GOOD1, "--upgrade", "none"), 3,
            f"error: the backup before the deploy of shop failed: {self.at()} refuses the connection: password "
            'authentication failed for user "keeper"; nothing was changed\n'
            "hint: mend it, and see that it works: ballast backup shop\n")
        self.assert_running(self.stack, "good2")
        self.write_url(self.outside.url())
        must(self.stack.rollback())


class Refusals(OutsideCase):
    def tearDown(self):
        self.write_url(self.outside.url())
        self.policy()

    def refuses(self, text, status=3):
        self.assert_error(self.server.run("backup", "shop"), status, text)
        self.assertEqual(self.server.unfinished(), [])

    def test_the_server_is_down(self):
        engine.stop(self.outside.name)
        try:
            self.refuses(f"error: {self.at()} does not answer: Connection refused\n"
                         f"hint: is it up, and does it let this host in? where it is stands in {self.url_file}\n")
            result = self.assert_exit(self.server.run("verify", "shop"), 8)
            self.assertIn(f"the databases are not known: {self.at()} does not answer", result.stdout + result.stderr)
        finally:
            engine.start(self.outside.name)
            self.outside.wait()

    def test_the_password_is_wrong(self):
        self.write_url(self.outside.url("not-the-one"))
        self.refuses(f'error: {self.at()} refuses the connection: password authentication failed for user "keeper"\n'
                     f"hint: correct {self.url_file}\n")

    def test_the_host_has_no_address(self):
        self.write_url("postgres://keeper@no-such-host.invalid/postgres")
        result = self.assert_exit(self.server.run("backup", "shop"), 3)
        self.assertIn("the database server at no-such-host.invalid:5432 does not answer: could not translate host name",
                      result.stderr)

    def test_others_may_read_the_file(self):
        self.write_url(self.outside.url(), 0o644)
        text = f"{self.url_file} holds a password and is open to others (mode 0644)"
        self.refuses(f"error: {text}\nhint: chmod 0600 {self.url_file}\n")
        result = self.assert_exit(self.stack.deploy(GOOD2), 3)
        self.assertIn(f"stack-files {self.url_file}: {text}", result.stderr)
        self.assertEqual(self.stack.version(), GOOD1)

    def test_the_file_is_another_ones(self):
        os.chown(self.url_file, 65534, 65534)
        self.addCleanup(os.chown, self.url_file, 0, 0)
        self.refuses(f"error: {self.url_file} holds a password and belongs to nobody, not to root\n"
                     f"hint: chown root {self.url_file}\n")

    def test_the_file_is_missing(self):
        self.url_file.unlink()
        self.refuses(f"error: {self.url_file} is missing: it says where the database server is\n"
                     "hint: write it: (umask 077 && echo 'postgres://USER:PASSWORD@HOST:5432/postgres' > "
                     f"{self.url_file})\n")

    def test_the_file_holds_no_address(self):
        self.write_url("hunter2")
        result = self.assert_exit(self.server.run("backup", "shop"), 2)
        self.assertIn(f"error: {self.url_file} does not hold the address of a database server: libpq cannot read it\n",
                      result.stderr)
        self.assertNotIn("hunter2", result.stderr)

    def test_a_service_too(self):
        self.policy(", service: web")
        self.refuses(f"error: {self.stack.policy_path}:3: `database.service` (web) and `database.url-file` "
                     "(/etc/ballast/shop.url) are both given\nhint: keep the one that tells where PostgreSQL runs: a "
                     "service of the stack, or a server outside of it\n", 2)

    def test_a_drill_without_an_image(self):
        made = self.backup()
        self.assert_error(self.server.run("drill", "shop"), 3,
                          f"error: the databases of {made['id']} are of a server outside the stack: a drill needs an "
                          "image for a throw-away one; nothing was drilled\n"
                          f"hint: write `database: {{image: postgres:15}}` into {self.stack.policy_path}\n")


@case.long_form
class Restore(OutsideCase):
    def tearDown(self):
        self.outside.query("drop database if exists shop_copy with (force)")
        shutil.rmtree(self.filestore.with_name("shop_copy"), ignore_errors=True)
        self.server.run("restore", "shop", "--confirm", "--yes")
        self.assertEqual(self.databases(), ["postgres", "shop"])
        self.assertEqual(self.outside.query("select rolname from pg_roles where rolname like 'ballast%'"), [])

    def back_and_forth(self, *options):
        made = self.backup()
        then = self.contents()
        upload(self.stack, "new", b"written after the backup")
        now = self.contents()
        restored = self.restore(*options)
        self.assertEqual((restored["set"], restored["databases"]), (made["id"], ["shop"]))
        self.assertEqual(self.contents(), then)
        kept = f"shop__before_{restored['operation'].lower()}"
        self.assertEqual(self.databases(), ["postgres", "shop", kept])
        self.assertEqual(self.databases("datallowconn"), ["postgres", "shop"])
        self.restore("--undo")
        self.assertEqual(self.contents(), now)
        self.assert_running(self.stack, "good1")

    def test_whole(self):
        self.back_and_forth()

    @case.long_form
    def test_one_database(self):
        self.back_and_forth("--database", "shop")

    def test_the_space_there_is_not_known(self):
        self.backup()
        result = self.assert_exit(self.server.run("restore", "shop", "--yes"), 0)
        self.assertRegex(result.stderr, "space on the database server: unknown, it is outside the stack; the copies "
                                        r"need about [\d.]+ MB there")

    def test_a_copy_beside_it(self):
        self.backup()
        self.restore("--database", "shop", "--as", "shop_copy")
        self.assertEqual(self.databases("datallowconn"), ["postgres", "shop", "shop_copy"])
        neutralised = "select value from ir_config_parameter where key = 'database.is_neutralized'"
        self.assertEqual(self.outside.query(neutralised, "shop_copy"), ["true"])
        self.assertEqual(self.outside.query(neutralised, "shop"), [])

    def test_the_server_goes_away_meanwhile(self):
        self.backup()
        now = self.contents()
        run = self.server.start("restore", "shop", "--yes")
        run.wait_for_words("verify .*, look for space")
        engine.stop(self.outside.name)
        result = run.finish()
        engine.start(self.outside.name)
        self.outside.wait()
        self.assertIn(result.status, (1, 3, 5), result)
        self.assertNotIn(self.outside.password, str(result))
        self.stack.wait_until_good()
        self.assertEqual(self.contents(), now)
        self.drop_copies()

    def drop_copies(self):
        """What could not be dropped while the server was away: by hand, as a person would."""
        for name in self.databases("datname like '%__restore_%'"):
            self.outside.query(f'alter database "{name}" is_template false')
            self.outside.query(f'drop database "{name}" with (force)')
        self.outside.query("drop role if exists ballast_staging")


@case.long_form
class ByHand(OutsideCase):
    """RESTORE.md, word for word, with the clients of this host."""

    def follow(self, made, **variables):
        notes = (pathlib.Path(made["folder"]) / "RESTORE.md").read_text()
        self.assertNotIn(self.outside.password, notes)
        environment = {**os.environ, "STACK": str(self.stack.directory), "COMPOSE": self.server.generation.program,
                       **variables}
        commands = "\n".join(re.findall(r"(?ms)^```sh\n(.*?)^```$", notes))
        return subprocess.run(["bash", "-e", "-c", commands], cwd=made["folder"], env=environment, capture_output=True,
                              text=True, timeout=300)

    def test_the_notes_alone(self):
        then = self.contents()
        made = self.backup()
        upload(self.stack, "new", b"written after the backup")
        self.assertIn("export PGHOST, PGPORT, PGUSER and PGPASSWORD first", self.follow(made).stderr)
        done = self.follow(made, PGHOST="127.0.0.1", PGPORT=str(self.outside.port), PGUSER="keeper",
                           PGPASSWORD=self.outside.password)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.stack.wait_until_good()
        self.assertEqual(self.contents(), then)


@case.long_form
class Drill(OutsideCase):
    def test_in_a_throw_away_server(self):
        self.policy(f", image: '{IMAGE}'")
        made = self.backup()
        report = self.assert_exit(self.server.run("drill", "shop", "--json"), 0).json()
        self.assertTrue(report["passed"])
        self.assertEqual(report["set"], made["id"])
        self.assertTrue(any(check.startswith("web-login shop: 200") for check in report["checks"]), report)
        self.assertEqual(self.databases(), ["postgres", "shop"])

    def test_its_image_is_not_here(self):
        self.policy(", image: 'no-such-image:1'")
        self.backup()
        self.assert_error(self.server.run("drill", "shop"), 3,
                          "error: the image no-such-image:1 is not on this machine; nothing was drilled\n"
                          "hint: pull it: docker pull no-such-image:1\n")


if __name__ == "__main__":
    case.main()
