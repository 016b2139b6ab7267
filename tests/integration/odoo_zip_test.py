"""Archives of Odoo's own database manager: written from a set, and made a database beside the others."""

import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, engine, fixtures  # noqa: E402
from support.backups import in_database, post, query  # noqa: E402
from support.case import WITHOUT_CANDIDATE, ServerCase, must  # noqa: E402
from support.waiting import until  # noqa: E402

GOOD1 = fixtures.tag("good1")
OPERATION = "tools.ballast.operation"
ALL = "select datname from pg_database where datname not like 'template_' and datname <> 'postgres' order by 1"
TENANTS = ["ten_a", "ten_b", "ten_c"]
NEUTRALISED = "select value from ir_config_parameter where key = 'database.is_neutralized'"
NAMED = "select store_fname from ir_attachment where store_fname is not null order by 1"
TABLES = ("ir_module_module", "ir_attachment", "res_users", "shop_order")  # what no job changes
UNACCENT = """create extension unaccent; alter function unaccent(text) immutable;
              create index by_unaccented on res_users (unaccent(login))"""


class ZipCase(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack("tenants", policy=WITHOUT_CANDIDATE)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))
        cls.uploaded = [post(cls.stack, f"/shop/upload?db=ten_a&name=file{number}", f"content {number}".encode() * 50)
                        ["store_fname"] for number in range(5)]
        query(cls.stack, UNACCENT, "ten_a")
        cls.set = must(cls.server.run("backup", "tenants", "--json")).json()["id"]
        cls.folder = pathlib.Path(tempfile.mkdtemp(dir=cls.server.root))

    @property
    def backups(self):
        return self.server.path("srv/backups/tenants")

    @property
    def filestore(self):
        mount, = [one for one in self.stack.container("web")["Mounts"] if one["Destination"] == "/var/lib/odoo"]
        return pathlib.Path(mount["Source"]) / "filestore"

    def export(self, *options, database="ten_a", file=None, status=0):
        file = file or self.folder / f"{self.id().rpartition('.')[2]}.zip"
        result = self.server.run("backup", "export", "tenants", self.set, "--odoo-zip", str(file), "--database", database,
                                 "--json", *options)
        self.assert_exit(result, status)
        return file, result

    def bring(self, file, *options, status=0):
        return self.assert_exit(self.server.run("backup", "import", "tenants", str(file), "--json", *options), status)

    def rows(self, database, tables=TABLES):
        return {table: query(self.stack, f"select * from {table} order by 1", database) for table in tables}

    def files(self, database):
        found = {}
        for path in (self.filestore / database).glob("??/*"):
            info = path.stat()
            found[path.name] = (hashlib.sha1(path.read_bytes()).hexdigest(), info.st_uid, info.st_gid, oct(info.st_mode))
        return found

    def login_page(self, database):
        """The first answer chooses the database and redirects."""
        visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with visitor.open(f"{self.stack.url}/web/login?db={database}", timeout=20) as answer:
            return answer.status

    def drop(self, *names):
        for name in names:
            in_database(self.stack, "psql", "-U", "odoo", "-d", "postgres", "-c", f"drop database if exists {name} with (force)")
            shutil.rmtree(self.filestore / name, ignore_errors=True)

    def assert_only(self, *names):
        self.assertEqual(query(self.stack, ALL, "template1"), sorted(names))
        self.assertEqual({path.name for path in self.filestore.iterdir()}, set(names))
        self.assertEqual(query(self.stack, "select rolname from pg_roles where rolname like 'ballast%'", "template1"), [])
        self.assertEqual(list((self.backups / "incoming").glob("*")), [])
        ours = {row["id"] for row in self.server.journal("select id from operation")}
        left = [one["Name"] for one in engine.containers(OPERATION) if one["Config"]["Labels"][OPERATION] in ours]
        self.assertEqual(left, [])
        self.assertEqual(self.server.unfinished(), [])

    def plain_dump(self, database="ten_a"):
        return subprocess.run(["docker", "exec", self.stack.container("db")["Id"], "pg_dump", "--no-owner", "-U", "odoo",
                               database], check=True, capture_output=True, timeout=120).stdout

    def odoos_zip(self, dump, **options):
        """As odoo/service/db.py packs one: the filestore as it is, with its markers."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as packed:
            packed.writestr("dump.sql", dump)
            packed.writestr("manifest.json", json.dumps({"odoo_dump": "1", "db_name": "ten_a", "version": "18.0-20260101"}))
            packed.writestr("filestore/checklist/00/" + 40 * "0", "")
            for path in (self.filestore / "ten_a").glob("??/*"):
                name = f"{path.parent.name}/{path.name}"
                if name not in options.get("without", ()):
                    packed.writestr(f"filestore/{name}", options.get("instead", {}).get(name, path.read_bytes()))
        return self.write(content.getvalue())

    def write(self, content):
        file = self.folder / "given.zip"
        file.write_bytes(content)
        return file


class Exported(ZipCase):
    def test_it_is_what_odoo_itself_would_write(self):
        file, result = self.export()
        named = query(self.stack, NAMED, "ten_a")
        with zipfile.ZipFile(file) as packed:
            self.assertIsNone(packed.testzip())
            names = packed.namelist()
            self.assertEqual(names, ["dump.sql", *(f"filestore/{name}" for name in named), "manifest.json"])
            self.assertTrue(set(self.uploaded) <= set(named))
            for name in named:
                self.assertEqual(hashlib.sha1(packed.read(f"filestore/{name}")).hexdigest(), name.rpartition("/")[2])
            manifest = json.loads(packed.read("manifest.json"))
            dump = packed.read("dump.sql").decode()
        modules = dict(row.split("|") for row in query(self.stack, "select name, latest_version from ir_module_module "
                                                                   "where state = 'installed'", "ten_a"))
        self.assertEqual(manifest, {"odoo_dump": "1", "db_name": "ten_a", "version": "18.0",
                                    "version_info": [18, 0, 0, "final", 0, ""], "major_version": "18.0",
                                    "pg_version": "15.0", "modules": modules})
        self.assertNotIn(" OWNER TO ", dump)
        told = result.json()
        self.assertEqual((told["schema"], told["set"], told["database"], told["file"], told["bytes"], told["attachments"]),
                         ("ballast.backup-export/1", self.set, "ten_a", str(file), file.stat().st_size, len(named)))
        self.assertEqual(told["sha256"], hashlib.sha256(file.read_bytes()).hexdigest())
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        subprocess.run(["unzip", "-tq", file], check=True, capture_output=True, timeout=60)
        self.assert_only(*TENANTS)

    def test_odoos_own_way_brings_it_back(self):
        """restore_db in odoo/service/db.py, without Odoo."""
        file, _ = self.export()
        out = self.folder / "extracted"
        with zipfile.ZipFile(file) as packed:
            packed.extractall(out, [name for name in packed.namelist() if name == "dump.sql" or name.startswith("filestore/")])
        self.addCleanup(self.drop, "ten_odoo")
        in_database(self.stack, "createdb", "-U", "odoo", "-T", "template0", "ten_odoo")
        query(self.stack, "create extension unaccent; alter function unaccent(text) immutable", "ten_odoo")
        with (out / "dump.sql").open("rb") as dump:
            loaded = subprocess.run(["docker", "exec", "-i", self.stack.container("db")["Id"], "psql", "-q", "-U", "odoo", "-d",
                                     "ten_odoo", "-f", "-"], stdin=dump, capture_output=True, text=True, timeout=120)
        self.assertEqual((loaded.returncode, loaded.stderr), (0, ""))
        self.assertEqual(self.rows("ten_odoo"), self.rows("ten_a"))
        found = {path.name: path.read_bytes() for path in (out / "filestore").glob("??/*")}
        live = {path.name: path.read_bytes() for path in (self.filestore / "ten_a").glob("??/*")}
        self.assertEqual(found, live)

    def test_words(self):
        file, _ = self.export()
        _, result = self.export(file=file, status=2)
        self.assertEqual(result.error, f"error: {file} exists already; no {file} was written\n"
                                       "hint: give another name, or remove it first\n")
        other = self.folder / "other.zip"
        _, result = self.export(database="ten_x", file=other, status=2)
        self.assertEqual(result.error, f"error: {self.set} has no database `ten_x`; no {other} was written\n"
                                       "hint: databases in it: ten_a, ten_b, ten_c\n")
        result = self.server.run("backup", "export", "tenants", "--odoo-zip", str(other))
        self.assert_error(result, 2, f"error: {self.set} has 3 databases: an archive holds one; no {other} was written\n"
                                     "hint: say which: --database NAME, of ten_a, ten_b, ten_c\n")
        self.assert_error(self.server.run("backup", "export", "tenants"), 2,
                          "error: no file to write was given\nhint: usage: ballast backup export tenants [SET] --odoo-zip FILE\n")
        absent = self.folder / "no/such/x.zip"
        _, result = self.export(file=absent, status=2)
        self.assertEqual(result.error, f"error: there is no folder {absent.parent}/; no {absent} was written\n"
                                       f"hint: make it first: mkdir -p {absent.parent}/\n")

    def test_a_damaged_set_gives_no_archive(self):
        pool, dump = self.backups / "pool" / self.uploaded[0], self.backups / f"sets/{self.set}/databases/ten_a.dump"
        for path, name in ((pool, f"pool/{self.uploaded[0]}: other content than its name says"),
                           (dump, "databases/ten_a.dump: other content than recorded")):
            with self.subTest(path.name):
                content = path.read_bytes()
                path.write_bytes(content[:-1] + b"!")
                self.addCleanup(path.write_bytes, content)
                file, result = self.export(status=7)
                path.write_bytes(content)
                self.assertEqual(result.error, f"error: {self.set} is damaged; no {file} was written\n  {name}\n"
                                               f"hint: see all that is wrong: ballast backup verify tenants {self.set}\n")
                self.assertEqual([path.name for path in self.folder.glob("*damaged*")], [])
                self.assertEqual([path.name for path in self.folder.glob(".*")], [])
                self.assert_only(*TENANTS)

    @case.long_form
    def test_killed_half_way_nothing_is_left(self):
        file = self.folder / "killed.zip"
        started = self.server.start("backup", "export", "tenants", "--odoo-zip", str(file), "--database", "ten_a")
        until(lambda: list(self.folder.glob(".killed.zip.ballast-*")), "the archive being written")
        started.kill_group()
        started.finish()
        must(self.server.run("recover", "tenants"))
        self.assertEqual([path.name for path in self.folder.glob("*killed*")], [])
        self.assert_only(*TENANTS)


class Imported(ZipCase):
    def tearDown(self):
        self.drop(*(set(query(self.stack, ALL, "template1")) - set(TENANTS)))

    def test_there_and_back(self):
        file, _ = self.export()
        before = self.stack.container("web")
        told = self.bring(file, "--as", "ten_new").json()
        self.assertEqual((told["schema"], told["database"], told["neutralised"], told["lost_in_production"]),
                         ("ballast.backup-import/1", "ten_new", True, []))
        self.assert_only("ten_new", *TENANTS)
        self.assertEqual(self.rows("ten_new"), self.rows("ten_a"))
        self.assertEqual(self.files("ten_new"), self.files("ten_a"))
        self.assertEqual(query(self.stack, NEUTRALISED, "ten_new"), ["true"])
        self.assertEqual(query(self.stack, NEUTRALISED, "ten_a"), [])
        self.assertEqual(self.login_page("ten_new"), 200)
        self.assertEqual(self.stack.container("web")["Id"], before["Id"])
        about = "select pg_get_userbyid(datdba), datistemplate, datallowconn, datcollate, datctype from pg_database where datname = "
        self.assertEqual(query(self.stack, about + "'ten_new'", "ten_a"), query(self.stack, about + "'ten_a'", "ten_a"))
        result = self.bring(file, status=3)
        self.assertEqual(result.error, "error: the name ten_a is taken in tenants; nothing was changed\n"
                                       "hint: choose another one: --as NAME\n")

    def test_one_of_odoos_own_with_its_jobs(self):
        self.assertIn(b"\n\\restrict ", self.plain_dump())
        result = self.server.run("backup", "import", "tenants", str(self.odoos_zip(self.plain_dump())), "--as", "ten_live", "--live")
        self.assertRegex(must(result).stdout, r"(?m)^tenants: ten_live is there, with its mail and jobs, \d+ attachments \(")
        self.assertEqual(self.rows("ten_live"), self.rows("ten_a"))
        self.assertEqual(query(self.stack, NEUTRALISED, "ten_live"), [])
        self.assert_only("ten_live", *TENANTS)

    @case.long_form
    def test_what_only_the_other_server_knows_is_left_out(self):
        head = b"SET statement_timeout = 0;\n"
        dump = self.plain_dump().replace(head, head + b"SET transaction_timeout = 0;\n", 1)
        acl = (b"--\n-- Name: TABLE res_users; Type: ACL; Schema: public; Owner: -\n--\n\n"
               b"GRANT SELECT ON TABLE public.res_users TO absent;\n\n--\n-- PostgreSQL database dump complete")
        dump = dump.replace(b"--\n-- PostgreSQL database dump complete", b"ALTER TABLE public.res_users OWNER TO absent;\n" + acl)
        result = self.bring(self.odoos_zip(dump), "--as", "ten_other")
        self.assertIn("left out: 2 statements on owners and privileges of the other server", result.stderr)
        self.assertEqual(self.rows("ten_other", ("res_users",)), self.rows("ten_a", ("res_users",)))

    @case.long_form
    def test_the_role_of_the_others_owns_it_all(self):
        query(self.stack, "create role shopkeeper login", "ten_a")
        query(self.stack, "alter database ten_a owner to shopkeeper", "ten_a")
        try:
            self.bring(self.odoos_zip(self.plain_dump()), "--as", "ten_owned")
            owners = "select distinct tableowner from pg_tables where schemaname = 'public'"
            self.assertEqual(query(self.stack, owners, "ten_owned"), ["shopkeeper"])
            owner = "select pg_get_userbyid(datdba) from pg_database where datname = 'ten_owned'"
            self.assertEqual(query(self.stack, owner, "ten_owned"), ["shopkeeper"])
            self.assert_only("ten_owned", *TENANTS)
        finally:
            query(self.stack, "alter database ten_a owner to odoo", "ten_a")
            self.drop("ten_owned")
            query(self.stack, "drop role shopkeeper", "ten_a")

    @case.long_form
    def test_what_production_had_lost_is_told(self):
        lost, torn = sorted(self.uploaded[:2])
        file = self.odoos_zip(self.plain_dump(), without=[lost], instead={torn: b"torn"})
        told = self.bring(file, "--as", "ten_lossy").json()
        expected = [{"attachment": lost, "what": "missing"}, {"attachment": torn, "what": "damaged"}]
        self.assertEqual(told["lost_in_production"], expected)
        strict = self.server.run("backup", "import", "tenants", str(file), "--as", "ten_strict", "--strict")
        self.assert_exit(strict, 7)
        self.assertIn(f"\n  missing in the archive: {lost}\n  damaged in the archive: {torn}\n", strict.stdout)
        self.assert_only("ten_lossy", "ten_strict", *TENANTS)

    def test_bad_archives(self):
        dump, manifest = self.plain_dump(), '{"db_name": "ten_bad"}'
        link = zipfile.ZipInfo("filestore/00/" + 40 * "0")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        end = dump.index(b"-- PostgreSQL database dump complete")
        foreign = "Odoo's own database manager would not have written it"
        elsewhere = "compare its size and checksum with where it comes from"
        cases = {
            "no dump": (2, {"manifest.json": manifest}, "{file} has no dump.sql",
                        "it is no archive of Odoo's database manager, which has dump.sql, filestore/ and manifest.json at its top"),
            "no name": (2, {"dump.sql": dump}, "{file} does not tell the name of its database", "give one: --as NAME"),
            "bad name": (2, {"dump.sql": dump, "manifest.json": '{"db_name": "../x"}'}, "`../x` cannot be the name of a database",
                         "letters, digits, `_`, `.` and `-`, the first a letter or a digit, at most 63 bytes: --as NAME"),
            "leads out": (2, {"dump.sql": dump, "../x": b""}, "{file} holds `../x`, which leads out of it", foreign),
            "absolute": (2, {"dump.sql": dump, "/etc/x": b""}, "{file} holds `/etc/x`, which leads out of it", foreign),
            "a link": (2, {"dump.sql": dump, link: "/etc/passwd"}, f"{{file}} holds `{link.filename}`, which is no file", foreign),
            "no manifest": (2, {"dump.sql": dump, "manifest.json": "{"}, "manifest.json of {file} is no JSON object", foreign),
            "bad SQL": (1, {"dump.sql": b"create tabel x;\n" + dump[end:], "manifest.json": manifest},
                        'dump.sql could not be loaded: psql ended with exit status 3: dump.sql:1: ERROR:  syntax error at or near '
                        '"tabel"\\nLINE 1: create tabel x;\\n               ^; nothing of tenants was changed', ""),
            "connects": (2, {"dump.sql": b"\\connect ten_a\n" + dump, "manifest.json": manifest},
                         "dump.sql holds the command `\\connect ten_a` of psql, which may lead out of the database that it is loaded into",
                         "make it again without -C: pg_dump --no-owner, or Odoo's own database manager"),
            "hidden command": (1, {"dump.sql": b"select 1; \\! touch /set/x\n" + dump[end:], "manifest.json": manifest}, None, ""),
            "cut off": (1, {"dump.sql": dump[:end], "manifest.json": manifest},
                        "dump.sql of {file} is cut off: the line that ends every dump is missing; nothing of tenants was changed",
                        "make it again where it comes from; its disk may have been full"),
            "no Odoo": (1, {"dump.sql": dump[end:], "manifest.json": manifest},
                        "what dump.sql of {file} makes is no database of Odoo; nothing of tenants was changed", ""),
        }
        for name in case.long_or_short(cases, ("a link", "connects", "hidden command", "cut off")):
            status, members, message, hint = cases[name]
            with self.subTest(name):
                content = io.BytesIO()
                with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
                    for member, text in members.items():
                        packed.writestr(member, text)
                self.assert_refused(content.getvalue(), status, message, hint)
        whole = self.odoos_zip(dump).read_bytes()
        self.assert_refused(b"PGDMP...", 2, "{file} is a dump of PostgreSQL's own format, not a zip archive with attachments",
                            "turn it into one: pg_restore --no-owner -f dump.sql FILE, then zip FILE.zip dump.sql")
        self.assert_refused(whole[:len(whole) // 2], 2, "{file} is no zip archive, or one that is cut off: "
                                                        "Unrecognized archive format", elsewhere)
        torn = bytearray(whole)
        torn[2000] ^= 0xff
        self.assert_refused(bytes(torn), 1, None, elsewhere, "--as", "ten_bad")

    def assert_refused(self, content, status, message, hint, *options):
        file = self.write(content)
        result = self.bring(file, *options, status=status)
        if message is not None:
            expected = f"error: {message.format(file=file)}\n" + (f"hint: {hint}\n" if hint else "")
            if hint or status != 1:
                self.assertEqual(result.error, expected)
            else:
                self.assertTrue(result.error.startswith(expected), result.error)
        self.assert_only(*TENANTS)

    def test_no_room(self):
        """The sizes are known before anything is unpacked, whatever they are."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("dump.sql", b"")
            packed.filelist[0].file_size = 10 ** 15
        result = self.bring(self.write(content.getvalue()), "--as", "ten_bad", status=3)
        self.assertRegex(result.error, r"^error: not enough space for a second copy on the file system of .*: \d\.0 PB needed, "
                                       r".* available; nothing was changed\nhint: free some: ballast prune --dry-run\n$")
        self.assert_only(*TENANTS)

    @case.long_form
    def test_killed_half_way_nothing_is_left(self):
        file = self.odoos_zip(self.plain_dump())
        staged = "select datname from pg_database where datname like 'ten_killed\\_\\_restore%'"
        moments = (("the dump being unpacked", lambda: list((self.backups / "incoming").glob("*"))),
                   ("the database being made", lambda: query(self.stack, staged, "template1")),
                   ("the files being laid", lambda: list(self.filestore.glob("ten_killed*"))))
        for what, has_come in moments:
            with self.subTest(what):
                started = self.server.start("backup", "import", "tenants", str(file), "--as", "ten_killed")
                until(has_come, what)
                started.kill_group()
                started.finish()
                must(self.server.run("recover", "tenants"))
                self.assert_only(*TENANTS)


@case.long_form
class Large(ZipCase):
    """More than the plain format can tell: a size and offsets beyond 4 GiB."""

    SIZE = (4 << 30) + 12345

    @classmethod
    def prepare(cls):
        super().prepare()
        large = cls("run").filestore / "ten_a/large"
        unpackable = "openssl enc -aes-128-ctr -pass pass:x -pbkdf2 -in /dev/zero 2>/dev/null"
        subprocess.run(["bash", "-c", f"{unpackable} | head -c {cls.SIZE} > {large}"], check=True)
        with large.open("rb") as file:
            digest = hashlib.file_digest(file, "sha1").hexdigest()
        cls.name = f"{digest[:2]}/{digest}"
        place = large.parent / cls.name
        place.parent.mkdir(exist_ok=True)
        large.rename(place)
        owner = next(path for path in large.parent.glob("??/*") if path != place).stat()
        for path in (place.parent, place):
            os.chown(path, owner.st_uid, owner.st_gid)
        query(cls.stack, f"insert into ir_attachment (name, store_fname, checksum) values ('large', '{cls.name}', '{digest}')", "ten_a")
        cls.set = must(cls.server.run("backup", "tenants", "--json")).json()["id"]

    def test_there_and_back(self):
        file, _ = self.export()
        self.assertGreater(file.stat().st_size, self.SIZE)
        with zipfile.ZipFile(file) as packed:
            self.assertEqual(packed.getinfo(f"filestore/{self.name}").file_size, self.SIZE)
            self.assertGreater(packed.getinfo("manifest.json").header_offset, 1 << 32)
        subprocess.run(["unzip", "-tq", file], check=True, capture_output=True, timeout=600)
        self.addCleanup(self.drop, "ten_large")
        self.bring(file, "--as", "ten_large")
        with (self.filestore / "ten_large" / self.name).open("rb") as brought:
            self.assertEqual(hashlib.file_digest(brought, "sha1").hexdigest(), self.name.rpartition("/")[2])


if __name__ == "__main__":
    case.main()
