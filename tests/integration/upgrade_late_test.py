"""A release that only fails where users are: rolled back with data; what was written meanwhile is told, and kept."""

import pathlib
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.backups import post, query  # noqa: E402
from support.case import either_generation  # noqa: E402
from support.server import TWO, get  # noqa: E402
from support.upgrades import GOOD1, TENANTS, UNREHEARSED, UpgradeCase, database_names, modules, notes, order  # noqa: E402

LATE = fixtures.tag("uplate")
COUNTED = UNREHEARSED.replace("required}", "required, count: [res_users, shop_order]}")
IMPATIENT = COUNTED.replace("verify: {timeout: 25s", "verify: {timeout: 8s")


@either_generation(TWO)
class FailsAfterTraffic(UpgradeCase):
    policy = IMPATIENT
    tags = ("good1", "uplate")

    def test_rolled_back_with_data_and_told_what_is_lost(self):
        known = len(self.server.history())
        started = self.server.start("deploy", "tenants", LATE, "--operator", "ken")
        started.wait_for_words(r"\[ok\] switch ")
        self.write_and_collect()
        result = self.assert_exit(started.finish(), 4)
        self.assertRegex(result.error, rf"\Aerror: release {LATE} of tenants does not verify at published port 127\.0\.0\.1:\d+: not good "
                                       rf"within 8 s; tenants runs {GOOD1} again, with the data of before; what was written in .* "
                                       r"since is kept aside; outage .*\n")
        self.assertIn("  written since: ten_b: shop_order 1 row more\n", result.error)
        self.assertIn("  it is kept with its release: ballast restore tenants --undo returns to it, ballast restore tenants "
                      "--confirm drops it\n", result.error)
        self.assertEqual(self.history_since(known), [(LATE, "deployed"), (LATE, "failed"), (GOOD1, "rollback")])
        self.assert_tenants_run("good1")  # each attachment is there, also what was collected
        for database in TENANTS:
            self.assertEqual(modules(self.stack, database)["shop_theme"], ("installed", "18.0.1.0.0"))
        self.assertNotIn("written-late", notes(self.stack, "ten_b"))
        self.the_upgraded_ones_are_kept()

    def write_and_collect(self):
        """Traffic was let in: something is ordered, and what no row names any more is unlinked."""
        deadline = time.monotonic() + 20
        while get(f"{self.stack.url}/shop/orders?db=ten_b")[0] != 200 and time.monotonic() < deadline:
            time.sleep(0.05)
        order(self.stack, "ten_b", "written-late")
        self.assertGreater(post(self.stack, "/shop/gc?db=ten_b")["removed"], 0)

    def the_upgraded_ones_are_kept(self):
        parked = [name for name in database_names(self.stack) if name not in TENANTS]
        self.assertEqual(len(parked), 3)
        self.assertEqual(query(self.stack, "select datname from pg_database where datallowconn and datname like 'ten%' "
                                           "order by 1", "postgres"), list(TENANTS))
        self.assert_exit(self.server.run("restore", "tenants", "--confirm", "--yes"), 0)
        self.assertEqual(database_names(self.stack), list(TENANTS))


if __name__ == "__main__":
    case.main()
