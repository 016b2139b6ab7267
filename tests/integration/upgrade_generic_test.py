"""A stack that is not Odoo names its own commands: they are asked, rehearsed, run and undone as `-u` is."""

import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from support import case, fixtures  # noqa: E402
from support.backups import query  # noqa: E402
from support.case import ServerCase, either_generation, must  # noqa: E402
from support.server import ONE  # noqa: E402
from support.upgrades import table_digests  # noqa: E402

POLICY = """\
preset: generic
port: 8069
verify: {timeout: 25s, settle: 1s, urls: [/shop/orders]}
backup: {before-deploy: required}
data: [/var/lib/odoo]
migrate: {detect: "migrate check", run: "migrate up"}
"""
MIGRATE = """\
#!/usr/bin/python3
# One column, which `check` looks for and `up` adds.
import os
import sys

import psycopg2

COLUMN, FAILS = {column!r}, {fails!r}
connection = psycopg2.connect(host=os.environ["HOST"], user=os.environ["USER"], password=os.environ["PASSWORD"],
                              dbname="shop")
cursor = connection.cursor()
cursor.execute("select 1 from information_schema.columns where table_name = 'shop_order' and column_name = %s", [COLUMN])
there = cursor.fetchone() is not None
if sys.argv[1] == "check":
    print(f"shop_order.{{COLUMN}}: {{'there' if there else 'to be added'}}")
    sys.exit(0 if there else 1)
cursor.execute(f"alter table shop_order add column if not exists {{COLUMN}} integer")
connection.commit()
if FAILS:
    sys.exit("the rows do not fit")
"""
COLUMNS = "select column_name from information_schema.columns where table_name = 'shop_order' order by 1"


@either_generation(ONE)
class Migrated(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=POLICY)
        for tag, column, fails in (("v1", "note", False), ("v2", "weight", False), ("v3", "height", True)):
            cls.build(tag, column, fails)
        fixtures.write_env(cls.stack.env_path, {fixtures.TAG_VARIABLE: "v1"})
        must(cls.stack.deploy("v1"))
        query(cls.stack, "update ir_cron set active = false")

    @classmethod
    def build(cls, tag, column, fails):
        fixtures.build_image("shop", fixtures.tag("good1"), f"{cls.stack.repository}:{tag}", "USER root",
                             "COPY stack/migrate /usr/local/bin/migrate", "RUN chmod 755 /usr/local/bin/migrate", "USER odoo",
                             files={"migrate": MIGRATE.format(column=column, fails=fails)})

    def test_1_nothing_to_do(self):
        result = self.assert_exit(self.stack.deploy("v1"), 0)
        self.assertNotIn("migrate", result.stderr)

    def test_2_detected_rehearsed_and_run(self):
        result = self.assert_exit(self.stack.deploy("v2"), 0)
        self.assertIn("migrate.detect: shop_order.weight: to be added", result.stderr)
        self.assertIn("weight", query(self.stack, COLUMNS))
        self.assertEqual(self.server.last_good("shop"), "v2\n")

    def test_3_a_migration_that_fails_is_caught_on_a_copy(self):
        live, before = self.stack.container("web")["Id"], table_digests(self.stack, ("shop",))
        result = self.assert_exit(self.stack.deploy("v3"), 4)
        self.assertIn("the rows do not fit", result.stderr)
        self.assertEqual(self.stack.container("web")["Id"], live)
        self.assertEqual(table_digests(self.stack, ("shop",)), before)

    def test_4_and_undone_where_nobody_rehearsed(self):
        self.stack.set_policy(POLICY + "rehearse: off\n")
        before = table_digests(self.stack, ("shop",))
        result = self.assert_exit(self.stack.deploy("v3"), 4)
        self.assertIn("the rows do not fit", result.stderr)
        self.assertEqual(table_digests(self.stack, ("shop",)), before)
        self.assertNotIn("height", query(self.stack, COLUMNS))
        self.assertEqual(self.server.last_good("shop"), "v2\n")
        self.assert_nothing_left(self.stack)


if __name__ == "__main__":
    case.main()
