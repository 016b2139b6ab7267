"""What the tests of backups share: a shop with uploads, its sets, and what stands in them."""

import hashlib
import json
import pathlib
import subprocess
import urllib.request

from support import fixtures
from support.case import WITHOUT_CANDIDATE, ServerCase, must

GOOD1, GOOD2 = fixtures.tag("good1"), fixtures.tag("good2")


def post(stack, path, body=b""):
    request = urllib.request.Request(stack.url + path, data=body, method="POST")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read() or b"null")


def upload(stack, name, content):
    return post(stack, f"/shop/upload?name={name}", content)


def in_database(stack, *words):
    return subprocess.run(["docker", "exec", stack.container("db")["Id"], *words], check=True, text=True,
                          capture_output=True, timeout=120).stdout


def query(stack, sql, database="shop"):
    return in_database(stack, "psql", "-X", "-q", "-A", "-t", "-U", "odoo", "-d", database, "-c", sql).split()


class BackupCase(ServerCase):
    @classmethod
    def prepare(cls):
        cls.stack = cls.server.stack(policy=WITHOUT_CANDIDATE)
        cls.stack.offer_all()
        must(cls.stack.deploy(GOOD1))
        cls.uploaded = [upload(cls.stack, f"file{number}", f"content {number}".encode() * 50)["store_fname"]
                        for number in range(20)]

    @property
    def backups(self):
        return self.server.path("srv/backups/shop")

    @property
    def filestore(self):
        mount, = [one for one in self.stack.container("web")["Mounts"] if one["Destination"] == "/var/lib/odoo"]
        return pathlib.Path(mount["Source"]) / "filestore/shop"

    def backup(self, *options, status=0):
        result = self.assert_exit(self.server.run("backup", "shop", "--operator", "ken", *options, "--json"), status)
        return json.loads(result.stdout)

    def manifest(self, made):
        return json.loads((pathlib.Path(made["folder"]) / "manifest.json").read_text())

    def names_of(self, made, database="shop"):
        listed = pathlib.Path(made["folder"]) / f"databases/{database}.attachments"
        return listed.read_text().split()

    def assert_in_pool(self, names):
        for name in names:
            content = (self.backups / "pool" / name).read_bytes()
            self.assertEqual(hashlib.sha1(content).hexdigest(), name.rpartition("/")[2])

    def rows_in(self, made, table):
        """The rows of a table as the dump has them, read with stock tools."""
        dump = pathlib.Path(made["folder"]) / "databases/shop.dump"
        with dump.open("rb") as file:
            text = subprocess.run(["docker", "exec", "-i", self.stack.container("db")["Id"], "pg_restore", "-f", "-",
                                   "-a", "-t", table], stdin=file, check=True, capture_output=True, timeout=120).stdout
        lines = text.decode().split("\n")
        first = next(number for number, line in enumerate(lines) if line.startswith(f"COPY public.{table} "))
        columns = lines[first].partition("(")[2].partition(")")[0].split(", ")
        rows = lines[first + 1:lines.index("\\.", first)]
        return [dict(zip(columns, row.split("\t"))) for row in rows]

    def assert_consistent(self, made, lost=frozenset()):
        named = {row["store_fname"] for row in self.rows_in(made, "ir_attachment")} - {"\\N"} - lost
        self.assertEqual(named, set(self.names_of(made)))
        self.assert_in_pool(named)
