"""Where the databases have changed since a release was good: refused with two ways, the image alone, image and data."""

import json
import pathlib
import re
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case  # noqa: E402
from support.backups import query  # noqa: E402
from support.case import either_generation, must  # noqa: E402
from support.server import ONE, TWO  # noqa: E402
from support.upgrades import BACKED_UP, GOOD1, GOOD2, TENANTS, UpgradeCase, database_names, notes, order  # noqa: E402

COUNTED = BACKED_UP.replace("required}", "required, count: [res_users, shop_order]}")
# A change that neither release minds.
CHANGE = "alter table shop_order add column if not exists remark text"
NO_CHANGE = "alter table shop_order drop column if exists remark"
DIFFERENCE = "shop_order: column remark new"
OPEN = "select datname from pg_database where datallowconn and not datistemplate and datname <> 'postgres' order by 1"


class DataCase(UpgradeCase):
    policy = COUNTED
    tags = ("good1", "good2")

    @classmethod
    def prepare(cls):
        super().prepare()
        must(cls.stack.deploy(GOOD2))

    def setUp(self):
        for name in TENANTS:
            query(self.stack, NO_CHANGE, name)
        if self.stack.version() != GOOD2:
            must(self.stack.deploy(GOOD1))  # which keeps what the databases look like now
            must(self.stack.deploy(GOOD2))
        self.known = len(self.server.history())

    def tearDown(self):
        self.server.run("restore", "tenants", "--confirm", "--yes")

    def change(self, *databases):
        for name in databases:
            query(self.stack, CHANGE, name)

    def schema_of(self, tag):
        row, = self.server.journal("select copies from release where tag = ? and outcome = 'good' "
                                   "order by number desc limit 1", tag)
        return pathlib.Path(row["copies"]) / "schema.json"

    def newest_request(self):
        row, = self.server.journal("select request from operation order by rowid desc limit 1")
        return json.loads(row["request"])

    def status(self):
        return self.server.run("status", "tenants", "--json").json()["stacks"][0]["rollback"]


@either_generation(TWO)
class ImageAlone(DataCase):
    def test_the_same_databases_swap_the_image_only(self):
        self.assertEqual((self.status()["ready"], self.status()["kind"], self.status()["because"]),
                         ("yes", "image", f"to {GOOD1}, image only"))
        result = self.assert_exit(self.stack.rollback(), 0)
        self.assertRegex(result.stderr, rf"(?m)^\[ok\] compare the databases with those of {GOOD1}: "
                                        rf"they are as {GOOD1} left them")
        self.assert_tenants_run("good1")
        self.assertNotIn("image_only", self.newest_request())

    def test_what_people_make_themselves_is_no_change(self):
        query(self.stack, "alter table shop_order add column x_nickname text", "ten_a")
        self.addCleanup(query, self.stack, "alter table shop_order drop column x_nickname", "ten_a")
        self.assert_exit(self.stack.rollback(), 0)

    def test_changed_ones_are_refused_with_both_ways(self):
        self.change("ten_a", "ten_c")
        order(self.stack, "ten_c", "since then")
        before = self.server.fingerprint("srv/stacks", "srv/deployments")
        result = self.assert_exit(self.stack.rollback(), 3)
        self.assertRegex(result.error, re.compile(
            rf"\Aerror: the databases of tenants have changed since {GOOD1}, which may not run on them; nothing was changed\n"
            rf"  ten_a: {DIFFERENCE}\n"
            rf"  ten_c: {DIFFERENCE}\n"
            rf"hint: there are two ways\. The image alone, against the databases as they are: ballast rollback tenants "
            rf"--to {GOOD1} --image-only\. Or image and data of \S+ \(set \S+, .+\), which loses .+ of data, .*\d+ rows? in "
            rf"shop_order: ballast rollback tenants --to {GOOD1} --with-data\n\Z"))
        self.assertEqual(self.server.fingerprint("srv/stacks", "srv/deployments"), before)
        dry = self.assert_exit(self.stack.rollback("--dry-run"), 3)
        self.assertIn(f"\ndatabases\n  ten_a: {DIFFERENCE}\n  ten_c: {DIFFERENCE}\n", dry.stdout)
        self.assertIn(f"\nit would be refused: the databases of tenants have changed since {GOOD1}", dry.stdout)

    def test_the_image_alone_when_asked_for(self):
        self.change("ten_b")
        result = self.assert_exit(self.stack.rollback("--image-only"), 0)
        self.assertRegex(result.stderr, rf"(?m)^ *ten_b: {DIFFERENCE}$")
        self.assertIn("they have changed; the image comes back alone, as asked", result.stderr)
        self.assert_tenants_run("good1")
        self.assertTrue(self.newest_request()["image_only"])
        # It verified on them as they are: from now on they are those of this release.
        self.assertEqual(self.schema_of(GOOD1).read_bytes().count(b"remark"), 1)

    def test_nothing_recorded_goes_on_and_says_so(self):
        schema = self.schema_of(GOOD1)
        text = schema.read_bytes()
        self.addCleanup(schema.write_bytes, text)
        for content, words in ((None, "it kept no picture of its databases"), (b"{", rf"{schema} is damaged")):
            schema.unlink(missing_ok=True)
            if content is not None:
                schema.write_bytes(content)
            dry = self.assert_exit(self.stack.rollback("--dry-run"), 0)
            self.assertIn(f"\ndatabases\n  whether the databases still fit {GOOD1} is not known: {words}\n", dry.stdout)
            self.assertEqual(self.status()["kind"], None)

    def test_databases_that_do_not_answer_go_by_what_was_recorded(self):
        self.stack.compose("stop", "db")
        self.addCleanup(self.stack.wait_until_good)
        self.addCleanup(self.stack.compose, "start", "db")
        dry = self.assert_exit(self.stack.rollback("--dry-run"), 0)
        self.assertIn(f"the databases are as {GOOD1} left them\n  the databases do not answer: the database service of tenants "
                      "does not run; it goes by what the release that runs left\n", dry.stdout)

    def test_options_that_exclude_each_other(self):
        self.assert_error(self.stack.rollback("--image-only", "--with-data"), 2,
                          "error: --image-only and --with-data exclude each other\n"
                          "hint: with --with-data the image comes back as well\n")


@either_generation(ONE)
class DataOfASet(DataCase):
    def test_back_and_forth(self):
        self.change("ten_a")
        then = {name: notes(self.stack, name) for name in TENANTS}
        order(self.stack, "ten_c", "only-lived-shortly")
        dry = self.assert_exit(self.stack.rollback("--with-data", "--dry-run"), 0)
        self.assertRegex(dry.stdout, r"\ndatabases\n  comes back: image and data of \S+ \(set \S+, .*\)\n"
                                     r"  would be lost to the site, and kept aside: .* of data, .*1 row in shop_order\n"
                                     r"  ten_c: 1 row in shop_order\n")
        self.assertEqual(self.stack.version(), GOOD2)

        result = self.assert_exit(self.stack.rollback("--with-data"), 0)
        self.assertRegex(result.stderr, r"(?m)^ *is lost to the site, and kept aside: .* of data, .*1 row in shop_order$")
        self.assertRegex(result.stdout, r"(?m)^ *what was live is kept aside\. Back: ballast restore tenants --undo; drop it: "
                                        r"ballast restore tenants --confirm$")
        self.assertRegex(result.stderr, r"(?m)^\[ok\] back up the present state: set \S+, complete")
        self.assert_tenants_run("good1")
        self.assertEqual({name: notes(self.stack, name) for name in TENANTS}, then)
        self.assertEqual(self.history_since(self.known), [(GOOD1, "deployed"), (GOOD1, "rollback")])
        self.assertEqual(query(self.stack, OPEN, "postgres"), list(TENANTS))
        self.assertTrue(self.schema_of(GOOD1).exists())

        self.assert_exit(self.server.run("restore", "tenants", "--undo", "--yes"), 0)
        self.assert_tenants_run("good2")
        self.assertIn("only-lived-shortly", notes(self.stack, "ten_c"))
        self.assert_exit(self.server.run("restore", "tenants", "--confirm", "--yes"), 0)
        self.assertEqual(database_names(self.stack), list(TENANTS))

    def test_without_any_data_of_that_time(self):
        sets = self.server.path("srv/backups/tenants/sets")
        aside = sets.with_name("sets-aside")
        sets.rename(aside)
        self.addCleanup(aside.rename, sets)
        self.change("ten_a")
        result = self.assert_exit(self.stack.rollback(), 3)
        self.assertRegex(result.error, r"(?m)^hint: the image alone, against the databases as they are: .* --image-only; no copy of "
                                       r"its data is left for --with-data$")
        self.assert_error(self.stack.rollback("--with-data"), 3,
                          f"error: no data of {GOOD1} is left to return to: neither a fallback copy nor a complete backup set; "
                          "nothing was changed\nhint: see what there is: ballast backup list tenants; its image alone: ballast "
                          f"rollback tenants --to {GOOD1} --image-only\n")

    def test_a_release_that_is_not_good_any_more_brings_all_back(self):
        kept = self.schema_of(GOOD1).with_name("docker-compose.yml")
        text = kept.read_text()
        kept.write_text(text.replace("--db-filter=^ten_", "--db-filter=^nobody_"))
        self.addCleanup(kept.write_text, text)
        now = self.stack.compose_path.read_text()
        order(self.stack, "ten_b", "must-stay")
        result = self.assert_exit(self.stack.rollback("--with-data"), 5)
        self.assertEqual(self.stack.compose_path.read_text(), now)
        self.assertIn(f"tenants runs {GOOD2} again, with its data\n", result.error)
        self.assertIn("must-stay", notes(self.stack, "ten_b"))
        query(self.stack, "delete from shop_order where note = 'must-stay'", "ten_b")
        self.assertEqual(self.history_since(self.known), [(GOOD1, "deployed"), (GOOD1, "failed"), (GOOD2, "rollback")])
        self.assert_nothing_of_it_left()


@either_generation(TWO)
class CopiesThatNothingNeeds(DataCase):
    def test_prune_counts_and_removes_them(self):
        copy = "ten_a__fallback_20260101t000000z-0000"
        query(self.stack, f'create database "{copy}" allow_connections false', "postgres")
        swap = {"incoming": copy, "live": "ten_a", "parked": "ten_a__before_20260101t000000z-0000", "owner": "odoo"}
        self.server.journal_write(
            "insert or replace into fact (stack, name, value, at) values ('tenants', 'fallback', ?, 0)",
            json.dumps([{"operation": "20260101T000000Z-0000", "at": "2026-01-01T00:00:00Z", "release": "", "tag": GOOD1,
                         "repository": "", "image_id": "", "set": "", "databases": [swap], "bytes": 1}]))
        dry = self.assert_exit(self.server.run("prune", "tenants", "--dry-run"), 0)
        self.assertRegex(dry.stdout, r"(?m)^tenants +fallback copy of ten_a +\d\.\d MB +")
        self.assertIn(copy, database_names(self.stack))
        self.assert_exit(self.server.run("prune", "tenants"), 0)
        self.assertEqual(database_names(self.stack), list(TENANTS))
        self.assertNotIn("fallback copy", self.server.run("prune", "tenants", "--dry-run").stdout)


if __name__ == "__main__":
    case.main()
