"""What a release needs to change: asked of the databases as they are, of the image as it is, and of what was good before."""

import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.backups import query  # noqa: E402
from support.case import ServerCase, either_generation, must  # noqa: E402
from support.server import ONE  # noqa: E402
from support.upgrades import GOOD1, UNREHEARSED  # noqa: E402

UPCODE = fixtures.tag("upcode")
WITH_ODOO = "sha-eeee001"
FILES_CHANGED = "shop: shop_theme (its files changed)"


@either_generation(ONE)
class WhatIsDue(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=UNREHEARSED)
        cls.stack.offer_all()
        # Odoo's own modules lie beside its package: one is newer than the database, one is gone.
        odoo = "/usr/lib/python3/dist-packages/odoo"
        fixtures.build_image("shop", GOOD1, f"{cls.stack.repository}:{WITH_ODOO}", "USER root",
                             f"RUN mkdir -p {odoo}/addons/base {odoo}/addons/web && touch {odoo}/__init__.py",
                             f"COPY stack/base {odoo}/addons/base/__manifest__.py",
                             f"COPY stack/web {odoo}/addons/web/__manifest__.py",
                             "LABEL org.opencontainers.image.revision=eeee001", "USER odoo",
                             files={"base": "{'version': '1.3'}", "web": "{'version': '1.1', 'depends': ['base']}"})
        must(cls.stack.deploy(GOOD1))

    def setUp(self):
        self.stack.set_policy(UNREHEARSED)

    def due(self, tag, *options):
        result = self.stack.deploy(tag, "--dry-run", "--json", *options)
        self.assertEqual(result.status, 0, result)
        return result.json()["databases"]

    def test_modules_of_odoo_itself(self):
        self.assertEqual(self.due(WITH_ODOO),
                         ["shop: web (version 18.0.1.0 → 18.0.1.1); installed, but not in the image: bus"])

    def test_what_was_not_done_stays_due(self):
        self.assertEqual(self.due(UPCODE), [FILES_CHANGED])
        result = must(self.stack.deploy(UPCODE, "--upgrade", "none"))
        self.assertIn("--upgrade none: nothing is upgraded", result.stderr)
        self.assertEqual(self.due(UPCODE), [FILES_CHANGED])
        must(self.stack.deploy(UPCODE))
        self.assertEqual(self.due(UPCODE), ["shop: nothing to do"])
        self.assertEqual(self.due(GOOD1), [FILES_CHANGED])
        # The image alone goes back: the database stays what it is.
        must(self.stack.rollback("--to", GOOD1, "--image-only"))
        self.assertEqual(self.due(UPCODE), ["shop: nothing to do"])
        must(self.stack.deploy(GOOD1, "--upgrade", "shop_theme"))

    def test_data_of_another_time_is_that_of_its_release(self):
        made = must(self.server.run("backup", "shop", "--json")).json()["id"]
        self.assertEqual(self.due(GOOD1), ["shop: nothing to do"])
        must(self.stack.deploy(UPCODE))
        must(self.server.run("restore", "shop", made, "--yes"))
        self.assertEqual(self.stack.version(), GOOD1)
        self.assertEqual(self.due(UPCODE), [FILES_CHANGED])
        must(self.server.run("restore", "shop", "--confirm", "--yes"))

    def test_a_module_that_is_not_there(self):
        self.assert_error(self.stack.deploy(UPCODE, "--upgrade", "shop_them"), 2,
                          "error: --upgrade: no database has the module `shop_them`; shop was not touched\nhint: did you mean `shop_theme`?\n")

    def test_a_database_that_cannot_be_asked(self):
        self.stack.set_policy(UNREHEARSED.replace("required", "off"))
        query(self.stack, "alter table ir_module_module rename to aside")
        query(self.stack, "create view ir_module_module as select 1 / 0 as name")
        try:
            result = self.assert_exit(self.stack.deploy(UPCODE), 3)
            self.assertIn(f"error: what {UPCODE} has to change in the databases of shop is not known: ", result.error)
            self.assertEqual(self.stack.version(), GOOD1)
        finally:
            query(self.stack, "drop view ir_module_module")
            query(self.stack, "alter table aside rename to ir_module_module")


if __name__ == "__main__":
    case.main()
