"""Who decides whether the databases are changed: the policy, the operator; and which release needs it at all."""

import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.backups import in_database, query  # noqa: E402
from support.case import QUICK, ServerCase, either_generation, must  # noqa: E402
from support.server import TWO  # noqa: E402
from support.upgrades import BACKED_UP, GOOD1, UPGRADE1, modules  # noqa: E402

UNREHEARSED = BACKED_UP + "rehearse: off\n"
OLD_THEME, NEW_THEME = ("installed", "18.0.1.0.0"), ("installed", "18.0.1.1.0")
STEPS = "select name, step.state as state from step join operation on operation = id " \
        "where operation.rowid = (select max(rowid) from operation) order by number"
BOTH = "seisei_entitlements (version 18.0.1.0.0 → 18.0.1.0.1), shop_theme (version 18.0.1.0.0 → 18.0.1.1.0)"


def steps_told(result):
    return [line.removeprefix("[ok] ").split(":")[0] for line in result.stderr.splitlines() if line.startswith("[ok] ")]


class PolicyCase(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=UNREHEARSED)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))

    def setUp(self):
        self.stack.set_policy(UNREHEARSED)
        if self.stack.version() != GOOD1:
            must(self.stack.rollback("--to", GOOD1, "--with-data"))
            must(self.server.run("restore", "shop", "--confirm", "--yes"))
        query(self.stack, "update ir_module_module set state = 'installed' where state = 'to upgrade'")
        self.live = self.stack.container("web")["Id"]

    def theme(self):
        return modules(self.stack, "shop")["shop_theme"]

    def deploy(self, name, *options, status=0):
        return self.assert_exit(self.stack.deploy(fixtures.tag(name), *options), status)

    def upgraded(self):
        """Whether the newest operation upgraded anything."""
        return {row["name"]: row["state"] for row in self.server.journal(STEPS)}


@either_generation(TWO)
class WhoDecides(PolicyCase):
    def test_ask_refuses_and_tells_what_to_type(self):
        self.stack.set_policy(UNREHEARSED + "upgrade: ask\n")
        self.assert_error(self.stack.deploy(UPGRADE1), 3,
                          f"error: {UPGRADE1} has to change the databases of shop, and the policy says `upgrade: ask`; "
                          f"nothing was changed\n  shop: {BOTH}\n"
                          f"hint: say what is to be done: ballast deploy shop {UPGRADE1} --upgrade "
                          "seisei_entitlements,shop_theme|all|none\n")
        self.assertEqual(self.stack.container("web")["Id"], self.live)
        self.deploy("upgrade1", "--upgrade", "seisei_entitlements,shop_theme")
        self.assertEqual(self.theme(), NEW_THEME)

    def test_ask_lets_pass_what_changes_nothing(self):
        self.stack.set_policy(UNREHEARSED + "upgrade: ask\n")
        result = self.deploy("good2")
        self.assertNotIn("upgrade", result.stderr)

    def test_never_tries_the_new_code_on_the_old_database(self):
        self.stack.set_policy(UNREHEARSED + "upgrade: never\n")
        result = self.deploy("upgrade1", status=4)
        self.assertIn("does not verify as a candidate", result.error)
        self.assertIn("not done: the policy says `upgrade: never`", result.stderr)
        self.assertEqual((self.theme(), self.stack.container("web")["Id"]), (OLD_THEME, self.live))

    def test_none_of_the_operator_is_as_never(self):
        result = self.deploy("upgrade1", "--upgrade", "none", status=4)
        self.assertIn("does not verify as a candidate", result.error)
        self.assertEqual((self.theme(), self.stack.container("web")["Id"]), (OLD_THEME, self.live))

    def test_all_upgrades_what_needs_nothing(self):
        self.deploy("good2", "--upgrade", "all")
        self.assertEqual(self.stack.version(), fixtures.tag("good2"))
        self.assertEqual(self.upgraded()["upgrade"], "done")

    def test_what_cannot_be_meant(self):
        for words, error in ((("--upgrade", ""), "error: --upgrade needs a value (MODULES)\n"),
                             (("--upgrade", "a;b"), "error: ")):
            result = self.deploy("good2", *words, status=2)
            self.assertTrue(result.error.startswith(error), result)

    def test_a_dry_run_tells_what_is_due(self):
        result = self.deploy("upgrade1", "--dry-run")
        self.assertIn(f"\ndatabases\n  shop: {BOTH}\n", result.stdout)
        self.assertEqual(self.theme(), OLD_THEME)


@either_generation(TWO)
class WhatNeedsIt(PolicyCase):
    def test_other_python_under_the_same_version(self):
        result = self.deploy("upcode")
        self.assertIn("shop: shop_theme (its files changed)", result.stderr)
        self.assertEqual(self.stack.version(), fixtures.tag("upcode"))

    def test_static_files_alone_need_nothing(self):
        plain = steps_told(self.deploy("good2"))
        static = self.deploy("upstatic")
        self.assertEqual([step.replace(fixtures.tag("upstatic"), fixtures.tag("good2")) for step in steps_told(static)], plain)
        self.assertNotIn("shop_theme", static.stderr)

    def test_a_new_dependency_is_installed(self):
        result = self.deploy("updependency")
        self.assertIn("it needs shop_loyalty, which is not installed", result.stderr)
        self.assertEqual(modules(self.stack, "shop")["shop_loyalty"], ("installed", "18.0.1.0"))
        # The old image fits it as it is, and so it may come back alone.
        self.assert_exit(self.stack.rollback("--image-only"), 0)
        self.assert_running(self.stack, "good1")
        in_database(self.stack, "psql", "-U", "odoo", "-d", "shop", "-c",
                    "delete from ir_module_module where name = 'shop_loyalty'")

    def test_left_behind_by_somebody(self):
        in_database(self.stack, "psql", "-U", "odoo", "-d", "shop", "-c",
                    "update ir_module_module set state = 'to upgrade' where name = 'bus'")
        result = self.deploy("good2")
        self.assertIn("shop: bus (left `to upgrade`)", result.stderr)
        self.assertEqual(modules(self.stack, "shop")["bus"], ("installed", "18.0.1.0"))

    def test_plain_deploys_are_as_before(self):
        """No line more than the steps that there always were."""
        self.stack.set_policy(QUICK)
        result = self.deploy("good2")
        self.assertEqual(steps_told(result), [
            "check the host and the stack's files", f"get the image of {fixtures.tag('good2')}", "check the image",
            "back up before the change", f"prove {fixtures.tag('good2')} as a candidate, without traffic",
            f"switch web to {fixtures.tag('good2')}", "verify through the address of users' traffic",
            "record the release as last good", "remove old images"])


if __name__ == "__main__":
    case.main()
