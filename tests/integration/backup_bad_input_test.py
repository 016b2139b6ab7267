"""What a backup or restore is asked for and cannot be done, and what is odd but can: exact words, and live data as it was."""

import datetime
import json
import pathlib
import re
import subprocess
import sys
import urllib.parse

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case  # noqa: E402
from support.backups import GOOD1, BackupCase, in_database, query  # noqa: E402
from support.case import QUICK, ServerCase, must  # noqa: E402
from support.damage import DamageCase, rewrite  # noqa: E402

CHOOSE = "hint: choose another one: ballast backup list shop\n"


def id_of(time, digits="feed"):
    return time.astimezone(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ-") + digits


class OtherSets(DamageCase):
    def test_of_another_stack(self):
        folder = self.copied_set()
        rewrite(folder, lambda manifest: manifest.update(stack="other"))
        with self.untouched():
            self.assert_error(self.server.run("restore", "shop", folder.name, "--yes"), 3,
                              f"error: {folder.name} is a set of other, not of shop; nothing was changed\n{CHOOSE}")
            self.assert_error(self.server.run("drill", "shop", folder.name), 3,
                              f"error: {folder.name} is a set of other, not of shop; nothing was drilled\n{CHOOSE}")

    def test_of_a_newer_server(self):
        folder = self.copied_set()
        rewrite(folder, lambda manifest: manifest["databases"][0].update(server_version="16.2"))
        version = self.manifest(self.good)["databases"][0]["server_version"]
        with self.untouched():
            self.assert_error(self.server.run("restore", "shop", folder.name, "--yes"), 3,
                              f"error: the server is PostgreSQL {version}, the dump of shop is of 16.2: an older one cannot "
                              "read it; nothing was changed\nhint: give the database service the newer image first\n")

    def test_no_such_set_and_none_at_all(self):
        for command in (["restore", "shop", "1999", "--yes"], ["drill", "shop", "1999"], ["backup", "show", "shop", "1999"],
                        ["backup", "verify", "shop", "1999"], self.export("1999")):
            self.assert_error(self.server.run(*command), 2,
                              "error: no backup of shop is named `1999`\nhint: see them with: ballast backup list shop\n")
        sets = self.backups / "sets"
        sets.rename(self.backups / "aside")
        self.addCleanup((self.backups / "aside").rename, sets)
        for command in (["restore", "shop", "--yes"], ["drill", "shop"], ["backup", "show", "shop"], ["backup", "verify", "shop"],
                        self.export("latest")):
            self.assert_error(self.server.run(*command), 2,
                              "error: there is no complete backup of shop\nhint: make one: ballast backup shop\n")

    def export(self, name):
        return ["backup", "export", "shop", name, "--odoo-zip", str(self.server.path("shop.zip"))]

    def test_an_ambiguous_name_lists_them(self):
        other = self.copied_set()
        begin = "20"
        for command in (["restore", "shop", begin, "--yes"], ["drill", "shop", begin], ["backup", "verify", "shop", begin],
                        ["backup", "show", "shop", begin], self.export(begin)):
            self.assert_error(self.server.run(*command), 2,
                              f"error: more than one backup of shop begins with `{begin}`: {other.name}, {self.good['id']}\n"
                              "hint: give more of its name\n")


@case.long_form
class TheClockWasSetBack(DamageCase):
    """A set dated after now: the clock was ahead when it was made, or is behind now."""

    POLICY = "verify: {timeout: 25s, settle: 0s}\ncandidate: {enabled: false}\nbackup: {keep-daily: 1}\n"
    LATER = id_of(datetime.datetime.now().astimezone() + datetime.timedelta(days=3))

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.stack.set_policy(cls.POLICY)
        cls.later = cls("run").copy_of_the_good_one(cls.LATER)

    def copy_of_the_good_one(self, name):
        folder = pathlib.Path(self.good["folder"]).parent / name
        subprocess.run(["cp", "-a", self.good["folder"], str(folder)], check=True)

        def change(manifest):
            time = re.sub(r"(....)(..)(..)T(..)(..)(..)Z.*", r"\1-\2-\3T\4:\5:\6Z", name)
            manifest.update(id=name, kind="daily", started=time, ended=time)
        rewrite(folder, change)
        return folder

    def test_a_backup_says_so_and_nothing_is_removed_for_it(self):
        made = []
        with self.untouched():
            for _ in range(2):
                result = self.assert_exit(self.server.run("backup", "shop", "daily", "--json"), 0)
                made.append(result.json())
                self.assertIn(f"the clock of this server may be wrong: the newest set is from the future: {self.LATER}. It stays, "
                              "and `latest` means it until the clock is past it", result.stderr)
                self.assertTrue(made[-1]["complete"])
                self.assertGreaterEqual(made[-1]["ended"], made[-1]["started"])
            for phase in self.manifest(made[-1])["durations"]:
                self.assertGreaterEqual(phase["ms"], 0)
            # keep-daily is 1: of those dated before now the newest stays, and the one of the future besides.
            left = self.complete()
            self.assertEqual(left, [self.good["id"], made[1]["id"], self.LATER])
            for name in left:
                self.assertTrue(self.verified(name)["good"])
            self.remove(made[1])

    def remove(self, made):
        subprocess.run(["rm", "-r", made["folder"]], check=True)

    @case.long_form
    def test_an_honest_age(self):
        result = self.assert_exit(self.server.run("restore", "shop"), 2)
        self.assertRegex(result.stdout, rf"^restore shop from {self.LATER}, dated after now: the clock of this server is wrong, or "
                                        r"was wrong then\n")
        self.assertIn("  what was written since is no longer live; it is kept aside\n", result.stdout)
        drilled = self.assert_exit(self.server.run("drill", "shop", "--json"), 0).json()
        self.assertEqual((drilled["set"], drilled["age_ms"]), (self.LATER, None))
        page = (self.backups / "drills" / f"{drilled['id']}.md").read_text()
        self.assertIn("- age of the data (RPO): unknown: the set is dated after the drill\n", page)
        self.assertGreater(drilled["restored_ms"], 0)
        listed, = [one for one in self.listed() if one["id"] == self.LATER]
        self.assertEqual(listed["drill"]["age_ms"], None)


class WithoutRights(DamageCase):
    """The role that the policy's database service names may not read everything."""

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.statement("create role weak login password 'weak'; grant odoo to weak; alter role weak noinherit; "
                      "grant select on all tables in schema public to weak; "
                      "grant select on all sequences in schema public to weak")
        cls.stack.edit(cls.stack.compose_path, "POSTGRES_USER: odoo", "POSTGRES_USER: weak")
        cls.stack.compose("up", "-d", "--no-deps", "db")
        cls.stack.wait_until_good()

    @classmethod
    def statement(cls, sql):
        in_database(cls.stack, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "odoo", "-d", "shop", "-c", sql)

    def incomplete(self):
        with self.untouched():
            return self.backup(status=7)["reasons"]

    def test_the_roles_alone(self):
        reason, = self.incomplete()
        self.assertRegex(reason, "^globals.sql: pg_dumpall --globals-only ended with exit status 1: pg_dumpall: error: query failed: "
                                 "ERROR:  permission denied for table pg_authid")

    def test_a_table(self):
        self.statement("revoke select on shop_order from weak")
        self.addCleanup(self.statement, "grant select on shop_order to weak")
        reasons = self.incomplete()
        self.assertEqual(len(reasons), 2, reasons)
        self.assertRegex(reasons[1], "^database shop: pg_dump of shop ended with exit status 1: .*permission denied for table shop_order")

    def test_the_attachments(self):
        self.statement("revoke select on ir_attachment from weak")
        self.addCleanup(self.statement, "grant select on ir_attachment to weak")
        reasons = self.incomplete()
        self.assertRegex(reasons[1], "^database shop: psql in shop ended with exit status 1: ERROR:  permission denied for table ir_attachment$")


@case.long_form
class ManyRoles(BackupCase):
    """Their passwords are more than Linux takes as one string; they are never in an argument."""

    COUNT = 1200

    def test_they_come_back(self):
        in_database(self.stack, "psql", "-X", "-q", "-U", "odoo", "-d", "shop", "-c",
                    "do $$ begin for n in 1.." + str(self.COUNT) + " loop execute format("
                    "'create role %I login password %L', 'röle ' || n, 'secret ' || n); end loop; end $$")
        made = self.backup()
        self.assertGreater((pathlib.Path(made["folder"]) / "globals.sql").stat().st_size, 300_000)
        passwords = "select md5(string_agg(rolname || rolpassword, ',' order by rolname)) from pg_authid where rolname like 'röle%'"
        then = query(self.stack, passwords)
        self.stack.compose("down", "--volumes")
        self.assert_exit(self.server.run("restore", "shop", made["id"], "--yes", "--operator", "ken"), 0)
        self.stack.wait_until_good()
        self.assertEqual(query(self.stack, passwords), then)


class OddNames(ServerCase):
    """Databases may be called nearly anything: spaces, quotes, `%`, `=`, letters of other alphabets."""

    NAMES = ["ten_ b", "ten_'single' \"double\"", "ten_100%", "ten_a=b dbname=ten_a", "ten_äöü ß", "ten_🚀 日本", "ten_back\\slash"]

    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack("tenants", policy=QUICK)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))
        for name in cls.NAMES:
            cls.psql("template1", 'create database "{}"'.format(name.replace('"', '""')))
            in_database(cls.stack, "env", f"COPY={name}", "sh", "-c",
                        'pg_dump -U odoo ten_a | PGDATABASE="$COPY" psql -X -q -v ON_ERROR_STOP=1 -U odoo > /dev/null')
            subprocess.run(["cp", "-a", cls.filestore() / "ten_a", cls.filestore() / name], check=True)
        cls.stack.wait_until_good()
        cls.made = must(cls.server.run("backup", "tenants", "--json")).json()

    @classmethod
    def filestore(cls):
        mount, = [one for one in cls.stack.container("web")["Mounts"] if one["Destination"] == "/var/lib/odoo"]
        return pathlib.Path(mount["Source"]) / "filestore"

    @classmethod
    def psql(cls, database, sql):
        return in_database(cls.stack, "env", f"PGDATABASE={database}", "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
                           "-U", "odoo", "-c", sql)

    def databases(self):
        return set(self.psql("template1", "select datname from pg_database where datname like 'ten%'").splitlines())

    def test_the_set_has_them_all(self):
        self.assertTrue(self.made["complete"], self.made)
        self.assertEqual({one["name"] for one in self.made["databases"]}, {"ten_a", "ten_b", "ten_c", *self.NAMES})
        for one in self.made["databases"]:
            self.assertEqual((one["rows"], one["attachments"]), (self.made["databases"][0]["rows"], 1), one)
        folder = pathlib.Path(self.made["folder"])
        manifest = json.loads((folder / "manifest.json").read_text())
        for one in manifest["databases"]:
            self.assertEqual(one["dump"], f"databases/{urllib.parse.quote(one['name'], safe='')}.dump")
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
        verified = self.assert_exit(self.server.run("backup", "verify", "tenants", "--json"), 0).json()["sets"][0]
        self.assertTrue(verified["good"])

    @case.long_form
    def test_each_is_restored_alone(self):
        before = self.databases()
        for name in case.long_or_short(self.NAMES, self.NAMES[1:6:2]):
            with self.subTest(name):
                self.psql(name, "insert into res_users (login) values ('later')")
                told = self.assert_exit(self.server.run("restore", "tenants", "--database", name, "--yes", "--json"), 0).json()
                self.assertEqual(told["databases"], [name])
                self.assertEqual(self.psql(name, "select login from res_users where login = 'later'"), "")
                self.assertTrue((self.filestore() / name).is_dir())
        self.assert_exit(self.server.run("restore", "tenants", "--confirm", "--yes"), 0)
        self.assertEqual(self.databases(), before)
        self.assertEqual({path.name for path in self.filestore().iterdir()}, before)

    @case.long_form
    def test_a_copy_under_an_odd_name(self):
        copy = "ten_copy '%' \"ö=\" 🚀"
        self.assert_exit(self.server.run("restore", "tenants", "--database", self.NAMES[1], "--as", copy), 0)
        self.assertEqual(self.psql(copy, "select login from res_users order by 1"), self.psql("ten_a", "select login from res_users order by 1"))
        self.assert_error(self.server.run("restore", "tenants", "--database", "ten_b", "--as", copy), 3,
                          f"error: the name {copy} is taken in tenants; nothing was changed\nhint: choose another one: --as NAME\n")
        self.psql("template1", 'drop database "{}" with (force)'.format(copy.replace('"', '""')))
        subprocess.run(["rm", "-r", str(self.filestore() / copy)], check=True)

    @case.long_form
    def test_a_drill_of_all(self):
        told = self.assert_exit(self.server.run("drill", "tenants", "--json"), 0).json()
        self.assertEqual((told["passed"], told["databases"]), (True, 10), told)

    def test_one_that_is_not_there(self):
        self.assert_error(self.server.run("backup", "tenants", "--database", "ten_ä"), 2,
                          "error: tenants has no database `ten_ä`\nhint: databases there: "
                          + ", ".join(sorted(["ten_a", "ten_b", "ten_c", *self.NAMES], key=str.encode)) + "\n")


if __name__ == "__main__":
    case.main()
