"""A release that needs `-u`, deployed with one command; then the way back, which asks first whether image and data still fit."""

import json
import pathlib
import re
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case  # noqa: E402
from support.backups import query  # noqa: E402
from support.case import either_generation  # noqa: E402
from support.probe import Probe  # noqa: E402
from support.server import TWO  # noqa: E402
from support.sinks import HttpSink  # noqa: E402
from support.upgrades import (BACKED_UP, GOOD1, TENANTS, UPGRADE1, UPGRADE2, Customer, MailSink, UpgradeCase,  # noqa: E402
                              database_names, modules, notes, order, set_jobs, table_digests)

COUNTED = BACKED_UP.replace("required}", "required, count: [res_users, shop_order]}")
UPGRADED = {"base": ("installed", "18.0.1.3"), "bus": ("installed", "18.0.1.0"), "web": ("installed", "18.0.1.0"),
            "seisei_entitlements": ("installed", "18.0.1.0.1"), "shop_theme": ("installed", "18.0.1.1.0")}
CLOSED = "select datname from pg_database where not datallowconn and datname <> 'template0' order by 1"
LENGTH = r"[\d.]+ (ms|s|min)"


@either_generation(TWO)
class Upgraded(UpgradeCase):
    """The tests follow each other: forward, what is told of the way back, back, forward twice."""

    policy = COUNTED

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.sink = MailSink()
        cls.addClassCleanup(cls.sink.close)
        cls.sink.give_to(cls.stack)
        cls.channel = HttpSink()
        cls.addClassCleanup(cls.channel.close)
        settings = cls.server.path("etc/ballast/ballast.yaml")
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(f"notify: {{webhook: {{url: {cls.channel.url('/hook')}, severity: info}}}}\n")

    def web(self):
        return self.stack.container("web")["Config"]["Hostname"]

    def test_1_with_one_command(self):
        known, hosts = len(self.server.history()), {self.web()}
        with Probe(f"{self.stack.url}/shop/orders?db=ten_a") as probe, Customer(self.stack, "ten_b") as customer:
            result = self.deploy("upgrade1")
        hosts.add(self.web())
        self.assert_tenants_run("upgrade1")
        for database in TENANTS:
            self.assertEqual(modules(self.stack, database), UPGRADED)
        self.assertEqual(self.history_since(known), [(UPGRADE1, "deployed"), (UPGRADE1, "success")])
        self.assertGreater(len(customer.ordered), 10)
        self.assertLessEqual(customer.promised(), notes(self.stack, "ten_b"))
        self.assertGreater(probe.report().ok, 20)
        self.told(result)
        self.announced()
        self.left_behind()
        self.only_these_worked(hosts)

    def told(self, result):
        needs = "seisei_entitlements 18.0.1.0.0 → 18.0.1.0.1, shop_theme 18.0.1.0.0 → 18.0.1.1.0"
        self.assertIn(f"ten_a, ten_b, ten_c: {needs}", result.stderr)
        self.assertRegex(result.stderr, rf"expected outage {LENGTH}")
        self.assertRegex(result.stdout, rf", outage {LENGTH}.* \(expected {LENGTH}.*\)\n")

    def announced(self):
        request, = self.channel.taken
        alert, = request.json()["alerts"]
        self.assertEqual(alert["labels"]["alertname"], "planned-outage")
        self.assertRegex(alert["annotations"]["description"],
                         f"tenants stands still while its databases are changed to {UPGRADE1}: expected outage {LENGTH}")

    def left_behind(self):
        copies = query(self.stack, CLOSED, "postgres")
        self.assertEqual([re.sub("__fallback_.*", "", name) for name in copies], list(TENANTS))
        self.assert_nothing_of_it_left([*TENANTS, *copies])
        kept, = self.server.journal("select copies from release order by number desc limit 1")
        schema = json.loads((pathlib.Path(kept["copies"]) / "schema.json").read_text())
        self.assertEqual(sorted(schema), list(TENANTS))
        report, = sorted(self.server.path("srv/backups/tenants/rehearsals").glob("*.json"))
        rehearsed = json.loads(report.read_text())
        self.assertTrue(rehearsed["passed"])
        for one, name in zip(rehearsed["databases"], TENANTS, strict=True):
            self.assertEqual(one["database"], name)
            self.assertIn("res_users: column colour gone, theme new", one["changes"])

    def only_these_worked(self, hosts):
        """No job and no mail of a copy, of an upgrade or of what was only proved."""
        self.assertEqual({database for database, _ in self.sink.senders()}, set(TENANTS))
        self.assertLessEqual({host for _, host in self.sink.senders()}, hosts)
        for name in TENANTS:
            self.assertLessEqual(set(query(self.stack, "select distinct host from job_run", name)), hosts)

    def test_2_status_tells_how_a_rollback_would_be(self):
        told = self.assert_exit(self.server.run("status", "tenants", "--json"), 0).json()
        self.assertEqual(told["stacks"][0]["rollback"]["kind"], "data")

    def test_3_a_rollback_is_refused_with_both_ways(self):
        order(self.stack, "ten_a", "later")
        before = self.server.fingerprint("srv/stacks", "srv/deployments")
        result = self.assert_exit(self.stack.rollback(), 3)
        self.assertRegex(result.error, rf"\Aerror: the databases of tenants have changed since {GOOD1}, which may not run on them; "
                                       r"nothing was changed\n")
        for database in TENANTS:
            self.assertIn(f"  {database}: res_users: column colour gone, theme new\n", result.error)
        self.assertRegex(result.error, r"(?m)^hint: there are two ways\. The image alone, against the databases as they are: "
                                       rf"ballast rollback tenants --to {GOOD1} --image-only\. Or image and data of .*"
                                       rf"ballast rollback tenants --to {GOOD1} --with-data$")
        self.assertEqual(self.server.fingerprint("srv/stacks", "srv/deployments"), before)
        self.assert_running(self.stack, "upgrade1")

    def test_4_the_image_alone_does_not_fit(self):
        result = self.assert_exit(self.stack.rollback("--image-only"), 5)
        self.assertIn("web-login ten_a: 500", result.error)
        self.assert_tenants_run("upgrade1")

    def test_5_with_data(self):
        set_jobs(self.stack, False)
        lost = {database: notes(self.stack, database) for database in TENANTS}
        order(self.stack, "ten_c", "only-lived-shortly")
        known, now = len(self.server.history()), table_digests(self.stack, bundles=False)
        told = self.assert_exit(self.stack.rollback("--with-data"), 0)
        self.assertRegex(told.stderr, r"ten_c: 1 row in shop_order")
        self.assert_tenants_run("good1")
        self.assertEqual(self.history_since(known), [(GOOD1, "deployed"), (GOOD1, "rollback")])
        self.assertNotIn("only-lived-shortly", notes(self.stack, "ten_c"))
        self.assertLessEqual(notes(self.stack, "ten_b"), lost["ten_b"])
        for database in TENANTS:
            self.assertEqual(modules(self.stack, database)["shop_theme"], ("installed", "18.0.1.0.0"))
        self.assert_exit(self.server.run("restore", "tenants", "--undo", "--yes"), 0)
        self.assertEqual(table_digests(self.stack, bundles=False), now)
        self.assert_tenants_run("upgrade1")
        self.assert_exit(self.server.run("restore", "tenants", "--undo", "--yes"), 0)
        self.assert_tenants_run("good1")
        self.assert_exit(self.server.run("restore", "tenants", "--confirm", "--yes"), 0)
        self.assertEqual(database_names(self.stack), list(TENANTS))

    def test_6_the_next_one_takes_the_place_of_its_copies(self):
        self.deploy("upgrade1")
        first = set(database_names(self.stack)) - set(TENANTS)
        result = self.deploy("upgrade2")
        self.assertIn("ten_a, ten_b, ten_c: shop_theme 18.0.1.1.0 → 18.0.1.2.0", result.stderr)
        self.assertIn("upgraded along: seisei_entitlements", result.stderr)
        second = set(database_names(self.stack)) - set(TENANTS)
        self.assertEqual((len(first), len(second), first & second), (3, 3, set()))
        self.assert_tenants_run("upgrade2")
        self.assertEqual(self.server.last_good("tenants"), UPGRADE2 + "\n")


@case.long_form
class OneOfThemIsLarge(UpgradeCase):
    """1 GB in one of the three."""

    ROWS = "create table large as select n, repeat(md5(n::text), 30) as text from generate_series(1, 1000000) n"

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.stack.offer_all()
        query(cls.stack, cls.ROWS, "ten_b")

    def test_good_and_failed(self):
        self.assertGreater(int(query(self.stack, "select pg_database_size('ten_b')", "ten_b")[0]), 1e9)
        with self.every_row_equal():
            self.deploy("upsecond", status=4)
        self.stack.set_policy(self.policy + "rehearse: off\n")
        with self.every_row_equal():
            self.deploy("upsecond", status=4)
        self.stack.set_policy(self.policy)
        self.deploy("upgrade1")
        self.assert_tenants_run("upgrade1")
        self.assertEqual(query(self.stack, "select count(*) from large", "ten_b"), ["1000000"])
        self.assert_exit(self.stack.rollback("--with-data"), 0)
        self.assert_tenants_run("good1")


if __name__ == "__main__":
    case.main()
