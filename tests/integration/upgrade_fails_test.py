"""Upgrades that fail in every way they do: before production was touched, or undone with every row equal."""

import json
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.case import either_generation  # noqa: E402
from support.probe import Probe  # noqa: E402
from support.server import ONE  # noqa: E402
from support.upgrades import BACKED_UP, GOOD1, TENANTS, UNREHEARSED, Customer, UpgradeCase, notes  # noqa: E402

TIMEOUT = "upgrade-timeout: 10s\n"
# Name of the release → the database that it fails in first, and what is said of it.
FAILURES = {
    "upsecond": ("ten_b", r"it ended with exit status 255: .*cannot work out the priority of the orders.*"),
    "uphang": ("ten_a", r"it did not end within 10 s \(upgrade-timeout\) and was ended, while loading seisei_entitlements \(2/2\)"),
    "uperror": ("ten_a", r"it ended with 0, but logged 1 error: shop_theme: the view shop_theme\.order_form is not valid"),
    "upleft": ("ten_a", r"it ended with 0, but left modules behind: bus \(to upgrade\)"),
}
# In the short form each way of failing once; the second database of three both times.
SHORT = {("upsecond", True), ("upsecond", False), ("uphang", False), ("uperror", True), ("upleft", False)}


@either_generation(ONE)
class Failing(UpgradeCase):
    tags = ("good1", *FAILURES)

    def setUp(self):
        self.known = len(self.server.history())
        self.live = self.stack.container("web")["Id"]

    def assert_as_before(self):
        self.assert_tenants_run("good1")
        self.assert_nothing_of_it_left()

    def in_rehearsal(self, name):
        """Production is untouched: nobody noticed."""
        self.stack.set_policy(BACKED_UP + TIMEOUT)
        with self.every_row_equal(), Probe(f"{self.stack.url}/shop/orders?db=ten_b") as probe:
            result = self.deploy(name, status=4)
        self.assertEqual(probe.report().failures(), {}, result)
        self.assertGreater(probe.report().ok, 20)
        self.assertEqual(self.stack.container("web")["Id"], self.live)
        self.assertEqual(self.history_since(self.known), [(fixtures.tag(name), "failed")])
        self.assert_as_before()
        return result

    def in_production(self, name):
        """Undone: every row is there, also those that were written until it stopped."""
        self.stack.set_policy(UNREHEARSED + TIMEOUT)
        with self.every_row_equal(("ten_c", "shop_order")), Customer(self.stack, "ten_c") as customer:
            result = self.deploy(name, status=4)
        self.assertGreater(len(customer.ordered), 10)
        self.assertLessEqual(customer.promised(), notes(self.stack, "ten_c"))
        self.assertEqual(self.history_since(self.known), [(fixtures.tag(name), "failed"), (GOOD1, "rollback")])
        self.assert_as_before()
        return result


def _rehearsed(name, database, words):
    def test(self):
        result = self.in_rehearsal(name)
        self.assertRegex(result.error, rf"\Aerror: the rehearsal of {fixtures.tag(name)} failed: .*{database}: {words}"
                                       r".*; tenants was not touched\n")
        report = max(self.server.path("srv/backups/tenants/rehearsals").glob("*.json"))
        told = json.loads(report.read_text())
        self.assertFalse(told["passed"])
        self.assertEqual([one["database"] for one in told["databases"]], list(TENANTS))
        verdicts = {one["database"]: one["passed"] for one in told["databases"]}
        self.assertFalse(verdicts[database])
        if name == "upsecond":
            self.assertEqual(verdicts, {"ten_a": True, "ten_b": False, "ten_c": True})
    return test


def _unrehearsed(name, database, words):
    def test(self):
        result = self.in_production(name)
        self.assertRegex(result.error, rf"\Aerror: the upgrade of {database} to {fixtures.tag(name)} failed: {words}; tenants runs "
                                       rf"{GOOD1} again, its data is as before; outage .*\n")
    return test


for _name, (_database, _words) in FAILURES.items():
    for _rehearses, _make in ((True, _rehearsed), (False, _unrehearsed)):
        _test = _make(_name, _database, _words)
        if (_name, _rehearses) not in SHORT:
            _test = case.long_form(_test)
        setattr(Failing, f"test_{_name}_{'rehearsed' if _rehearses else 'in_production'}", _test)


if __name__ == "__main__":
    case.main()
